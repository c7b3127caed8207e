// A session between a disk that loses and a server that breaks off, forgets its answers and decides
// late: every event arrives once, in order, and the server never knows one that the disk lost.
// LUPAUS_SEED repeats a run, LUPAUS_ROUNDS makes it longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>

#include "clients/branch/session.h"
#include "tests/support/faulty_disk.h"

namespace lupaus::clients::branch {
namespace {

using lupaus::v1::StreamEventsRequest;
using lupaus::v1::StreamEventsResponse;
using std::chrono::milliseconds;
using tests::support::FaultyDisk;

constexpr uint64_t kEvents = 400;

uint64_t setting(const char* name, uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Keeps events as the real one does: in order, each once; decides some time after it was told.
struct Server {
  std::vector<std::string> tickets;
  uint64_t epoch = 0;
  std::deque<lupaus::v1::Batch> undecided;  ///< also of connections that are gone

  std::string decide_one() {
    const lupaus::v1::Batch batch = undecided.front();
    undecided.pop_front();
    if (batch.first_sequence() > tickets.size() + 1) return "gap";
    for (int at = 0; at < batch.events_size(); ++at) {
      const uint64_t sequence = batch.first_sequence() + static_cast<uint64_t>(at);
      const std::string& ticket = batch.events(at).ticket();
      if (sequence <= tickets.size()) {
        EXPECT_EQ(tickets[sequence - 1], ticket) << "a number was used twice";
      } else {
        tickets.push_back(ticket);
      }
    }
    return "";
  }
};

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    options_.server = "bank:7443";
    options_.source = "kiosk";
    options_.backoff_max = std::chrono::seconds(5);
    boot();
  }

  void step() {
    now_.steady += milliseconds(random_() % 50);
    now_.wall += milliseconds(random_() % 50);
    if (told_.size() < kEvents && random_() % 3 == 0) report();
    ask();
    if (is_connected_) serve();
    if (random_() % 150 == 0) break_off();
    if (random_() % 300 == 0) crash();
  }
  bool is_done() const { return server_.tickets.size() == kEvents && told_.size() == kEvents; }
  const std::vector<std::string>& told() const { return told_; }
  const Server& server() const { return server_; }

