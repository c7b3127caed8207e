// The first answers to recent request ids, so that a call that is repeated because its answer was
// lost changes nothing twice.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "server/wire/status.h"

namespace google::protobuf {
class MessageLite;
}

namespace lupaus::server::wire {

/// Equal for equal messages, in this process.
uint64_t content_of(const google::protobuf::MessageLite& request);

/// The error for a `request_id` that came before with another request.
rules::model::Error reused_request_id(const std::string& request_id);

/// Thread-safe; forgets the oldest above its limit, and everything at a restart. A request id that
/// comes again with other content is refused: its sender would take another call's answer for its
/// own.
template <typename Response>
class RecentAnswers {
 public:
  /// Runs `work` unless `caller` had an answer for the request's id ("" is never remembered). One
  /// at a time.
  template <typename Request, typename Work>
  rules::model::Result<void> once(const std::string& caller, const Request& request,
                                  Response& response, Work work) {
    std::lock_guard lock(mutex_);
    const bool is_remembered = !request.request_id().empty();
    std::string key = caller + "\n" + request.request_id();
    const uint64_t content = is_remembered ? content_of(request) : 0;
    auto found = answers_.find(key);
    if (is_remembered && found != answers_.end()) {
      if (found->second.content != content) return reused_request_id(request.request_id());
      response = found->second.response;
      return {};
    }
    rules::model::Result<void> done = work();
    if (!done || !is_remembered) return done;
    answers_.emplace(key, Answer{content, response});
    order_.push_back(std::move(key));
    if (order_.size() > kAnswersMax) {
      answers_.erase(order_.front());
      order_.pop_front();
    }
    return {};
  }

 private:
  struct Answer {
    uint64_t content = 0;  ///< of the request
    Response response;
  };
  /// Above it a repeated request id is taken as a new one.
  static constexpr size_t kAnswersMax = 4096;
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::deque<std::string> order_;
};

}  // namespace lupaus::server::wire
