// The two threads of a loop and what passes between them. The engine's thread runs its own
// io_context: a wake-up from the queue or the alarm makes a pass; a pass makes batches until
// nothing waits and nothing is due.
#include "server/runtime/engine_loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "server/runtime/commit_writer.h"
#include "server/runtime/decider.h"
#include "server/runtime/intake_queue.h"
#include "server/runtime/loop_time.h"

namespace lupaus::server::runtime {

using rules::model::Instant;
using rules::model::Result;

namespace {

/// Tickets swept in one write when the loop ends.
constexpr size_t kLastSweepMax = 16'384;
/// How often a clock that jumped is looked at.
constexpr rules::model::Duration kLookAgain = std::chrono::seconds(1);

rules::model::Error stopping() {
  return {
      "stopping", "expected a running server, but it is stopping", "try again when it is back", {}};
}

}  // namespace

class EngineLoop::Body {
 public:
  Body(LoopSettings settings, Clock& clock, Storage& storage,
       std::function<void(std::string)> on_failure)
      : settings_(std::move(settings)),
        clock_(clock),
        storage_(storage),
        on_failure_(std::move(on_failure)),
        work_(boost::asio::make_work_guard(loop_)),
        queue_(settings_.queued_events_max,
               [this] { boost::asio::post(loop_, [this] { pass(); }); }) {}
  ~Body() { stop(); }

  Result<void> start();
  Result<void> start_driven();
  bool turn(bool is_writer_busy);
  bool commit();
  void abandon();
  void stop();
  void drain();
  LoopFigures figures() const;

  IntakeQueue& queue() { return queue_; }
  /// The loop's time, which goes on when somebody sets the machine's clock.
  Instant time() const;
  void follow(CommitWriter::Follower follower) { followers_.push_back(std::move(follower)); }

 private:
  Result<void> prepare();
  void pass();
  void decide_ahead();
  size_t decide_waiting();
  void note_figures();
  void set_alarm();
  void tell_clock_jump();
  void checkpoint_and_end();
  void fail(std::string sentence);

  const LoopSettings settings_;
  Clock& clock_;
  Storage& storage_;
  const std::function<void(std::string)> on_failure_;
  std::vector<CommitWriter::Follower> followers_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<PhaseBoard> board_;
  std::unique_ptr<Decider> decider_;
  std::unique_ptr<CommitWriter> writer_;
  std::unique_ptr<Alarm> alarm_;
  IntakeQueue queue_;
  std::thread thread_;
  std::once_flag failed_once_;
  std::atomic<bool> has_failed_ = false;
  bool is_driven_ = false;       ///< by one thread, which is the engine's and the writer's
  bool is_writer_busy_ = false;  ///< of a driven loop
  // Of the engine's thread:
  std::vector<Submission> taken_;
  size_t taken_next_ = 0;
  std::vector<Submission> taken_ahead_;
  std::vector<std::function<void()>> drains_;
  Instant now_ = rules::model::kBeginningOfTime;
  Instant alarm_at_ = rules::model::kEndOfTime;  ///< in wall time
  rules::model::Duration clock_jump_{};          ///< when the batch was begun
  rules::model::Duration told_jump_{};           ///< the last one that was told
  uint64_t batch_number_ = 0;

  mutable std::mutex time_mutex_;
  mutable LoopTime time_;
  mutable std::mutex figures_mutex_;
  LoopFigures figures_;
  Instant next_deadline_ = rules::model::kEndOfTime;
};

Result<void> EngineLoop::Body::prepare() {
  auto board = PhaseBoard::open(settings_.phase_board_path);
  if (!board) return board.error();
  board_ = std::move(board.value());
  decider_ = std::make_unique<Decider>(settings_, storage_, *board_);
  const auto last = decider_->recover(time());
  if (!last) return last.error();
  now_ = std::max(now_, last.value());
  writer_ = std::make_unique<CommitWriter>(storage_, *board_,
                                           [this](std::string why) { fail(std::move(why)); });
  for (auto& follower : followers_) writer_->follow(std::move(follower));
  alarm_ = clock_.make_alarm(loop_);
  note_figures();
  boost::asio::post(loop_, [this] { pass(); });  // deadlines that passed while nothing ran
  return {};
}

Result<void> EngineLoop::Body::start() {
  if (auto prepared = prepare(); !prepared) return prepared;
  writer_->start();
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "lupaus-engine");
    loop_.run();
  });
  return {};
}

Result<void> EngineLoop::Body::start_driven() {
  if (auto prepared = prepare(); !prepared) return prepared;
  writer_->drive();
  is_driven_ = true;
  return {};
}

