// Local times, what was true when, and the values behind a condition.
#include "rules/scenario/trace_story.h"

#include <fmt/format.h>

#include <algorithm>

namespace lupaus::rules::scenario {

using model::Attribute;
using model::Instant;

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Skips the string literal that opens at `at`.
size_t after_literal(std::string_view text, size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::string_view word_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(at, end - at);
}

struct Name {
  std::string_view of, field;
  bool operator==(const Name&) const = default;
};

/// `ticket.x`, `branch.x`, `event.x`, `day.x` in the order of their first mention.
std::vector<Name> names_in(std::string_view text) {
  std::vector<Name> names;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '"' || text[at] == '\'') {
      at = after_literal(text, at);
      continue;
    }
    const bool is_field = at > 0 && text[at - 1] == '.';
    const std::string_view of = word_at(text, at);
    at += std::max<size_t>(of.size(), 1);
    const bool is_root = of == "ticket" || of == "branch" || of == "event" || of == "day";
    if (is_field || !is_root || at >= text.size() || text[at] != '.') continue;
    const Name name{of, word_at(text, at + 1)};
    at += 1 + name.field.size();
    if (!name.field.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  return names;
}

bool is_personal(const Scene& scene, const Name& name) {
  if (scene.vocabulary == nullptr) return false;
  const auto& known =
      name.of == "branch" ? scene.vocabulary->branch_attributes : scene.vocabulary->attributes;
  const auto spec = known.find(name.field);
  return spec != known.end() && spec->second.is_personal;
}

std::string show(const Scene& scene, const Name& name) {
  const model::Scope& scope = scene.scope;
  if (name.of == "day") {
    return name.field == "class" ? fmt::format("day.class = \"{}\"", scope.day_class)
                                 : fmt::format("day.weekday = {}", scope.day_weekday);
  }
  if (name.of == "branch" && name.field == "id")
    return fmt::format("branch.id = \"{}\"", scope.branch_id);
  const auto& attributes = name.of == "ticket"   ? scene.ticket
                           : name.of == "branch" ? scene.branch
                                                 : scene.event;
  const std::string shown =
      name.of == "ticket" ? std::string(name.field) : fmt::format("{}.{}", name.of, name.field);
  const auto* found = model::find_attribute(attributes, name.field);
  if (found == nullptr) return "no " + shown;
  if (is_personal(scene, name)) return shown + " = (personal)";
  return fmt::format("{} = \"{}\"", shown, found->value);
}

}  // namespace

std::string Story::time(Instant at, Instant first) const {
  if (calendar::local_date(zone, at) == calendar::local_date(zone, first)) return time(at);
  return date(at) + " " + time(at);
}

std::string Story::date(Instant at) const {
  return model::format_local_date(calendar::local_date(zone, at));
}

std::string Story::heading(std::string_view promise, uint32_t cycle, Instant first) const {
  std::string text = fmt::format("{}, {}, {}", promise, image.branch, name());
  if (cycle > 1) text += fmt::format(", cycle {}", cycle);
  return text + ", " + date(first) + "\n";
}

const engine::Revision& Story::revision_of(const engine::Commitment& commitment) const {
  const engine::Revision* revision = state.lines()[commitment.line].find(commitment.revision);
  model::ensure(revision != nullptr, "a commitment obeys a revision that the state knows");
  return *revision;
}

const engine::Revision& Story::revision_of(const engine::State::NotBound& start) const {
  const engine::Revision* revision = nullptr;
  for (const engine::Line& line : state.lines()) {
    if (line.name == start.promise->name) revision = line.find(start.unbound.revision);
  }
  model::ensure(revision != nullptr, "a start was refused by a revision that the state knows");
  return *revision;
}

const engine::BranchContext& Story::context_at(const engine::Revision& revision,
                                               Instant start) const {
  const auto* context = state.books().branch_of(revision, ticket.branch, start);
  model::ensure(context != nullptr, "an event that was taken is of a branch of some book");
  return *context;
}

