// A fresh arena a message. It has no block of its own: protobuf gives such a block to the thread
// that made the arena, and messages are parsed on another.
#include "server/ingest/message_pool.h"

namespace lupaus::server::ingest {
namespace {

constexpr size_t kFirstBlock = 1024;     ///< a message of one event fits
constexpr size_t kBlockMax = 64 * 1024;  ///< a full message needs a few

}  // namespace

Incoming::Incoming() { make_arena(); }

void Incoming::make_arena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = kFirstBlock;
  options.max_block_size = kBlockMax;
  arena_.emplace(options);
  request_ = google::protobuf::Arena::CreateMessage<v1::StreamEventsRequest>(&*arena_);
}

void Incoming::reset() {
  views_.clear();
  arena_.reset();
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
