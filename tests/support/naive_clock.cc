// The semantics of a clock as the text says them, sentence by sentence, with no thought of speed.
#include "tests/support/naive_clock.h"

#include <algorithm>

namespace lupaus::tests::naive {

using rules::model::BranchSpec;
using rules::model::Effect;
using rules::model::EffectLine;
using rules::model::End;
using rules::model::Promise;

namespace {

class Clock {
 public:
  Clock(const Knowledge& knowledge, const std::string& promise,
        std::pair<std::string, std::string> ticket)
      : knowledge_(knowledge),
        revisions_(knowledge.revisions(promise)),
        events_(knowledge.tickets().at(ticket)),
        branch_name_(std::move(ticket.first)) {}

  void live_through(Instant at, const std::vector<const Event*>& events) {
    if (is_running_ && forced_end().first < at) force_end();
    for (const Event* event : events) {
      for (const auto& [name, value] : event->attributes) ticket_[name] = value;
    }
    const bool was_running = is_running_;
    const bool is_stopped = !is_running_ && start(at, events);
    if (!is_running_) {
      for (const Event* event : events) unheeded_.push_back({event, ticket_});
      return;
    }
    auto effects = effects_of(*cycle().revision, events);
    if (is_stopped) effects.insert(Effect::stop);
    if (!end_by(effects, at) && forced_end().first == at && at < knowledge_.as_of()) force_end();
    // With `by` nothing pauses (R17).
    if (is_running_ && !cycle().by) {
      if (effects.contains(Effect::pause) && !cycle().paused_since) cycle().paused_since = at;
      if (effects.contains(Effect::resume)) unpause(at);
    }
    if (was_running && !is_running_) start(at, events);
  }

  std::vector<Cycle> finish() {
    if (is_running_ && forced_end().first < knowledge_.as_of()) force_end();
    return std::move(cycles_);
  }

 private:
  Cycle& cycle() { return cycles_.back(); }
  const Cycle& cycle() const { return cycles_.back(); }

  const Revision* in_force(Instant at) const {
    const Revision* newest = nullptr;
    for (const Revision& revision : revisions_) {
      if (revision.valid_from <= at) newest = &revision;
    }
    return newest == nullptr || newest->promise == nullptr ? nullptr : newest;
  }

  Effect effect_of(const Revision& revision, const Event& event, const Attributes& ticket) const {
    const auto found = revision.promise->on.find(event.type);
    if (found == revision.promise->on.end()) return Effect::proceed;
    const EffectLine& line = found->second;
    if (line.cases.empty()) return line.otherwise;
    const auto& branch = *revision.book->find_branch(branch_name_);
    const Attributes here = knowledge_.branch_attributes(branch, event.at);
    const Question question{&branch, &ticket, &here, &event.attributes, "", 0};
    for (const auto& [when, then] : line.cases) {
      if (holds(when, question)) return then;
    }
    return line.otherwise;
  }

  std::set<Effect> effects_of(const Revision& revision,
                              const std::vector<const Event*>& events) const {
    std::set<Effect> effects;
    for (const Event* event : events) effects.insert(effect_of(revision, *event, ticket_));
    return effects;
  }

  /// Begins a cycle if something starts one under the revision in force and it binds. True when a
  /// stop before it counts as at the start.
  bool start(Instant at, const std::vector<const Event*>& events) {
    const Revision* revision = in_force(at);
    if (revision == nullptr) return false;
    std::set<std::string> starters;
    for (const Event* event : events) {
      if (effect_of(*revision, *event, ticket_) == Effect::start) starters.insert(event->source);
    }
    if (starters.empty() || !binds(*revision, at) || !begin(*revision, at)) return false;
    const bool is_stopped = is_stopped_just_before(*revision, at, starters);
    unheeded_.clear();
    return is_stopped;
  }

  /// R10-R12, R53, R95.
  bool binds(const Revision& revision, Instant at) const {
    const Promise& promise = *revision.promise;
    const BranchSpec& branch = *revision.book->find_branch(branch_name_);
    const LocalDate date = local_date(*revision.book->find_zone(branch.timezone), at);
    if (promise.from && date < *promise.from) return false;
    if (promise.until && date > *promise.until) return false;
    const Attributes here = knowledge_.branch_attributes(branch, at);
    const Question question{&branch, &ticket_, &here, nullptr, "", 0};
    for (const auto& suspension : promise.suspensions) {
      if (date < suspension.from || date > suspension.until) continue;
      if (!suspension.when || holds(suspension.when, question)) return false;
    }
    return !promise.applies || holds(promise.applies, question);
  }

  /// R8: somebody else stopped it at most a second before, when nothing ran.
  bool is_stopped_just_before(const Revision& revision, Instant at,
                              const std::set<std::string>& starters) const {
    for (const auto& [event, ticket] : unheeded_) {
      if (at - event->at > std::chrono::seconds(1) || event->at == at) continue;
      if (effect_of(revision, *event, ticket) != Effect::stop) continue;
      for (const auto& starter : starters) {
        if (starter != event->source) return true;
      }
    }
    return false;
  }

  /// False where `by` forbids it (R15, R16).
  bool begin(const Revision& revision, Instant at) {
    const Promise& promise = *revision.promise;
    Cycle next;
    next.number = static_cast<uint32_t>(cycles_.size() + 1);
    next.revision = &revision;
    next.branch = revision.book->find_branch(branch_name_);
    next.started_at = at;
    next.captured = ticket_;
    if (promise.by) {
      const auto named = ticket_.find(promise.by->attribute);
      const auto instant = named == ticket_.end() ? std::nullopt : read_instant(named->second);
      if (!instant || *instant + promise.by->offset < at) return false;
      next.by = *instant + promise.by->offset;
      next.limit = *next.by - at;
    } else {
      next.limit = limit_at(revision, *next.branch, at);
    }
    cycles_.push_back(std::move(next));
    is_running_ = true;
    return true;
  }

