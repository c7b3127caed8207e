// A branch, one promise and its events, made by hand for tests of the loop: "served within 15
// minutes or EUR 10".
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/runtime/engine_loop.h"
#include "tests/support/memory_storage.h"

namespace lupaus::tests::server_runtime {

using rules::model::Duration;
using rules::model::Instant;

inline constexpr Instant kNine =
    rules::model::from_unix_ms(1'767'596'400'000);  // 2026-01-05T07:00Z

/// The book; no sources are declared, so that anybody may report.
rules::model::BookPtr small_book();

struct Happening {
  std::string ticket;
  std::string type;
  Instant at{};
};

/// A sender that numbers its events, and keeps what was acknowledged.
class Sender {
 public:
  explicit Sender(std::string id) : id_(std::move(id)) {}

  /// One message; `done` is set here. The sender must outlive the loop.
  server::runtime::Intake intake(const std::vector<Happening>& happenings);
  /// The last message again.
  server::runtime::Intake again();

  const std::string& id() const { return id_; }
  uint64_t sent() const { return sequence_; }
  uint64_t acked() const { return acked_; }
  uint64_t answers() const { return answers_; }
  const std::string& error() const { return error_; }
  const std::vector<server::runtime::Rejection>& rejected() const { return rejected_; }

 private:
  struct Message;
  server::runtime::Intake wrap(std::shared_ptr<const Message> message);

  std::string id_;
  uint64_t sequence_ = 0;
  std::shared_ptr<const Message> last_;
  std::atomic<uint64_t> acked_ = 0;
  std::atomic<uint64_t> answers_ = 0;
  std::string error_;  // read after a drain
  std::vector<server::runtime::Rejection> rejected_;
};

/// A loop on a virtual clock over a storage in memory.
struct Running {
  /// `prepare` is given the loop before it starts.
  explicit Running(server::runtime::Storage& storage, server::runtime::LoopSettings settings = {},
                   Instant now = kNine,
                   const std::function<void(server::runtime::EngineLoop&)>& prepare = nullptr);
  ~Running() { loop.stop(); }

  /// Publishes the book, makes the senders known.
  void open(std::initializer_list<Sender*> senders);
  void send(Sender& sender, const std::vector<Happening>& happenings);
  void hear(Sender& sender, Instant at);
  uint64_t hash();
  void move_to(Instant instant);

  std::unique_ptr<server::runtime::VirtualClock> clock;
  std::vector<std::string> failures;
  server::runtime::EngineLoop loop;
};

/// Settings under which sweeping and archiving happen all the time.
server::runtime::LoopSettings restless();

}  // namespace lupaus::tests::server_runtime
