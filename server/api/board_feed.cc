// One turn of the feed: take what changed, read it, make answers, wake.
#include "server/api/board_feed.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "server/api/ticket_message.h"
#include "server/wire/ask.h"

namespace lupaus::server::api {
namespace {

using report::LiveBoard;
using report::TicketKey;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Instant;
using rules::model::Position;
using rules::model::Result;
// WHY: people watch in real time, also where the server's clock is a virtual one.
using Steady = std::chrono::steady_clock;

/// A watcher hears something at least every 5 seconds; this leaves room for a turn that is late.
constexpr auto kHeartbeat = std::chrono::milliseconds(4'000);
constexpr auto kIdleTurn = std::chrono::milliseconds(500);
/// A question that waits for the followers of what is durable looks again so soon.
constexpr auto kSoon = std::chrono::milliseconds(1);
/// A whole board that was made within it is given to others too.
constexpr auto kBeginFresh = std::chrono::seconds(1);
constexpr auto kKeptUnwatched = std::chrono::seconds(60);
/// More would let callers fill the memory with boards of names that they make up.
constexpr size_t kBoardsMax = 16'384;
constexpr size_t kFrameBytesMax = 8 * 1024 * 1024;  ///< kept by one board
/// Tickets that are read again because of time alone, a board and turn.
constexpr size_t kTimedMax = 512;
/// Time alone is looked at so often, by the loop's clock or really.
constexpr auto kTimedEvery = std::chrono::seconds(1);
/// Of a source that is silent for long many wait: they are looked at at this rate.
constexpr size_t kHeldASecondMax = 2'000;
/// Where all sources speak a verdict is final within this; older ones wait for a silent source.
constexpr auto kFinalWithin = std::chrono::seconds(2);

}  // namespace

struct BoardFeed::Board {
  Board(const std::string& branch, uint64_t id) : board(branch, id) {}