Scene Story::scene_at(const engine::Revision& revision, Instant at, const EventImage* event,
                      Instant began_at) const {
  Scene scene;
  state.attributes_at(ticket, at, scene.ticket);
  if (const auto* context =
          state.books().branch_of(revision, ticket.branch, std::min(at, began_at))) {
    engine::merge_branch_attributes(*context, state.find_branch(image.branch), at, scene.branch);
  }
  if (event != nullptr) {
    for (const auto& [key, value] : event->attributes) scene.event.push_back({key, value});
  }
  scene.scope.branch_id = image.branch;
  scene.scope.ticket = scene.ticket;
  scene.scope.branch = scene.branch;
  scene.scope.event = scene.event;
  scene.vocabulary = revision.book->book().find_vocabulary(revision.promise->vocabulary);
  return scene;
}

void Story::add_owed(const model::Money& money) {
  auto& sum = owed.try_emplace(money.currency, model::Money{money.currency, 0}).first->second;
  if (const auto added = model::add(sum, money)) sum = *added;
}

void set_day(Scene& scene, const calendar::Calendar* measured_by,
             const engine::BranchContext& context, Instant at) {
  const auto* days = engine::day_calendar(measured_by, context);
  const auto date = calendar::local_date(engine::day_zone(measured_by, context), at);
  scene.scope.day_class = days != nullptr ? days->day_class(date) : std::string_view();
  scene.scope.day_weekday = calendar::weekday(date);
}

std::string values_read(std::string_view text, const Scene& scene) {
  std::string values;
  for (const Name& name : names_in(text)) {
    values += (values.empty() ? "" : ", ") + show(scene, name);
  }
  return values.empty() ? "no attributes" : values;
}

bool reads(std::string_view text, std::string_view of) {
  const auto names = names_in(text);
  return std::any_of(names.begin(), names.end(), [&](const Name& name) { return name.of == of; });
}

std::string deadline_text(const model::Deadline& by, const Scene& scene) {
  const auto* found = model::find_attribute(scene.ticket, by.attribute);
  std::string text = fmt::format("ticket.{} = ", by.attribute);
  if (found != nullptr)
    text += is_personal(scene, {"ticket", by.attribute}) ? "(personal)" : found->value;
  if (by.offset == model::Duration::zero()) return text;
  return text + (by.offset < model::Duration::zero() ? " - " : " + ") +
         model::format_duration(std::chrono::abs(by.offset));
}

MatchedLine match_line(const model::Promise& promise, std::string_view type,
                       const model::Scope& scope) {
  const auto line = promise.on.find(std::string(type));
  if (line == promise.on.end()) return {};
  for (const auto& choice : line->second.cases) {
    if (choice.when->evaluate(scope) == model::Condition::Value::yes)
      return {choice.then, &line->second, &choice};
  }
  return {line->second.otherwise, &line->second, nullptr};
}

std::optional<Assumed> find_assumed(const Story& story, const engine::Commitment& commitment) {
  const auto& cycle = commitment.cycle;
  const bool is_inclusive = story.revision_of(commitment).promise->is_boundary_inclusive;
  const bool is_least = cycle.counted == engine::least_breach(cycle, is_inclusive);
  const auto* branch = story.state.find_branch(story.image.branch);
  if (!commitment.is_confirmed || !cycle.stopped_at || !is_least || branch == nullptr)
    return std::nullopt;
  engine::Ticket told = story.ticket;
  told.commitments.clear();
  for (const auto& judged : story.state.refold(told, *branch, {story.now, story.now})) {
    if (judged.line != commitment.line || judged.number != commitment.number) continue;
    if (judged.cycle.is_broken) return std::nullopt;
    return Assumed{judged.cycle.counted};
  }
  return Assumed{};
}

}  // namespace lupaus::rules::scenario
