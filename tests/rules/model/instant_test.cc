// The notation of instants and lengths: what is read, what is refused, what is written.
#include "rules/model/instant.h"

#include <gtest/gtest.h>

namespace lupaus::rules::model {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Instant, IsReadWithItsOffset) {
  EXPECT_EQ(format_instant(parse_instant("2026-01-05T09:00:00.000+02:00").value()),
            "2026-01-05T07:00:00.000Z");
  EXPECT_EQ(to_unix_ms(parse_instant("1970-01-01T00:00:00Z").value()), 0);
  EXPECT_EQ(to_unix_ms(parse_instant("1969-12-31T23:59:59.999Z").value()), -1);
  EXPECT_EQ(format_instant(parse_instant("2026-06-01t00:15:00-03:30").value()),
            "2026-06-01T03:45:00.000Z");
}

TEST(Instant, CutsDigitsBelowAMillisecond) {
  EXPECT_EQ(format_instant(parse_instant("2026-01-05T09:00:00.1239999Z").value()),
            "2026-01-05T09:00:00.123Z");
  EXPECT_EQ(format_instant(parse_instant("2026-01-05T09:00:00.5Z").value()),
            "2026-01-05T09:00:00.500Z");
}

TEST(Instant, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2026-01-05", "2026-01-05T09:00:00", "2026-01-05T09:00:60Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T09:60:00Z",
        "2026-01-05T09:00:00.Z", "2026-01-05T09:00:00+2:00", "2026-01-05T09:00:00+24:00",
        "2026-01-05T09:00:00Zx", "2026-01-05 09:00:00Z", "+026-01-05T09:00:00Z", "1767603600"}) {
    const Result<Instant> result = parse_instant(text);
    EXPECT_FALSE(result.ok()) << text;
    if (result.ok()) continue;
    EXPECT_NE(result.error().message.find(text), std::string::npos);
  }
}

/// Each place of a good time in turn made wrong, and what is expected there.
TEST(Instant, SaysWhatIsWrongWithEachPart) {
  struct Wrong {
    const char* text;
    const char* says;
  };
  constexpr const char* kForm = "a time with date and offset";
  constexpr const char* kOffset = "an offset (`Z` or `+02:00`) at the end";
  const Wrong cases[] = {
      {"2026/01-05T09:00:00Z", kForm},
      {"2026-01/05T09:00:00Z", kForm},
      {"2026-01-05T09.00:00Z", kForm},
      {"2026-01-05T09:00.00Z", kForm},
      {"2x26-01-05T09:00:00Z", kForm},
      {"2026-x1-05T09:00:00Z", kForm},
      {"2026-01-x5T09:00:00Z", kForm},
      {"2026-01-05Tx9:00:00Z", kForm},
      {"2026-01-05T09:x0:00Z", kForm},
      {"2026-01-05T09:00:x0Z", kForm},
      {"2026-00-05T09:00:00Z", "a date that exists"},
      {"2026-04-31T09:00:00Z", "a date that exists"},
      {"2026-01-05T24:00:00Z", "a time of day up to 23:59:59.999"},
      {"2026-01-05T23:60:00Z", "a time of day up to 23:59:59.999"},
      {"2026-01-05T23:59:60Z", "seconds from 00 to 59"},
      {"2026-01-05T09:00:00.+02:00", "digits after the point"},
      {"2026-01-05T09:00:00*02:00", kOffset},
      {"2026-01-05T09:00:00+02.00", kOffset},
      {"2026-01-05T09:00:00+x2:00", kOffset},
      {"2026-01-05T09:00:00+02:x0", kOffset},
      {"2026-01-05T09:00:00+02:60", kOffset},
      {"2026-01-05T09:00:00+02:000", kOffset},
  };
  for (const Wrong& wrong : cases) {
    const Result<Instant> result = parse_instant(wrong.text);
    ASSERT_FALSE(result.ok()) << wrong.text;
    EXPECT_EQ(result.error().message,
              std::string("expected ") + wrong.says + ", but `" + wrong.text + "`");
  }
}

