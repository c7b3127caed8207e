// Reads `spec.clock`: the measure, the expiry and what each event does to the clock (R12, R36, R37,
// R52).
#include <algorithm>

#include "rules/language/promise_draft.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

using model::Effect;

bool may_expire(Effect effect) {
  return effect == Effect::stop || effect == Effect::voided || effect == Effect::forfeit ||
         effect == Effect::review || effect == Effect::proceed;
}

/// Reads the lines of clock.on for one promise.
class LineReader {
 public:
  explicit LineReader(PromiseDraft& draft) : draft_(draft), context_(draft.context) {}

  void read(const Node& node) {
    const MapReader map(context_, node, "clock.on");
    if (!map.is_map()) return;
    const size_t errors_before = context_.diagnostics.error_count();
    for (size_t i = 0; i < node.keys.size(); ++i) {
      if (!is_event(node.keys[i])) continue;
      draft_.promise().on[node.keys[i].text] = line(node.keys[i].text, node.children[i]);
    }
    check_missing_lines(node);
    if (!has_start_ && context_.diagnostics.error_count() == errors_before) {
      context_.error(kNeverStarts, node,
                     "expected an event that starts the clock, but there is none",
                     "write `start` as the effect of the event with which the promise begins");
    }
  }

 private:
  /// One complaint with every line that is missing, in the form of the lines that are there.
  void check_missing_lines(const Node& node) const {
    std::vector<std::string> missing;
    for (const std::string& event : draft_.vocabulary.events) {
      if (node.find(event) == nullptr) missing.push_back(event);
    }
    if (missing.empty()) return;
    // A map in braces stands at its brace, one of lines at its first key.
    const bool is_block =
        !node.keys.empty() && node.keys[0].line == node.line && node.keys[0].column == node.column;
    std::string names, lines;
    for (const std::string& event : missing) {
      names += (names.empty() ? "`" : ", `") + event + "`";
      const std::string line = event + ": " + likely_effect(event, missing);
      if (is_block) {
        lines += "\n" + std::string(node.keys[0].column - 1, ' ') + line;
      } else {
        lines += (lines.empty() ? "" : ", ") + line;
      }
    }
    const bool is_one = missing.size() == 1;
    context_.error(kUnmappedEvent, node,
                   std::string("clock.on needs ") +
                       (is_one ? "a line for the event " : "lines for the events ") + names,
                   is_block ? std::string(is_one ? "add this line:" : "add these lines:") + lines
                            : "add `" + lines + "`");
  }
  /// In a vocabulary of one's own the first event mostly starts the clock, and the last stops it.
  std::string likely_effect(const std::string& event,
                            const std::vector<std::string>& missing) const {
    const auto is_free = [&](std::string_view effect) {
      return std::none_of(missing.begin(), missing.end(),
                          [&](const std::string& other) { return usual_effect(other) == effect; });
    };
    const size_t end = missing.back() == "expired" ? missing.size() - 1 : missing.size();
    if (!has_start_ && is_free("start") && event == missing.front()) return "start";
    const bool has_stop =
        std::any_of(draft_.promise().on.begin(), draft_.promise().on.end(),
                    [](const auto& line) { return line.second.otherwise == Effect::stop; });
    const bool is_last = end > 0 && event == missing[end - 1];
    if (!has_stop && is_free("stop") && is_last) return "stop";
    return usual_effect(event);
  }
  static std::string usual_effect(std::string_view event) {
    static constexpr std::pair<std::string_view, std::string_view> kUsual[] = {
        {"issued", "start"},    {"service_started", "stop"},
        {"parked", "pause"},    {"unparked", "resume"},
        {"away", "pause"},      {"back", "resume"},
        {"no_show", "forfeit"}, {"left", "void"},
        {"cancelled", "void"},  {"expired", "review"}};
    for (const auto& [name, effect] : kUsual) {
      if (name == event) return std::string(effect);
    }
    return "continue";
  }
  bool is_event(const Node& key) const {
    const std::vector<std::string>& events = draft_.vocabulary.events;
    if (std::find(events.begin(), events.end(), key.text) != events.end()) return true;
    const auto& branch_events = draft_.vocabulary.branch_events;
    const bool is_branch_event =
        std::find(branch_events.begin(), branch_events.end(), key.text) != branch_events.end();
    const std::vector<std::string_view> names(events.begin(), events.end());
    context_.error(kUnknownEvent, key,
                   "expected an event of the vocabulary `" + draft_.vocabulary.name + "`, but " +
                       show(key) + (is_branch_event ? " is a branch event" : " is none"),
                   is_branch_event ? "branch events act on calendar clocks by themselves"
                                   : suggest(key.text, names));
    return false;
  }
  std::optional<Effect> effect(const Node& node, std::string_view event) {
    const auto word = read_word(context_, node, "an effect", words_of(kClockKeys, "on"));
    const auto known = word ? model::find_effect(*word) : std::nullopt;
    if (!known) return std::nullopt;
    const Effect found = *known;
    has_start_ = has_start_ || found == Effect::start;
    if (event == "expired" && !may_expire(found)) {
      context_.error(
          kExpiredEffect, node,
          "expected stop, void, forfeit, review or continue for `expired`, but " + show(node),
          "write `expired: review` where a person is to look at it");
    }
    if (found == Effect::stop && (event == "expired" || event == "left")) {
      context_.warning(
          kKeptUnserved, node,
          "`" + std::string(event) +
              ": stop` inside the limit counts as kept, though nobody served the customer",
          "write `void` or `review` where that is not meant");
    }
    return found;
  }
  model::EffectLine line(std::string_view event, const Node& node) {
    model::EffectLine line;
    line.span = context_.span(node);
    if (node.kind == Node::Kind::map) {
      if (!part(event, node, true, line)) tell_missing_else(node);
    } else if (node.kind == Node::Kind::sequence) {
      bool has_else = false;
      for (size_t i = 0; i < node.children.size(); ++i) {
        has_else = part(event, node.children[i], i + 1 == node.children.size(), line);
      }
      if (!has_else) tell_missing_else(node);
    } else if (const auto found = effect(node, event)) {
      line.otherwise = *found;
    }
    return line;
  }
  void tell_missing_else(const Node& node) const {
    context_.error(kBadCondition, node, "a conditional line needs `else`",
                   "say what happens where no condition holds: `else: continue`");
  }
  /// One `{when, then}`, `{when, then, else}` or `{else}`. True when it has an `else`.
  bool part(std::string_view event, const Node& node, bool is_last, model::EffectLine& line) {
    MapReader map(context_, node, kLineKeys);
    if (!map.is_map()) return true;  // told; a missing `else` is not the fault
    const Node* when = map.find("when");
    const Node* then = map.find("then");
    const Node* otherwise = map.find("else");
    if (when == nullptr && then == nullptr && otherwise == nullptr) {
      context_.error(kBadCondition, node, "a conditional line needs `when` or `else`",
                     "write it as {when: …, then: restart, else: continue}");
    }
    model::ConditionPtr condition;
    if (when != nullptr) {
      // WHY: nobody sends `expired`, so there is no event to read.
      condition = draft_.condition(*when, {.has_event = event != "expired", .has_day = false});
    }
    const auto found = then != nullptr ? effect(*then, event) : std::nullopt;
    if (condition && found) line.cases.push_back({std::move(condition), *found});
    if (otherwise != nullptr) {
      if (!is_last) {
        context_.error(kBadCondition, *otherwise, "expected `else` in the last condition alone",
                       "leave it out here, and write it in the last one");
      }
      if (const auto last = effect(*otherwise, event)) line.otherwise = *last;
    }
    map.refuse_others(kBadCondition);
    return otherwise != nullptr;
  }