bool EngineLoop::Body::turn(bool is_writer_busy) {
  is_writer_busy_ = is_writer_busy;
  return loop_.poll_one() > 0;
}

bool EngineLoop::Body::commit() { return writer_->write_gathered(); }

void EngineLoop::Body::abandon() {
  queue_.close();
  is_driven_ = false;
}

void EngineLoop::Body::stop() {
  queue_.close();
  if (is_driven_) {
    checkpoint_and_end();
    while (writer_->write_gathered()) continue;
    abandon();
  }
  if (!thread_.joinable()) return;
  boost::asio::post(loop_, [this] { checkpoint_and_end(); });
  thread_.join();
  writer_->stop();
  alarm_.reset();
}

void EngineLoop::Body::fail(std::string sentence) {
  std::call_once(failed_once_, [&] {
    has_failed_.store(true, std::memory_order_release);
    queue_.close();
    boost::asio::post(loop_, [this] { pass(); });  // lets go of what waits
    on_failure_(std::move(sentence));
  });
}

void EngineLoop::Body::pass() {
  do {
    if (taken_next_ == taken_.size()) {
      taken_.clear();
      taken_next_ = 0;
      queue_.take(taken_);
    }
    if (has_failed_.load(std::memory_order_acquire)) {
      queue_.take_ahead(taken_);
      taken_.clear();
      taken_next_ = 0;
      drains_.clear();
      alarm_->cancel();
      return;
    }
    auto batch = writer_->empty_batch();
    batch->number = ++batch_number_;
    now_ = std::max(now_, time());
    {
      const std::scoped_lock lock(time_mutex_);
      clock_jump_ = time_.jump();
    }
    tell_clock_jump();
    decider_->begin(*batch, {now_, clock_jump_ != rules::model::Duration::zero()},
                    writer_->durable_batch());
    const size_t events = decide_waiting();
    decider_->finish();
    if (decider_->damage()) {
      fail("the database cannot be read, so the server stops: " +
           rules::model::format_error(*decider_->damage()));
      continue;
    }
    queue_.release(events);
    note_figures();
    set_alarm();
    if (!drains_.empty() && !decider_->has_due_left() && taken_next_ == taken_.size()) {
      for (auto& drained : drains_) batch->acknowledgements.emplace_back(std::move(drained));
      drains_.clear();
    }
    // WHY: a write on this thread would hold up what waits already.
    const bool is_last =
        taken_next_ == taken_.size() && !decider_->has_due_left() && queue_.queued_events() == 0;
    writer_->hand_over(std::move(batch), is_last && !is_writer_busy_);
  } while (taken_next_ < taken_.size() || decider_->has_due_left() || has_failed_.load());
}

void EngineLoop::Body::decide_ahead() {
  queue_.take_ahead(taken_ahead_);
  for (Submission& submission : taken_ahead_) {
    if (!decider_->damage()) decider_->decide(submission);
  }
  taken_ahead_.clear();
}

size_t EngineLoop::Body::decide_waiting() {
  size_t events = 0;
  decide_ahead();
  while (taken_next_ < taken_.size() && events < settings_.batch_events_max &&
         !decider_->damage()) {
    if (queue_.has_ahead()) decide_ahead();
    auto& submission = taken_[taken_next_++];
    if (auto* drained = std::get_if<DrainSubmission>(&submission)) {
      drains_.push_back(std::move(drained->done));
    } else {
      events += decider_->decide(submission);
    }
  }
  return events;
}

/// Once a jump, not once a batch: while a clock is slewed it moves with each of them.
void EngineLoop::Body::tell_clock_jump() {
  constexpr auto kOther = std::chrono::seconds(1);
  const auto moved = clock_jump_ - told_jump_;
  const bool is_over = clock_jump_ == rules::model::Duration::zero();
  if (moved == rules::model::Duration::zero() ||
      (!is_over && told_jump_ != rules::model::Duration::zero() && moved < kOther &&
       moved > -kOther))
    return;
  told_jump_ = clock_jump_;
  if (settings_.on_clock_jump) settings_.on_clock_jump(clock_jump_);
}

void EngineLoop::Body::set_alarm() {
  Instant next = decider_->next_deadline();
  if (clock_jump_ != rules::model::Duration::zero())
    next = std::min(next, now_ + kLookAgain) + clock_jump_;
  if (next == alarm_at_) return;
  alarm_at_ = next;
  if (next == rules::model::kEndOfTime) return alarm_->cancel();
  alarm_->set(next, [this] {
    alarm_at_ = rules::model::kEndOfTime;
    pass();
  });
}

