// What every synchronous call of these services begins and ends with.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "server/wire/identity.h"
#include "server/wire/status.h"

namespace lupaus::server::api {

/// Identifies the caller and runs `work(identity)`, a Result<void>.
template <typename Work>
grpc::Status serve(const grpc::ServerContext& context, Work work) {
  rules::model::Result<wire::Identity> identity = wire::identity_of(context);
  if (!identity) return wire::to_status(identity.error());
  rules::model::Result<void> done = work(*identity);
  return done ? grpc::Status::OK : wire::to_status(done.error());
}

/// As `serve`, for what sources may not do.
template <typename Work>
grpc::Status serve_person(const grpc::ServerContext& context, Work work) {
  return serve(context, [&](const wire::Identity& identity) {
    rules::model::Result<void> allowed = wire::require_person(identity);
    return allowed ? work(identity) : allowed;
  });
}

/// The first answers to recent request ids, so that a repeated call changes nothing twice.
/// Thread-safe; forgets the oldest above its limit, and everything at a restart.
template <typename Response>
class RecentAnswers {
 public:
  /// Runs `work` unless `caller` had an answer for `request_id` ("" is never remembered). One at a
  /// time.
  template <typename Work>
  rules::model::Result<void> once(const std::string& caller, const std::string& request_id,
                                  Response& response, Work work) {
    std::lock_guard lock(mutex_);
    std::string key = caller + "\n" + request_id;
    auto found = answers_.find(key);
    if (!request_id.empty() && found != answers_.end()) {
      response = found->second;
      return {};
    }
    rules::model::Result<void> done = work();
    if (!done || request_id.empty()) return done;
    answers_.emplace(key, response);
    order_.push_back(std::move(key));
    if (order_.size() > kAnswersMax) {
      answers_.erase(order_.front());
      order_.pop_front();
    }
    return {};
  }

 private:
  /// Above it a repeated request id is taken as a new one.
  static constexpr size_t kAnswersMax = 4096;
  std::mutex mutex_;
  std::map<std::string, Response> answers_;
  std::deque<std::string> order_;
};

}  // namespace lupaus::server::api