  PromiseDraft& draft_;
  const Context& context_;
  bool has_start_ = false;
};

}  // namespace

void read_clock(PromiseDraft& draft, const Node& node) {
  model::Promise& promise = draft.promise();
  draft.clock = &node;
  MapReader map(draft.context, node, kClockKeys);
  if (const Node* measure = map.find("measure")) {
    draft.read.measure_span = draft.context.span(*measure);
    promise.measure = read_name(draft.context, *measure, "clock.measure").value_or("");
  }
  if (const Node* expiry = map.find("expire_after")) {
    const auto length = read_duration(draft.context, *expiry, "clock.expire_after");
    // The key is written, so the default never applies, whatever is wrong with its value.
    promise.expire_after = length.value_or(model::Duration(1));
    if (length && *length <= model::Duration::zero()) {
      draft.context.error(kBadLimit, *expiry, "expected an expiry above zero, but " + show(*expiry),
                          "write how long a ticket may stay open, as in 24h");
    }
  }
  if (const Node* on = map.find("on")) LineReader(draft).read(*on);
  if (read_word(map, "on_silence") == "favour_customer") {
    promise.on_silence = model::Promise::OnSilence::favour_customer;
  }
  if (const Node* hold = map.find("hold")) {
    promise.hold = read_duration(draft.context, *hold, "clock.hold").value_or(model::kDefaultHold);
    if (promise.hold <= model::Duration::zero()) {
      draft.context.error(kBadLimit, *hold, "expected a `hold` above zero, but " + show(*hold),
                          "write how long late events are waited for, as in 2s");
    }
  }
  map.refuse_others();
}

}  // namespace lupaus::rules::language
