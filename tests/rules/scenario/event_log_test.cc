// The log of a backtest: what makes two lines one event, what a file's identities must be, and the
// order in which tickets and events are judged.
#include "rules/scenario/event_log.h"

#include <gmock/gmock.h>

#include <functional>

namespace lupaus::rules::scenario {
namespace {

using model::Attribute;
using model::Event;
using model::Instant;
using testing::ElementsAre;
using testing::HasSubstr;

/// A line of a file; the texts live in the row.
struct Line {
  std::string source = "s";
  uint64_t epoch = 1, sequence = 1;
  std::string branch = "b", ticket = "t", type = "issued", label;
  int64_t at_s = 0;
  std::vector<Attribute> attributes;

  Event event() const {
    return {source,    epoch, sequence, branch,
            ticket,    type,  label,    Instant(std::chrono::seconds(at_s)),
            attributes};
  }
};

/// The log of these lines, arranged; or what is wrong with them.
model::Result<void> fill(EventLog& log, const std::vector<Line>& lines) {
  uint64_t number = 0;
  for (const Line& line : lines) {
    if (auto added = log.add(line.event(), ++number); !added) return added;
  }
  return log.arrange();
}

std::string told(const std::vector<Line>& lines) {
  EventLog log("events");
  const auto filled = fill(log, lines);
  return filled ? "repeated " + std::to_string(log.repeated_count())
                : model::format_error(filled.error());
}

Line with(const std::function<void(Line&)>& change) {
  Line line{"s", 1, 1, "b", "t", "issued", "A1", 60, {{"service", "cash"}, {"fare", "EUR 1.00"}}};
  change(line);
  return line;
}
const Line kFirst = with([](Line&) {});

TEST(EventLogIdentity, OfTwoLinesIsOneEventWhereAllIsTheSame) {
  EXPECT_EQ(told({kFirst, kFirst, kFirst}), "repeated 2");
  EXPECT_EQ(
      told({kFirst, with([](Line& line) { std::swap(line.attributes[0], line.attributes[1]); })}),
      "repeated 1");
}

TEST(EventLogIdentity, OfTwoLinesThatDifferInAnythingIsRefused) {
  const std::vector<Line> others = {
      with([](Line& line) { line.at_s = 61; }),
      with([](Line& line) { line.ticket = "u"; }),
      with([](Line& line) { line.ticket = ""; }),
      with([](Line& line) { line.label = "A2"; }),
      with([](Line& line) { line.branch = "c"; }),
      with([](Line& line) { line.type = "called"; }),
      with([](Line& line) { line.attributes.pop_back(); }),
      with([](Line& line) { line.attributes[0].name = "segment"; }),
      with([](Line& line) { line.attributes[0].value = "loan"; }),
  };
  for (const Line& other : others) {
    EXPECT_THAT(
        told({kFirst, other}),
        HasSubstr("events:2: error changed_duplicate: field `sequence`: 1 of source `s` was "
                  "on line 1 already, with other content"));
  }
}

TEST(EventLogIdentity, IsContiguousFromOneInEachEpochOfASource) {
  const auto line = [](const char* source, uint64_t epoch, uint64_t sequence) {
    return with([&](Line& made) {
      made.source = source;
      made.epoch = epoch;
      made.sequence = sequence;
    });
  };
  EXPECT_EQ(told({line("s", 1, 2), line("s", 1, 1), line("s", 2, 1), line("r", 1, 1)}),
            "repeated 0");
  EXPECT_THAT(told({line("s", 1, 2)}),
              HasSubstr("events:1: error sequence_gap: field `sequence`: expected 1 of source `s` "
                        "(epoch 1), but 2 comes next"));
  EXPECT_THAT(told({line("s", 1, 1), line("s", 2, 1), line("s", 2, 3), line("s", 1, 4)}),
              HasSubstr("events:3: error sequence_gap: field `sequence`: expected 2 of source `s` "
                        "(epoch 2), but 3"));
  EXPECT_THAT(told({line("r", 1, 1), line("s", 1, 4), line("r", 1, 9)}), HasSubstr("events:2: "))
      << "the first bad line of the file is named";
  EXPECT_THAT(told({line("r", 1, 1), line("r", 1, 9), line("s", 1, 4)}), HasSubstr("events:2: "));
  EXPECT_THAT(told({line("s", 4'294'967'296, 1)}),
              HasSubstr("field `epoch`: expected at most 4294967295, but it is 4294967296"));
}

TEST(EventLogIdentity, IsOfAllLinesOrOfNone) {
  Line bare = kFirst;
  bare.source.clear();
  bare.epoch = bare.sequence = 0;
  EXPECT_EQ(told({bare, bare}), "repeated 0");
  EXPECT_THAT(told({bare, kFirst}), HasSubstr("expected no `source`, `epoch` and `sequence` as on "
                                              "the lines before, but this line has some"));
  EXPECT_THAT(told({kFirst, bare}), HasSubstr("but this line has none"));
  EventLog log("events");
  const auto late = log.add(bare.event(), uint64_t{1} << 32);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, "too_long");
}

TEST(EventLogOrder, OfTicketsIsByBranchAndIdAndOfEventsByTimeAndSender) {
  const auto line = [](const char* branch, const std::string& ticket, const char* source,
                       uint64_t epoch, uint64_t sequence, int64_t at_s) {
    return Line{source, epoch, sequence, branch, ticket, "issued", "", at_s, {}};
  };
  EventLog log("events");
  // Ids that share more bytes than are compared at once, and one that begins another.
  const std::string shared = "20260105-A";
  ASSERT_TRUE(
      fill(log, {line("b", shared + "00000000000002", "s", 1, 1, 9),
                 line("b", shared + "00000000000001", "s", 1, 2, 8),
                 line("b", shared, "s", 1, 3, 7), line("a", shared + "9", "s", 1, 4, 5),
                 line("a", shared + "9", "s", 1, 5, 5), line("a", shared + "9", "r", 2, 1, 5),
                 line("a", shared + "9", "r", 1, 1, 5), line("a", shared + "9", "z", 1, 1, 4),
                 line("b", "", "s", 1, 6, 3), line("b", "", "s", 1, 7, 2)})
          .ok());
  std::vector<std::string> tickets, events;
  for (const LoggedTicket& ticket : log.tickets())
    tickets.push_back(std::string(log.names()[ticket.branch]) + "/" + std::string(ticket.id));
  EXPECT_THAT(tickets,
              ElementsAre("a/" + shared + "9", "b/" + shared, "b/" + shared + "00000000000001",
                          "b/" + shared + "00000000000002"));
  std::vector<Attribute> room;
  for (const LoggedEvent& logged : log.tickets().front().events) {
    const Event event = log.event(logged, room);
    events.push_back(std::string(event.source) + " " + std::to_string(event.epoch) + " " +
                     std::to_string(event.sequence));
  }
  EXPECT_THAT(events, ElementsAre("z 1 1", "r 1 1", "r 2 1", "s 1 4", "s 1 5"));
  ASSERT_EQ(log.branch_events().size(), 2u);
  EXPECT_EQ(log.branch_events()[0].sequence, 7u);
  EXPECT_EQ(log.first_at(), Instant(std::chrono::seconds(2)));
  EXPECT_EQ(log.last_at(), Instant(std::chrono::seconds(9)));
}

TEST(EventLogOrder, OfNothingIsNothing) {
  EventLog log("events");
  ASSERT_TRUE(fill(log, {}).ok());
  EXPECT_TRUE(log.tickets().empty());
  EXPECT_FALSE(log.first_at());
}

TEST(EventLogTexts, AreKeptWhole) {
  Line line = kFirst;
  line.label = std::string(70, 'x');
  EventLog log("events");
  Line next = with([](Line& made) {
    made.sequence = 2;
    made.label = "";
    made.attributes.clear();
  });
  ASSERT_TRUE(fill(log, {line, next}).ok());
  std::vector<Attribute> room;
  const LoggedEvent& first = log.tickets().front().events[0];
  const LoggedEvent& second = log.tickets().front().events[1];
  EXPECT_EQ(log.label(first), line.label);
  EXPECT_EQ(log.label(second), "");
  EXPECT_TRUE(log.has_long_text(first, 69));
  EXPECT_FALSE(log.has_long_text(first, 70));
  EXPECT_FALSE(log.has_long_text(second, 0));
  const Event event = log.event(first, room);
  ASSERT_EQ(event.attributes.size(), 2u);
  EXPECT_EQ(event.attributes[1].value, "EUR 1.00");
}

TEST(EventLogTexts, OfManyTicketsTakenAtOnceAreFoundAgain) {
  std::vector<Line> lines;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i)
      lines.push_back({"",
                       0,
                       0,
                       i % 2 == 0 ? "b" : "c",
                       "t" + std::to_string(i),
                       "issued",
                       "",
                       round * 10'000 + i,
                       {}});
  }
  std::vector<Event> events;
  for (const Line& line : lines) events.push_back(line.event());
  std::vector<const Event*> views;
  for (const Event& event : events) views.push_back(&event);
  EventLog log("events");
  for (size_t begin = 0; begin < views.size(); begin += 500)
    ASSERT_TRUE(log.add(std::span<const Event* const>(views).subspan(begin, 500), begin + 1).ok());
  ASSERT_TRUE(log.arrange().ok());
  ASSERT_EQ(log.tickets().size(), 3000u);
  for (const LoggedTicket& ticket : log.tickets()) ASSERT_EQ(ticket.events.size(), 2u);
  EXPECT_TRUE(log.is_without_senders());
  EXPECT_FALSE(log.is_journal());
}

}  // namespace
}  // namespace lupaus::rules::scenario
