// The live boards: one thread reads what changed from the loop, a bounded slice at a time, makes
// the answers of each board once, and wakes whoever waits for them. Watchers share every answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/api/branch_board.h"
#include "server/report/live_board.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"
#include "server/wire/await.h"

namespace lupaus::server::api {

/// Owned by the service; lives from before the loop starts until it has stopped. Its thread gives
/// way to nobody: callbacks of gRPC, which also read the events of terminals, wait for its lock.
/// `mutex_` guards all but the boards, which are the thread's. While nobody watches it asks nothing
/// of the loop. A board that nobody looks at is kept for a minute, so that who comes back goes on.
class BoardFeed {
 public:
  /// Changes of so long go out together.
  static constexpr std::chrono::milliseconds kCoalesced{100};
  BoardFeed(runtime::EngineLoop& loop, const runtime::Storage& storage,
            std::chrono::milliseconds coalesced = kCoalesced);
  ~BoardFeed();
  /// Ends all watches and questions; any thread.
  void close();

  struct Board;
  /// Called once (any thread, no lock held) when there may be an answer, or at close.
  using Wake = std::function<void()>;
  /// A place before a board. Used by one thread at a time.
  class Watch {
   public:
    Watch(std::shared_ptr<Board> board, uint64_t place, Wake wake);

   private:
    friend class BoardFeed;
    const std::shared_ptr<Board> board_;
    const Wake wake_;
    uint64_t place_;  ///< sequence of the last answer taken; 0: it begins
    std::shared_ptr<const std::vector<BoardFramePtr>> begin_;  ///< being taken
    size_t begin_taken_ = 0;
    bool is_waiting_ = false;
  };
  using WatchPtr = std::shared_ptr<Watch>;

  /// Error "busy" when too many boards are looked at. Each watch must `leave`.
  rules::model::Result<WatchPtr> watch(const std::string& branch, std::string_view resume,
                                       Wake wake);
  struct Next {
    BoardFramePtr frame;  ///< null: there is none yet, and `wake` will be called
    bool is_closed = false;
  };
  Next next(Watch& watch);
  void leave(const WatchPtr& watch);

  /// Tickets with a running clock, everything that is durable now included, ascending; and who is
  /// silent, as the board says it.
  struct Running {
    std::vector<report::TicketKey> tickets;
    HeldBySource silent;
  };
  using RunningPtr = std::shared_ptr<const Running>;
  /// Blocks; not on a thread of the loop. Error "busy" as above, "stopping".
  rules::model::Result<RunningPtr> running(const std::string& branch);

  /// Answers that a board keeps for those who come back or are slow; who is further behind begins
  /// again.
  static constexpr size_t kFramesMax = 256;

 private:
  using BoardPtr = std::shared_ptr<Board>;
  using Boards = std::vector<BoardPtr>;
  using ByBranch = std::map<std::string_view, Board*>;
  BoardPtr find_or_make(const std::string& branch);
  void run();
  bool turn();
  Boards boards_now();
  bool look_at(Boards& boards);
  std::set<report::TicketKey> choose(const Boards& boards,
                                     const report::LiveBoard::Changes& changes);
  static ByBranch by_branch(const Boards& boards);
  static void apply(const TicketReading& reading, const ByBranch& boards);
  bool read(const Boards& boards, const std::set<report::TicketKey>& wanted);
  bool build(const Boards& boards);
  bool find_silent(Board& board);
  void publish(Board& board, rules::model::Position position);
  void keep(Board& board, std::vector<BoardFramePtr> frames, std::vector<Wake>& wakes);
  void answer_running(Board& board, rules::model::Position position);

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const std::chrono::milliseconds coalesced_;
  report::LiveBoard changes_;
  std::mutex mutex_;
  std::condition_variable rang_;
  std::map<std::string, BoardPtr> boards_;
  uint64_t next_id_;
  bool has_changes_ = false;
  bool is_urgent_ = false;
  bool is_closed_ = false;
  rules::model::Instant now_{};       ///< of the loop, at this turn …
  rules::model::Instant timed_at_{};  ///< … and when time alone was last looked at
  std::chrono::steady_clock::time_point really_timed_at_;
  bool is_timed_ = false;                            ///< in this turn
  std::chrono::steady_clock::time_point framed_at_;  ///< answers of changes were last made
  bool is_framing_ = false;                          ///< in this turn
  std::thread thread_;
};

}  // namespace lupaus::server::api
