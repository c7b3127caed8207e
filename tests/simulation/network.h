// The streams between terminals and the server: each direction keeps its order, as HTTP/2 does;
// all else may happen: messages are late, come twice or are lost with their connection, one side
// hears of an end before the other, and the last words of an old stream arrive after the first of
// a new one.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lupaus/v1/event.pb.h"
#include "server/ingest/stream.h"
#include "tests/simulation/agenda.h"
#include "tests/simulation/faults.h"

namespace lupaus::tests::simulation {

using Request = v1::StreamEventsRequest;
using Response = v1::StreamEventsResponse;

/// How a stream ended for its terminal.
struct WireEnd {
  bool is_ok = false;
  std::string code;  ///< of the server's error; "" when the connection broke
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after;
};

/// The terminal's end of a wire. It hears nothing more after `ended`, nor after it let go.
class WireUser {
 public:
  virtual ~WireUser() = default;
  virtual void received(const Response& response) = 0;
  virtual void ended(const WireEnd& end) = 0;
};

class Network;

/// One stream. Lives as long as either side, or a message on its way, knows it.
class Wire final : public std::enable_shared_from_this<Wire>, public server::ingest::StreamLine {
 public:
  Wire(Network& network, size_t terminal, WireUser& user);

  // ---- the terminal's side
  void send(const Request& request);
  void finish_sending();
  /// The terminal wants no more of it, or is gone: `is_silent` when nobody tells the server.
  void let_go(bool is_silent);
  bool is_of_user() const { return user_ != nullptr; }

  // ---- the server's side
  /// `moved` is told how far the stream has caught up.
  void accept(std::shared_ptr<server::ingest::Stream> stream, std::function<void(bool)> moved);
  /// The server takes no stream now.
  void refuse(std::chrono::milliseconds retry_after);
  /// Gives the stream one thing that it waits for. False when there is none.
  bool work();
  bool is_of_server() const { return stream_ != nullptr; }
  /// All of the server is gone in this instant. `is_silent`: and nobody tells the terminal.
  void server_died(bool is_silent);

  // ---- what may happen to it
  void cut();
  void haunt(Duration length);
  size_t terminal() const { return terminal_; }

  void read(Request& into) override { reading_into_ = &into; }
  void write(const Response& message) override;
  void finish(const rules::model::Result<void>& ending) override;
  void moved(bool is_caught_up) override { moved_(is_caught_up); }

 private:
  void arrive(std::shared_ptr<const Request> request);
  void tell_user(Duration delay, WireEnd end);
  void tell_server(Duration delay);
  void lose();

  Network& network_;
  const size_t terminal_;
  WireUser* user_;
  std::shared_ptr<server::ingest::Stream> stream_;
  std::function<void(bool)> moved_;
  std::deque<std::shared_ptr<const Request>> inbox_;
  Request* reading_into_ = nullptr;
  Instant up_at_{}, down_at_{};  ///< of the last message on its way
  Instant held_until_{};
  bool is_finished_sending_ = false;
  bool is_write_owed_ = false;
  bool is_done_owed_ = false;
  bool is_cancelled_ = false;  ///< the server heard of the end
  bool is_cancel_told_ = false;
  bool is_lost_ = false;  ///< nothing passes any more
};

/// Delays and partitions; one of the world.
class Network {
 public:
  Network(Agenda& agenda, Faults& faults, Chance chance, size_t terminals);

  Duration delay();
  bool is_parted(size_t terminal) const;
  void part(size_t terminal, Instant until);
  /// All partitions end.
  void mend();

  Agenda& agenda() { return agenda_; }
  Faults& faults() { return faults_; }
  Chance& chance() { return chance_; }

 private:
  Agenda& agenda_;
  Faults& faults_;
  Chance chance_;
  std::vector<Instant> parted_until_;
};

}  // namespace lupaus::tests::simulation
