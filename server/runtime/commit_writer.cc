// Group commit. Merging moves facts, so batches that are large already are written one by one.
#include "server/runtime/commit_writer.h"

#include <pthread.h>

#include <iterator>

namespace lupaus::server::runtime {
namespace {

/// The engine waits when so much is decided and not yet durable; more would only lengthen the
/// acknowledgement.
constexpr size_t kGatheredBatchesMax = 8;
constexpr uint64_t kGatheredFactsMax = 65'536;
/// Above it a write is worth its sync, also on a slow disk: merging more would only copy.
constexpr size_t kMergedFactsMax = 16'384;
/// Up to it the engine's thread writes itself when nothing else waits.
constexpr size_t kSmallFactsMax = 64;
constexpr size_t kSparesMax = 8;

}  // namespace

struct CommitWriter::Shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<Committed>> committed;
  std::vector<std::unique_ptr<Batch>> batches;

  static std::shared_ptr<Committed> take(const std::shared_ptr<Shelf>& shelf) {
    std::unique_ptr<Committed> spare;
    {
      const std::scoped_lock lock(shelf->mutex);
      if (!shelf->committed.empty()) {
        spare = std::move(shelf->committed.back());
        shelf->committed.pop_back();
      }
    }
    if (!spare) spare = std::make_unique<Committed>();
    return {spare.release(), [shelf](Committed* used) {
              std::unique_ptr<Committed> owned(used);
              owned->facts.clear();
              owned->storage.clear();
              const std::scoped_lock lock(shelf->mutex);
              if (shelf->committed.size() < kSparesMax)
                shelf->committed.push_back(std::move(owned));
            }};
  }
};

CommitWriter::CommitWriter(Storage& storage, PhaseBoard& board,
                           std::function<void(std::string)> on_failure)
    : storage_(storage),
      board_(board),
      on_failure_(std::move(on_failure)),
      shelf_(std::make_shared<Shelf>()) {}

CommitWriter::~CommitWriter() { stop(); }

void CommitWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void CommitWriter::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::unique_ptr<Batch> CommitWriter::empty_batch() {
  std::unique_ptr<Batch> batch;
  {
    const std::scoped_lock lock(shelf_->mutex);
    if (!shelf_->batches.empty()) {
      batch = std::move(shelf_->batches.back());
      shelf_->batches.pop_back();
    }
  }
  if (!batch) batch = std::make_unique<Batch>();
  batch->committed = Shelf::take(shelf_);
  return batch;
}

void CommitWriter::recycle(std::unique_ptr<Batch> batch) {
  batch->committed.reset();
  batch->rows.clear();
  batch->acknowledgements.clear();
  batch->contents = {};
  const std::scoped_lock lock(shelf_->mutex);
  if (shelf_->batches.size() < kSparesMax) shelf_->batches.push_back(std::move(batch));
}

bool CommitWriter::hand_over(std::unique_ptr<Batch> batch, bool may_write_here) {
  std::unique_lock lock(mutex_);
  const auto has_room = [this] {
    return has_failed() ||
           (gathered_.size() < kGatheredBatchesMax && gathered_facts_ < kGatheredFactsMax);
  };
  while (is_driven_ && !has_room()) {
    lock.unlock();
    write_gathered();
    lock.lock();
  }
  changed_.wait(lock, has_room);
  if (has_failed()) return false;
  const size_t facts = batch->committed->facts.size();
  if (may_write_here && !is_writing_ && gathered_.empty() && facts <= kSmallFactsMax) {
    is_writing_ = true;
    lock.unlock();
    commit(std::move(batch));
    lock.lock();
    is_writing_ = false;
    lock.unlock();
    changed_.notify_all();
    return !has_failed();
  }
  gathered_facts_ += facts;
  gathered_.push_back(std::move(batch));
  lock.unlock();
  changed_.notify_all();
  return true;
}

