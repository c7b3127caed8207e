// One promise's clock folded over one ticket's events, instant by instant, in the order that R22
// gives.
#include "rules/engine/judge.h"

#include <algorithm>

#include "rules/engine/clock_fold.h"
#include "rules/engine/names.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Effect;
using model::End;
using model::Instant;

using Group = std::span<const TicketEvent>;

/// Effects of one instant as bits, so that equal effects count once (R22).
using Mask = uint16_t;
constexpr Mask bit(Effect effect) { return static_cast<Mask>(1U << static_cast<unsigned>(effect)); }

constexpr std::pair<Effect, End> kEnders[] = {{Effect::stop, End::stop},
                                              {Effect::restart, End::restart},
                                              {Effect::voided, End::voided},
                                              {Effect::forfeit, End::forfeit},
                                              {Effect::review, End::review}};

constexpr Mask kEnding = bit(Effect::stop) | bit(Effect::restart) | bit(Effect::voided) |
                         bit(Effect::forfeit) | bit(Effect::review);

class Judge {
 public:
  Judge(const Line& line, const TicketView& view, const Horizon& horizon,
        std::vector<JudgedCycle>& cycles, Findings& findings)
      : line_(line), view_(view), horizon_(horizon), fold_(line, view, horizon, cycles, findings) {}

  void run(const Commitment* last_final) {
    fold_from(last_final == nullptr ? 0 : resume(*last_final));
  }

  /// After `last` (null: there is no cycle yet) and the events that it was judged by, one has come.
  void run_on(const Commitment* last, bool is_paused_at_start) {
    const auto& events = view_.ticket->events;
    size_t next = events.size() - 1;
    if (last != nullptr && last->cycle.stopped_at) {
      fold_.end_known(*last);
    } else if (last != nullptr) {
      const Instant start = last->cycle.started_at;
      while (next > 0 && events[next - 1].at >= start) --next;
      fold_.take_up(*last);
      const Group group = group_at(next);
      if (is_paused_at_start) apply_pauses(effects(*fold_.revision(), group), start);
      next += group.size();
    }
    fold_from(next);
  }

 private:
  void fold_from(size_t next) {
    const auto& events = view_.ticket->events;
    while (next < events.size()) {
      // WHY: an event that moves no clock of the line tells it only how late it is.
      while (next < events.size() && !line_.can_move(events[next].type)) ++next;
      if (next == events.size()) {
        fold_.force_end(events.back().at);
        break;
      }
      const Group group = group_at(next);
      next += group.size();
      fold_.force_end(group.front().at);
      instant(group, next < events.size() || group.front().at < horizon_.watermark);
    }
    fold_.force_end(horizon_.watermark);
    fold_.finish();
  }

  Group group_at(size_t first) const {
    const auto& events = view_.ticket->events;
    size_t last = first;
    while (last < events.size() && events[last].at == events[first].at) ++last;
    return {events.data() + first, last - first};
  }

  /// Goes on after a cycle that can no longer change; returns the index of the first event to fold
  /// (R78).
  size_t resume(const Commitment& final_cycle) {
    const auto& events = view_.ticket->events;
    const Instant end = *final_cycle.cycle.stopped_at;
    size_t next = 0;
    while (next < events.size() && events[next].at < end) ++next;
    fold_.go_on_after(final_cycle);
    if (next == events.size() || events[next].at != end) return next;
    const Group group = group_at(next);
    if (fold_.is_running()) {
      apply_pauses(effects(*fold_.revision(), group), end);
    } else if (final_cycle.cycle.started_at < end) {
      begin_if_started(group);
    }
    return next + group.size();
  }

  Mask effects(const Revision& revision, Group group) const {
    Mask mask = 0;
    for (const TicketEvent& event : group) {
      const auto* line = revision.line(event.type);
      if (line != nullptr) mask |= bit(resolve(*line, event));
    }
    return mask;
  }