void EngineLoop::Body::note_figures() {
  const auto& engine = decider_->state().engine;
  const std::scoped_lock lock(figures_mutex_);
  figures_.armed = engine.armed_commitment_count();
  figures_.tickets = engine.open_ticket_count();
  figures_.dirty = engine.dirty_count();
  figures_.batches = batch_number_;
  figures_.tally = engine.tally();
  figures_.under_review = engine.under_review().size();
  next_deadline_ = decider_->next_deadline();
}

Instant EngineLoop::Body::time() const {
  const std::scoped_lock lock(time_mutex_);
  const auto reading = clock_.read();
  return time_.read(reading.wall, reading.steady);
}

LoopFigures EngineLoop::Body::figures() const {
  LoopFigures copy;
  Instant next{};
  {
    const std::scoped_lock lock(figures_mutex_);
    copy = figures_;
    next = next_deadline_;
  }
  copy.queued_events = queue_.queued_events();
  copy.last_position = storage_.last_position();
  copy.syncs = writer_ ? writer_->sync_count() : 0;
  if (next < time()) copy.oldest_overdue = next;
  const std::scoped_lock lock(time_mutex_);
  copy.clock_jump = time_.jump();
  copy.clock_jumps = time_.jump_count();
  return copy;
}

void EngineLoop::Body::checkpoint_and_end() {
  pass();
  while (!has_failed_.load()) {
    auto batch = writer_->empty_batch();
    batch->number = ++batch_number_;
    if (!decider_->sweep_all(kLastSweepMax, *batch)) break;
    writer_->hand_over(std::move(batch), false);
  }
  alarm_->cancel();
  work_.reset();
  loop_.stop();
}

void EngineLoop::Body::drain() {
  auto promise = std::make_shared<std::promise<void>>();
  const auto drained = promise->get_future();
  // Whoever drops the submission unanswered breaks the promise, which ends the wait too.
  Submission submission = DrainSubmission{[kept = std::move(promise)] { kept->set_value(); }};
  if (!queue_.push(submission)) return;
  drained.wait();
}

EngineLoop::EngineLoop(LoopSettings settings, Clock& clock, Storage& storage,
                       std::function<void(std::string)> on_failure)
    : body_(std::make_unique<Body>(std::move(settings), clock, storage, std::move(on_failure))) {}

EngineLoop::~EngineLoop() = default;

Result<void> EngineLoop::start() { return body_->start(); }

Result<void> EngineLoop::start_driven() { return body_->start_driven(); }

bool EngineLoop::turn(bool is_writer_busy) { return body_->turn(is_writer_busy); }

bool EngineLoop::commit() { return body_->commit(); }

void EngineLoop::abandon() { body_->abandon(); }

void EngineLoop::stop() { body_->stop(); }

bool EngineLoop::try_submit(Intake& intake) { return body_->queue().try_push(intake); }

bool EngineLoop::submit_in_turn(Intake intake, std::function<void()> admitted) {
  return body_->queue().push_in_turn(std::move(intake), std::move(admitted));
}

void EngineLoop::on_room(std::function<void()> room) { body_->queue().on_room(std::move(room)); }

void EngineLoop::submit(rules::model::CommandBody command,
                        std::shared_ptr<const rules::model::Actor> actor, Answer answer) {
  Submission submission =
      CommandSubmission{std::move(command), std::move(actor), std::move(answer)};
  if (body_->queue().push(submission)) return;
  if (auto& refused = std::get<CommandSubmission>(submission).answer) refused(stopping());
}

void EngineLoop::submit_ahead(rules::model::CommandBody command,
                              std::shared_ptr<const rules::model::Actor> actor, Answer answer) {
  Submission submission =
      CommandSubmission{std::move(command), std::move(actor), std::move(answer)};
  if (body_->queue().push_ahead(submission)) return;
  if (auto& refused = std::get<CommandSubmission>(submission).answer) refused(stopping());
}

void EngineLoop::query(std::function<void(const rules::ledger::State&)> read,
                       std::function<void()> done) {
  Submission submission = QuerySubmission{std::move(read), std::move(done)};
  (void)body_->queue().push(submission);
}

void EngineLoop::follow(std::function<void(const CommittedPtr&)> follower) {
  body_->follow(std::move(follower));
}

LoopFigures EngineLoop::figures() const { return body_->figures(); }

Instant EngineLoop::now() const { return body_->time(); }

void EngineLoop::drain() { body_->drain(); }

}  // namespace lupaus::server::runtime
