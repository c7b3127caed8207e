// Memory for what a stream reads: an arena, a message and reused views for each batch that is under
// way.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "google/protobuf/arena.h"
#include "lupaus/v1/event.pb.h"
#include "server/ingest/translate.h"

namespace lupaus::server::ingest {

/// One message and the views into it. Belongs to the stream until it is submitted, then to whoever
/// holds the facts.
class Incoming {
 public:
  Incoming();
  v1::StreamEventsRequest& request() { return *request_; }
  EventViews& views() { return views_; }
  /// Makes it as new; keeps the memory of the views.
  void reset();

 private:
  void make_arena();

  std::optional<google::protobuf::Arena> arena_;
  v1::StreamEventsRequest* request_ = nullptr;  ///< lives in arena_
  EventViews views_;
};

/// Owned by a stream; lives on while messages are out. Any thread.
class MessagePool : public std::enable_shared_from_this<MessagePool> {
 public:
  std::shared_ptr<Incoming> take();

 private:
  void put_back(std::unique_ptr<Incoming> message);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Incoming>> free_;
};

}  // namespace lupaus::server::ingest
