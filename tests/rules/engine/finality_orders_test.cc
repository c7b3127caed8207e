// A model check of finality: every order in which sources can be heard, each with one late
// heartbeat in every place, gives one and the same final verdict, and nothing is final before it.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

/// What one source tells, in its order.
struct Teller {
  std::string source;
  std::vector<std::pair<std::string, Duration>> events;
};

/// The server hears everything late: from here on, a second apart.
constexpr Duration kHeardFrom = 30min;

BookPtr book_of(const std::vector<Teller>& tellers) {
  std::vector<DeclaredSource> sources;
  for (const auto& teller : tellers) sources.push_back({teller.source, {}});
  return make_book({PromiseForm{}}, sources);
}

/// One run: the tellers speak in `order`; before the step `place`, `late` says its heartbeat.
class Run {
 public:
  Run(const BookPtr& book, const std::vector<Teller>& tellers)
      : world_(book), tellers_(tellers), sent_(tellers.size(), 0) {
    for (const auto& teller : tellers)
      told(world_.command(Register{teller.source, 1, 0, false}, now()));
  }

  std::string verdict(const std::vector<size_t>& order, size_t late, size_t place) {
    for (size_t step = 0; step <= order.size(); ++step) {
      if (step == place) hear(late);
      if (step < order.size()) speak(order[step]);
    }
    EXPECT_TRUE(world_.all<Confirmed>().empty()) << "final before all had told everything";
    for (size_t teller = 0; teller < tellers_.size(); ++teller) hear(teller);
    std::string text;
    for (const auto& fact : world_.all<Confirmed>()) {
      text += format_commitment(fact.key) + " " + std::string(format_verdict(fact.cycle.verdict)) +
              " " + std::to_string(fact.cycle.counted.count()) + ";";
    }
    for (const auto& owed : world_.all<Owed>()) text += format_money(owed.computed) + ";";
    EXPECT_TRUE(world_.all<LateEvidence>().empty());
    return text;
  }

 private:
  Instant now() const { return World::at(kHeardFrom + std::chrono::seconds(steps_)); }

  static void told(const Result<void>& result) {
    if (!result.ok()) throw std::runtime_error(format_error(result.error()));
  }

  void speak(size_t teller) {
    ++steps_;
    const auto& [type, offset] = tellers_[teller].events[sent_[teller]++];
    auto& event = kept_.emplace_back();
    event.source = tellers_[teller].source;
    event.branch = "b";
    event.ticket = "A1";
    event.type = type;
    event.epoch = 1;
    event.sequence = sent_[teller];
    event.occurred_at = World::at(offset);
    told(world_.command(Observe{&event, now(), false, false}, now()));
    world_.tick(now());
  }

  /// It has told everything before its next event.
  void hear(size_t teller) {
    ++steps_;
    const auto& events = tellers_[teller].events;
    const size_t sent = sent_[teller];
    const Instant at = sent == events.size() ? now() : World::at(events[sent].second);
    world_.hear(tellers_[teller].source, sent, at, now());
  }

  World world_;
  const std::vector<Teller>& tellers_;
  std::vector<size_t> sent_;
  std::deque<Event> kept_;
  int steps_ = 0;
};

/// Every order of the tellers' events that keeps each teller's own, each with the heartbeat of each
/// of `late` in every place; gives how many runs that were.
size_t check_all(const std::vector<Teller>& tellers, const std::vector<size_t>& late,
                 const std::string& wanted) {
  const BookPtr book = book_of(tellers);
  std::vector<size_t> order;
  for (size_t teller = 0; teller < tellers.size(); ++teller)
    order.insert(order.end(), tellers[teller].events.size(), teller);
  size_t orders = 0;
  do {
    ++orders;
    for (const size_t heard : late) {
      for (size_t place = 0; place <= order.size(); ++place) {
        const std::string verdict = Run(book, tellers).verdict(order, heard, place);
        EXPECT_EQ(verdict, wanted)
            << "order " << orders << ", heartbeat of " << heard << " at " << place;
        if (verdict != wanted || testing::Test::HasFailure()) return orders;
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

const std::vector<Teller> kThree = {{"counter", {{"parked", 12min}, {"service_started", 17min}}},
                                    {"kiosk", {{"issued", 0min}, {"away", 4min}}},
                                    {"office", {{"back", 6min}, {"unparked", 12min + 30s}}}};

TEST(FinalityOrders, OfThreeSourcesWithTwoEventsEachGiveOneVerdict) {
  EXPECT_EQ(check_all(kThree, {0, 1, 2}, "b/A1/p15/1 kept 870000;"), 90u);
}

TEST(FinalityOrders, OfABreachGiveOneVerdictAndOneSum) {
  auto told = kThree;
  told[0].events[1].second = 17min + 31s;
  EXPECT_EQ(check_all(told, {0, 1, 2}, "b/A1/p15/1 breached 901000;EUR 10.00;"), 90u);
}

TEST(FinalityOrders, OfSixSourcesWithOneEventEachGiveOneVerdict) {
  const std::vector<Teller> six = {
      {"back-office", {{"back", 6min}}}, {"counter", {{"service_started", 18min + 1s}}},
      {"door", {{"away", 4min}}},        {"floor", {{"parked", 12min}}},
      {"kiosk", {{"issued", 0min}}},     {"phone", {{"unparked", 13min}}}};
  EXPECT_EQ(check_all(six, {1}, "b/A1/p15/1 breached 901000;EUR 10.00;"), 720u);
}

}  // namespace
}  // namespace lupaus::tests
