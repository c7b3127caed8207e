#include "tests/simulation/witness.h"

#include <fmt/format.h>

#include <algorithm>

namespace lupaus::tests::simulation {

using namespace rules::model;  // NOLINT: it hears of most kinds of facts

namespace {

/// FNV-1a, a word at a time: slow enough to be simple, fast enough for every fact.
class Mix {
 public:
  explicit Mix(uint64_t seed) : hash_(seed ^ 0xcbf29ce484222325ULL) {}
  void add(uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001b3ULL;
    hash_ ^= hash_ >> 29;
  }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<uint64_t>(static_cast<unsigned char>(c)));
  }
  void add(Instant instant) { add(static_cast<uint64_t>(to_unix_ms(instant))); }
  void add(const CommitmentKey& key) {
    add(key.branch);
    add(key.ticket);
    add(key.promise);
    add((uint64_t{key.revision} << 32) | key.cycle);
  }
  void add(const Event& event) {
    add(event.source);
    add(event.epoch);
    add(event.sequence);
    add(event.branch);
    add(event.ticket);
    add(event.occurred_at);
    add(uint64_t{content_hash(event)});
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_;
};

struct MixBody {
  Mix& mix;
  void operator()(const Published& body) const { mix.add(body.book->hash); }
  void operator()(const SourceRegistered& body) const {
    mix.add(body.source);
    mix.add(body.epoch);
  }
  void operator()(const WatermarkAdvanced& body) const {
    mix.add(body.source);
    mix.add(body.at);
  }
  void operator()(const Owed& body) const {
    mix.add(body.number);
    mix.add(body.key);
    mix.add(body.amount ? static_cast<uint64_t>(body.amount->minor) : 0);
    mix.add(static_cast<uint64_t>(body.state));
  }
  template <typename Body>
  void operator()(const Body& body) const {
    if constexpr (requires { body.event; }) mix.add(body.event);
    if constexpr (requires { body.key; }) mix.add(body.key);
    if constexpr (requires { body.number; }) mix.add(uint64_t{body.number});
    if constexpr (requires { body.ticket; }) mix.add(body.ticket);
    if constexpr (requires { body.detected_at; }) mix.add(body.detected_at);
    if constexpr (requires { body.cycle; }) mix.add(static_cast<uint64_t>(body.cycle.verdict));
  }
};

naive::Event to_naive(const Observed& observed) {
  const Event& event = observed.event;
  naive::Event plain;
  plain.at = observed.corrected_at();
  plain.source = event.source;
  plain.epoch = event.epoch;
  plain.sequence = event.sequence;
  plain.branch = event.branch;
  plain.ticket = event.ticket;
  plain.type = event.type;
  for (const auto& attribute : event.attributes)
    plain.attributes[std::string(attribute.name)] = attribute.value;
  return plain;
}

}  // namespace

uint64_t Witness::chain_on(uint64_t chain, const Fact& fact) {
  Mix mix(chain);
  mix.add(fact.position);
  mix.add(fact.at);
  mix.add(fact.body.index());
  std::visit(MixBody{mix}, fact.body);
  return mix.hash();
}

void Witness::complain(std::string what) {
  if (complaints_.size() < 20) complaints_.push_back(std::move(what));
}

void Witness::take(std::span<const Fact> facts) {
  for (const Fact& fact : facts) take_one(fact);
}

void Witness::take_one(const Fact& fact) {
  if (fact.position != last_ + 1) {
    complain(fmt::format("position {} follows {}", fact.position, last_));
    return;
  }
  last_ = fact.position;
  chain_ = chain_on(chain_, fact);
  std::visit([&](const auto& body) { take(fact, body); }, fact.body);
}

uint64_t Witness::logged(const std::string& source, uint64_t epoch) const {
  const auto found = sequences_.find(source);
  if (found == sequences_.end()) return 0;
  const auto last = found->second.find(epoch);
  return last == found->second.end() ? 0 : last->second.size();
}

void Witness::count_sequence(const Event& event, bool is_retry) {
  if (is_retry) return;
  auto& contents = sequences_[std::string(event.source)][event.epoch];
  if (event.sequence != contents.size() + 1) {
    complain(fmt::format("{} epoch {}: sequence {} is in the log after {}", event.source,
                         event.epoch, event.sequence, contents.size()));
  }
  contents.push_back(content_of(event.ticket, event.type, event.occurred_at));
}

void Witness::take(const Fact& fact, const Observed& body) {
  count_sequence(body.event, body.is_retry);
  told_.push_back({fact.position, to_naive(body), body.skew});
  Instant& last = received_[{std::string(body.event.branch), std::string(body.event.ticket)}];
  last = std::max(last, body.received_at);
  if (body.skew != Duration(0)) ++corrected_count_;
}

void Witness::take(const Fact&, const Rejected& body) {
  count_sequence(body.event, false);
  ++rejected_count_;
}