 private:
  void boot() {
    auto opened = spool::Spool::open("/spool", {}, disk_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    spool_ = std::move(*opened);
    ASSERT_LE(spool_->last(), told_.size());
    ASSERT_GE(spool_->last(), promised_);
    ASSERT_GE(spool_->last(), server_.tickets.size());
    told_.resize(spool_->last());  // the rest was never promised
    session_ = std::make_unique<Session>(options_, *spool_, random_());
  }
  void report() {
    lupaus::v1::Event event;
    event.set_ticket("t-" + std::to_string(++count_));
    const std::string ticket = event.ticket();
    const Result<uint64_t> sequence = session_->record(std::move(event), {}, now_);
    ASSERT_TRUE(sequence.ok()) << sequence.error().message;
    ASSERT_EQ(sequence.value(), told_.size() + 1);
    told_.push_back(ticket);
    if (random_() % 4 == 0) return;  // another thread syncs it later
    ASSERT_TRUE(spool_->sync_to(sequence.value()).ok());
    promised_ = sequence.value();
  }
  void ask() {
    StreamEventsRequest message;
    const Step step = session_->next(now_, &message);
    switch (step.kind) {
      case Step::Kind::connect:
        session_->connected();
        is_connected_ = true;
        break;
      case Step::Kind::send:
        if (is_connected_) to_server_.push_back(message);
        break;
      case Step::Kind::sync:
        return session_->synced(spool_->sync_to(spool_->last()));
      case Step::Kind::save:
        return session_->saved(spool_->save(), now_);
      case Step::Kind::hang_up:
        return break_off();
      default:
        // The event that waits for its sync gets it, or nothing would move.
        if (random_() % 4 == 0) static_cast<void>(spool_->sync_to(spool_->last()));
    }
  }
  void serve() {
    if (!to_server_.empty() && random_() % 2 == 0) {
      take(to_server_.front());
      to_server_.pop_front();
    }
    if (!server_.undecided.empty() && random_() % 2 == 0) {
      if (server_.decide_one() == "gap") return break_off();
      if (!is_welcomed_) return;
      StreamEventsResponse response;
      response.mutable_ack()->set_source("kiosk");
      response.mutable_ack()->set_epoch(server_.epoch);
      response.mutable_ack()->set_up_to_sequence(server_.tickets.size());
      to_terminal_.push_back(response);
    }
    if (!to_terminal_.empty() && random_() % 2 == 0) {
      session_->received(to_terminal_.front(), now_);
      to_terminal_.pop_front();
      ASSERT_FALSE(session_->status().is_stopped) << session_->status().error->message;
    }
  }
  void take(const StreamEventsRequest& message) {
    if (message.has_batch()) server_.undecided.push_back(message.batch());
    if (!message.has_hello()) return;
    if (message.hello().sources(0).epoch() == 0) ++server_.epoch;
    if (message.hello().sources(0).epoch() == 0) server_.undecided.clear();
    ASSERT_TRUE(server_.tickets.empty() || message.hello().sources(0).epoch() != 0);
    StreamEventsResponse response;
    auto& source = *response.mutable_welcome()->add_sources();
    source.set_source("kiosk");
    source.set_epoch(server_.epoch);
    source.set_next_sequence(server_.tickets.size() + 1);
    response.mutable_welcome()->set_window_batches_count(3);
    to_terminal_.push_back(response);
    is_welcomed_ = true;
  }
  void break_off() {
    if (!is_connected_) return;
    is_connected_ = is_welcomed_ = false;
    // What is on the way may still be read by the server, but nothing comes back.
    for (; !to_server_.empty() && random_() % 3 != 0; to_server_.pop_front()) {
      if (to_server_.front().has_batch()) server_.undecided.push_back(to_server_.front().batch());
    }
    to_server_.clear();
    to_terminal_.clear();
    Ending ending{.message = "broke"};
    if (random_() % 3 == 0) ending.retry_after = milliseconds(300);
    session_->disconnected(ending, now_);
  }
  void crash() {
    is_connected_ = is_welcomed_ = false;
    to_server_.clear();
    to_terminal_.clear();
    disk_->crash();
    session_.reset();
    spool_.reset();
    disk_->cut_power(random_);
    boot();
  }

  std::mt19937_64 random_;
  const std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  Options options_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Session> session_;
  Server server_;
  Moment now_{Instant(std::chrono::hours(1)), milliseconds(0)};
  std::vector<std::string> told_;  ///< by sequence; cut where a crash took what was not promised
  uint64_t promised_ = 0;
  uint64_t count_ = 0;
  bool is_connected_ = false;
  bool is_welcomed_ = false;
  std::deque<StreamEventsRequest> to_server_;
  std::deque<StreamEventsResponse> to_terminal_;
};

TEST(SessionFaults, DeliversEachEventOnceInOrder) {
  constexpr int kStepsMax = 200'000;
  const uint64_t first_seed = setting("LUPAUS_SEED", 1);
  const uint64_t rounds = std::min<uint64_t>(setting("LUPAUS_ROUNDS", 60), 2'000);
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(first_seed + round));
    World world(first_seed + round);
    int steps = 0;
    for (; !world.is_done() && steps < kStepsMax && !testing::Test::HasFailure(); ++steps)
      world.step();
    ASSERT_FALSE(testing::Test::HasFailure());
    ASSERT_TRUE(world.is_done()) << world.server().tickets.size() << " of " << kEvents;
    ASSERT_EQ(world.server().tickets, world.told());
  }
}

}  // namespace
}  // namespace lupaus::clients::branch
