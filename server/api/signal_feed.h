// The signals of the journal, newest in memory, older read again: what a slow watcher has not read
// costs no memory.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lupaus/v1/signal.pb.h"
#include "rules/model/fact.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"

namespace lupaus::server::api {

/// One signal, complete once the state was asked for its label, ticket and amount.
struct Signal {
  v1::WatchSignalsResponse message;
  rules::model::CommitmentKey key;  ///< empty where only `compensation` is known
  uint64_t compensation = 0;
  bool is_dropped = false;  ///< of a backfilled ticket (R98), or of nothing that is known
};
using SignalPtr = std::shared_ptr<const Signal>;

/// Whose signals: empty is every branch.
using Branches = std::set<std::string, std::less<>>;

/// Owned by the service. The writer's thread feeds it, the loop completes signals, call threads
/// read. `mutex_` guards all. Keeps at most kNewestMax signals; while nobody watches it keeps none
/// and asks nothing of the loop.
class SignalFeed {
 public:
  SignalFeed(runtime::EngineLoop& loop, const runtime::Storage& storage);
  ~SignalFeed();

  /// A follower of the loop; does not block.
  void follow(const runtime::CommittedPtr& committed);
  void close();

  /// Gets the position before which there is nothing for the sleeper; 0 at close.
  using Wake = std::function<void(rules::model::Position)>;
  struct Taken {
    std::vector<SignalPtr>
        signals;  ///< ascending by position, at most kTakenMax and then the rest of one position
    bool is_behind = false;  ///< `next` is older than what is in memory: read the journal first
    bool is_closed = false;
  };
  /// Signals at or after `next` that are in memory. Where there is none, `wake` is called once (any
  /// thread) when there may be one, or at close.
  Taken take(rules::model::Position next, const Branches& branches, const Wake& wake);

  struct Read {
    rules::model::Result<void> result;
    std::vector<SignalPtr> signals;
    rules::model::Position next = 0;  ///< everything before it was looked at
  };
  /// Reads on from `next` in the journal on the feed's thread; `done` gets them completed, there or
  /// on the writer's thread. Never after close().
  void read(rules::model::Position next, const Branches& branches, std::function<void(Read)> done);

  rules::model::Position last_position() const { return storage_.last_position(); }
  void watch();    ///< one more watcher
  void unwatch();  ///< one less

 private:
  using Task = std::function<void()>;
  void run_tasks();
  void read_now(rules::model::Position next, const Branches& branches,
                const std::function<void(Read)>& done);
  using Drafts = std::vector<std::shared_ptr<Signal>>;
  struct Pending {
    Drafts drafts;
    bool is_complete = false;
    rules::model::Position last = 0;
  };
  void publish();
  static void complete(const rules::ledger::State& state, Signal& signal);

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Pending>> pending_;  ///< in the order of the journal
  std::deque<SignalPtr> newest_;
  rules::model::Position floor_ =
      0;  ///< every signal after it, up to what is published, is in newest_
  rules::model::Position last_ = 0;  ///< newest position followed
  std::vector<std::pair<Branches, Wake>> sleepers_;
  size_t watcher_count_ = 0;
  bool is_closed_ = false;
  std::deque<Task> tasks_;  ///< reads of the journal, which would block gRPC's threads
  std::condition_variable tasks_changed_;
  std::thread reader_;
};

}  // namespace lupaus::server::api
