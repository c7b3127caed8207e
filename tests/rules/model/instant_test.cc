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

TEST(Duration, IsReadBackAsItWasWritten) {
  for (int64_t ms = 0; ms < 200'000'000; ms += 7'654'321) {
    const Duration duration(ms + ms % 1000);
    EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration);
  }
}

}  // namespace
}  // namespace lupaus::rules::model
