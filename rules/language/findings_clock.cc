// What the lines of clock.on give together: each is legal alone.
#include <algorithm>
#include <set>

#include "rules/language/findings.h"

namespace lupaus::rules::language {
namespace {

using model::Effect;

bool is_constant(const model::ConditionPtr& when, std::string_view word) {
  return when != nullptr && when->text() == word;
}

/// The effects that a line can have: cases after one that always holds, and cases that never do,
/// are left out.
std::set<Effect> effects_of(const model::EffectLine& line) {
  std::set<Effect> effects;
  for (const model::EffectLine::Case& entry : line.cases) {
    if (is_constant(entry.when, "false")) continue;
    effects.insert(entry.then);
    if (is_constant(entry.when, "true")) return effects;
  }
  effects.insert(line.otherwise);
  return effects;
}

class ClockExaminer {
 public:
  explicit ClockExaminer(const Examined& examined) : examined_(examined) {
    for (const auto& [event, line] : examined.promise.on) {
      for (const Effect effect : effects_of(line)) events_[effect].push_back(event);
    }
  }

  void examine() const {
    if (events_with(Effect::start).empty()) return;
    check_ends();
    check_same_event(Effect::stop, kStopsAsItStarts);
    if (examined_.promise.by) {
      check_ignored_pauses();
    } else {
      check_same_event(Effect::pause, kPausesAsItStarts);
      check_pairs();
    }
    for (const auto& [event, line] : examined_.promise.on) check_cases(event, line);
  }

 private:
  const std::vector<std::string>& events_with(Effect effect) const {
    static const std::vector<std::string> kNone;
    const auto found = events_.find(effect);
    return found == events_.end() ? kNone : found->second;
  }
  const model::Span& place_of(const std::string& event) const {
    return examined_.promise.on.at(event).span;
  }
  std::string starts() const { return join(events_with(Effect::start)); }
  static std::string join(const std::vector<std::string>& events) {
    std::string text;
    for (const std::string& event : events) text += (text.empty() ? "`" : ", `") + event + "`";
    return text;
  }

  void check_ends() const {
    static constexpr Effect kEnds[] = {Effect::stop, Effect::restart, Effect::voided,
                                       Effect::forfeit, Effect::review};
    const bool has_end = std::any_of(std::begin(kEnds), std::end(kEnds),
                                     [&](Effect e) { return !events_with(e).empty(); });
    const model::Span& place = place_of(events_with(Effect::start).front());
    if (!has_end) {
      examined_.diagnostics.error(
          kNeverStops, place,
          "the clock that " + starts() + " starts can never stop: no event ends it",
          "write `stop` as the effect of the event that fulfils the promise");
    } else if (events_with(Effect::stop).empty()) {
      examined_.warn(kNeverKept, place,
                     "no event stops the clock, so the promise can be broken, but never kept",
                     "write `stop` as the effect of the event that fulfils the promise");
    }
  }

  /// Events that start the clock and, by another of their conditions, stop it or pause it.
  void check_same_event(Effect effect, std::string_view code) const {
    const auto& starts = events_with(Effect::start);
    std::vector<std::string> others = events_with(effect);
    std::erase(others, "expired");
    const bool is_stop = effect == Effect::stop;
    for (const std::string& event : others) {
      if (std::find(starts.begin(), starts.end(), event) == starts.end()) continue;
      const bool is_alone = others.size() == 1 && starts.size() == 1;
      examined_.warn(code, place_of(event),
                     "`" + event + "` " + (is_alone ? "alone " : "") +
                         "both starts the clock and " + (is_stop ? "stops it" : "pauses it") +
                         ": only its conditions tell them apart",
                     is_stop ? "write `stop` at the event that fulfils the promise"
                             : "write `pause` at the event with which the waiting is interrupted");
    }
  }

  void check_pairs() const {
    const auto& pauses = events_with(Effect::pause);
    const auto& resumes = events_with(Effect::resume);
    if (!pauses.empty() && resumes.empty()) {
      examined_.warn(kPauseUnpaired, place_of(pauses.front()),
                     join(pauses) + (pauses.size() == 1 ? " pauses" : " pause") +
                         " the clock, but nothing resumes it: from then on no time is counted",
                     "write `resume` at the event that ends the pause");
    } else if (pauses.empty() && !resumes.empty()) {
      examined_.warn(kPauseUnpaired, place_of(resumes.front()),
                     join(resumes) + (resumes.size() == 1 ? " resumes" : " resume") +
                         " the clock, but nothing pauses it",
                     "write `continue`, or `pause` at the event that begins the pause");
    }
  }

  /// R17: the due instant is fixed, so these lines do nothing.
  void check_ignored_pauses() const {
    std::vector<std::string> ignored = events_with(Effect::pause);
    const auto& resumes = events_with(Effect::resume);
    ignored.insert(ignored.end(), resumes.begin(), resumes.end());
    if (ignored.empty()) return;
    std::sort(ignored.begin(), ignored.end(), [&](const auto& a, const auto& b) {
      const model::Span &left = place_of(a), &right = place_of(b);
      return std::tie(left.line, left.column, a) < std::tie(right.line, right.column, b);
    });
    std::string lines;
    for (const std::string& event : ignored) {
      lines += (lines.empty() ? "" : ", ") + event + ": continue";
    }
    examined_.warn(kPauseIgnored, place_of(ignored.front()),
                   "with target.by the due instant is fixed, so pausing and resuming by " +
                       join(ignored) + " is ignored",
                   "write `" + lines + "`");
  }

  void check_cases(const std::string& event, const model::EffectLine& line) const {
    std::set<std::string_view> before;
    for (const model::EffectLine::Case& entry : line.cases) {
      const std::string_view text = entry.when != nullptr ? entry.when->text() : "";
      if (before.contains("true") || !before.insert(text).second) {
        examined_.warn(kCaseNeverReached, line.span,
                       "the case `" + std::string(text) + "` of `" + event +
                           "` is never reached: a case before it always holds when it does",
                       "the first case that holds decides; sort them from special to general");
      }
    }
  }

  const Examined& examined_;
  std::map<Effect, std::vector<std::string>> events_;
};

}  // namespace

void find_in_clock(const Examined& examined) { ClockExaminer(examined).examine(); }

}  // namespace lupaus::rules::language
