// Varints, and instants as their distance to the ticket's first event. Every structure is taken
// apart by name, so that a field that is added to one does not compile until it is packed too.
#include "rules/engine/ticket_packing.h"

#include <cstdint>
#include <cstring>

#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Duration;
using model::Instant;

// Flags of a ticket.
constexpr uint8_t kBackfill = 1;
constexpr uint8_t kDirty = 2;
constexpr uint8_t kForgettable = 4;
constexpr uint8_t kJudged = 8;
constexpr uint8_t kWithCommitments = 16;
constexpr uint8_t kLabelled = 32;
constexpr uint8_t kCorrected = 64;
constexpr uint8_t kUnderReview = 128;

// Flags of a commitment.
constexpr uint16_t kBreachRecorded = 1;
constexpr uint16_t kConfirmed = 2;
constexpr uint16_t kEndFinal = 4;
constexpr uint16_t kCharged = 8;
constexpr uint16_t kVanished = 16;
constexpr uint16_t kStopped = 32;
constexpr uint16_t kDue = 64;
constexpr uint16_t kBreaching = 128;
constexpr uint16_t kBroken = 256;
constexpr uint16_t kReviewed = 512;  ///< what a person is asked or has decided follows
// Of which the first number is:
constexpr unsigned kHeld = 1, kDecidedEarly = 2, kDoubtedSince = 4;

uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t unzigzag(uint64_t value) { return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1)); }

/// At most so many bytes is a number, and so many of them are in each structure.
constexpr size_t kNumberBytes = 10;
constexpr size_t kTicketNumbers = 16, kEventNumbers = 6, kCommitmentNumbers = 24;

size_t most_bytes(const Ticket& ticket) {
  return ticket.id.size() + ticket.label.size() + 2 * ticket.attributes.size() +
         kNumberBytes * (kTicketNumbers + kEventNumbers * ticket.events.size() +
                         kCommitmentNumbers * ticket.commitments.size());
}

/// Writes where there is room enough.
class Packer {
 public:
  explicit Packer(char* at) : at_(at) {}

  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void text(std::string_view value) {
    number(value.size());
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  const char* end() const { return at_; }
  void length(Duration value) { number(zigzag(value.count())); }
  void begin_at(Instant base) {
    base_ = model::to_unix_ms(base);
    number(zigzag(base_));
  }
  /// 0 and 1 stand for the end of time and for an instant that was never set.
  void instant(Instant at) {
    if (at == model::kEndOfTime) return number(0);
    if (at == Instant{}) return number(1);
    const auto distance =
        static_cast<uint64_t>(model::to_unix_ms(at)) - static_cast<uint64_t>(base_);
    const uint64_t code = zigzag(static_cast<int64_t>(distance));
    model::ensure(code <= UINT64_MAX - 2, "a ticket's instants lie within reach of its events");
    number(code + 2);
  }

 private:
  char* at_;
  int64_t base_ = 0;
};

class Unpacker {
 public:
  explicit Unpacker(const char* at) : at_(at) {}

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
  }
  template <typename Number>
  void number(Number& value) {
    value = static_cast<Number>(number());
  }
  std::string_view text() {
    const auto size = static_cast<size_t>(number());
    const std::string_view value(at_, size);
    at_ += size;
    return value;
  }
  void length(Duration& value) { value = Duration(unzigzag(number())); }
  void begin_at() { base_ = unzigzag(number()); }
  Instant base() const { return model::from_unix_ms(base_); }
  void instant(Instant& at) {
    const uint64_t code = number();
    if (code < 2) {
      at = code == 0 ? model::kEndOfTime : Instant{};
    } else {
      at = model::from_unix_ms(static_cast<int64_t>(static_cast<uint64_t>(base_) +
                                                    static_cast<uint64_t>(unzigzag(code - 2))));
    }
  }
  void instant(std::optional<Instant>& at, bool has_one) {
    if (has_one) {
      instant(at.emplace());
    } else {
      at.reset();
    }
  }

 private:
  const char* at_;
  int64_t base_ = 0;
};

void pack_event(const Ticket& ticket, const TicketEvent& event, Packer& packer) {
  const auto& [at, sequence, source, epoch, attributes_begin, attributes_size, type] = event;
  packer.instant(at);
  packer.number(sequence);
  packer.number(source);
  packer.number(epoch);
  packer.number(type);
  uint64_t count = 0;
  const std::string_view attributes =
      std::string_view(ticket.attributes).substr(attributes_begin, attributes_size);
  for_each_packed_attribute(attributes, [&](WordIndex, std::string_view) { ++count; });
  packer.number(count);
  for_each_packed_attribute(attributes, [&](WordIndex name, std::string_view value) {
    packer.number(name);
    packer.text(value);
  });
}

