// Why a clock of a promise runs on a ticket: what was asked when it started, and the answers.
#include <fmt/format.h>

#include <algorithm>

#include "rules/scenario/trace_story.h"

namespace lupaus::rules::scenario {

using engine::Commitment;
using model::Instant;
using model::Promise;

namespace {

using Answer = model::Condition::Value;

/// The start that bound the ticket: a restart asks nothing anew (R51).
Instant bound_at(const Story& story, const Commitment& commitment) {
  const Commitment* first = &commitment;
  for (auto other = story.commitments.rbegin(); other != story.commitments.rend(); ++other) {
    const bool is_before = other->line == first->line && other->number + 1 == first->number;
    if (is_before && other->cycle.end == model::End::restart) first = &*other;
  }
  return first->cycle.started_at;
}

std::string at_place(const std::string& text, const model::Span& span) {
  const std::string place = format_place(span);
  return place.empty() ? text : text + ", " + place;
}

std::string effective_text(const Promise& promise) {
  std::string text = "in effect";
  if (promise.from) text += " from " + model::format_local_date(*promise.from);
  if (promise.until) text += " until " + model::format_local_date(*promise.until);
  return text;
}

/// "does not hold with …"; what was settled stays, whatever came to be known of the start since.
std::string answer_text(const model::Condition& condition, bool is_expected, const Scene& scene) {
  const Answer answer = condition.evaluate(scene.scope);
  if ((answer == Answer::yes) != is_expected)
    return is_expected ? "held by what was known then" : "did not hold by what was known then";
  const std::string_view verb = answer == Answer::yes ? "holds"
                                : answer == Answer::no
                                    ? "does not hold"
                                    : "cannot be answered, which counts as false,";
  return fmt::format("{} with {}", verb, values_read(condition.text(), scene));
}

}  // namespace

std::vector<std::string> binding_lines(const Story& story, const Commitment& commitment,
                                       Instant first) {
  const engine::Revision& revision = story.revision_of(commitment);
  const Promise& promise = *revision.promise;
  const Instant at = bound_at(story, commitment);
  const Scene scene = story.scene_at(revision, at);
  const std::string when =
      at == commitment.cycle.started_at ? "" : fmt::format("at {} ", story.time(at, first));
  std::vector<std::string> lines;
  if (promise.applies->text() == "true") {
    lines.push_back(at_place("applies to every ticket", promise.applies_span));
  } else {
    lines.push_back(at_place(fmt::format("applies: `{}` {}{}", promise.applies->text(), when,
                                         answer_text(*promise.applies, true, scene)),
                             promise.applies_span));
  }
  if (promise.from || promise.until)
    lines.push_back(at_place(effective_text(promise), promise.effective_span));
  const auto date = calendar::local_date(*story.context_at(revision, at).zone, at);
  for (const model::Suspension& suspension : promise.suspensions) {
    if (suspension.when == nullptr || date < suspension.from || date > suspension.until) continue;
    lines.push_back(
        at_place(fmt::format("not suspended from {} to {}: `{}` {}{}",
                             model::format_local_date(suspension.from),
                             model::format_local_date(suspension.until), suspension.when->text(),
                             when, answer_text(*suspension.when, false, scene)),
                 suspension.span));
  }
  return lines;
}

}  // namespace lupaus::rules::scenario
