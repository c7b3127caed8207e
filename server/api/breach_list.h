// Pages of verdict lines: collected once, filtered and sorted, and given page by page as they were
// then, whatever is recorded meanwhile.
#pragma once

#include <array>
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

/// Thread-safe. Lives as long as the loop.
class BreachList {
 public:
  BreachList(runtime::EngineLoop& loop, const runtime::Storage& storage);

  /// One page. `is_cancelled` is asked while lines are read through.
  rules::model::Result<void> list(const v1::ListBreachesRequest& request,
                                  const std::function<bool()>& is_cancelled,
                                  v1::ListBreachesResponse& response);

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
  uint64_t keep(CollectionPtr collection);
  CollectionPtr find(uint64_t number);

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  std::mutex mutex_;
  uint64_t next_;
  /// WHY: collecting reads the whole journal; so many readers may page at once before one of them
  /// is collected for again.
  std::array<std::pair<uint64_t, CollectionPtr>, 8> kept_{};
};

}  // namespace lupaus::server::api
