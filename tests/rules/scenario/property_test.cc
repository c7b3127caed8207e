// What must hold of any scene without asking what is right: neither order nor repetition of
// delivery matters, nor the week in which it happens; more room under a cap never pays less; and a
// backtest says what live said.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/rules/scenario/scene_runs.h"
#include "tests/rules/scenario/scene_trials.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

void change_caps(Scene& scene, const std::function<void(std::vector<Cap>&)>& change) {
  for (auto& edition : scene.editions) {
    for (auto& promise : edition.promises) {
      if (promise.compensation) change(promise.compensation->caps);
    }
  }
}

Scene without_caps(Scene scene) {
  change_caps(scene, [](auto& caps) { caps.clear(); });
  return scene;
}

// ---- order

std::string check_file_order(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 one(disorder), other(disorder + 1);
  return differences(backtest(scene, one), backtest(scene, other));
}

std::string check_delivery(const Scene& full, uint64_t disorder) {
  const Scene scene = without_caps(full);  // live they are used up in the order of arrival (R46)
  std::mt19937_64 one(disorder), other(disorder + 1);
  const LiveRun first(scene, one);
  const LiveRun second(scene, other);
  if (first.end() != second.end()) return "";  // open clocks are counted up to another instant
  return differences(first.lines(), second.lines());
}

std::string check_backtest_is_live(const Scene& full, uint64_t disorder) {
  Scene scene = without_caps(full);
  std::mt19937_64 random(disorder);
  const LiveRun live(scene, random);
  scene.as_of = live.end();
  return differences(live.lines(), backtest(scene, random));
}

// ---- weeks

LocalDate shifted(LocalDate date, int days) {
  return naive::date_of(naive::day_number(date) + days);
}

void shift_promise(Promise& promise, int days) {
  if (promise.from) promise.from = shifted(*promise.from, days);
  if (promise.until) promise.until = shifted(*promise.until, days);
  for (auto& suspension : promise.suspensions) {
    suspension.from = shifted(suspension.from, days);
    suspension.until = shifted(suspension.until, days);
  }
}

Scene shifted(Scene scene, int days) {
  const Duration by = std::chrono::days(days);
  for (auto& calendar : scene.calendars) {
    for (auto& exception : calendar.exceptions) exception.date = shifted(exception.date, days);
  }
  for (auto& edition : scene.editions) {
    for (auto& promise : edition.promises) shift_promise(promise, days);
  }
  for (auto& event : scene.events) {
    event.at += by;
    const auto target = event.attributes.find("target_at");
    if (target != event.attributes.end())
      target->second = format_instant(*parse_instant(target->second) + by);
  }
  scene.first += by;
  scene.as_of += by;
  return scene;
}

/// Clocks change neither in the scene's days nor between them and the shifted ones.
bool is_outside_transitions(const Scene& scene, int days) {
  const auto begin = scene.first - std::chrono::days(5);
  const auto end =
      std::max(scene.as_of, scene.events.empty() ? scene.as_of : scene.events.back().at) +
      std::chrono::days(90 + days);
  const auto history = history_of(scene);
  for (const auto& zone : history.editions.front().book->zones) {
    for (const auto& transition : zone.transitions) {
      const Instant at(std::chrono::seconds(transition.at_unix_s));
      if (at > begin && at < end) return false;
    }
  }
  return true;
}

std::string check_weeks(const Scene& full, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const int days = 7 * static_cast<int>(1 + random() % 6);
  Scene scene = full;
  // A month or a year is no number of weeks.
  change_caps(scene, [](auto& caps) {
    std::erase_if(caps, [](const Cap& cap) {
      return cap.scope != Cap::Scope::ticket && cap.scope != Cap::Scope::customer_day &&
             cap.scope != Cap::Scope::promise_day;
    });
  });
  if (!is_outside_transitions(scene, days)) {
    for (auto& calendar : scene.calendars) calendar.timezone = "Asia/Kathmandu";
    for (auto& branch : scene.branches) branch.timezone = "Asia/Kathmandu";
  }
  auto expected = backtest(scene, random);
  for (auto& line : expected) {
    line.started_at += std::chrono::days(days);
    for (auto* instant : {&line.due_at, &line.stopped_at, &line.breached_at}) {
      if (*instant) **instant += std::chrono::days(days);
    }
  }
  const auto wrong = differences(expected, backtest(shifted(scene, days), random));
  return wrong.empty() ? "" : "shifted by " + std::to_string(days) + " days\n" + wrong;
}

// ---- caps

std::map<std::string, int64_t> paid_by_promise(const Lines& lines) {
  std::map<std::string, int64_t> paid;
  for (const auto& line : lines) {
    if (line.paid_state == PaidState::owed && line.owed) paid[line.key.promise] += line.owed->minor;
  }
  return paid;
}

std::string check_caps(const Scene& full, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  Scene scene = full;
  change_caps(scene, [](auto& caps) {
    if (caps.size() > 1) caps.resize(1);
    // WHY: shares give each ticket another maximum, and a held one leaves its room to later ones.
    std::erase_if(caps, [](const Cap& cap) {
      return cap.max && !flat_sum(*cap.max) && cap.then == Cap::Then::hold;
    });
  });
  Scene wider = scene;
  const auto more = 1 + random() % 3000;
  change_caps(wider, [&](auto& caps) {
    for (Cap& cap : caps) {
      if (cap.max_times) *cap.max_times += static_cast<int32_t>(more % 3);
      if (auto* max = cap.max ? std::get_if<Money>(&*cap.max) : nullptr)
        max->minor += static_cast<int64_t>(more);
      if (auto* max = cap.max ? std::get_if<Share>(&*cap.max) : nullptr)
        max->parts_per_million += static_cast<int64_t>(more);
    }
  });
  auto paid = paid_by_promise(backtest(scene, random));
  auto paid_under_wider = paid_by_promise(backtest(wider, random));
  std::string wrong;
  for (const auto& [promise, minor] : paid) {
    if (minor > paid_under_wider[promise])
      wrong += promise + " pays " + std::to_string(minor) + ", under a wider cap " +
               std::to_string(paid_under_wider[promise]) + "\n";
  }
  return wrong;
}

TEST(Property, TheOrderOfAFileDoesNotMatter) {
  hold("file order", check_file_order, 1'000, {12, 3, 1});
}

TEST(Property, TheOrderOfDeliveryDoesNotMatter) {
  hold("delivery", check_delivery, 1'000, {8, 3, 3});
}

TEST(Property, ABacktestSaysWhatLiveSaid) {
  hold("backtest and live", check_backtest_is_live, 1'000, {8, 3, 1});
}

TEST(Property, WholeWeeksShiftVerdicts) { hold("weeks", check_weeks, 2'000, {12, 3, 1}); }

TEST(Property, AWiderCapNeverPaysLess) { hold("caps", check_caps, 2'000, {20, 2, 1}); }

}  // namespace
}  // namespace lupaus::tests