std::unique_ptr<Batch> CommitWriter::take_gathered(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] {
    return (!gathered_.empty() && !is_writing_) ||
           ((is_stopping_ || is_driven_) && gathered_.empty() && !is_writing_);
  });
  if (gathered_.empty()) return nullptr;
  std::vector<std::unique_ptr<Batch>> taken;
  size_t facts = 0;
  while (!gathered_.empty()) {
    const size_t more = gathered_.front()->committed->facts.size();
    if (!taken.empty() && facts + more > kMergedFactsMax) break;
    facts += more;
    taken.push_back(std::move(gathered_.front()));
    gathered_.pop_front();
  }
  gathered_facts_ -= facts;
  is_writing_ = true;
  lock.unlock();
  changed_.notify_all();
  for (size_t i = 1; i < taken.size(); ++i) {
    merge(*taken.front(), *taken[i]);
    recycle(std::move(taken[i]));
  }
  return std::move(taken.front());
}

void CommitWriter::merge(Batch& into, Batch& from) {
  const auto append = [](auto& to, auto& some) {
    to.insert(to.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  };
  append(into.committed->facts, from.committed->facts);
  append(into.committed->storage, from.committed->storage);
  append(into.rows, from.rows);
  append(into.acknowledgements, from.acknowledgements);
  into.replay_from = from.replay_from;
  into.number = from.number;
  into.contents.events += from.contents.events;
  into.contents.dues += from.contents.dues;
  into.contents.breaches += from.contents.breaches;
  into.contents.confirmations += from.contents.confirmations;
  into.contents.compensations += from.contents.compensations;
  into.contents.checkpoint_rows += from.contents.checkpoint_rows;
}

void CommitWriter::run() {
  ::pthread_setname_np(::pthread_self(), "lupaus-writer");
  while (write_gathered()) continue;
}

bool CommitWriter::write_gathered() {
  std::unique_lock lock(mutex_);
  auto batch = take_gathered(lock);
  if (!batch) return false;
  if (!has_failed()) commit(std::move(batch));
  const std::scoped_lock again(mutex_);
  is_writing_ = false;
  changed_.notify_all();
  return true;
}

void CommitWriter::commit(std::unique_ptr<Batch> batch) {
  board_.in_hand(batch->contents);
#ifdef LUPAUS_FAULT_ACK_BEFORE_SYNC
  acknowledge(*batch);  // a fault on purpose: the crash test must find it
#endif
  if (!batch->committed->facts.empty() || !batch->rows.empty()) {
    board_.writer(PhaseMarks::Writer::writing);
    const auto written =
        storage_.append({batch->committed->facts, std::move(batch->rows), batch->replay_from});
    if (!written) return fail(written.error());
    sync_count_.fetch_add(1, std::memory_order_relaxed);
  }
  durable_batch_.store(batch->number, std::memory_order_release);
  board_.writer(PhaseMarks::Writer::acknowledging);
  board_.wrote_batch();
  acknowledge(*batch);
  if (!batch->committed->facts.empty()) {
    const CommittedPtr committed = std::move(batch->committed);
    for (const auto& follower : followers_) follower(committed);
  }
  board_.in_hand({});
  board_.writer(PhaseMarks::Writer::idle);
  recycle(std::move(batch));
}

void CommitWriter::acknowledge(Batch& batch) {
  for (auto& acknowledgement : batch.acknowledgements) {
    if (auto* intake = std::get_if<IntakeAnswer>(&acknowledgement)) {
      if (intake->done) intake->done(std::move(intake->outcome));
    } else if (auto* command = std::get_if<CommandAnswer>(&acknowledgement)) {
      if (command->answer) command->answer(std::move(command->result));
    } else {
      std::get<std::function<void()>>(acknowledgement)();
    }
  }
  batch.acknowledgements.clear();
}

void CommitWriter::fail(const rules::model::Error& error) {
  has_failed_.store(true, std::memory_order_release);
  {
    const std::scoped_lock lock(mutex_);
    gathered_.clear();
    gathered_facts_ = 0;
  }
  changed_.notify_all();
  on_failure_(
      "the journal cannot be written, so the server stops; nothing unwritten was acknowledged: " +
      rules::model::format_error(error));
}

}  // namespace lupaus::server::runtime
