// Why a start of a ticket began no clock of a promise.
#include <fmt/format.h>

#include <algorithm>

#include "rules/scenario/trace_story.h"

namespace lupaus::rules::scenario {

using engine::Unbound;
using model::Instant;
using model::Promise;

namespace {

constexpr size_t kMostStarts = 10;

std::string out_of_effect(const Story& story, const Promise& promise, Instant at) {
  const model::LocalDate day = calendar::local_date(story.zone, at);
  const bool is_early = promise.from && day < *promise.from;
  return fmt::format("{} {}, {}", is_early ? "it takes effect on" : "it ended with",
                     model::format_local_date(is_early ? *promise.from : *promise.until),
                     format_place(promise.effective_span));
}

std::string suspended(const model::Suspension& suspension, const Scene& scene) {
  std::string text =
      fmt::format("it is suspended from {} to {}", model::format_local_date(suspension.from),
                  model::format_local_date(suspension.until));
  if (!suspension.reason.empty()) text += ": " + suspension.reason;
  if (suspension.when != nullptr) {
    text += fmt::format("; `{}` holds with {}", suspension.when->text(),
                        values_read(suspension.when->text(), scene));
  }
  return text + ", " + format_place(suspension.span);
}

std::string no_start(const Story& story, const Promise& promise) {
  const engine::Revision* revision = nullptr;
  for (const engine::Line& line : story.state.lines()) {
    if (line.name == promise.name && !line.revisions.empty()) revision = &line.revisions.back();
  }
  const bool has_start =
      revision != nullptr &&
      std::any_of(story.image.events.begin(), story.image.events.end(), [&](const auto& event) {
        const Scene scene = story.scene_at(*revision, event.at, &event);
        return effect_of(promise, event.type, scene.scope) == model::Effect::start;
      });
  return has_start ? "it was not published yet, or retired, when the clock would start"
                   : "no event of the ticket starts its clock";
}

}  // namespace

std::string refusal(const Story& story, const engine::State::NotBound& start, Instant first) {
  using Why = Unbound::Why;
  const Promise& promise = *start.promise;
  const Instant at = start.unbound.at;
  const Scene scene = story.scene_at(story.revision_of(start), at);
  switch (start.unbound.why) {
    case Why::other_branch:
      return fmt::format("the book in force then has no branch {}", story.image.branch);
    case Why::no_hours:
      return fmt::format("its clock follows the hours of the branch, and {} declares none, {}",
                         story.image.branch, format_place(promise.span));
    case Why::not_in_effect:
      return out_of_effect(story, promise, at);
    case Why::does_not_apply:
    case Why::cannot_apply:
      return fmt::format("`{}` {} at {} with {}, {}", promise.applies->text(),
                         start.unbound.why == Why::does_not_apply
                             ? "is false"
                             : "cannot be answered, which counts as false,",
                         story.time(at, first), values_read(promise.applies->text(), scene),
                         format_place(promise.applies_span));
    case Why::suspended:
      return suspended(promise.suspensions[static_cast<size_t>(start.unbound.suspension)], scene);
    case Why::no_deadline:
      return fmt::format("it is without a deadline: nobody had sent ticket.{} at {}, {}",
                         promise.by->attribute, story.time(at, first),
                         format_place(promise.by->span));
    case Why::deadline_passed: {
      const auto deadline = engine::deadline_of(*promise.by, scene.ticket);
      return fmt::format("its deadline {} ({}) lies before the start at {}, {}",
                         story.time(deadline.value_or(at), first),
                         deadline_text(*promise.by, scene), story.time(at, first),
                         format_place(promise.by->span));
    }
  }
  return "";
}

std::string absence(const Story& story, const Promise& promise) {
  const Instant first = story.image.events.front().at;
  std::string text = story.heading(promise.name, 1, first);
  size_t count = 0;
  for (const auto& start : story.not_bound) {
    if (start.promise->name != promise.name || ++count > kMostStarts) continue;
    text += fmt::format("  does not run: {}\n", refusal(story, start, first));
  }
  if (count > kMostStarts)
    text += fmt::format("  … and {} more starts that began no clock\n", count - kMostStarts);
  if (count == 0) text += fmt::format("  does not run: {}\n", no_start(story, promise));
  return text;
}

}  // namespace lupaus::rules::scenario
