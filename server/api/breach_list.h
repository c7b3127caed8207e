// Pages of verdict lines: collected once, filtered and sorted, and given page by page as they were
// then, whatever is recorded meanwhile.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/api/line_condition.h"
#include "server/api/line_order.h"
#include "server/report/verdicts.h"

namespace lupaus::v1 {
class ListBreachesRequest;
class ListBreachesResponse;
}  // namespace lupaus::v1

namespace lupaus::server::api {

struct BreachListSettings {
  /// Of one question: each is held in memory, with its texts about a kilobyte.
  size_t lines_max = 2'000'000;
  /// Of all that is kept for those who page, but for the newest one.
  size_t kept_lines_max = 500'000;
};

/// Thread-safe. Lives as long as the loop. One question at a time is collected for: others wait, so
/// that many who ask at once need no more memory than one.
class BreachList {
 public:
  BreachList(runtime::EngineLoop& loop, const runtime::Storage& storage,
             BreachListSettings settings = {});

  /// One page. `is_cancelled` is asked while lines are read through, and while others are.
  rules::model::Result<void> list(const v1::ListBreachesRequest& request,
                                  const std::function<bool()>& is_cancelled,
                                  v1::ListBreachesResponse& response);
  /// Lines that are kept for those who page.
  size_t kept_lines();

 private:
  /// Immutable once made.
  struct Collection {
    std::vector<rules::model::VerdictLine> lines;
    BranchZones zones;
    rules::model::Position position = 0;
  };
  using CollectionPtr = std::shared_ptr<const Collection>;
  struct Question {
    std::string text;  ///< what is listed, in bytes
    LineCondition condition;
    LineOrder order;
    report::LineFilter filter;
    bool is_all_verdicts = false;
  };

  static rules::model::Result<Question> read(const v1::ListBreachesRequest& request);
  rules::model::Result<CollectionPtr> collect(const Question& question,
                                              const std::function<bool()>& is_cancelled) const;
  rules::model::Result<CollectionPtr> collect_in_turn(const Question& question,
                                                      const std::function<bool()>& is_cancelled);
  uint64_t keep(CollectionPtr collection);
  CollectionPtr find(uint64_t number);
  void forget_unused();

  runtime::EngineLoop& loop_;
  struct Kept {
    uint64_t number = 0;
    CollectionPtr collection;
    std::chrono::steady_clock::time_point used_at;
  };

  const runtime::Storage& storage_;
  const BreachListSettings settings_;
  std::mutex mutex_;
  std::condition_variable collected_;
  bool is_collecting_ = false;
  uint64_t next_;
  /// WHY: collecting reads the whole journal; so many readers may page at once before one of them
  /// is collected for again.
  std::array<Kept, 8> kept_{};
};

}  // namespace lupaus::server::api
