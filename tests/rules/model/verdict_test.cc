// The line of a cycle: its keys in their order, and what a breach adds.
#include "rules/model/verdict.h"

#include <gtest/gtest.h>

namespace lupaus::rules::model {
namespace {

const CommitmentKey kKey{"helsinki-1", "20260105-A017", "served-in-15", 1, 1};

Cycle stopped_after(Duration counted) {
  Cycle cycle;
  cycle.started_at = parse_instant("2026-01-05T07:00:00Z").value();
  cycle.limit = std::chrono::minutes(15);
  cycle.counted = counted;
  cycle.stopped_at = cycle.started_at + counted;
  cycle.end = End::stop;
  cycle.due_at = cycle.started_at + cycle.limit;
  cycle.is_broken = counted > cycle.limit;
  cycle.verdict = cycle.is_broken ? Verdict::breached : Verdict::kept;
  return cycle;
}

TEST(VerdictLine, OfABreachHasItsLatenessAndMoney) {
  VerdictLine line = to_line(kKey, stopped_after(Duration(930'500)), true);
  line.owed = parse_money("EUR 10.00").value();
  line.paid_state = PaidState::owed;
  EXPECT_EQ(to_json(line),
            R"({"branch":"helsinki-1","ticket":"20260105-A017","promise":"served-in-15",)"
            R"("revision":"1","cycle":1,"verdict":"breached","final":true,)"
            R"("started_at":"2026-01-05T07:00:00.000Z","due_at":"2026-01-05T07:15:00.000Z",)"
            R"("stopped_at":"2026-01-05T07:15:30.500Z","counted":"930.5s","late_by":"30.5s",)"
            R"("breached_at":"2026-01-05T07:15:00.000Z",)"
            R"("owed":{"currency":"EUR","amount":"10.00"},"paid_state":"owed","reason":""})");
}

TEST(VerdictLine, OfAKeptOneHasNoneOfThem) {
  const std::string json = to_json(to_line(kKey, stopped_after(std::chrono::minutes(15)), true));
  EXPECT_NE(json.find(R"("counted":"900s","late_by":null,"breached_at":null,"owed":null,)"
                      R"("paid_state":null,"reason":""})"),
            std::string::npos)
      << json;
}

TEST(VerdictLine, OfAnOpenClockWithoutALimitInSightHasNoInstants) {
  Cycle cycle;
  cycle.started_at = parse_instant("2026-01-05T07:00:00Z").value();
  cycle.limit = std::chrono::minutes(15);
  const std::string json = to_json(to_line(kKey, cycle, false));
  EXPECT_NE(json.find(R"("verdict":"open","final":false,"started_at":"2026-01-05T07:00:00.000Z",)"
                      R"("due_at":null,"stopped_at":null,"counted":"0s","late_by":null,)"),
            std::string::npos)
      << json;
}

TEST(VerdictLine, OfAnExcusedBreachKeepsItsLateness) {
  Cycle cycle = stopped_after(Duration(930'500));
  cycle.verdict = Verdict::excused;
  const VerdictLine line = to_line(kKey, cycle, true);
  EXPECT_EQ(line.late_by, Duration(30'500));
  EXPECT_EQ(line.breached_at, cycle.due_at);
}

TEST(VerdictLine, SaysWhatAPersonDecidedAndNoLatenessUnlessItIsABreach) {
  Cycle cycle = stopped_after(Duration(930'500));
  cycle.verdict = Verdict::indeterminate;
  cycle.doubt = Doubt::silence;
  const VerdictLine told = to_line(kKey, cycle, true);
  EXPECT_EQ(told.reason, "silence");
  EXPECT_FALSE(told.late_by);
  EXPECT_FALSE(told.breached_at);
  VerdictLine breached = told;
  show_decision(Verdict::breached, "the camera shows it", breached);
  EXPECT_EQ(breached.verdict, Verdict::breached);
  EXPECT_EQ(breached.breached_at, cycle.due_at);
  EXPECT_EQ(breached.reason, "the camera shows it");
  show_end(cycle, breached);
  EXPECT_EQ(breached.verdict, Verdict::breached);
  EXPECT_EQ(breached.late_by, Duration(30'500));
  EXPECT_EQ(breached.reason, "the camera shows it");
  VerdictLine kept = told;
  show_decision(Verdict::kept, "the clock was wrong", kept);
  show_end(cycle, kept);
  EXPECT_EQ(kept.verdict, Verdict::kept);
  EXPECT_EQ(kept.counted, Duration(930'500));
  EXPECT_FALSE(kept.late_by);
  EXPECT_FALSE(kept.breached_at);
}

TEST(VerdictLine, ThatIsFinalStaysWhenItsHeldMoneyIsDecided) {
  const VerdictLine final_line = to_line(kKey, stopped_after(Duration(930'500)), true);
  VerdictLine line = final_line;
  show_decision(Verdict::kept, "told late", line);
  EXPECT_EQ(to_json(line), to_json(final_line));
}

TEST(VerdictLine, EscapesNames) {
  VerdictLine line;
  line.key.ticket = "a\"b\\c\n\t\x01ä";
  EXPECT_NE(to_json(line).find(R"("ticket":"a\"b\\c\n\t\u0001ä")"), std::string::npos);
}

TEST(VerdictLine, IsIdentifiedByItsKey) {
  EXPECT_EQ(format_commitment(kKey), "helsinki-1/20260105-A017/served-in-15/1");
  CommitmentKey tenth = kKey;
  tenth.cycle = 10;
  CommitmentKey second = kKey;
  second.cycle = 2;
  EXPECT_LT(second, tenth);
}

TEST(Cycle, SaysWhatEndedIt) {
  Cycle cycle;
  EXPECT_EQ(cycle.reason(), "");
  for (const auto& [end, reason] :
       {std::pair(End::stop, ""), std::pair(End::expired_stop, ""),
        std::pair(End::restart, "restarted"), std::pair(End::voided, "void"),
        std::pair(End::expired_void, "void"), std::pair(End::review, "review"),
        std::pair(End::expired_review, "review"), std::pair(End::forfeit, "void")}) {
    cycle.end = end;
    EXPECT_EQ(cycle.reason(), reason);
  }
}

TEST(Cycle, ForfeitedOnceBrokenSaysSoOnlyWhereTheMoneyStands) {
  for (const End end : {End::forfeit, End::expired_forfeit}) {
    Cycle cycle = stopped_after(std::chrono::minutes(14));
    cycle.end = end;
    EXPECT_EQ(cycle.reason(), "void");
    cycle.is_broken = true;
    EXPECT_EQ(cycle.reason(), "");
  }
}

TEST(Cycle, InDoubtNamesTheDoubtWhateverEndedIt) {
  Cycle cycle = stopped_after(std::chrono::minutes(16));
  for (const auto& [doubt, reason] :
       {std::pair(Doubt::clock, "clock"), std::pair(Doubt::silence, "silence"),
        std::pair(Doubt::lost, "lost"), std::pair(Doubt::none, "")}) {
    cycle.doubt = doubt;
    EXPECT_EQ(cycle.reason(), reason);
    EXPECT_EQ(format_doubt(doubt), reason);
  }
}

TEST(Cycle, IsGivenUpByExpiryAlone) {
  for (const End end :
       {End::expired_stop, End::expired_void, End::expired_forfeit, End::expired_review})
    EXPECT_TRUE(is_expiry(end));
  for (const End end : {End::none, End::stop, End::voided, End::forfeit, End::review, End::restart})
    EXPECT_FALSE(is_expiry(end));
}

TEST(Verdict, HasTheWordOfReports) {
  EXPECT_EQ(format_verdict(Verdict::voided), "void");
  EXPECT_EQ(find_verdict("void"), Verdict::voided);
  EXPECT_EQ(find_verdict("indeterminate"), Verdict::indeterminate);
  EXPECT_EQ(find_verdict("voided"), std::nullopt);
  EXPECT_EQ(format_paid_state(PaidState::none), "");
  EXPECT_EQ(find_paid_state(""), std::nullopt);
  EXPECT_EQ(find_paid_state("reversed"), PaidState::reversed);
}

}  // namespace
}  // namespace lupaus::rules::model