void unpack_event(Unpacker& from, Ticket& ticket, TicketEvent& event) {
  from.instant(event.at);
  from.number(event.sequence);
  from.number(event.source);
  from.number(event.epoch);
  from.number(event.type);
  event.attributes_begin = static_cast<uint32_t>(ticket.attributes.size());
  for (uint64_t count = from.number(); count > 0; --count) {
    const auto name = static_cast<WordIndex>(from.number());
    append_attribute(ticket.attributes, name, from.text());
  }
  event.attributes_size = static_cast<uint16_t>(ticket.attributes.size() - event.attributes_begin);
}

void pack_commitment(const Commitment& commitment, Packer& packer) {
  const auto& [line, revision, number, cycle, warned_count, is_breach_recorded, is_confirmed,
               is_end_final, is_charged, breached_at, detected_at, finalised_at, compensation,
               is_held, decided, late_verdict, is_decided_early, is_doubted_since, is_vanished,
               expires_at, next_warning_at] = commitment;
  const auto& [started_at, stopped_at, end, limit, counted, due_at, breaching_at, is_broken, excuse,
               verdict, doubt] = cycle;
  uint16_t flags = 0;
  const auto flag = [&](bool is_set, uint16_t bit) {
    if (is_set) flags = static_cast<uint16_t>(flags | bit);
  };
  flag(is_breach_recorded, kBreachRecorded);
  flag(is_confirmed, kConfirmed);
  flag(is_end_final, kEndFinal);
  flag(is_charged, kCharged);
  flag(is_vanished, kVanished);
  flag(stopped_at.has_value(), kStopped);
  flag(due_at.has_value(), kDue);
  flag(breaching_at.has_value(), kBreaching);
  flag(is_broken, kBroken);
  const bool is_reviewed = is_held || decided != model::Verdict::open ||
                           late_verdict != model::Verdict::open || is_decided_early ||
                           is_doubted_since || doubt != model::Doubt::none;
  flag(is_reviewed, kReviewed);
  for (const uint64_t value :
       {uint64_t{flags}, uint64_t{line}, uint64_t{revision}, uint64_t{number},
        uint64_t{warned_count}, compensation, static_cast<uint64_t>(end),
        static_cast<uint64_t>(verdict), zigzag(excuse)})
    packer.number(value);
  packer.length(limit);
  packer.length(counted);
  packer.instant(started_at);
  if (stopped_at) packer.instant(*stopped_at);
  if (due_at) packer.instant(*due_at);
  if (breaching_at) packer.instant(*breaching_at);
  for (const Instant at : {breached_at, detected_at, finalised_at, expires_at, next_warning_at})
    packer.instant(at);
  if (!is_reviewed) return;
  packer.number((is_held ? kHeld : 0U) | (is_decided_early ? kDecidedEarly : 0U) |
                (is_doubted_since ? kDoubtedSince : 0U));
  packer.number(static_cast<uint64_t>(decided));
  packer.number(static_cast<uint64_t>(late_verdict));
  packer.number(static_cast<uint64_t>(doubt));
}

void unpack_commitment(Unpacker& from, Commitment& commitment) {
  const auto flags = static_cast<uint16_t>(from.number());
  const auto has = [&](uint16_t bit) { return (flags & bit) != 0; };
  commitment.is_breach_recorded = has(kBreachRecorded);
  commitment.is_confirmed = has(kConfirmed);
  commitment.is_end_final = has(kEndFinal);
  commitment.is_charged = has(kCharged);
  commitment.is_vanished = has(kVanished);
  model::Cycle& cycle = commitment.cycle;
  cycle.is_broken = has(kBroken);
  from.number(commitment.line);
  from.number(commitment.revision);
  from.number(commitment.number);
  from.number(commitment.warned_count);
  from.number(commitment.compensation);
  from.number(cycle.end);
  from.number(cycle.verdict);
  cycle.excuse = static_cast<int16_t>(unzigzag(from.number()));
  from.length(cycle.limit);
  from.length(cycle.counted);
  from.instant(cycle.started_at);
  from.instant(cycle.stopped_at, has(kStopped));
  from.instant(cycle.due_at, has(kDue));
  from.instant(cycle.breaching_at, has(kBreaching));
  for (Instant* at : {&commitment.breached_at, &commitment.detected_at, &commitment.finalised_at,
                      &commitment.expires_at, &commitment.next_warning_at})
    from.instant(*at);
  const uint64_t held = has(kReviewed) ? from.number() : 0;
  commitment.is_held = (held & kHeld) != 0;
  commitment.is_decided_early = (held & kDecidedEarly) != 0;
  commitment.is_doubted_since = (held & kDoubtedSince) != 0;
  commitment.decided = commitment.late_verdict = model::Verdict::open;
  cycle.doubt = model::Doubt::none;
  if (!has(kReviewed)) return;
  from.number(commitment.decided);
  from.number(commitment.late_verdict);
  from.number(cycle.doubt);
}

