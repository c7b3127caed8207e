#include "tests/simulation/network.h"

#include <algorithm>

namespace lupaus::tests::simulation {
namespace {

/// When an end notices by itself that the other one is silent: keepalive.
constexpr Duration kTerminalNotices = std::chrono::seconds(30);
constexpr Duration kServerNotices = std::chrono::seconds(45);

}  // namespace

Network::Network(Agenda& agenda, Faults& faults, Chance chance, size_t terminals)
    : agenda_(agenda), faults_(faults), chance_(chance), parted_until_(terminals) {}

Duration Network::delay() {
  if (faults_.meets(FaultKind::link_delay, chance_))
    return faults_.length(FaultKind::link_delay, chance_);
  return chance_.between(Duration(2), Duration(60));
}

bool Network::is_parted(size_t terminal) const { return parted_until_[terminal] > agenda_.now(); }

void Network::part(size_t terminal, Instant until) {
  parted_until_[terminal] = std::max(parted_until_[terminal], until);
}

void Network::mend() { std::fill(parted_until_.begin(), parted_until_.end(), Instant{}); }

Wire::Wire(Network& network, size_t terminal, WireUser& user)
    : network_(network), terminal_(terminal), user_(&user) {}

// ---- the terminal's side
void Wire::send(const Request& request) {
  if (network_.is_parted(terminal_)) lose();
  if (is_lost_) return;
  auto& agenda = network_.agenda();
  up_at_ = std::max(up_at_, agenda.now() + network_.delay());
  const auto message = std::make_shared<const Request>(request);
  agenda.at(up_at_, [self = shared_from_this(), message] { self->arrive(message); });
  const bool is_repeatable = request.has_batch() || request.has_heartbeat();
  if (is_repeatable && network_.faults().meets(FaultKind::link_duplicate, network_.chance()))
    agenda.at(up_at_, [self = shared_from_this(), message] { self->arrive(message); });
}

void Wire::finish_sending() {
  if (is_lost_) return;
  network_.agenda().at(std::max(up_at_, network_.agenda().now()), [self = shared_from_this()] {
    if (!self->is_lost_) self->is_finished_sending_ = true;
  });
}

void Wire::let_go(bool is_silent) {
  user_ = nullptr;
  is_silent = is_silent || is_lost_ || network_.is_parted(terminal_);
  tell_server(is_silent ? kServerNotices : network_.delay());
}

void Wire::arrive(std::shared_ptr<const Request> request) {
  auto& agenda = network_.agenda();
  if (agenda.now() < held_until_) {
    agenda.at(held_until_, [self = shared_from_this(), request] { self->arrive(request); });
    return;
  }
  if (is_lost_ || is_cancelled_ || !stream_) return;
  inbox_.push_back(std::move(request));
}

void Wire::tell_user(Duration delay, WireEnd end) {
  down_at_ = std::max(down_at_, network_.agenda().now() + delay);
  network_.agenda().at(down_at_, [self = shared_from_this(), end = std::move(end)] {
    WireUser* user = std::exchange(self->user_, nullptr);
    if (user != nullptr) user->ended(end);
  });
}

void Wire::tell_server(Duration delay) {
  const Instant at = std::max(up_at_, network_.agenda().now() + delay);
  network_.agenda().at(std::max(at, held_until_), [self = shared_from_this()] {
    self->inbox_.clear();
    self->is_cancelled_ = true;
  });
}

// ---- the server's side
void Wire::accept(std::shared_ptr<server::ingest::Stream> stream, std::function<void(bool)> moved) {
  moved_ = std::move(moved);
  stream_ = std::move(stream);
  stream_->open();
}

void Wire::refuse(std::chrono::milliseconds retry_after) {
  is_lost_ = true;
  tell_user(network_.delay(), {false, "busy", "the server is busy", retry_after});
}

bool Wire::work() {
  if (!stream_) return false;
  if (is_write_owed_) {
    is_write_owed_ = false;
    stream_->write_done(!is_cancelled_);
    return true;
  }
  if (is_done_owed_) {
    is_done_owed_ = false;
    const auto stream = std::move(stream_);
    stream_ = nullptr;
    stream->done();
    return true;
  }
  if (is_cancelled_ && !is_cancel_told_) {
    is_cancel_told_ = true;
    if (std::exchange(reading_into_, nullptr) != nullptr) stream_->read_done(false);
    if (stream_) stream_->cancelled();
    return true;
  }
  if (reading_into_ == nullptr) return false;
  if (!inbox_.empty()) {
    const auto message = std::move(inbox_.front());
    inbox_.pop_front();
    std::exchange(reading_into_, nullptr)->CopyFrom(*message);
    stream_->read_done(true);
    return true;
  }
  if (!is_finished_sending_) return false;
  reading_into_ = nullptr;
  stream_->read_done(false);
  return true;
}

void Wire::server_died(bool is_silent) {
  inbox_.clear();
  reading_into_ = nullptr;
  is_write_owed_ = is_done_owed_ = false;
  is_cancelled_ = is_cancel_told_ = true;
  if (const auto stream = std::move(stream_)) stream->done();
  stream_ = nullptr;
  is_lost_ = true;
  tell_user(is_silent ? kTerminalNotices : network_.delay(), {false, "", "the server is gone", {}});
}

void Wire::write(const Response& message) {
  is_write_owed_ = true;
  if (network_.is_parted(terminal_)) lose();
  if (is_lost_) return;
  auto& agenda = network_.agenda();
  down_at_ = std::max(down_at_, agenda.now() + network_.delay());
  agenda.at(down_at_,
            [self = shared_from_this(), message = std::make_shared<const Response>(message)] {
              if (self->user_ != nullptr && !self->is_lost_) self->user_->received(*message);
            });
}

void Wire::finish(const rules::model::Result<void>& ending) {
  is_done_owed_ = true;
  if (network_.is_parted(terminal_)) lose();
  if (is_lost_) return;
  WireEnd end{ending.ok(), "", "", {}};
  if (!ending.ok()) end = {false, ending.error().code, ending.error().message, {}};
  tell_user(network_.delay(), std::move(end));
}

// ---- what may happen to it
void Wire::lose() {
  if (is_lost_) return;
  is_lost_ = true;
  inbox_.clear();
  tell_user(kTerminalNotices, {false, "", "no answer to a ping", {}});
  tell_server(kServerNotices);
}

void Wire::cut() {
  if (is_lost_) return;
  is_lost_ = true;
  tell_user(network_.delay(), {false, "", "connection reset", {}});
  tell_server(network_.delay());
}

void Wire::haunt(Duration length) {
  if (is_lost_ || user_ == nullptr) return;
  held_until_ = network_.agenda().now() + length;
  tell_server(length);
  WireUser* user = std::exchange(user_, nullptr);
  user->ended({false, "", "connection reset", {}});
}

}  // namespace lupaus::tests::simulation