  Effect resolve(const model::EffectLine& line, const TicketEvent& event) const {
    for (const auto& choice : line.cases) {
      if (fold_.holds(*choice.when, fold_.scope_of(event), event.at)) return choice.then;
    }
    return line.otherwise;
  }

  void begin_if_started(Group group) {
    const Revision* revision = line_.revision_at(group.front().at);
    if (revision == nullptr) return;
    if ((effects(*revision, group) & bit(Effect::start)) != 0)
      fold_.bind(*revision, group.front().at);
  }

  void apply_pauses(Mask mask, Instant at) {
    if ((mask & bit(Effect::pause)) != 0) fold_.pause(at);
    if ((mask & bit(Effect::resume)) != 0) fold_.resume(at);
  }

  /// `is_past`: something later than this instant is known, so that an expiry in it acts (R24).
  void instant(Group group, bool is_past) {
    const Instant at = group.front().at;
    const bool was_running = fold_.is_running();
    if (!was_running) {
      begin_if_started(group);
      if (!fold_.is_running()) return;
    }
    const Revision& revision = *fold_.revision();
    Mask mask = effects(revision, group);
    if (!was_running && has_early_stop(revision, group)) mask |= bit(Effect::stop);
    if ((mask & kEnding) != 0) {
      const auto* const ender =
          std::find_if(std::begin(kEnders), std::end(kEnders),
                       [&](const auto& one) { return (mask & bit(one.first)) != 0; });
      fold_.end(ender->second, at);
    }
    if (is_past) fold_.force_end(at + model::Duration(1));
    if (fold_.is_running()) {
      apply_pauses(mask, at);
    } else if (was_running) {
      begin_if_started(group);
    }
  }

  /// A stop of another source at most a second before the start, ignored until now, counts as at
  /// the start (R8).
  bool has_early_stop(const Revision& revision, Group group) const {
    constexpr model::Duration kTolerance = std::chrono::seconds(1);
    const Instant start = group.front().at;
    for (const TicketEvent& event : view_.ticket->events) {
      if (event.at >= start) break;
      if (event.at < start - kTolerance || fold_.last_end() >= event.at) continue;
      const auto* line = revision.line(event.type);
      if (line == nullptr || resolve(*line, event) != Effect::stop) continue;
      if (is_started_by_another(revision, group, event.source)) return true;
    }
    return false;
  }

  // WHY: of several sources that start the clock at one instant none comes first (R22), whatever
  // their names.
  bool is_started_by_another(const Revision& revision, Group group, NameIndex source) const {
    return std::any_of(group.begin(), group.end(), [&](const TicketEvent& event) {
      const auto* line = revision.line(event.type);
      return event.source != source && line != nullptr && resolve(*line, event) == Effect::start;
    });
  }

  const Line& line_;
  const TicketView& view_;
  const Horizon& horizon_;
  ClockFold fold_;
};

}  // namespace

void judge(const Line& line, const TicketView& view, const Horizon& horizon,
           const Commitment* last_final, std::vector<JudgedCycle>& cycles, Findings& findings) {
  if (line.revisions.empty()) return;
  Judge(line, view, horizon, cycles, findings).run(last_final);
}

void judge_on(const Line& line, const TicketView& view, const Horizon& horizon,
              const JudgedSoFar& known, std::vector<JudgedCycle>& cycles, Findings& findings) {
  Judge(line, view, horizon, cycles, findings).run_on(known.last, known.is_paused_at_start);
}

void merge_attributes(const TicketView& view, Instant at, std::vector<model::Attribute>& merged) {
  for (const TicketEvent& event : view.ticket->events) {
    if (event.at > at) break;
    for_each_attribute(
        *view.ticket, event, *view.names, [&](std::string_view name, std::string_view value) {
          const auto known = std::find_if(merged.begin(), merged.end(), [&](const auto& attribute) {
            return is_same_name(attribute.name, name);
          });
          if (known == merged.end()) {
            merged.push_back({name, value});
          } else {
            known->value = value;
          }
        });
  }
}

}  // namespace lupaus::rules::engine
