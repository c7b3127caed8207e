// Pages of lines are kept within bounds, and one question at a time is collected for.
#include "server/api/breach_list.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <utility>

#include "lupaus/v1/breach.pb.h"
#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests {
namespace {

using rules::model::Result;
using server::api::BreachList;
using server::api::BreachListSettings;
using server_runtime::kNine;
using std::chrono::minutes;

class BreachListTest : public testing::Test {
 protected:
  void SetUp() override {
    running_.open({&counter_});
    for (int n = 1; n <= 6; ++n)
      running_.send(counter_, {{"t" + std::to_string(n), "issued", kNine}});
    running_.move_to(kNine + minutes(26));
    for (int n = 1; n <= 6; ++n) {
      running_.send(counter_,
                    {{"t" + std::to_string(n), "service_started", kNine + minutes(20 + n)}});
    }
    running_.move_to(kNine + minutes(30));
    running_.hear(counter_, kNine + minutes(30));
    running_.loop.drain();
  }
  static v1::ListBreachesRequest pages_of_two() {
    v1::ListBreachesRequest request;
    request.set_page_size(2);
    request.set_order_by("late_by");
    return request;
  }
  static Result<void> list(
      BreachList& of, const v1::ListBreachesRequest& request, v1::ListBreachesResponse& page,
      const std::function<bool()>& is_cancelled = [] { return false; }) {
    page.Clear();
    return of.list(request, is_cancelled, page);
  }

  support::MemoryStorage storage_;
  server_runtime::Sender counter_{"counter"};
  server_runtime::Running running_{storage_};
};

TEST_F(BreachListTest, KeepsNoMoreThanItsLimitAndPagesGoOnAllTheSame) {
  BreachList breaches(running_.loop, storage_, {100, 13});
  std::vector<v1::ListBreachesResponse> firsts(5);
  for (auto& first : firsts) {
    ASSERT_TRUE(list(breaches, pages_of_two(), first).ok());
    ASSERT_EQ(first.total_count(), 6u);
    EXPECT_LE(breaches.kept_lines(), 13u);
  }
  EXPECT_EQ(breaches.kept_lines(), 12u) << "the newest two";
  for (auto page : firsts) {
    std::vector<std::string> met;
    v1::ListBreachesRequest request = pages_of_two();
    while (true) {
      for (const auto& line : page.lines()) met.push_back(line.ticket());
      if (page.next_page_token().empty()) break;
      request.set_page_token(page.next_page_token());
      ASSERT_TRUE(list(breaches, request, page).ok());
    }
    EXPECT_EQ(met, (std::vector<std::string>{"t1", "t2", "t3", "t4", "t5", "t6"}));
  }
}

TEST_F(BreachListTest, OfMoreThanItsLimitNothing) {
  BreachList breaches(running_.loop, storage_, {5, 13});
  v1::ListBreachesResponse page;
  const auto listed = list(breaches, pages_of_two(), page);
  ASSERT_FALSE(listed.ok());
  EXPECT_EQ(listed.error().code, "too_much_history");
}

TEST_F(BreachListTest, OneCollectsAndWhoHasGoneDoesNotWait) {
  BreachList breaches(running_.loop, storage_);
  std::promise<void> is_inside, may_go;
  std::thread first([&] {
    v1::ListBreachesResponse page;
    bool is_asked = false;
    const auto listed = list(breaches, pages_of_two(), page, [&] {
      if (!std::exchange(is_asked, true)) {
        is_inside.set_value();
        may_go.get_future().wait();
      }
      return false;
    });
    EXPECT_TRUE(listed.ok());
  });
  is_inside.get_future().wait();
  v1::ListBreachesRequest by_key;
  v1::ListBreachesResponse page;
  const auto gone = list(breaches, by_key, page, [] { return true; });
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, "cancelled");
  may_go.set_value();
  first.join();
  EXPECT_TRUE(list(breaches, by_key, page).ok());
  EXPECT_EQ(page.lines_size(), 6);
}

}  // namespace
}  // namespace lupaus::tests
