// Lists the stretches that the engine's own measure counted, a line for each local date.
#include "rules/scenario/trace_counted.h"

#include <fmt/format.h>

#include <algorithm>

namespace lupaus::rules::scenario {

using calendar::Interval;
using engine::Commitment;
using model::Duration;
using model::Instant;

namespace {

constexpr size_t kMostLines = 10;

/// The lines of one cycle's clock.
class Counted {
 public:
  Counted(const Story& story, const Commitment& commitment, const engine::Measure& measure,
          Instant first)
      : story_(story),
        commitment_(commitment),
        revision_(story.revision_of(commitment)),
        measure_(measure),
        begin_(commitment.cycle.started_at),
        end_(commitment.cycle.stopped_at.value_or(story.now)),
        first_(first) {}

  std::vector<std::string> lines() {
    if (measure_.calendar == nullptr && measure_.blocked.empty()) return {};
    if (measure_.counted(begin_, end_) != commitment_.cycle.counted) {
      return {"the verdict was final before the last of the events came, which change nothing"};
    }
    add_stretches();
    add_blocked();
    add_exceptions();
    return std::move(lines_);
  }

 private:
  std::string measure_name() const {
    return measure_.calendar == nullptr ? "elapsed" : std::string(measure_.calendar->name());
  }

  /// "11:55:00.000-12:00:00.000", with dates where they are others than that of `date_of`.
  std::string span(const Interval& interval, Instant date_of) const {
    return story_.time(interval.begin, date_of) + "-" +
           story_.time(interval.end, std::max(interval.begin, date_of));
  }

  void add_stretches() {
    const auto stretches = measure_.stretches(begin_, end_);
    if (stretches.empty()) lines_.push_back(fmt::format("nothing counted ({})", measure_name()));
    size_t count = 0;
    for (size_t i = 0; i < stretches.size();) {
      const std::string date = story_.date(stretches[i].begin);
      if (count++ == kMostLines) {
        Duration rest{};
        for (size_t j = i; j < stretches.size(); ++j) rest += stretches[j].end - stretches[j].begin;
        lines_.push_back(
            fmt::format("… and {} more, {}", stretches.size() - i, model::format_duration(rest)));
        return;
      }
      std::string line = "counted " + date;
      for (bool is_first = true; i < stretches.size(); ++i, is_first = false) {
        const Interval& stretch = stretches[i];
        if (!is_first && story_.date(stretch.begin) != date) break;
        line += fmt::format("{} {} {}", is_first ? "" : ";", span(stretch, stretch.begin),
                            model::format_duration(stretch.end - stretch.begin));
      }
      lines_.push_back(fmt::format("{} ({})", line, measure_name()));
    }
  }

  /// The names of the events that began what blocks `gap`.
  std::string causes(const Interval& gap) const {
    std::vector<std::string> names;
    const auto add = [&](std::string_view name) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    };
    for (const EventImage& event : story_.image.events) {
      if (event.at < gap.begin || event.at >= gap.end) continue;
      const Scene scene = story_.scene_at(revision_, event.at, &event, begin_);
      if (effect_of(*revision_.promise, event.type, scene.scope) == model::Effect::pause)
        add(event.type);
    }
    const engine::Branch* branch = story_.state.find_branch(story_.image.branch);
    if (branch != nullptr && measure_.calendar != nullptr) {
      for (const auto& closing : branch->closings) {
        if (closing.is_closed && closing.at >= gap.begin && closing.at < gap.end)
          add("branch_closed");
      }
    }
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
    return text.empty() ? "a pause" : text;
  }

  void add_blocked() {
    const engine::Measure open{measure_.calendar, {}};
    size_t count = 0;
    for (const Interval& gap : measure_.blocked) {
      const Interval shown{std::max(gap.begin, begin_), std::min(gap.end, end_)};
      if (shown.begin >= shown.end || ++count > kMostLines) continue;
      const Duration lost = open.counted(shown.begin, shown.end);
      lines_.push_back(fmt::format("not counted: {} {}, {}{}", causes(gap), span(shown, first_),
                                   model::format_duration(lost),
                                   lost == shown.end - shown.begin ? "" : " of " + measure_name()));
    }
    if (count > kMostLines) lines_.push_back(fmt::format("… and {} more", count - kMostLines));
  }

  /// The days of the calendar that are not as its week is, from the start to the end or the due.
  void add_exceptions() {
    if (measure_.calendar == nullptr) return;
    const auto* spec = revision_.book->book().find_calendar(measure_.calendar->name());
    if (spec == nullptr) return;
    const model::ZoneTable& zone = measure_.calendar->zone();
    const auto from = calendar::local_date(zone, begin_);
    const auto to =
        calendar::local_date(zone, std::max(end_, commitment_.cycle.due_at.value_or(end_)));
    size_t count = 0;
    for (const auto& exception : spec->exceptions) {
      if (exception.date < from || exception.date > to || ++count > kMostLines) continue;
      lines_.push_back(fmt::format("{} {} ({}, {})", model::format_local_date(exception.date),
                                   exception_text(exception), spec->name,
                                   format_place(exception.span)));
    }
    if (count > kMostLines) lines_.push_back(fmt::format("… and {} more days", count - kMostLines));
  }

  const Story& story_;
  const Commitment& commitment_;
  const engine::Revision& revision_;
  const engine::Measure& measure_;
  const Instant begin_, end_, first_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> counted_lines(const Story& story, const Commitment& commitment,
                                       const engine::CycleReading& reading, Instant first) {
  return Counted(story, commitment, reading.measure(), first).lines();
}

std::string exception_text(const model::DateException& exception) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (exception.hours && exception.hours->empty()) add("closed");
  for (const auto& hours : exception.hours.value_or(std::vector<model::DayInterval>())) {
    add(fmt::format("{:02}:{:02}-{:02}:{:02}", hours.begin_minute / 60, hours.begin_minute % 60,
                    hours.end_minute / 60, hours.end_minute % 60));
  }
  if (!exception.day_class.empty()) add("class " + exception.day_class);
  if (!exception.reason.empty()) add(exception.reason);
  return text;
}

}  // namespace lupaus::rules::scenario