  Duration limit_at(const Revision& revision, const BranchSpec& branch, Instant at) const {
    const Promise& promise = *revision.promise;
    const Hours* days = calendar_of_days(knowledge_, revision, branch);
    const auto& zone = zone_of_days(knowledge_, revision, branch);
    const LocalDate date = local_date(zone, at);
    const Attributes here = knowledge_.branch_attributes(branch, at);
    Question question{&branch, &ticket_, &here, nullptr, "", 0};
    if (days != nullptr) question.day_class = days->class_of(date);
    question.day_weekday = ((day_number(date) + 3) % 7 + 7) % 7 + 1;
    for (const auto& entry : promise.within) {
      if (entry.when && !holds(entry.when, question)) continue;
      return to_duration(knowledge_, revision, branch, entry.within, at);
    }
    std::abort();  // the last has no condition
  }

  /// At most one of them, in this order (R21, R22).
  bool end_by(const std::set<Effect>& effects, Instant at) {
    static const std::vector<std::pair<Effect, End>> kEnds = {{Effect::stop, End::stop},
                                                              {Effect::restart, End::restart},
                                                              {Effect::voided, End::voided},
                                                              {Effect::forfeit, End::forfeit},
                                                              {Effect::review, End::review}};
    for (const auto& [effect, how] : kEnds) {
      if (!effects.contains(effect)) continue;
      const Revision& revision = *cycle().revision;
      end(how, at);
      if (how == End::restart) begin(revision, at);
      return true;
    }
    return false;
  }

  void unpause(Instant at) {
    if (!cycle().paused_since) return;
    cycle().pauses.push_back({*cycle().paused_since, at});
    cycle().paused_since.reset();
  }

  void end(End how, Instant at) {
    unpause(at);
    cycle().stopped_at = at;
    cycle().end = how;
    is_running_ = false;
  }

  /// Expiry (R24) or the promise's retirement (R77), whichever comes first.
  std::pair<Instant, End> forced_end() const {
    std::pair<Instant, End> forced = {rules::model::kEndOfTime, End::none};
    for (const Revision& revision : revisions_) {
      if (revision.promise != nullptr || revision.valid_from <= cycle().started_at) continue;
      forced = {revision.valid_from, End::voided};
      break;
    }
    const Promise& promise = *cycle().revision->promise;
    static const std::map<Effect, End> kExpired = {{Effect::stop, End::expired_stop},
                                                   {Effect::voided, End::expired_void},
                                                   {Effect::forfeit, End::expired_forfeit},
                                                   {Effect::review, End::expired_review}};
    const auto line = promise.on.find("expired");
    if (line == promise.on.end()) return forced;
    const Instant at = cycle().started_at + promise.expire_after.value_or(std::chrono::hours(24));
    const auto how = kExpired.find(expiry_by(line->second, at));
    return how != kExpired.end() && at < forced.first ? std::pair(at, how->second) : forced;
  }
  /// A condition reads what is known at that very instant; there is no event to read.
  Effect expiry_by(const EffectLine& line, Instant at) const {
    if (line.cases.empty()) return line.otherwise;
    const Attributes ticket = attributes_at(events_, at);
    const Attributes here = knowledge_.branch_attributes(*cycle().branch, at);
    const Question question{cycle().branch, &ticket, &here, nullptr, "", 0};
    for (const auto& [when, then] : line.cases) {
      if (holds(when, question)) return then;
    }
    return line.otherwise;
  }
  void force_end() {
    const auto [at, how] = forced_end();
    end(how, at);
  }

  const Knowledge& knowledge_;
  const std::vector<Revision>& revisions_;
  const Knowledge::Ticket& events_;
  const std::string branch_name_;
  Attributes ticket_;
  std::vector<Cycle> cycles_;
  bool is_running_ = false;
  std::vector<std::pair<const Event*, Attributes>> unheeded_;  ///< while nothing ran
};

}  // namespace

std::vector<Cycle> run_clock(const Knowledge& knowledge, const std::string& promise,
                             const std::pair<std::string, std::string>& ticket) {
  Clock clock(knowledge, promise, ticket);
  for (const auto& [at, events] : knowledge.tickets().at(ticket)) clock.live_through(at, events);
  return clock.finish();
}

Attributes attributes_at(const Knowledge::Ticket& ticket, Instant at) {
  Attributes merged;
  for (const auto& [instant, events] : ticket) {
    if (instant > at) break;
    for (const Event* event : events) {
      for (const auto& [name, value] : event->attributes) merged[name] = value;
    }
  }
  return merged;
}

bool holds(const rules::model::ConditionPtr& condition, const Question& question) {
  const auto views = [](const Attributes* attributes) {
    std::vector<rules::model::Attribute> list;
    if (attributes == nullptr) return list;
    for (const auto& [name, value] : *attributes) list.push_back({name, value});
    return list;
  };
  const auto ticket = views(question.ticket), branch = views(question.branch_attributes),
             event = views(question.event);
  const rules::model::Scope scope{question.branch->name, ticket, branch, event, question.day_class,
                                  question.day_weekday};
  return condition->evaluate(scope) == rules::model::Condition::Value::yes;
}

}  // namespace lupaus::tests::naive
