// Order within a batch: what was submitted, then watermarks, then deadlines: a stop that is already
// here counts before the deadline that it meets.
#include "server/runtime/decider.h"

#include <algorithm>

#include "rules/engine/event_check.h"
#include "rules/engine/look_ahead.h"
#include "server/runtime/recovery.h"

namespace lupaus::server::runtime {

using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;
using rules::model::TicketSlot;

namespace {

/// Served in one batch; what is left makes the next one, so that events are not held up by a flood
/// of deadlines.
constexpr size_t kDueMax = 4'096;
/// Tickets that watermarks decide in one batch, beside two for each of its facts, so that they keep
/// up with what comes. WHY no more: a heartbeat may decide all that wait, and a deadline that falls
/// due meanwhile waits for the batch.
constexpr size_t kDecidedMax = 128;
/// Late payouts of one day fall due together, at midnight.
constexpr size_t kOverdueMax = 1'024;
/// Room that is kept for changed deadlines from batch to batch.
constexpr size_t kChangesKeptMax = 65'536;
/// Archived in one batch: each costs two rows.
constexpr size_t kArchivedMax = 256;

}  // namespace

Decider::Decider(const LoopSettings& settings, Storage& storage, PhaseBoard& board)
    : settings_(settings),
      storage_(storage),
      board_(board),
      system_(std::make_shared<rules::model::Actor>(
          rules::model::Actor{rules::model::Actor::Kind::system, true, "lupaus", ""})),
      state_{rules::engine::State({settings.partition, settings.forget_after}), {}, 1},
      archive_(storage),
      checkpoint_(settings, storage.codec()),
      wheel_(rules::model::from_unix_ms(0)) {
  state_.ledger.set_breaker(settings.breaker);
}

Result<Instant> Decider::recover(Instant now) {
  if (auto opened = archive_.open(); !opened) return opened.error();
  auto last = runtime::recover(storage_, archive_, state_);
  if (!last) return last;
  now_ = std::max(now, last.value());
  state_.engine.finish_restore(now_);
  // WHY: what became due meanwhile is recorded in its order, by the wheel or here.
  auto& touched = state_.engine.touched();
  std::sort(touched.begin(), touched.end(), [this](TicketSlot a, TicketSlot b) {
    const Instant left = state_.engine.ticket(a).next_deadline;
    const Instant right = state_.engine.ticket(b).next_deadline;
    return left != right ? left < right : a < b;
  });
  Instant start = now_;
  for (const auto& change : state_.engine.deadline_changes()) start = std::min(start, change.at);
  wheel_ = DeadlineWheel(start);
  arm_changed();
  return last;
}

void Decider::begin(Batch& batch, Moment moment, uint64_t durable) {
  batch_ = &batch;
  now_ = moment.now;
  command_.now = moment.now;
  command_.is_clock_doubtful = moment.is_clock_doubtful;
  if (!moment.is_clock_doubtful && !put_off_.empty()) take_up_put_off();
  archive_.forget_durable(durable);
  board_.deciding(true);
}

size_t Decider::decide(Submission& submission) {
  if (auto* intake = std::get_if<Intake>(&submission)) {
    const size_t events = intake->events.size();
    decide_intake(*intake);
    return events;
  }
  if (auto* command = std::get_if<CommandSubmission>(&submission)) {
    decide_command(*command);
  } else if (auto* query = std::get_if<QuerySubmission>(&submission)) {
    query->read(state_);
    if (query->done) batch_->acknowledgements.emplace_back(std::move(query->done));
  }
  return 0;
}

/// Whether the event will be folded into its ticket.
bool Decider::is_news(const rules::model::Event& event, const Intake& intake) const {
  const auto* source = state_.engine.find_source(event.source);
  const bool is_next =
      source != nullptr && event.epoch == source->epoch && event.sequence == source->next_sequence;
  return (is_next || intake.is_retry) && state_.engine.has_book() &&
         !state_.engine.find_ticket(event.branch, event.ticket) &&
         !rules::engine::check_event(state_.engine, event);
}

bool Decider::observe(const rules::model::Event& event, const Intake& intake,
                      Intake::Outcome& outcome) {
  if (!archive_.is_empty() && is_news(event, intake)) {
    if (auto brought = archive_.bring_back(state_.engine, event.branch, event.ticket); !brought) {
      damage_ = brought.error();
      return false;
    }
  }
  Facts& facts = batch_->committed->facts;
  const size_t before = facts.size();
  command_.body = rules::model::Observe{&event, now_, intake.is_retry, intake.is_backfill};
  if (auto stepped = rules::ledger::step(state_, command_, facts); !stepped) {
    outcome.result = std::move(stepped);
    return false;
  }
  for (size_t i = before; i < facts.size(); ++i) {
    if (const auto* rejected = std::get_if<rules::model::Rejected>(&facts[i].body)) {
      outcome.rejected.push_back(
          {rejected->event.sequence, std::string(rejected->reason), rejected->message});
    } else if (const auto* twin = std::get_if<rules::model::Quarantined>(&facts[i].body)) {
      outcome.rejected.push_back({twin->event.sequence, std::string(twin->reason), twin->message});
    }
  }
  return true;
}

void Decider::decide_intake(Intake& intake) {
  IntakeAnswer answer{std::move(intake.done), {}};
  if (!intake.events.empty() && !intake.is_backfill)
    estimate_skew(intake.events.front().source, intake.sent_at, intake.received_at);
  command_.actor = system_;
  if (intake.actor) command_.actor = std::move(intake.actor);
  likely_.clear();
  if (intake.events.size() >= rules::engine::kLookAheadMin)
    rules::engine::look_ahead(state_.engine, intake.events, likely_);
  for (size_t i = 0; i < intake.events.size(); ++i) {
    if (i < likely_.size()) rules::engine::expect(state_.engine, likely_[i]);
    if (!observe(intake.events[i], intake, answer.outcome)) break;
  }
  if (!intake.events.empty()) {
    const auto* source = state_.engine.find_source(intake.events.front().source);
    answer.outcome.expected = source == nullptr ? 1 : source->next_sequence;
    // What another one has sent under later sequences is not acknowledged by this.
    answer.outcome.up_to = std::min(answer.outcome.expected - 1, intake.events.back().sequence);
  }
  if (intake.storage) batch_->committed->storage.push_back(std::move(intake.storage));
  batch_->acknowledgements.emplace_back(std::move(answer));
}

void Decider::estimate_skew(std::string_view id, std::optional<Instant> sent_at,
                            Instant received_at) {
  const auto* source = sent_at ? state_.engine.find_source(id) : nullptr;
  if (source == nullptr || source->is_backfill) return;
  auto known = estimates_.find(id);
  if (known == estimates_.end()) known = estimates_.emplace(id, Estimate{}).first;
  if (known->second.epoch != source->epoch) known->second = {source->epoch, {}};
  const auto skew = known->second.estimator.take(*sent_at, received_at, source->skew);
  if (!skew) return;
  command_.actor = system_;
  command_.body = rules::model::EstimateSkew{std::string(id), *skew};
  const auto stepped = rules::ledger::step(state_, command_, batch_->committed->facts);
  rules::model::ensure(stepped.ok(), "an estimate is never refused");
}

void Decider::decide_command(CommandSubmission& submission) {
  if (const auto* hear = std::get_if<rules::model::Hear>(&submission.body))
    estimate_skew(hear->source, hear->sent_at, hear->received_at);
  Facts& facts = batch_->committed->facts;
  const size_t before = facts.size();
  if (const auto* excuse = std::get_if<rules::model::ExcuseBreach>(&submission.body)) {
    // WHY: the fact says how reports group the breach, which only its ticket knows.
    auto brought = archive_.bring_back(state_.engine, excuse->key.branch, excuse->key.ticket);
    if (!brought) damage_ = brought.error();
  }
  command_.actor = system_;
  if (submission.actor) command_.actor = std::move(submission.actor);
  command_.body = std::move(submission.body);
  const auto stepped = rules::ledger::step(state_, command_, facts);
  if (!submission.answer) return;
  if (!stepped) {
    batch_->acknowledgements.emplace_back(
        CommandAnswer{std::move(submission.answer), stepped.error()});
    return;
  }
  Facts made(facts.begin() + static_cast<std::ptrdiff_t>(before), facts.end());
  batch_->acknowledgements.emplace_back(
      CommandAnswer{std::move(submission.answer), std::move(made)});
}

void Decider::finish() {
  command_.actor = system_;
  if (!damage_) {
    Facts& facts = batch_->committed->facts;
    rules::ledger::settle_watermarks(state_, now_, facts, kDecidedMax + 2 * facts.size(),
                                     command_.is_clock_doubtful);
    rules::ledger::settle_overdue(state_, now_, kOverdueMax, facts);
    arm_changed();
    serve_due();
    archive_forgettable();
    arm_changed();
    checkpoint_.add_ledger_rows(state_, *batch_);
    board_.checkpointing(true);
    checkpoint_.sweep(state_, *batch_);
    board_.checkpointing(false);
  }
  board_.deciding(false);
  batch_ = nullptr;
}

bool Decider::has_due_left() const {
  return wheel_.next() <= now_ || state_.ledger.next_overdue() <= now_ ||
         (state_.engine.has_decided_left() && !command_.is_clock_doubtful);
}

Instant Decider::next_deadline() const {
  return std::min(wheel_.next(), state_.ledger.next_overdue());
}

void Decider::serve_due() {
  due_.clear();
  wheel_.pop_due(now_, kDueMax, due_);
  for (const auto& entry : due_) {
    command_.body = rules::model::Due{entry.slot};
    const auto stepped = rules::ledger::step(state_, command_, batch_->committed->facts);
    rules::model::ensure(stepped.ok(), "a due deadline was refused");
    if (command_.is_clock_doubtful) put_off(entry.slot);
  }
  batch_->contents.dues += due_.size();
}

void Decider::put_off(TicketSlot slot) {
  const auto& ticket = state_.engine.ticket(slot);
  if (ticket.is_in_use && ticket.next_deadline <= now_) put_off_.push_back(slot);
}

void Decider::take_up_put_off() {
  for (const TicketSlot slot : put_off_) {
    const auto& ticket = state_.engine.ticket(slot);
    if (ticket.is_in_use) wheel_.arm(slot, ticket.next_deadline);
  }
  put_off_.clear();
}

void Decider::archive_forgettable() {
  forgettable_.clear();
  state_.engine.drain_forgettable(now_, kArchivedMax, forgettable_);
  for (const auto slot : forgettable_) {
    const size_t before = batch_->committed->facts.size();
    state_.engine.image(slot, image_);
    command_.body = rules::model::Archive{slot};
    const auto stepped = rules::ledger::step(state_, command_, batch_->committed->facts);
    if (!stepped || batch_->committed->facts.size() == before) continue;
    wheel_.disarm(slot);
    archive_.put(image_, batch_->number, batch_->rows);
  }
}

void Decider::arm_changed() {
  auto& changes = state_.engine.deadline_changes();
  for (const auto& change : changes) wheel_.arm(change.slot, change.at);
  changes.clear();
  // WHY: a restart changes every deadline; that much room is not needed again.
  if (changes.capacity() > kChangesKeptMax) changes.shrink_to_fit();
}

bool Decider::sweep_all(size_t tickets, Batch& batch) {
  checkpoint_.sweep_all(state_, tickets, batch);
  return !batch.rows.empty();
}

}  // namespace lupaus::server::runtime
