// Arenas that keep their block.
#include "server/ingest/message_pool.h"

#include <algorithm>

namespace lupaus::server::ingest {
namespace {

constexpr size_t kFirstBlock = 4 * 1024;
/// Above it a message takes its memory from the heap, so that one large message does not bind
/// memory for ever.
constexpr size_t kBlockMax = 1024 * 1024;

}  // namespace

Incoming::Incoming() : block_(kFirstBlock) { make_arena(); }

void Incoming::make_arena() {
  google::protobuf::ArenaOptions options;
  options.initial_block = block_.data();
  options.initial_block_size = block_.size();
  arena_.emplace(options);
  request_ = google::protobuf::Arena::CreateMessage<v1::StreamEventsRequest>(&*arena_);
}

void Incoming::reset() {
  views_.clear();
  size_t needed = arena_->SpaceAllocated();
  arena_.reset();
  if (needed > block_.size() && block_.size() < kBlockMax)
    block_ = std::vector<char>(std::min(needed * 2, kBlockMax));
  make_arena();
}

std::shared_ptr<Incoming> MessagePool::take() {
  std::unique_ptr<Incoming> message;
  {
    std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      message = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (message == nullptr) message = std::make_unique<Incoming>();
  return std::shared_ptr<Incoming>(message.release(), [pool = shared_from_this()](Incoming* used) {
    used->reset();
    pool->put_back(std::unique_ptr<Incoming>(used));
  });
}

void MessagePool::put_back(std::unique_ptr<Incoming> message) {
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(message));
}

}  // namespace lupaus::server::ingest
