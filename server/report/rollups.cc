#include "server/report/rollups.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "server/report/rollup_cells.h"
#include "server/report/rollup_rows.h"

namespace lupaus::server::report {

using rules::model::Error;
using rules::model::Fact;
using rules::model::Instant;
using rules::model::Position;
using rules::model::Result;
using runtime::CommittedPtr;

std::optional<Dimension> find_dimension(std::string_view text) {
  constexpr std::pair<std::string_view, Dimension> kNames[] = {
      {"branch", Dimension::branch},   {"promise", Dimension::promise},
      {"service", Dimension::service}, {"segment", Dimension::segment},
      {"source", Dimension::source},   {"day", Dimension::day},
      {"hour", Dimension::hour},       {"weekday", Dimension::weekday},
      {"month", Dimension::month}};
  for (const auto& [name, dimension] : kNames) {
    if (name == text) return dimension;
  }
  return std::nullopt;
}

/// Two locks: `queue_lock_` is held for a moment by the writer's thread, `cells_lock_` while a
/// batch is counted or a report is drawn up. Rows are written by the follower's own thread alone,
/// outside both.
class Rollups::Follower {
 public:
  Follower(RollupSettings settings, runtime::Clock& clock, runtime::Storage& storage)
      : settings_(settings), clock_(clock), storage_(storage) {}

  void follow(const CommittedPtr& committed) {
    if (committed->facts.empty()) return;
    {
      const std::scoped_lock lock(queue_lock_);
      // What does not fit is let go: the gap in positions sends the thread to the journal.
      if (queue_.size() >= settings_.queued_batches_max) queue_.pop_front();
      queue_.push_back(committed);
    }
    queue_rang_.notify_one();
  }

  Result<void> start() {
    std::vector<runtime::Row> stale;
    auto loaded = load_rows(storage_, stale);
    if (!loaded) return loaded.error();
    if (!stale.empty()) {
      if (auto put = storage_.put_derived(stale); !put) return put;
    }
    {
      const std::scoped_lock lock(cells_lock_);
      cells_ = std::move(*loaded);
      cells_.look_up_by(
          lookup_in(storage_, cells_, [this](const Error& error) { lookup_failure_ = error; }));
      position_ = flushed_position_ = cells_.position();
    }
    flushed_at_ = clock_.now();
    if (auto read = catch_up(); !read) return read;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::scoped_lock lock(queue_lock_);
      is_stopping_ = true;
    }
    queue_rang_.notify_one();
    thread_.join();
  }

  /// Waits for nobody: metrics ask on the door's thread.
  Position position() const { return position_; }

  std::string failure() const {
    const std::scoped_lock lock(cells_lock_);
    return failure_;
  }

  Result<void> wait_for(Position position) {
    std::unique_lock lock(cells_lock_);
    counted_.wait(lock, [&] { return cells_.position() >= position || is_over_; });
    if (cells_.position() >= position) return {};
    if (failure_.empty()) return Error{"stopping", "the server is stopping", "", {}};
    return Error{"storage",
                 fmt::format("expected figures up to {}, but they ended at {}: {}", position,
                             cells_.position(), failure_),
                 "`lupaus doctor` looks at the disk; after a restart they are counted on",
                 {}};
  }

  std::vector<RollupLine> summarize(std::span<const Dimension> by,
                                    const RollupFilter& filter) const {
    const std::scoped_lock lock(cells_lock_);
    return cells_.summarize(by, filter);
  }

  Result<RollupAnswers> summarize(std::span<const RollupQuestion> questions) const {
    const std::scoped_lock lock(cells_lock_);
    RollupAnswers answers;
    answers.position = cells_.position();
    for (const RollupQuestion& one : questions) {
      auto lines = cells_.summarize(one);
      if (!lines) return lines.error();
      answers.lines.push_back(std::move(*lines));
    }
    return answers;
  }

 private:
  void run() {
    Result<void> outcome;
    while (outcome.ok()) {
      CommittedPtr next;
      {
        std::unique_lock lock(queue_lock_);
        queue_rang_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
        if (queue_.empty()) break;
        next = std::move(queue_.front());
        queue_.pop_front();
      }
      outcome = take(*next);
      if (outcome.ok()) outcome = flush_when_due();
    }
    if (outcome.ok()) outcome = flush();
    const std::scoped_lock lock(cells_lock_);
    if (!outcome.ok()) failure_ = outcome.error().message;
    is_over_ = true;
    counted_.notify_all();
  }

  /// Counts a batch; what lies between it and what was counted is read from the journal.
  Result<void> take(const runtime::Committed& committed) {
    if (committed.facts.front().position > position() + 1) {
      if (auto read = catch_up(); !read) return read;
    }
    count(committed.facts);
    return {};
  }

  Result<void> catch_up() {
    Result<void> flushed;
    auto read = storage_.read_journal(position() + 1, [&](std::span<const Fact> facts) {
      count(facts);
      flushed = flush_when_due();
      return flushed.ok();
    });
    return read.ok() ? flushed : read;
  }

  void count(std::span<const Fact> facts) {
    const std::scoped_lock lock(cells_lock_);
    for (const Fact& fact : facts) cells_.evolve(fact);
    position_ = cells_.position();
    counted_.notify_all();
  }

  Result<void> flush_when_due() {
    const bool is_many = position() - flushed_position_ >= settings_.flush_facts_max;
    return is_many || clock_.now() - flushed_at_ >= settings_.flush_every ? flush()
                                                                          : Result<void>();
  }

  Result<void> flush() {
    std::vector<runtime::Row> rows;
    {
      const std::scoped_lock lock(cells_lock_);
      if (cells_.position() == flushed_position_) return {};
      rows = changed_rows(cells_);
      cells_.clear_changes();
      flushed_position_ = cells_.position();
    }
    flushed_at_ = clock_.now();
    if (lookup_failure_) return *lookup_failure_;
    if (auto put = storage_.put_derived(rows); !put) return put;
    const std::scoped_lock lock(cells_lock_);
    cells_.forget_written(settings_.kept_max);
    return {};
  }

  const RollupSettings settings_;
  runtime::Clock& clock_;
  runtime::Storage& storage_;
  std::atomic<Position> position_ = 0;  ///< of the cells
  Position flushed_position_ = 0;
  Instant flushed_at_{};

  mutable std::mutex cells_lock_;
  std::condition_variable counted_;
  RollupCells cells_;
  std::string failure_;
  std::optional<Error> lookup_failure_;  ///< of the follower's own thread
  bool is_over_ = false;

  std::mutex queue_lock_;
  std::condition_variable queue_rang_;
  std::deque<CommittedPtr> queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

Rollups::Rollups(RollupSettings settings, runtime::Clock& clock, runtime::Storage& storage)
    : follower_(std::make_unique<Follower>(settings, clock, storage)) {}
Rollups::~Rollups() { stop(); }

void Rollups::follow(const CommittedPtr& committed) { follower_->follow(committed); }
Result<void> Rollups::start() { return follower_->start(); }
void Rollups::stop() { follower_->stop(); }
Position Rollups::position() const { return follower_->position(); }
std::string Rollups::failure() const { return follower_->failure(); }
Result<void> Rollups::wait_for(Position position) { return follower_->wait_for(position); }
std::vector<RollupLine> Rollups::summarize(std::span<const Dimension> by,
                                           const RollupFilter& filter) const {
  return follower_->summarize(by, filter);
}
Result<RollupAnswers> Rollups::summarize(std::span<const RollupQuestion> questions) const {
  return follower_->summarize(questions);
}

}  // namespace lupaus::server::report