  // The thread's alone:
  BranchBoard board;
  BoardMoment moment;
  bool is_built = false;
  bool is_begin_due = false;    ///< in this turn
  bool is_rebuild_due = false;  ///< in this turn
  Steady::time_point framed_at = Steady::now();
  TicketKey timed_up_to;  ///< read again because of time, in order
  HeldBySource silent;
  Steady::time_point silent_again_at;  ///< when it is found out anew
  // Under the feed's mutex:
  std::deque<BoardFramePtr> frames;  ///< ascending by sequence, without a hole
  size_t frame_bytes = 0;
  uint64_t last = 0;  ///< sequence of the newest answer; 0: not built
  std::shared_ptr<const std::vector<BoardFramePtr>> begin;
  uint64_t begin_sequence = 0;
  Steady::time_point begin_at;
  bool is_begin_wanted = false;
  std::set<WatchPtr> watches;
  struct Question {
    Position position = 0;
    std::shared_ptr<wire::Filler<RunningPtr>> filler;
  };
  std::vector<Question> questions;
  Steady::time_point used_at = Steady::now();
};

BoardFeed::Watch::Watch(BoardPtr board, uint64_t place, Wake wake)
    : board_(std::move(board)), wake_(std::move(wake)), place_(place) {}

BoardFeed::BoardFeed(runtime::EngineLoop& loop, const runtime::Storage& storage,
                     std::chrono::milliseconds coalesced)
    : loop_(loop),
      storage_(storage),
      coalesced_(coalesced),
      changes_(storage.last_position(),
               [this] {
                 const std::scoped_lock lock(mutex_);
                 has_changes_ = true;
                 rang_.notify_all();
               }),
      next_id_((uint64_t{std::random_device()()} << 32) | std::random_device()()),
      thread_([this] { run(); }) {
  loop.follow([this](const runtime::CommittedPtr& committed) { changes_.follow(committed); });
}

BoardFeed::~BoardFeed() {
  close();
  thread_.join();
}

void BoardFeed::close() {
  std::vector<Wake> wakes;
  std::vector<Board::Question> questions;
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
    for (const auto& [branch, board] : boards_) {
      for (const WatchPtr& watch : board->watches) {
        if (std::exchange(watch->is_waiting_, false)) wakes.push_back(watch->wake_);
      }
      std::move(board->questions.begin(), board->questions.end(), std::back_inserter(questions));
      board->questions.clear();
    }
    rang_.notify_all();
  }
  for (const Wake& wake : wakes) wake();
}

/// Under the mutex; null when there are too many.
BoardFeed::BoardPtr BoardFeed::find_or_make(const std::string& branch) {
  if (const auto found = boards_.find(branch); found != boards_.end()) return found->second;
  if (boards_.size() >= kBoardsMax) return nullptr;
  changes_.watch(branch);  // before its tickets are walked, so that nothing falls between
  return boards_[branch] = std::make_shared<Board>(branch, next_id_++);
}

Result<BoardFeed::WatchPtr> BoardFeed::watch(const std::string& branch, std::string_view resume,
                                             Wake wake) {
  const std::scoped_lock lock(mutex_);
  if (is_closed_) return wire::stopping();
  BoardPtr board = find_or_make(branch);
  if (board == nullptr)
    return Error{"busy", "too many boards are watched", "watch one of all branches", {}};
  const uint64_t place = board->board.sequence_of(resume).value_or(0);
  auto watch = std::make_shared<Watch>(board, place > board->last ? 0 : place, std::move(wake));
  board->watches.insert(watch);
  return watch;
}

void BoardFeed::leave(const WatchPtr& watch) {
  const std::scoped_lock lock(mutex_);
  watch->board_->watches.erase(watch);
  watch->board_->used_at = Steady::now();
}

BoardFeed::Next BoardFeed::next(Watch& watch) {
  const std::scoped_lock lock(mutex_);
  if (is_closed_) return {nullptr, true};
  Board& board = *watch.board_;
  const uint64_t first = board.last + 1 - board.frames.size();  // of the answers that are kept
  if (watch.begin_ == nullptr && watch.place_ + 1 >= first && watch.place_ != 0) {
    if (watch.place_ < board.last) return {board.frames[++watch.place_ - first], false};
    watch.is_waiting_ = true;
    return {};
  }
  const bool is_fresh = board.begin != nullptr && board.begin_sequence + 1 >= first &&
                        Steady::now() - board.begin_at < kBeginFresh;
  if (watch.begin_ == nullptr && is_fresh) {
    watch.begin_ = board.begin;
    watch.begin_taken_ = 0;
  }
  if (watch.begin_ == nullptr) {
    board.is_begin_wanted = is_urgent_ = true;
    watch.is_waiting_ = true;
    rang_.notify_all();
    return {};
  }
  BoardFramePtr frame = (*watch.begin_)[watch.begin_taken_++];
  if (watch.begin_taken_ == watch.begin_->size()) {
    watch.begin_ = nullptr;
    watch.place_ = frame->sequence;
  }
  return {std::move(frame), false};
}

Result<BoardFeed::RunningPtr> BoardFeed::running(const std::string& branch) {
  wire::Await<RunningPtr> answer;
  {
    const Position durable = storage_.last_position();
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return wire::stopping();
    BoardPtr board = find_or_make(branch);
    if (board == nullptr) return Error{"busy", "too many boards are looked at", "", {}};
    board->questions.push_back({durable, answer.filler()});
    board->used_at = Steady::now();
    is_urgent_ = true;
    rang_.notify_all();
  }
  std::optional<RunningPtr> running = answer.get();
  if (!running) return wire::stopping();
  return std::move(*running);
}

void BoardFeed::run() {
  std::unique_lock lock(mutex_);
  const auto is_pressed = [this] { return is_closed_ || is_urgent_; };
  while (!is_closed_) {
    if (boards_.empty()) {
      rang_.wait(lock, is_pressed);
    } else {
      rang_.wait_for(lock, kIdleTurn, [&] { return is_pressed() || has_changes_; });
      rang_.wait_until(lock, framed_at_ + coalesced_, is_pressed);
    }
    if (is_closed_) return;
    // WHY: questions and new watchers are answered at once, and who asks often would else have each
    // change sent to everybody by itself.
    const auto now = Steady::now();
    is_framing_ = now - framed_at_ >= coalesced_;
    if (is_framing_) framed_at_ = now;
    has_changes_ = !is_framing_;
    is_urgent_ = false;
    lock.unlock();
    const bool is_running = turn();
    lock.lock();
    if (!is_running) rang_.wait(lock, [this] { return is_closed_; });
    const bool has_questions = std::any_of(boards_.begin(), boards_.end(), [](const auto& one) {
      return !one.second->questions.empty();
    });
    if (!has_questions) continue;
    rang_.wait_for(lock, kSoon, is_pressed);
    is_urgent_ = true;
  }
}

/// Boards that somebody looks at, or did lately; others are let go.
BoardFeed::Boards BoardFeed::boards_now() {
  Boards boards;
  const std::scoped_lock lock(mutex_);
  const auto oldest = Steady::now() - kKeptUnwatched;
  for (auto next = boards_.begin(); next != boards_.end();) {
    Board& board = *next->second;
    if (!board.watches.empty()) board.used_at = Steady::now();
    if (board.used_at < oldest && board.questions.empty()) {
      changes_.unwatch(next->first);
      next = boards_.erase(next);
      continue;
    }
    board.is_begin_due = std::exchange(board.is_begin_wanted, false);
    boards.push_back(next->second);
    ++next;
  }
  return boards;
}

bool BoardFeed::turn() {
  Boards boards = boards_now();
  if (boards.empty()) return true;
  const LiveBoard::Changes changes = changes_.take();
  if (!look_at(boards)) return false;
  if (!read(boards, choose(boards, changes)) || !build(boards)) return false;
  for (const BoardPtr& board : boards) {
    if ((is_timed_ || board->last == 0) && !find_silent(*board)) return false;
    publish(*board, changes.position);
  }
  return true;
}

/// The loop's time, and of each board how far its sources have told and which day it is.
bool BoardFeed::look_at(Boards& boards) {
  const auto seen = wire::look(loop_, [&](const State& state) {
    now_ = std::max(loop_.now(), state.engine.now());
    for (const BoardPtr& one : boards) {
      one->moment.as_of = now_;
      if (!one->board.branch().empty())
        one->moment.watermark = state.engine.branch_watermark(one->board.branch());
      for (const std::string& branch : one->board.days_over(now_))
        one->board.turn_day(branch, report::local_day(state.engine, branch, now_));
    }
  });
  const auto real_now = Steady::now();
  is_timed_ = now_ - timed_at_ >= kTimedEvery || real_now - really_timed_at_ >= kTimedEvery;
  if (is_timed_) {
    timed_at_ = now_;
    really_timed_at_ = real_now;
  }
  return seen.ok();
}

/// What is read in this turn: what changed, what time may have changed, and all of a board that
/// begins for somebody.
std::set<TicketKey> BoardFeed::choose(const Boards& boards, const LiveBoard::Changes& changes) {
  std::set<TicketKey> wanted(changes.tickets.begin(), changes.tickets.end());
  for (const BoardPtr& one : boards) {
    const BranchBoard::Entries& entries = one->board.entries();
    const auto add = [&](auto from, auto to) {
      for (; from != to; ++from) wanted.insert(from->first);
    };
    one->is_rebuild_due = changes.is_everything;
    if (changes.is_everything || one->is_begin_due) {
      add(entries.begin(), entries.end());
      continue;
    }
    for (const std::string& branch : changes.branches)
      add(entries.lower_bound({branch, ""}), entries.lower_bound({branch + '\0', ""}));
    if (!is_timed_) continue;
    auto next = entries.upper_bound(one->timed_up_to);
    size_t count = 0;
    for (; next != entries.end() && count < kTimedMax; ++next) {
      if (!next->second.is_timed) continue;
      wanted.insert(next->first);
      ++count;
    }
    one->timed_up_to = next == entries.end() ? TicketKey{} : std::prev(next)->first;
  }
  return wanted;
}

/// Those of `boards` by their branch.
BoardFeed::ByBranch BoardFeed::by_branch(const Boards& boards) {
  ByBranch found;
  for (const BoardPtr& one : boards) found.emplace(one->board.branch(), one.get());
  return found;
}

/// Gives the reading to the board of its branch and to that of all.
void BoardFeed::apply(const TicketReading& reading, const ByBranch& boards) {
  for (const std::string_view branch : {std::string_view(), std::string_view(reading.key.first)}) {
    const auto found = boards.find(branch);
    if (found != boards.end()) found->second->board.apply(reading);
  }
}

bool BoardFeed::read(const Boards& boards, const std::set<TicketKey>& wanted) {
  const std::vector<TicketKey> keys(wanted.begin(), wanted.end());
  std::vector<TicketReading> readings;
  readings.reserve(keys.size());
  if (!read_tickets(loop_, keys, readings)) return false;
  // A board that is not built yet gets them too: it will have the same, or newer, by its walk.
  const ByBranch found = by_branch(boards);
  for (const TicketReading& reading : readings) apply(reading, found);
  return true;
}

/// Walks all tickets once for the boards that are new, or that may have missed something.
bool BoardFeed::build(const Boards& boards) {
  Boards due;
  for (const BoardPtr& one : boards) {
    if (!one->is_built || one->is_rebuild_due) due.push_back(one);
  }
  if (due.empty()) return true;
  const ByBranch found = by_branch(due);
  const bool is_whole = found.contains(std::string_view());
  const bool is_walked = walk_tickets(
      loop_, [&](std::string_view branch) { return is_whole || found.contains(branch); },
      [&](const TicketReading& reading) { apply(reading, found); });
  for (const BoardPtr& one : due) one->is_built = true;
  return is_walked;
}

bool BoardFeed::find_silent(Board& board) {
  if (Steady::now() < board.silent_again_at) return true;
  std::vector<TicketKey> waiting;
  for (const auto& [key, entry] : board.board.entries()) {
    if (entry.waits_for <= now_ - kFinalWithin) waiting.push_back(key);
  }
  HeldBySource held;
  for (size_t first = 0; first < waiting.size(); first += kReadingsMax) {
    const auto slice =
        std::span(waiting).subspan(first, std::min<size_t>(kReadingsMax, waiting.size() - first));
    const auto seen = wire::look(loop_, [&](const State& state) {
      for (const auto& [branch, ticket] : slice) {
        const auto slot = state.engine.find_ticket(branch, ticket);
        if (slot) add_held_verdicts(state, *slot, now_, held);
      }
    });
    if (!seen) return false;
  }
  std::erase_if(held, [&](const auto& one) { return one.second.told_until > now_ - kSilent; });
  board.board.set_silent(held);
  board.silent = std::move(held);
  board.silent_again_at = Steady::now() + std::chrono::seconds(waiting.size() / kHeldASecondMax);
  return true;
}

void BoardFeed::publish(Board& board, Position position) {
  board.moment.position = position;
  const bool is_late = Steady::now() - board.framed_at >= kHeartbeat;
  std::vector<BoardFramePtr> frames;
  if (is_framing_ || board.last == 0) frames = board.board.changes(board.moment, is_late);
  if (!frames.empty()) board.framed_at = Steady::now();
  std::shared_ptr<const std::vector<BoardFramePtr>> begin;
  if (board.is_begin_due)
    begin = std::make_shared<std::vector<BoardFramePtr>>(board.board.whole(board.moment));
  std::vector<Wake> wakes;
  {
    const std::scoped_lock lock(mutex_);
    keep(board, std::move(frames), wakes);
    if (begin != nullptr) {
      board.begin = std::move(begin);
      board.begin_sequence = board.board.last_sequence();
      board.begin_at = Steady::now();
      for (const WatchPtr& watch : board.watches) {
        if (std::exchange(watch->is_waiting_, false)) wakes.push_back(watch->wake_);
      }
    }
  }
  answer_running(board, position);
  for (const Wake& wake : wakes) wake();
}

/// Under the mutex.
void BoardFeed::keep(Board& board, std::vector<BoardFramePtr> frames, std::vector<Wake>& wakes) {
  const bool is_first = board.last == 0;
  board.last = board.board.last_sequence();
  // WHY: nobody was there before the first; who comes then begins with the whole board.
  if (is_first || frames.empty()) return;
  for (BoardFramePtr& frame : frames) {
    board.frame_bytes += frame->bytes.size();
    board.frames.push_back(std::move(frame));
  }
  while (board.frames.size() > kFramesMax || board.frame_bytes > kFrameBytesMax) {
    board.frame_bytes -= board.frames.front()->bytes.size();
    board.frames.pop_front();
  }
  for (const WatchPtr& watch : board.watches) {
    if (watch->place_ != 0 && std::exchange(watch->is_waiting_, false))
      wakes.push_back(watch->wake_);
  }
}

void BoardFeed::answer_running(Board& board, Position position) {
  std::vector<Board::Question> ready;
  {
    const std::scoped_lock lock(mutex_);
    const auto rest = std::stable_partition(
        board.questions.begin(), board.questions.end(),
        [&](const Board::Question& question) { return question.position > position; });
    std::move(rest, board.questions.end(), std::back_inserter(ready));
    board.questions.erase(rest, board.questions.end());
  }
  if (ready.empty()) return;
  auto running = std::make_shared<Running>();
  for (const auto& [key, entry] : board.board.entries()) {
    if (entry.shown != nullptr) running->tickets.push_back(key);
  }
  running->silent = board.silent;
  for (const Board::Question& question : ready) question.filler->set(running);
}

}  // namespace lupaus::server::api
