// CEL by example: instants and lengths of time at the edges of what can be written and reckoned.
#include <gtest/gtest.h>

#include "tests/rules/language/cel_example.h"

namespace lupaus::tests {
namespace {

using Case = CelExample;

class CelTimes : public testing::TestWithParam<Case> {};

TEST_P(CelTimes, GivesItsValue) { expect_gives(GetParam()); }

constexpr Case kInstants[] = {
    // Cut off at each place, and wrong at each place.
    {"timestamp('')", "error"},
    {"timestamp('20')", "error"},
    {"timestamp('2026')", "error"},
    {"timestamp('2026-0')", "error"},
    {"timestamp('2026-01')", "error"},
    {"timestamp('2026-01-0')", "error"},
    {"timestamp('2026-01-05')", "error"},
    {"timestamp('2026-01-05T')", "error"},
    {"timestamp('2026-01-05T09')", "error"},
    {"timestamp('2026-01-05T09:')", "error"},
    {"timestamp('2026-01-05T09:00')", "error"},
    {"timestamp('2026-01-05T09:00:')", "error"},
    {"timestamp('20x6-01-05T09:00:00Z')", "error"},
    {"timestamp('2026/01-05T09:00:00Z')", "error"},
    {"timestamp('2026-x1-05T09:00:00Z')", "error"},
    {"timestamp('2026-01/05T09:00:00Z')", "error"},
    {"timestamp('2026-01-x5T09:00:00Z')", "error"},
    {"timestamp('2026-13-05T09:00:00Z')", "error"},
    {"timestamp('2026-01-05Tx9:00:00Z')", "error"},
    {"timestamp('2026-01-05T09.00:00Z')", "error"},
    {"timestamp('2026-01-05T09:x0:00Z')", "error"},
    {"timestamp('2026-01-05T09:60:00Z')", "error"},
    {"timestamp('2026-01-05T09:00.00Z')", "error"},
    {"timestamp('2026-01-05T09:00:x0Z')", "error"},
    {"timestamp('2026-01-05T09:00:00z')", "error"},
    {"timestamp('2026-01-05T09:00:00*02:00')", "error"},
    {"timestamp('2026-01-05T09:00:00+24:00')", "error"},
    {"timestamp('2026-01-05T09:00:00+02:60')", "error"},
    {"timestamp('2026-01-05T09:00:00+02:0')", "error"},
    {"timestamp('2026-01-05T09:00:00+02:000')", "error"},
    {"timestamp('2026-01-05T09:00:00-02:30') == timestamp('2026-01-05T11:30:00Z')", "true"},
    {"timestamp('2026-01-05T23:59:59.999999999Z') < timestamp('2026-01-06T00:00:00Z')", "true"},
    // The first and the last second, and what lies beyond them.
    {"string(timestamp('0001-01-01T00:00:00Z'))", "'0001-01-01T00:00:00Z'"},
    {"string(timestamp('9999-12-31T23:59:59.999999999Z'))", "'9999-12-31T23:59:59.999999999Z'"},
    {"timestamp(9223372036854775807)", "error"},
    {"timestamp(-9223372036854775807)", "error"},
    {"timestamp(253402300800)", "error"},
    {"timestamp('9999-12-31T23:59:59.9Z') + duration('100ms')", "error"},
    {"timestamp('9999-12-31T23:59:59Z') - duration('-1s')", "error"},
    {"timestamp('9950-01-01T00:00:00Z') - duration('-1752000h')", "error"},
    {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error"},
    {"string(timestamp('1970-01-01T00:00:00Z') - duration('1ns'))",
     "'1969-12-31T23:59:59.999999999Z'"},
    {"duration('1s') + timestamp(0) == timestamp(1)", "true"},
    {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "error"},
    {"timestamp('2262-04-11T23:47:16.8Z') - timestamp(0) > duration('9223372036s')", "true"},
    {"timestamp('2262-04-11T23:47:16.9Z') - timestamp(0)", "error"},
    {"timestamp(0) - 1", "error"},
    // Every field of t, which is a Sunday, just before Helsinki changes its clocks.
    {"t.getFullYear()", "2026"},
    {"t.getDate()", "29"},
    {"t.getDayOfMonth()", "28"},
    {"t.getHours() * 10000 + t.getMinutes() * 100 + t.getSeconds()", "5959"},
    {"timestamp('2024-12-31T12:00:00Z').getDayOfYear()", "365"},
    {"timestamp('2026-01-01T00:30:00Z').getFullYear('-01:00')", "2025"},
    {"t.getHours('+02:60')", "error"},
    {"t.getHours('+24:00')", "error"},
    {"t.getHours('+02:000')", "error"},
    {"t.getHours('+02')", "error"},
    {"t.getHours('')", "error"},
};
INSTANTIATE_TEST_SUITE_P(Instants, CelTimes, testing::ValuesIn(kInstants));

constexpr Case kLengths[] = {
    {"duration('+5s') == duration('5s')", "true"},
    {"duration('-0') == duration('0s')", "true"},
    {"duration('-') ", "error"},
    {"duration('1.s') == duration('1s')", "true"},
    {"duration('.')", "error"},
    {"duration('.s')", "error"},
    {"duration('1.5')", "error"},
    {"duration('1x')", "error"},
    {"duration('1h30')", "error"},
    {"duration('2us') == duration('2\u00b5s') && duration('2us') == duration('2000ns')", "true"},
    {"duration('0.0000000019s') == duration('1ns')", "true"},
    {"duration('1.5ms') == duration('1500us')", "true"},
    // Beyond 292 years.
    {"duration('99999999999999999999s')", "error"},
    {"duration('9223372037s')", "error"},
    {"duration('9223372036.9s')", "error"},
    {"duration('9223372036s1s')", "error"},
    {"duration('-9223372036s') - duration('1s')", "error"},
    {"duration('-9223372036s') - duration('500ms') < duration('-9223372036s')", "true"},
    {"duration('PT999999999H')", "error"},
    {"duration('PT')", "error"},
    {"duration('P1D')", "error"},
    {"duration('PT1H0.5S') == duration('3600.5s')", "true"},
    {"string(duration('-1.5s'))", "'-1.5s'"},
    {"string(duration('-90m'))", "'-5400s'"},
    {"string(duration('0'))", "'0s'"},
    {"duration('1s') + 1", "error"},
    {"duration('1s') - 1", "error"},
    {"1 - duration('1s')", "error"},
    {"'a' + duration('1s')", "error"},
    {"duration('25h30m').getHours() * 10000 + duration('25h30m').getMinutes()", "251530"},
    {"duration('-3.25s').getMilliseconds()", "-250"},
    {"duration('1h').getFullYear()", "error"},
    {"duration('1h').getDayOfWeek()", "error"},
};
INSTANTIATE_TEST_SUITE_P(Lengths, CelTimes, testing::ValuesIn(kLengths));

}  // namespace
}  // namespace lupaus::tests
