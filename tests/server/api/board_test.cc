// The live board: folding its answers gives what ListTickets gives, from whichever answer a watcher
// goes on; its day is what the journal says; nobody's slowness is paid for with memory.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "lupaus/v1/ticket.grpc.pb.h"
#include "server/api/board_feed.h"
#include "server/wire/values.h"
#include "tests/server/running_server.h"
#include "tests/server/runtime/small_branch.h"
#include "tests/support/random_draw.h"

namespace lupaus::tests {
namespace {

using google::protobuf::util::MessageDifferencer;
using rules::model::Duration;
using rules::model::Verdict;
using server::api::BoardFeed;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Key = std::pair<std::string, std::string>;

/// A board as a watcher has it.
struct Fold {
  std::map<Key, v1::Ticket> tickets;
  std::map<std::string, v1::BranchToday> today;
  v1::SilentSources silent;
  std::string resume;
  bool has_begun = false;

  void apply(const v1::WatchTicketsResponse& answer) {
    if (answer.begin()) *this = {};
    has_begun |= answer.begin();
    for (const auto& name : answer.gone()) tickets.erase({name.branch(), name.ticket()});
    for (const auto& ticket : answer.tickets())
      tickets[{ticket.branch(), ticket.ticket()}] = ticket;
    for (const auto& today_of : answer.today()) today[today_of.branch()] = today_of;
    if (answer.has_silent()) silent = answer.silent();
    resume = answer.resume();
  }
};

/// Without what grows by itself.
std::string text(v1::Ticket ticket) {
  for (auto& one : *ticket.mutable_commitments()) {
    if (!one.has_stopped_at() && one.has_due_at()) one.clear_counted_ms();
  }
  std::map<std::string, std::string> sorted(ticket.attributes().begin(), ticket.attributes().end());
  ticket.clear_attributes();
  std::string shown = ticket.ShortDebugString();
  for (const auto& [name, value] : sorted) shown += " " + name + "=" + value;
  return shown;
}
std::string text(const std::map<Key, v1::Ticket>& tickets) {
  std::string shown;
  for (const auto& [key, ticket] : tickets) shown += text(ticket) + "\n";
  return shown;
}
std::string text(const std::map<std::string, v1::BranchToday>& today) {
  std::string shown;
  for (const auto& [branch, one] : today) {
    if (one.kept_count() + one.breached_count() > 0) shown += one.ShortDebugString() + "\n";
  }
  return shown;
}

class Watching {
 public:
  Watching(const std::shared_ptr<grpc::Channel>& channel, const std::string& branch, Fold from = {})
      : fold(std::move(from)), stub_(v1::TicketService::NewStub(channel)) {
    v1::WatchTicketsRequest request;
    request.set_branch(branch);
    request.set_resume(fold.resume);
    reader_ = stub_->WatchTickets(context_.get(), request);
  }
  ~Watching() {
    context_->TryCancel();
    reader_->Finish();
  }
  v1::WatchTicketsResponse read() {
    v1::WatchTicketsResponse answer;
    EXPECT_TRUE(reader_->Read(&answer)) << reader_->Finish().error_message();
    fold.apply(answer);
    history.push_back(fold);
    return answer;
  }
  void read_until_it_has(const Key& key) {
    while (!fold.tickets.contains(key) && !testing::Test::HasFailure()) read();
  }

  Fold fold;
  std::vector<Fold> history;

