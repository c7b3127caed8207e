// Any opening hours in any zone: counted(start, due(start, d)) == d, and counting adds up.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdlib>

#include "rules/calendar/calendar.h"
#include "rules/engine/counting.h"

namespace {

using namespace lupaus::rules;

constexpr const char* kZones[] = {"Europe/Helsinki",   "America/New_York", "Australia/Lord_Howe",
                                  "America/St_Johns",  "Pacific/Apia",     "Asia/Kathmandu",
                                  "Africa/Casablanca", "Europe/Dublin",    "Asia/Tehran",
                                  "Antarctica/Troll"};

std::vector<model::DayInterval> hours(FuzzedDataProvider& data) {
  std::vector<model::DayInterval> intervals;
  for (int count = data.ConsumeIntegralInRange(0, 3); count > 0; --count) {
    const auto begin = data.ConsumeIntegralInRange<int16_t>(0, 1439);
    const auto end = data.ConsumeIntegralInRange<int16_t>(0, 1440);
    if (begin != end) intervals.push_back({begin, end});
  }
  return intervals;
}

model::LocalDate near(model::LocalDate date, int days) { return calendar::add_days(date, days); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  FuzzedDataProvider data(bytes, size);
  const auto* zone = calendar::find_built_in_zone(data.PickValueInArray(kZones));
  if (zone == nullptr) std::abort();
  const model::Instant start{
      model::Duration(data.ConsumeIntegralInRange<int64_t>(0, 3'900'000'000'000))};
  model::CalendarSpec spec;
  spec.timezone = zone->name;
  for (auto& day : spec.week) day.intervals = hours(data);
  const auto today = calendar::local_date(*zone, start);
  for (int days = -3; days <= 6; ++days) {
    if (!data.ConsumeBool()) continue;
    spec.exceptions.push_back({near(today, days), hours(data), "", "exception"});
  }
  const calendar::Calendar calendar(spec, *zone);
  engine::Measure measure{&calendar, {}};
  for (int count = data.ConsumeIntegralInRange(0, 4); count > 0; --count) {
    const auto begin =
        start + model::Duration(data.ConsumeIntegralInRange<int64_t>(-100'000'000, 900'000'000));
    engine::block(measure.blocked, begin,
                  begin + model::Duration(data.ConsumeIntegralInRange<int64_t>(1, 90'000'000)));
  }
  const model::Duration length{data.ConsumeIntegralInRange<int64_t>(0, 400'000'000)};
  const auto due = measure.due(start, length);
  if (!due) return 0;
  if (*due < start || measure.counted(start, *due) != length) std::abort();
  if (*due > start && measure.counted(start, *due - model::Duration(1)) >= length &&
      length > model::Duration::zero())
    std::abort();
  const auto middle =
      start + model::Duration(data.ConsumeIntegralInRange<int64_t>(0, (*due - start).count()));
  if (measure.counted(start, middle) + measure.counted(middle, *due) != length) std::abort();
  return 0;
}