void Witness::take(const Fact&, const Quarantined& body) {
  const Event& event = body.event;
  ++twin_count_;
  const uint32_t content = content_of(event.ticket, event.type, event.occurred_at);
  const auto& contents = sequences_[std::string(event.source)][event.epoch];
  if (event.sequence > contents.size())
    complain(fmt::format("{} epoch {}: a twin of {}, which is not in the log", event.source,
                         event.epoch, event.sequence));
  auto& twins = twins_[{std::string(event.source), event.epoch, event.sequence}];
  if (!twins.insert(content).second)
    complain(fmt::format("{} epoch {}: one twin of {} is kept twice", event.source, event.epoch,
                         event.sequence));
}

void Witness::take(const Fact& fact, const Breached& body) {
  Story& story = stories_[body.key];
  ++breach_count_;
  if (story.is_breached || story.confirmed != 0)
    complain(format_commitment(body.key) + " is breached a second time");
  // Clocks of terminals may be a second ahead, and one of them says that nobody came in time.
  if (body.breached_at > fact.at + std::chrono::seconds(2))
    complain(format_commitment(body.key) + " is breached before its time");
  story.is_breached = true;
}

void Witness::take(const Fact&, const Retracted& body) {
  Story& story = stories_[body.key];
  ++retracted_count_;
  if (!story.is_breached || story.confirmed != 0)
    complain(format_commitment(body.key) + " is retracted without a provisional breach");
  story.is_breached = false;
}

void Witness::take(const Fact& fact, const Confirmed& body) {
  Story& story = stories_[body.key];
  if (story.confirmed != 0) complain(format_commitment(body.key) + " is confirmed twice");
  if (story.is_breached && !body.cycle.is_broken)
    complain(format_commitment(body.key) + " was breached, and kept without a retraction");
  if (body.cycle.doubt == Doubt::silence) check_silence(fact, body);
  story.confirmed = fact.position;
  story.cycle = body.cycle;
  if (body.is_end_final) story.ended = fact.position;
}

/// How long the rest of a ticket is waited for, however long ago it happened.
constexpr auto kReturn = std::chrono::minutes(15);

/// All promises of the town hold their verdicts for a while, then leave them to a person.
void Witness::check_silence(const Fact& fact, const Confirmed& body) {
  const auto& cycle = body.cycle;
  const Instant known =
      cycle.is_broken ? cycle.breaching_at.value_or(fact.at) : cycle.stopped_at.value_or(fact.at);
  const Promise* promise = book_ ? book_->find_promise(body.key.promise) : nullptr;
  if (promise != nullptr && fact.at <= known + promise->hold)
    complain(format_commitment(body.key) + " is final by silence before its `hold` is over");
  const Instant told = received_[{body.key.branch, body.key.ticket}];
  if (promise != nullptr && fact.at < told + std::min<Duration>(promise->hold, kReturn))
    complain(format_commitment(body.key) + " is final by silence as soon as it was told of");
  if (cycle.verdict != Verdict::indeterminate)
    complain(format_commitment(body.key) + " is final by silence and not left to a person");
}

void Witness::take(const Fact& fact, const Ended& body) {
  Story& story = stories_[body.key];
  if (story.confirmed == 0 || story.ended != 0)
    complain(format_commitment(body.key) + " ends twice, or before it was final");
  if (!body.cycle.is_broken)
    complain(format_commitment(body.key) + " ends unbroken after a final breach");
  story.ended = fact.position;
  story.cycle = body.cycle;
}

void Witness::take(const Fact& fact, const Owed& body) {
  Story& story = stories_[body.key];
  const Verdict settled = story.decided == Verdict::open ? story.cycle.verdict : story.decided;
  if (story.confirmed == 0 || settled != Verdict::breached)
    complain(format_commitment(body.key) + " is owed money and is no final breach");
  const bool is_to_pay = body.state == PaidState::owed && body.late_of == 0 && body.reverses == 0;
  if (is_to_pay && story.is_doubted)
    complain(format_commitment(body.key) + " is owed in spite of what came after it was decided");
  const Promise* promise = book_ ? book_->find_promise(body.key.promise) : nullptr;
  const bool is_at_breach =
      promise != nullptr && promise->compensation && promise->compensation->is_settled_at_breach;
  const bool is_forgotten =
      story.cycle.end == End::review || story.cycle.end == End::expired_review;
  if (is_to_pay && is_forgotten && !is_at_breach && !story.is_end_decided)
    complain(format_commitment(body.key) + " is owed, and nobody stopped its clock (R29)");
  const bool is_further = body.late_of != 0 || body.reverses != 0;
  if ((story.compensation != 0 && !is_further) || claims_.contains(body.number))
    complain(format_commitment(body.key) + " is owed money twice");
  if (body.amount && (body.amount->minor <= 0 || body.amount->minor > body.computed.minor))
    complain(fmt::format("C-1-{}: {} of {} is owed", body.number, format_money(*body.amount),
                         format_money(body.computed)));
  if (!is_further) story.compensation = body.number;
  claims_[body.number] = {body.key, fact.position, body, body.state, 0, body.amount, fact.at};
}