struct Head {
  uint8_t flags = 0;
  TicketGlance glance;
};

/// The part that all readers share; what follows goes on behind it.
Head read_head(Unpacker& from) {
  Head head;
  from.number(head.flags);
  from.number(head.glance.name.branch);
  head.glance.name.id = from.text();
  from.begin_at();
  from.instant(head.glance.next_finality);
  from.number(head.glance.first_position);
  head.glance.is_dirty = (head.flags & kDirty) != 0;
  return head;
}

}  // namespace

size_t pack(const Ticket& ticket, bool with_commitments, std::string& room) {
  const auto& [position, first_position, branch, id, label, attributes, events, commitments,
               last_event_received_at, is_backfill, next_deadline, next_finality, armed,
               condition_errors, is_dirty, is_in_use, is_forgettable, is_judged, is_corrected,
               is_under_review] = ticket;
  if (const size_t most = most_bytes(ticket); room.size() < most) room.resize(most);
  Packer packer(room.data());
  unsigned flags = 0;
  if (is_backfill) flags |= kBackfill;
  if (is_dirty) flags |= kDirty;
  if (is_forgettable) flags |= kForgettable;
  if (is_judged) flags |= kJudged;
  if (with_commitments) flags |= kWithCommitments;
  if (!label.empty()) flags |= kLabelled;
  if (is_corrected) flags |= kCorrected;
  if (is_under_review) flags |= kUnderReview;
  packer.number(flags);
  packer.number(branch);
  packer.text(id);
  packer.begin_at(events.empty() ? last_event_received_at : events.front().at);
  packer.instant(next_finality);
  packer.number(first_position);
  packer.number(position - first_position);
  packer.instant(next_deadline);
  packer.instant(last_event_received_at);
  packer.number(armed);
  packer.number(condition_errors);
  if (!label.empty()) packer.text(label);
  packer.number(events.size());
  for (const TicketEvent& event : events) pack_event(ticket, event, packer);
  if (with_commitments) {
    packer.number(commitments.size());
    for (const Commitment& commitment : commitments) pack_commitment(commitment, packer);
  }
  return static_cast<size_t>(packer.end() - room.data());
}

bool unpack(const char* bytes, Ticket& ticket) {
  Unpacker from(bytes);
  const Head head = read_head(from);
  ticket.branch = head.glance.name.branch;
  ticket.id = head.glance.name.id;
  ticket.next_finality = head.glance.next_finality;
  ticket.first_position = head.glance.first_position;
  ticket.position = ticket.first_position + from.number();
  from.instant(ticket.next_deadline);
  from.instant(ticket.last_event_received_at);
  from.number(ticket.armed);
  from.number(ticket.condition_errors);
  ticket.label.clear();
  if ((head.flags & kLabelled) != 0) ticket.label = from.text();
  ticket.attributes.clear();
  ticket.events.resize(static_cast<size_t>(from.number()));
  for (TicketEvent& event : ticket.events) unpack_event(from, ticket, event);
  ticket.is_backfill = (head.flags & kBackfill) != 0;
  ticket.is_dirty = head.glance.is_dirty;
  ticket.is_in_use = true;
  ticket.is_forgettable = (head.flags & kForgettable) != 0;
  ticket.is_judged = (head.flags & kJudged) != 0;
  ticket.is_corrected = (head.flags & kCorrected) != 0;
  ticket.is_under_review = (head.flags & kUnderReview) != 0;
  ticket.commitments.clear();
  if ((head.flags & kWithCommitments) == 0) return false;
  ticket.commitments.resize(static_cast<size_t>(from.number()));
  for (Commitment& commitment : ticket.commitments) unpack_commitment(from, commitment);
  return true;
}

TicketName packed_name(const char* bytes) {
  Unpacker from(bytes);
  from.number();
  TicketName name;
  from.number(name.branch);
  name.id = from.text();
  return name;
}

TicketGlance packed_glance(const char* bytes) {
  Unpacker from(bytes);
  return read_head(from).glance;
}

}  // namespace lupaus::rules::engine
