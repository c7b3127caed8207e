// Finance's proofs: every cent of a batch derived again, and the books against the journal. Reads
// the journal on the caller's thread, never on the engine loop.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "rules/model/result.h"
#include "server/report/reconcile.h"

namespace lupaus::v1 {
class ReconcilePayoutsRequest;
class ReconcilePayoutsResponse;
class VerifyPayoutBatchResponse;
}  // namespace lupaus::v1
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

/// Lives as long as loop and storage; any thread. One verification at a time, as it holds the open
/// tickets of its time in memory.
class PayoutProofs {
 public:
  PayoutProofs(runtime::EngineLoop& loop, const runtime::Storage& storage)
      : loop_(loop), storage_(storage) {}

  /// Takes one part of the answer; false: nobody listens any more.
  using Send = std::function<bool(const v1::VerifyPayoutBatchResponse&)>;
  /// Errors: `not_found`, `wrong_state` (another one runs), `cancelled`, those of the storage.
  rules::model::Result<void> verify(const std::string& id, const Send& send);

  /// Of a range that ends in a closed month: as all of it stood when that one was closed.
  rules::model::Result<void> reconcile(const v1::ReconcilePayoutsRequest& request,
                                       v1::ReconcilePayoutsResponse& response);

  /// Ends what runs.
  void close() { is_closed_ = true; }

 private:
  struct Books {
    report::LedgerTally tally;
    uint64_t position = 0;  ///< that all of it is of
  };
  /// As it is now.
  rules::model::Result<Books> tally_ledger(const report::ReconcileRange& range,
                                           report::ReconcileGroups by);
  /// As the facts up to there made it, which nothing told later changes.
  rules::model::Result<Books> tally_facts(const report::ReconcileRange& range,
                                          report::ReconcileGroups by, uint64_t through);
  /// The closed month in which the range ends; nullopt: it is open.
  rules::model::Result<std::optional<rules::ledger::Period>> find_closing(
      const report::ReconcileRange& range);

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  std::mutex verifying_;
  std::mutex rereading_;  ///< one closed month at a time
  std::atomic<bool> is_closed_{false};
};

}  // namespace lupaus::server::api
