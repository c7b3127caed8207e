// The thread behind GET /v1/tickets.
#include "server/console/ticket_board.h"

#include "lupaus/v1/ticket.pb.h"
#include "server/console/tickets_json.h"

namespace lupaus::server::console {
namespace {

/// Each waits for a walk over all tickets; more than this would only grow older.
constexpr size_t kWaitingMax = 64;

JsonAnswer unavailable() {
  return {503, R"({"code":503,"message":"the server is busy or stopping"})"};
}

}  // namespace

TicketBoard::TicketBoard(const api::TicketService& tickets)
    : tickets_(tickets), thread_([this] { run(); }) {}

TicketBoard::~TicketBoard() { stop(); }

void TicketBoard::ask(const TicketsQuery& query, Answer answer) {
  {
    std::lock_guard lock(mutex_);
    if (!is_stopping_ && waiting_.size() < kWaitingMax) {
      waiting_.emplace_back(query, std::move(answer));
      answer = nullptr;
    }
  }
  if (answer != nullptr) {
    answer(unavailable());
  } else {
    changed_.notify_one();
  }
}

void TicketBoard::stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  for (auto& [query, answer] : waiting_) answer(unavailable());
  waiting_.clear();
}

void TicketBoard::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
    auto [query, answer] = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    answer(look_up(query));
    lock.lock();
  }
}

JsonAnswer TicketBoard::look_up(const TicketsQuery& query) const {
  v1::ListTicketsRequest request;
  v1::ListTicketsResponse response;
  to_request(query, request);
  rules::model::Result<void> listed = tickets_.list(request, response);
  if (listed) return to_answer(response);
  // The sentence is ours and quotes nothing of the request.
  return {400, R"({"code":400,"message":")" + listed.error().message + R"("})"};
}

}  // namespace lupaus::server::console