 private:
  std::unique_ptr<v1::TicketService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_ = make_context();
  std::unique_ptr<grpc::ClientReader<v1::WatchTicketsResponse>> reader_;
};

class BoardTest : public testing::Test {
 protected:
  void SetUp() override { stream_.hello("b1/counter"); }

  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
  }
  /// Moves the clock; unless it is silent, the source says that it is there.
  void pass(Duration by, bool is_silent = false) {
    offset_ += by;
    running_.move_to(RunningServer::at(offset_));
    if (is_silent) return;
    stream_.heartbeat("b1/counter", sent_, offset_);
    // The acknowledgement of what comes after the heartbeat says that both are in.
    send({make_event("X" + std::to_string(sent_), "issued", offset_, "other")});
    running_.server().loop().drain();
  }
  v1::ListTicketsResponse list(const std::string& branch, bool is_open = true) {
    v1::ListTicketsRequest request;
    request.set_branch(branch);
    request.set_open(is_open);
    v1::ListTicketsResponse response;
    const auto status = v1::TicketService::NewStub(running_.channel())
                            ->ListTickets(make_context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::map<Key, v1::Ticket> open_tickets(const std::string& branch) {
    std::map<Key, v1::Ticket> tickets;
    const v1::ListTicketsResponse listed = list(branch);
    for (const auto& ticket : listed.tickets())
      tickets[{ticket.branch(), ticket.ticket()}] = ticket;
    return tickets;
  }
  std::string today_by_journal();
  void scene(Draw& draw, int round);

  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  Duration offset_{};
  std::vector<std::string> tickets_;
};

/// b1's day, counted from the facts one by one.
std::string BoardTest::today_by_journal() {
  struct Decided {
    rules::model::Instant at{};
    Verdict verdict = Verdict::open;
    int64_t owed = 0;
  };
  std::map<rules::model::CommitmentKey, Decided> all;
  const auto read = running_.storage().read_journal(1, [&](auto facts) {
    for (const auto& fact : facts) {
      if (const auto* breached = std::get_if<rules::model::Breached>(&fact.body))
        all[breached->key] = {fact.at, Verdict::breached};
      if (const auto* retracted = std::get_if<rules::model::Retracted>(&fact.body))
        all.erase(retracted->key);
      if (const auto* confirmed = std::get_if<rules::model::Confirmed>(&fact.body)) {
        Decided& one = all[confirmed->key];
        if (one.verdict != Verdict::breached) one.at = fact.at;
        one.verdict = confirmed->cycle.verdict;
      }
      if (const auto* owed = std::get_if<rules::model::Owed>(&fact.body))
        all[owed->key].owed = owed->amount ? owed->amount->minor : 0;
    }
    return true;
  });
  EXPECT_TRUE(read.ok());
  const auto midnight =
      RunningServer::at(std::chrono::floor<std::chrono::days>(offset_ + hours(9)) - hours(9));
  v1::BranchToday today;
  int64_t owed = 0;
  for (const auto& [key, one] : all) {
    if (one.at < midnight) continue;
    if (one.verdict == Verdict::kept) today.set_kept_count(today.kept_count() + 1);
    if (one.verdict != Verdict::breached) continue;
    today.set_breached_count(today.breached_count() + 1);
    owed += one.owed;
  }
  today.set_branch("b1");
  if (owed != 0) {
    server::wire::to_money({*rules::model::find_currency("EUR"), owed}, *today.add_owed());
  }
  return text(std::map<std::string, v1::BranchToday>{{"b1", today}});
}

/// Some events of new and old tickets, and some time.
void BoardTest::scene(Draw& draw, int round) {
  static const std::vector<std::string> kTypes = {
      "called", "service_started", "service_ended", "parked", "unparked", "away",
      "back",   "no_show",         "left",          "issued", "cancelled"};
  static const std::vector<Duration> kSteps = {seconds(1), minutes(2), minutes(7), minutes(16)};
  std::vector<v1::Event> events;
  for (uint64_t i = draw.below(4); i > 0; --i) {
    tickets_.push_back("T" + std::to_string(round) + "-" + std::to_string(i));
    events.push_back(make_event(tickets_.back(), "issued", offset_ - seconds(draw.below(3)),
                                draw.chance(70) ? "cash" : "loan"));
  }
  for (uint64_t i = tickets_.empty() ? 0 : draw.below(6); i > 0; --i) {
    const auto at = offset_ - (draw.chance(20) ? minutes(draw.below(20)) : minutes(0));
    events.push_back(make_event(draw.one_of(tickets_), draw.one_of(kTypes), at));
  }
  if (!events.empty()) send(events);
  pass(draw.one_of(kSteps), draw.chance(25));
}

TEST_F(BoardTest, BeginsWithWhatRunsAndTellsWhatChanges) {
  send({make_event("A1", "issued", {}, "cash")});
  Watching board(running_.channel(), "b1");
  const v1::WatchTicketsResponse first = board.read();
  EXPECT_TRUE(first.begin());
  EXPECT_GT(first.position(), 0u);
  ASSERT_EQ(first.tickets_size(), 1);
  EXPECT_EQ(first.tickets(0).label(), "L-A1");
  ASSERT_EQ(first.today_size(), 1);
  pass(minutes(10));
  EXPECT_EQ(board.read().tickets(0).commitments(0).warned_count(), 1u);
  send({make_event("A1", "service_started", minutes(10))});
  const v1::WatchTicketsResponse gone = board.read();
  ASSERT_EQ(gone.gone_size(), 1) << gone.ShortDebugString();
  EXPECT_EQ(gone.gone(0).ticket(), "A1");
  EXPECT_TRUE(board.fold.tickets.empty());
}

TEST_F(BoardTest, OfAnotherBranchIsNotTold) {
  Watching other(running_.channel(), "b2");
  other.read();
  send({make_event("A1", "issued", {}, "cash")});
  Watching(running_.channel(), "b1").read_until_it_has({"b1", "A1"});
  const v1::WatchTicketsResponse heartbeat = other.read();
  EXPECT_EQ(heartbeat.tickets_size(), 0);
  EXPECT_TRUE(heartbeat.has_as_of());
}

TEST_F(BoardTest, FoldsToWhatListTicketsSaysAndFromAnyAnswerOn) {
  for (const uint64_t seed : {11u, 12u, 13u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Draw draw(random);
    Watching one(running_.channel(), "b1");
    Watching all(running_.channel(), "");
    for (int round = 0; round < 12; ++round) {
      scene(draw, static_cast<int>(seed) * 100 + round);
      const std::string marker = "Z" + std::to_string(seed) + "-" + std::to_string(round);
      // WHY two: the first may make verdicts final, which the second then follows.
      send({make_event("Y" + marker, "issued", offset_, "cash")});
      running_.server().loop().drain();
      send({make_event(marker, "issued", offset_, "cash")});
      for (Watching* board : {&one, &all}) {
        board->read_until_it_has({"b1", marker});
        EXPECT_EQ(text(board->fold.tickets), text(open_tickets("b1")));
        EXPECT_EQ(text(board->fold.today), today_by_journal());
      }
      ASSERT_FALSE(HasFailure()) << "round " << round;
    }
    for (const Fold& then : std::vector<Fold>(one.history)) {
      Watching resumed(running_.channel(), "b1", then);
      while (resumed.fold.resume != one.fold.resume && !HasFailure())
        EXPECT_FALSE(resumed.read().begin());
      EXPECT_EQ(text(resumed.fold.tickets), text(one.fold.tickets));
      EXPECT_EQ(text(resumed.fold.today), text(one.fold.today));
    }
  }
}

TEST_F(BoardTest, ADayIsOverAtTheBranchsMidnight) {
  Watching board(running_.channel(), "b1");
  send({make_event("A1", "issued", {}, "cash"), make_event("A2", "issued", {}, "cash")});
  pass(minutes(5));
  send({make_event("A1", "service_started", minutes(5))});
  pass(minutes(15));
  while (board.fold.today["b1"].breached_count() == 0) board.read();
  EXPECT_EQ(board.fold.today["b1"].kept_count(), 1u);
  pass(hours(15));
  while (board.fold.today["b1"].breached_count() != 0) board.read();
  EXPECT_EQ(board.fold.today["b1"].kept_count(), 0u);
  EXPECT_EQ(text(board.fold.today), today_by_journal());
}

TEST_F(BoardTest, SaysWhoIsSilentAndWhatHangsOnIt) {
  Watching board(running_.channel(), "b1");
  send({make_event("A1", "issued", {}, "cash")});
  pass(minutes(16), true);
  while (board.fold.silent.sources().empty()) board.read();
  const auto listed = list("b1", false);  // found by a walk over all tickets
  ASSERT_EQ(listed.silent_sources_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(board.fold.silent.sources(0), listed.silent_sources(0)))
      << board.fold.silent.ShortDebugString();
  pass(seconds(1));
  while (!board.fold.silent.sources().empty()) board.read();
}

TEST_F(BoardTest, AResumeThatIsNotKnownBeginsAgain) {
  send({make_event("A1", "issued", {}, "cash")});
  for (const char* resume : {"x", "0000000000000000-1", "ffffffffffffffff-99999999999999999999"}) {
    Fold from;
    from.resume = resume;
    Watching board(running_.channel(), "b1", from);
    EXPECT_TRUE(board.read().begin()) << resume;
    EXPECT_EQ(board.fold.tickets.size(), 1u);
  }
}

TEST(BoardFeedTest, WhoIsTooSlowBeginsAgainAndHoldsNothingMeanwhile) {
  support::MemoryStorage storage;
  server_runtime::Sender counter("counter");
  std::optional<BoardFeed> feed_of_loop;
  server_runtime::Running running(
      storage, {}, server_runtime::kNine, [&](server::runtime::EngineLoop& loop) {
        feed_of_loop.emplace(loop, storage, std::chrono::milliseconds(0));
      });
  BoardFeed& feed = *feed_of_loop;
  running.open({&counter});
  std::atomic<int> woken = 0;
  const auto slow = *feed.watch("", "", [&] {
    ++woken;
    woken.notify_all();
  });
  const auto wait_for_frame = [&] {
    while (true) {
      const int before = woken;
      if (auto frame = feed.next(*slow).frame) return frame;
      woken.wait(before);
    }
  };
  wait_for_frame();
  EXPECT_EQ(feed.next(*slow).frame, nullptr);
  const int woken_at_begin = woken;
  std::vector<std::weak_ptr<const server::api::BoardFrame>> made;
  const auto quick = *feed.watch("", "", [] {});
  for (size_t i = 0; i <= BoardFeed::kFramesMax + 5; ++i) {
    running.send(counter, {{"t" + std::to_string(i), "issued", server_runtime::kNine}});
    running.loop.drain();
    const auto listed = feed.running("");
    ASSERT_TRUE(listed.ok());
    ASSERT_EQ((*listed)->tickets.size(), i + 1) << "what was acknowledged is listed";
    while (const auto frame = feed.next(*quick).frame) made.emplace_back(frame);
  }
  size_t kept = 0;
  for (const auto& frame : made) kept += frame.expired() ? 0 : 1;
  EXPECT_LE(kept, BoardFeed::kFramesMax + 1);
  EXPECT_GT(made.size(), BoardFeed::kFramesMax);
  EXPECT_EQ(woken, woken_at_begin + 1) << "it is woken once until it asks again";
  v1::WatchTicketsResponse answer;
  ASSERT_TRUE(answer.ParseFromString(wait_for_frame()->bytes));
  EXPECT_TRUE(answer.begin());
  EXPECT_EQ(answer.tickets_size(), static_cast<int>(BoardFeed::kFramesMax) + 6);
  feed.leave(slow);
  feed.leave(quick);
}

TEST(BoardFeedTest, WhoAsksOftenHasChangesSentNoSoonerToThoseWhoWatch) {
  support::MemoryStorage storage;
  server_runtime::Sender counter("counter");
  std::optional<BoardFeed> feed_of_loop;
  server_runtime::Running running(
      storage, {}, server_runtime::kNine,
      [&](server::runtime::EngineLoop& loop) { feed_of_loop.emplace(loop, storage, hours(1)); });
  BoardFeed& feed = *feed_of_loop;
  running.open({&counter});
  std::atomic<int> woken = 0;
  const auto watch = *feed.watch("", "", [&] {
    ++woken;
    woken.notify_all();
  });
  while (feed.next(*watch).frame == nullptr) woken.wait(0);
  EXPECT_EQ(feed.next(*watch).frame, nullptr);
  for (size_t i = 0; i < 20; ++i) {
    running.send(counter, {{"t" + std::to_string(i), "issued", server_runtime::kNine}});
    running.loop.drain();
    EXPECT_EQ((*feed.running(""))->tickets.size(), i + 1) << "what was acknowledged is listed";
    EXPECT_EQ(feed.next(*watch).frame, nullptr);
  }
  feed.leave(watch);
}

}  // namespace
}  // namespace lupaus::tests