TEST(Instant, IsReadWithBothCasesOfItsLettersAndAnyOffset) {
  const Instant noon = parse_instant("2026-01-05T12:00:00Z").value();
  for (const char* text :
       {"2026-01-05t12:00:00z", "2026-01-05T12:00:00.0z", "2026-01-05T14:30:00+02:30",
        "2026-01-05T11:59:00-00:01", "2026-01-06T11:59:00+23:59"})
    EXPECT_EQ(parse_instant(text).value(), noon) << text;
}

TEST(Instant, HasAFormAtTheEdgesOfTime) {
  EXPECT_EQ(format_instant(kEndOfTime), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_instant(kBeginningOfTime), "0000-01-01T00:00:00.000Z");
}

TEST(Duration, IsReadInBothForms) {
  EXPECT_EQ(parse_duration("90s").value(), seconds(90));
  EXPECT_EQ(parse_duration("1h30m").value(), minutes(90));
  EXPECT_EQ(parse_duration("15m0.001s").value(), minutes(15) + Duration(1));
  EXPECT_EQ(parse_duration("0s").value(), Duration(0));
  EXPECT_EQ(parse_duration("PT1H30M").value(), minutes(90));
  EXPECT_EQ(parse_duration("PT0.25S").value(), Duration(250));
  EXPECT_EQ(parse_duration("999999999h").value(), hours(999'999'999));
}

TEST(Duration, RefusesWhatIsAmbiguous) {
  for (const char* text : {"", "15", "1d", "-15m", "1.5h", "0.0001s", "30m1h", "15m15m", "15 m",
                           "m", "P1D", "PT", "P", "PT15m", "15M", ".5s", "1.s", "9999999999h"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
  EXPECT_NE(parse_duration("1d").error().hint.find("24h"), std::string::npos);
}

TEST(Duration, IsWrittenAsShortAsItCanBe) {
  EXPECT_EQ(format_seconds(minutes(15)), "900s");
  EXPECT_EQ(format_seconds(Duration(930'500)), "930.5s");
  EXPECT_EQ(format_seconds(Duration(0)), "0s");
  EXPECT_EQ(format_seconds(Duration(-1)), "-0.001s");
  EXPECT_EQ(format_duration(minutes(15)), "15m");
  EXPECT_EQ(format_duration(minutes(90)), "1h30m");
  EXPECT_EQ(format_duration(minutes(15) + Duration(1)), "15m0.001s");
  EXPECT_EQ(format_duration(hours(25) + seconds(5)), "25h5s");
  EXPECT_EQ(format_duration(Duration(0)), "0s");
}

TEST(Duration, ThatIsNegativeIsWrittenWithASignAndNeverRead) {
  EXPECT_EQ(format_duration(-minutes(90)), "-1h30m");
  EXPECT_EQ(format_duration(-Duration(250)), "-0.25s");
  EXPECT_EQ(format_seconds(-minutes(1)), "-60s");
  EXPECT_NE(parse_duration("-1h30m").error().message.find("that is not negative"),
            std::string::npos);
}

TEST(Duration, SaysWhatWouldBeRead) {
  for (const auto& [text, says] :
       {std::pair("15", "a unit after the number"), std::pair("", "a length of time"),
        std::pair("P1H", "hours, minutes or seconds after `PT`"),
        std::pair("2d", "a length that is the same on every day"),
        std::pair("1.d", "hours, minutes and seconds"), std::pair("15.m", "hours, minutes"),
        std::pair("1h30", "hours, minutes"), std::pair("1.5", "hours, minutes"),
        std::pair("1.5m", "hours, minutes"), std::pair("PT1D", "hours, minutes")}) {
    const auto result = parse_duration(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_NE(result.error().message.find(says), std::string::npos) << result.error().message;
  }
}

TEST(Duration, IsReadBackAsItWasWritten) {
  for (int64_t ms = 0; ms < 200'000'000; ms += 7'654'321) {
    const Duration duration(ms + ms % 1000);
    EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration);
  }
}

}  // namespace
}  // namespace lupaus::rules::model
