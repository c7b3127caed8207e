// Answers the console's questions for tickets on a thread of its own, for walking tickets blocks.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "server/api/ticket_service.h"
#include "server/console/http_server.h"

namespace lupaus::server::console {

/// Owns its thread. `tickets` outlives it. Takes questions from any thread; above kWaitingMax it
/// says so at once.
class TicketBoard {
 public:
  explicit TicketBoard(const api::TicketService& tickets);
  ~TicketBoard();
  void ask(const TicketsQuery& query, std::function<void(JsonAnswer)> answer);
  /// Questions that wait are answered as unavailable.
  void stop();

 private:
  using Answer = std::function<void(JsonAnswer)>;
  void run();
  JsonAnswer look_up(const TicketsQuery& query) const;

  const api::TicketService& tickets_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<TicketsQuery, Answer>> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace lupaus::server::console
