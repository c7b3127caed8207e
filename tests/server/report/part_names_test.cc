// Services and segments that events make up: figures stay whole, and of bounded size.
#include "server/report/part_names.h"

#include <gtest/gtest.h>

#include "tests/server/report/rollup_facts.h"

namespace lupaus::server::report {
namespace {

constexpr LocalDate kMonday{2026, 1, 5};
constexpr LocalDate kTuesday{2026, 1, 6};

TEST(PartNames, ThoseBeyondADaysLimitAreOne) {
  Names names;
  PartNames services;
  for (size_t i = 0; i < PartNames::kADayMax; ++i) {
    const std::string service = "s" + std::to_string(i);
    EXPECT_EQ(names.name(services.number(kMonday, service, names)), service);
  }
  EXPECT_EQ(names.name(services.number(kMonday, "one more", names)), PartNames::kOther);
  EXPECT_EQ(names.name(services.number(kMonday, "s7", names)), "s7")
      << "the first keep their names";
  EXPECT_EQ(names.name(services.number(kMonday, "", names)), "");
  EXPECT_EQ(names.name(services.number(kTuesday, "one more", names)), "one more");
}

TEST(PartNames, ALongTextIsCutBetweenCharacters) {
  Names names;
  PartNames services;
  const std::string exact(PartNames::kBytesMax, 'x');
  EXPECT_EQ(names.name(services.number(kMonday, exact, names)), exact);
  std::string letters;
  for (int i = 0; i < 10'000; ++i) letters += "ä";
  const std::string_view cut = names.name(services.number(kMonday, letters, names));
  EXPECT_LE(cut.size(), PartNames::kBytesMax);
  EXPECT_EQ(cut, letters.substr(0, 60) + "…");
}

class MadeUpServices : public RollupsTest {
 protected:
  void confirm(int count, const std::string& day) {
    for (int i = 0; i < count; ++i, ++number_) {
      journal_.confirm(key("t" + std::to_string(number_)), Verdict::kept,
                       utc(day + "T08:00:00.000Z"),
                       std::to_string(number_) + std::string(200, 'x'));
    }
  }
  int number_ = 0;
};

TEST_F(MadeUpServices, LoseNothingAndAreRebuiltTheSame) {
  constexpr Dimension kBy[] = {Dimension::day, Dimension::service};
  auto rollups = start(storage_);
  confirm(200, "2026-01-05");
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  rollups = nullptr;  // writes its rows
  rollups = start(storage_);
  confirm(200, "2026-01-05");
  confirm(3, "2026-01-06");
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  const auto lines = rollups->summarize(kBy, {});
  ASSERT_EQ(lines.size(), PartNames::kADayMax + 1 + 3);
  uint64_t commitments = 0, other = 0;
  for (const RollupLine& line : lines) {
    commitments += line.totals.commitments;
    if (line.group[1] == PartNames::kOther) other += line.totals.commitments;
    EXPECT_LE(line.group[1].size(), PartNames::kBytesMax);
  }
  EXPECT_EQ(commitments, 403u);
  EXPECT_EQ(other, 400 - PartNames::kADayMax);
  MemoryStorage copy;
  const auto read = storage_.read_journal(1, [&](std::span<const Fact> facts) {
    return copy.append({Facts(facts.begin(), facts.end()), {}, 1}).ok();
  });
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(start(copy)->summarize(kBy, {}) == lines);
}

TEST_F(RollupsTest, TooManyLinesAreRefusedWithTheirNumberAndWhatToDo) {
  for (int day = 1; day <= 9; ++day) {
    for (const char* service : {"cash", "loan"}) {
      journal_.confirm(key(service + std::to_string(day)), Verdict::kept,
                       utc("2026-01-0" + std::to_string(day) + "T10:00:00.000Z"), service);
    }
  }
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  RollupQuestion question{{Dimension::branch, Dimension::day, Dimension::service}, {}, 18};
  EXPECT_EQ(rollups->summarize({&question, 1})->lines.front().size(), 18u);
  question.lines_max = 17;
  const auto refused = rollups->summarize({&question, 1});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "too_many_lines");
  EXPECT_EQ(refused.error().message,
            "expected at most 17 lines, but 3 dimensions give more: 18 cells of figures are asked "
            "for");
  EXPECT_NE(refused.error().hint, "");
  question.filter.from = question.filter.until = LocalDate{2026, 1, 3};
  EXPECT_EQ(rollups->summarize({&question, 1})->lines.front().size(), 2u) << "fewer days";
}

}  // namespace
}  // namespace lupaus::server::report
