// A terminal and what it says to a server, over a real connection.
#include "clients/branch/terminal.h"

#include "tests/clients/branch/terminal_fixture.h"

namespace lupaus::clients::branch {
namespace {

TEST_F(TerminalTest, DeliversWhatItWasTold) {
  auto terminal = open(options());
  const Instant at(milliseconds(1'767'603'600'123));
  ASSERT_EQ(terminal->report("issued", "t-1", {{"service", "cash"}}, "A017", at).value(), 1U);
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  const std::scoped_lock lock(events_.mutex_);
  const lupaus::v1::Event& event = events_.events_.at(0);
  EXPECT_EQ(event.branch(), "helsinki-1");
  EXPECT_EQ(event.type(), "issued");
  EXPECT_EQ(event.label(), "A017");
  EXPECT_EQ(event.attributes().at("service"), "cash");
  EXPECT_EQ(event.occurred_at().seconds(), 1'767'603'600);
  EXPECT_EQ(event.occurred_at().nanos(), 123'000'000);
}

TEST_F(TerminalTest, ReportsAtOnceWhileTheServerIsDeadAndDeliversWhenItComes) {
  server_->Shutdown();
  server_.reset();
  auto dead = options();
  dead.server = "127.0.0.1:1";
  auto terminal = open(dead);
  const auto before = std::chrono::steady_clock::now();
  for (int count = 1; count <= 20; ++count)
    ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(5));
  EXPECT_FALSE(terminal->wait_until_acked(milliseconds(50)));
  EXPECT_FALSE(terminal->status().is_connected);
  terminal.reset();
  serve();
  terminal = open(options());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets().size(), 20U);
  EXPECT_EQ(terminal->status().epoch, 5U);
}

TEST_F(TerminalTest, LosesAndRepeatsNothingWhenAcknowledgementsAreLost) {
  events_.break_after_batch_ = 5;
  auto terminal = open(options());
  std::vector<std::string> told;
  for (int count = 1; count <= 300; ++count) {
    told.push_back("t-" + std::to_string(count));
    ASSERT_TRUE(terminal->report("issued", told.back()).ok());
    if (count % 40 != 0) continue;
    ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  }
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets(), told);
  const std::scoped_lock lock(events_.mutex_);
  EXPECT_EQ(events_.break_after_batch_, 0) << "the server was to break five times";
  EXPECT_EQ(events_.hellos_.size(), 6U);
  EXPECT_EQ(events_.hellos_.back().sources(0).epoch(), 5U);
}

TEST_F(TerminalTest, SendsAgainWhatARestoredServerForgot) {
  {
    auto terminal = open(options());
    for (int count = 1; count <= 10; ++count)
      ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
    ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  }
  {
    const std::scoped_lock lock(events_.mutex_);
    events_.events_.resize(4);
  }
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-11").ok());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  ASSERT_TRUE(events_.wait([&] { return events_.events_.size() == 11; }));
  EXPECT_EQ(tickets().at(4), "t-5");
  EXPECT_EQ(events_.hellos_.back().sources(0).last_acked_sequence(), 10U);
}

TEST_F(TerminalTest, StopsWhenATwinUsesItsName) {
  events_.is_twin_ = true;
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  EXPECT_FALSE(terminal->wait_until_acked(kPatience));
  const Status status = terminal->status();
  EXPECT_TRUE(status.is_stopped);
  EXPECT_EQ(status.error.value().code, "twin_source");
  EXPECT_TRUE(terminal->report("called", "t-1").ok()) << "events are still kept on disk";
  const std::scoped_lock lock(events_.mutex_);
  EXPECT_EQ(events_.batches_, 1) << "the server must not be asked again";
}

TEST_F(TerminalTest, StopsWhenTheServerKnowsMoreThanItsDisk) {
  events_.next_override_ = 40;
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  EXPECT_FALSE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(terminal->status().error.value().code, "spool_behind_server");
}

TEST_F(TerminalTest, PassesNoEventWithAHeartbeat) {
  auto chosen = options();
  std::atomic<int64_t> clock{1'000};
  chosen.now = [&] { return Instant(milliseconds(clock.load())); };
  auto terminal = open(chosen);
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  terminal->beat();
  ASSERT_TRUE(events_.wait([&] { return events_.heartbeats_.size() == 1; }));
  clock = 5'000;
  terminal->close(true);
  ASSERT_TRUE(events_.wait([&] { return events_.heartbeats_.size() == 2; }));
  EXPECT_EQ(events_.events_.size(), 1U);
  EXPECT_EQ(events_.heartbeats_[0].last_sequence(), 1U);
  EXPECT_EQ(events_.heartbeats_[0].at().seconds(), 1);
  EXPECT_FALSE(events_.heartbeats_[0].closing());
  EXPECT_EQ(events_.heartbeats_[1].at().seconds(), 5);
  EXPECT_TRUE(events_.heartbeats_[1].closing());
  EXPECT_EQ(terminal->report("called", "t-1").error().code, "closed");
}

TEST_F(TerminalTest, TellsOfRejectedEvents) {
  events_.is_rejecting_ = true;
  auto chosen = options();
  std::mutex mutex;
  std::vector<std::string> reasons;
  chosen.on_rejected = [&](const Rejected& rejected) {
    const std::scoped_lock lock(mutex);
    reasons.push_back(rejected.reason);
  };
  auto terminal = open(chosen);
  ASSERT_TRUE(terminal->report("exploded", "t-1").ok());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  terminal->close();  // whoever was being told has been told
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(reasons, std::vector<std::string>{"unknown_type"});
}

TEST_F(TerminalTest, GetsEachSignalOnceThroughABreak) {
  auto chosen = options();
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<uint64_t, Signal::Kind>> signals;
  chosen.on_signal = [&](const Signal& signal) {
    const std::scoped_lock lock(mutex);
    signals.emplace_back(signal.position, signal.kind);
    changed.notify_all();
  };
  auto terminal = open(chosen);
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return signals.size() >= 4; }));
  }
  terminal->close();
  EXPECT_EQ(signals,
            (std::vector<std::pair<uint64_t, Signal::Kind>>{{3, Signal::Kind::at_risk},
                                                            {8, Signal::Kind::owed},
                                                            {8, Signal::Kind::voucher_issued},
                                                            {9, Signal::Kind::confirmed}}));
  EXPECT_EQ(signals_.asked_.at(1), 8U);
}

TEST_F(TerminalTest, NeverGivesATicketIdTwice) {
  auto chosen = options();
  std::atomic<int64_t> clock{1'767'603'605'000};  // 2026-01-05T09:00:05Z
  chosen.now = [&] { return Instant(milliseconds(clock.load())); };
  auto terminal = open(chosen);
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32406");
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32407");
  terminal = nullptr;
  terminal = open(chosen);
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32506")
      << "after what may have been given";
  clock += 24 * 3'600'000;
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260106-kiosk-1-1");
  clock -= 24 * 3'600'000;
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260106-kiosk-1-2")
      << "a clock that was set back";
}

TEST_F(TerminalTest, RefusesWhatItCannotKeep) {
  EXPECT_EQ(Terminal::open({}).error().code, "bad_option");
  auto secured = options();
  secured.tls = Tls{"/nowhere/ca.pem", "", ""};
  EXPECT_EQ(Terminal::open(secured).error().code, "bad_option");
  auto terminal = open(options());
  EXPECT_EQ(terminal->report("issued", "t", {{"note", std::string(40'000, 'x')}}).error().code,
            "event_too_large");
  EXPECT_EQ(Terminal::open(options()).error().code, "spool_in_use");
}

}  // namespace
}  // namespace lupaus::clients::branch