void Witness::take(const Fact&, const ReviewDecided& body) {
  Story& story = stories_[body.key];
  const auto claim = claims_.find(story.compensation);
  const bool is_held = claim != claims_.end() && claim->second.state == PaidState::held;
  const bool is_open =
      story.decided == Verdict::open && story.cycle.verdict == Verdict::indeterminate;
  if (story.confirmed == 0 || (!is_held && !is_open))
    complain(format_commitment(body.key) + " is decided, and nothing of it waits for a person");
  ++(story.decided == Verdict::open ? decided_count_ : decided_again_count_);
  if (story.decided == Verdict::open) story.decided = body.verdict;
  story.is_doubted = false;
  story.is_end_decided = story.ended != 0;
}

void Witness::take(const Fact&, const LateEvidence& body) {
  Story& story = stories_[body.key];
  if (story.confirmed == 0)
    complain(format_commitment(body.key) + " has late evidence and is not final");
  story.is_doubted = true;
  const auto claim = claims_.find(body.compensation);
  if (claim == claims_.end()) return;
  if (claim->second.state == PaidState::owed && claim->second.attempts == 0 && !body.is_holding &&
      !body.is_paid_in_error && !body.owed)
    complain(fmt::format("C-1-{} is neither held nor paid in error by late evidence",
                         body.compensation));
  if (body.is_holding) claim->second.state = PaidState::held;
}

void Witness::take(const Fact&, const Released& body) {
  const auto claim = claims_.find(body.number);
  if (claim == claims_.end() || claim->second.state != PaidState::held)
    return complain(fmt::format("C-1-{} is released and was not held", body.number));
  claim->second.state = body.state;
  claim->second.amount = body.amount;
}

void Witness::take(const Fact&, const Declined& body) {
  const auto claim = claims_.find(body.number);
  if (claim == claims_.end() ||
      (claim->second.state != PaidState::held && claim->second.state != PaidState::owed))
    return complain(fmt::format("C-1-{} is declined and was neither owed nor held", body.number));
  claim->second.state = PaidState::declined;
}

Claim* Witness::settle(uint64_t number, PaidState state) {
  const auto found = claims_.find(number);
  if (found == claims_.end()) {
    complain(fmt::format("C-1-{} was never owed", number));
    return nullptr;
  }
  Claim& claim = found->second;
  if (claim.state != PaidState::owed && claim.state != PaidState::dispatched) {
    complain(fmt::format("C-1-{} is {} after it was {}", number, format_paid_state(state),
                         format_paid_state(claim.state)));
  }
  claim.state = state;
  return &claim;
}

void Witness::take(const Fact&, const VoucherIssued& body) {
  settle(body.number, PaidState::paid);
  if (!vouchers_.insert(body.code).second) complain("voucher " + body.code + " is issued twice");
}

void Witness::take(const Fact&, const Dispatched& body) {
  if (Claim* claim = settle(body.number, PaidState::dispatched)) claim->attempts = body.attempt;
}

void Witness::take(const Fact&, const Paid& body) {
  settle(body.number, PaidState::paid);
  if (!paid_minor_.contains(body.number))
    complain(fmt::format("C-1-{} is paid, but the bank knows nothing of it", body.number));
}

void Witness::take(const Fact&, const Failed& body) { settle(body.number, PaidState::failed); }

void Witness::heard_ack(const std::string& source, uint64_t epoch, uint64_t up_to) {
  const uint64_t last = logged(source, epoch);
  if (up_to > last) {
    complain(fmt::format("{} epoch {}: {} is acknowledged, the log ends at {}", source, epoch,
                         up_to, last));
  }
}

uint32_t Witness::content_of(std::string_view ticket, std::string_view type, Instant occurred_at) {
  Mix mix(0);
  mix.add(ticket);
  mix.add(type);
  mix.add(occurred_at);
  return static_cast<uint32_t>(mix.hash());
}

void Witness::forgotten(const std::string& source, uint64_t epoch, uint64_t sequence,
                        uint32_t content) {
  heard_ack(source, epoch, sequence);
  const auto& contents = sequences_[source][epoch];
  const auto twins = twins_.find({source, epoch, sequence});
  const bool is_twin = twins != twins_.end() && twins->second.contains(content);
  if (sequence <= contents.size() && contents[sequence - 1] != content && !is_twin)
    complain(fmt::format("{} epoch {}: the log has another event as {}", source, epoch, sequence));
}

void Witness::heard_payment(uint64_t number, const Money& amount) {
  const auto found = claims_.find(number);
  if (found == claims_.end() || found->second.attempts == 0) {
    complain(fmt::format("C-1-{} is sent to the bank before that is durable", number));
    return;
  }
  const Claim& claim = found->second;
  const auto story = stories_.find(claim.key);
  if (story == stories_.end() || story->second.confirmed == 0)
    complain(fmt::format("C-1-{} is paid for a breach that is not final", number));
  if (!claim.amount || claim.amount->minor != amount.minor)
    complain(fmt::format("C-1-{}: another sum is paid than is owed", number));
  paid_minor_[number] = amount.minor;
}

}  // namespace lupaus::tests::simulation
