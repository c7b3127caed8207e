// One row for each kind of fault: an edit of the plain sample, and the code, place and words of the
// complaint.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Severity;

struct Fault {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  std::string_view code;
  std::string_view at;  ///< the complaint stands where this text first occurs
  std::string_view message;
  Severity severity = Severity::error;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

std::string place_of(const std::string& text, std::string_view mark) {
  const size_t at = text.find(mark);
  EXPECT_NE(at, std::string::npos) << "not in the edited text: " << mark;
  const std::string before = text.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = at - (before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n') + 1);
  return "p.yaml:" + std::to_string(line) + ":" + std::to_string(column + 1) + ": ";
}

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, AreToldWithCodePlaceAndWords) {
  const Fault& fault = GetParam();
  const std::string text = edited(kPlainSample, fault.from, fault.to);
  const auto compiled = compile_text(text);
  const bool is_error = fault.severity == Severity::error;
  EXPECT_EQ(compiled.book == nullptr, is_error);
  const std::string all = formatted(compiled.diagnostics);
  const std::string expected = place_of(text, fault.at) + (is_error ? "error " : "warning ") +
                               std::string(fault.code) + ": ";
  const size_t found = all.find(expected);
  ASSERT_NE(found, std::string::npos) << "expected " << expected << "\nin\n" << all;
  const std::string line = all.substr(found, all.find('\n', found) - found);
  EXPECT_NE(all.find(fault.message, found), std::string::npos)
      << "expected " << fault.message << "\nin\n"
      << line;
}

constexpr Fault kTextFaults[] = {
    {"latin_1", "Served within", "Palvelu v\xE4lill\xE4", "P091", "\xE4lill", "byte 0xE4"},
    {"utf8_cut_off", "Served within", "Served \xE2\x82", "P091", "\xE2\x82",
     "save the file as UTF-8"},
    {"utf8_overlong", "Served within", "Served \xC0\xAF", "P091", "\xC0\xAF", "expected UTF-8"},
    {"utf8_surrogate", "Served within", "Served \xED\xA0\x80", "P091", "\xED\xA0",
     "expected UTF-8"},
    {"yaml_syntax", "target: {within: 15m}", "target: {within: 15m", "P001", ":\n    tiers",
     "YAML"},
    {"anchor", "within: 15m", "within: &limit 15m", "P002", "&limit", "anchor"},
    {"tag", "within: 15m", "within: !!str 15m", "P002", "!!str", "tag"},
    {"key_twice", "on_silence: review", "on_silence: review\n    measure: elapsed", "P003",
     "measure: elapsed", "comes again"},
    {"key_unknown", "  applies:", "  aplies:", "P004", "aplies", "did you mean \"applies\"?"},
    {"key_unknown_in_tier", "over: 30m", "oevr: 30m", "P004", "oevr", "did you mean \"over\"?"},
    {"key_missing", "  applies: ticket.service in [\"cash\", \"loan\"]\n", "", "P005",
     "wording:", "`applies`"},
    {"silence_unsaid", "    on_silence: review\n", "", "P005", "measure:", "`on_silence`"},
    {"no_map", "target: {within: 15m}", "target: 15m", "P006", "15m\n", "a map"},
    {"kind_unknown", "kind: Calendar", "kind: Calender", "P007", "Calender",
     "did you mean \"Calendar\"?"},
    {"version_unknown", "apiVersion: lupaus/v1", "apiVersion: lupaus/v2", "P007", "lupaus/v2",
     "lupaus/v1"},
    {"name_bad", "name: served-in-15", "name: served in 15", "P008", "served in 15", "a name"},
    {"alias", "within: 15m", "within: *limit", "P001", "*limit", "YAML"},
    {"yes_is_no_flag",
     "kind: Branch\nmetadata: {name: helsinki-1}\nspec: {timezone: Europe/Helsinki, hours: "
     "branch-hours, attributes: {region: uusimaa}, sources: [{id: kiosk-1, reports: [issued]}]}",
     "kind: Vocabulary\nmetadata: {name: v}\nspec: {events: [a, expired], attributes: {x: {type: "
     "string, personal: yes}}}",
     "P014", "yes", "true or false"},
};
constexpr Fault kValueFaults[] = {
    {"bare_number", "within: 15m", "within: 15", "P010", "15}\n  comp", "unit"},
    {"one_day", "within: 15m", "within: 1d", "P010", "1d", "1 business day"},
    {"quoted_is_text", "within: 15m", "within: \"15\"", "P010", "\"15\"", "unit"},
    {"float", "within: 15m", "within: 1.5h", "P010", "1.5h", "seconds"},
    {"days_of_expiry", "expire_after: 24h", "expire_after: 1 calendar day", "P010",
     "1 calendar day", "24h"},
    {"money_bad", "EUR 10.00", "EUR 10", "P011", "EUR 10}", "EUR 10"},
    {"money_no_code", "EUR 10.00", "EUX 10.00", "P011", "EUX", "ISO 4217"},
    {"money_bare", "EUR 10.00", "\"10\"", "P012", "\"10\"", "payout needs a currency: \"10\""},
    {"cap_bare", "max: EUR 20.00", "max: 20.00", "P012", "20.00, then",
     "cap needs a currency: \"20.00\""},
    {"date_bad", "2026-12-24", "2026-02-30", "P013", "2026-02-30", "exists"},
    {"word_unknown", "called: continue", "called: contineu", "P014", "contineu",
     "did you mean \"continue\"?"},
    {"percent_bad", "{within: 15m}", "{within: 15m, objective: 0.95}", "P015", "0.95",
     "percentage"},
    {"percent_above_all", "{within: 15m}", "{within: 15m, objective: 100.5%}", "P015", "100.5%",
     "at most 100%"},
    {"period_empty", "  applies:", "  effective: {from: 2026-02-01, until: 2026-01-31}\n  applies:",
     "P020", "2026-01-31", "on or after 2026-02-01"},
    {"octal_length", "within: 15m", "within: 010", "P010", "010}\n  comp", "unit"},
    {"octal_count", "    caps:", "    approval: {over: EUR 5.00, approvers: 010}\n    caps:",
     "P015", "010}", "whole number"},
    {"yes_count", "    caps:", "    approval: {over: EUR 5.00, approvers: yes}\n    caps:", "P015",
     "yes}", "whole number"},
    {"money_negative", "EUR 10.00", "EUR -1.00", "P011", "EUR -1.00", "not negative"},
    {"share_spaced", "pay: EUR 10.00", "pay: 25 % of ticket.fare", "P015", "25 %",
     "without a space"},
    {"days_zero", "within: 15m", "within: 0 business days", "P010", "0 business", "1 to 1000 days"},
    {"days_unnamed", "within: 15m", "within: 3 days", "P010", "3 days", "`3 business days`"},
    {"money_one_decimal", "EUR 10.00", "EUR 10.0", "P011", "EUR 10.0}", "EUR 10.0"},
    {"money_float", "EUR 10.00", "10.0", "P012", "10.0}", "needs a currency"},
    {"money_comma", "EUR 10.00", "\"10,00\"", "P012", "\"10,00\"", "needs a currency"},
    {"period_of_days", "per: customer/day", "per: customer/week", "P014", "customer/week",
     "customer/day"},
    {"day_of_year_bad", "per: customer/day, max", "per: customer/year, from: 02-29, max", "P013",
     "02-29", "every year"},
    {"objective_per_bad", "{within: 15m}", "{within: 15m, objective: 95%, per: mont}", "P014",
     "mont", "did you mean \"month\"?"},
    {"objective_decimals", "{within: 15m}", "{within: 15m, objective: 99.99999%}", "P015",
     "99.99999%", "four decimals"},
};
constexpr Fault kPromiseFaults[] = {
    {"line_missing", "parked: pause, ", "", "P021", "{issued", "add `parked: pause`"},
    {"event_unknown", "parked: pause", "parkd: pause", "P022", "parkd", "did you mean \"parked\"?"},
    {"branch_event_mapped", "left: void", "left: void, branch_closed: pause", "P022",
     "branch_closed", "branch event"},
    {"expired_restarts", "expired: review", "expired: restart", "P023", "restart}", "`expired`"},
    {"expiry_reads_an_event", "expired: review",
     "expired: {when: event.service == \"cash\", then: review, else: void}", "P054",
     "event.service", "what a source sends"},
    {"else_missing", "transferred: continue", "transferred: {when: true, then: restart}", "P024",
     "{when", "`else`"},
    {"then_missing", "transferred: continue", "transferred: {when: true, else: continue}", "P024",
     "true, else", "`then`"},
    {"expiry_for_calendar", "    expire_after: 24h\n", "", "P025", "measure:", "expire_after"},
    {"no_start", "issued: start", "issued: continue", "P026", "{issued", "starts the clock"},
    {"limit_zero", "within: 15m", "within: 0s", "P027", "0s", "above zero"},
    {"calendar_days_by_calendar", "within: 15m", "within: 2 calendar days", "P027",
     "2 calendar days", "business days"},
    {"within_open", "within: 15m", "within: [{when: day.class == \"payday\", within: 30m}]", "P028",
     "{when: day", "without `when`"},
    {"wording_empty", "{en: Served within 15 minutes.}", "{}", "P029", "{}",
     "at least one language"},
    {"left_is_kept", "left: void", "left: stop", "P061", "stop, cancelled", "nobody served",
     Severity::warning},
    {"warned_at_start", "  target: {within: 15m}", "  warn: [{left: 15m}]\n  target: {within: 15m}",
     "P062", "15m}]", "less time than the limit", Severity::warning},
    {"by_and_calendar", "within: 15m", "by: ticket.target_at", "P027", "ticket.target_at",
     "elapsed"},
    {"by_wrong_type", "within: 15m", "by: ticket.service", "P016", "ticket.service}", "type time"},
    {"when_missing", "transferred: continue", "transferred: {then: restart, else: continue}",
     "P024", "restart, else", "`when`"},
    {"else_first", "transferred: continue",
     "transferred: [{else: continue}, {when: 'true', then: stop, else: stop}]", "P024",
     "continue}, {when", "last condition"},
    {"expiry_zero", "expire_after: 24h", "expire_after: 0s", "P027", "0s", "above zero"},
    {"hold_zero", "on_silence: review", "on_silence: review\n    hold: 0s", "P027", "0s",
     "above zero"},
    {"within_and_by", "within: 15m", "within: 15m, by: ticket.target_at", "P005", "{within",
     "both are written"},
    {"neither_within_nor_by", "target: {within: 15m}", "target: {objective: 95%}", "P005",
     "{objective", "`within` or `by`"},
    {"within_closed_early", "within: 15m", "within: [{within: 30m}, {within: 15m}]", "P028",
     "{within: 30m", "could never be reached"},
    {"within_list_empty", "within: 15m", "within: []", "P028", "[]}", "the list is empty"},
    {"by_unknown", "within: 15m", "by: ticket.targt_at", "P016", "ticket.targt_at",
     "did you mean \"target_at\"?"},
    {"by_bare", "within: 15m", "by: target_at", "P016", "target_at", "ticket.target_at"},
    {"by_offset_bad", "within: 15m", "by: ticket.target_at + 10", "P010", "ticket.target_at",
     "+ 10m"},
    {"by_offset_unsigned", "within: 15m", "by: ticket.target_at 10m", "P010", "ticket.target_at",
     "spaces around the sign"},
    {"language_bad", "{en: Served", "{english: Served", "P029", "english", "two or three letters"},
    {"warned_twice", "  target:", "  warn: [{left: 60s}, {left: 1m}]\n  target:", "P009", "1m}]",
     "comes again"},
    {"excuse_twice",
     "  target:", "  excuses: [{id: a, approvers: 1}, {id: a, approvers: 2}]\n  target:", "P009",
     "a, approvers: 2", "comes again"},
    {"excuse_without_cause", "  target:", "  excuses: [{id: a}]\n  target:", "P005", "{id: a}",
     "`when` or `approvers`"},
    {"excuse_share_alone",
     "  target:", "  excuses: [{id: a, when: branch.alarm, max_share: 1%}]\n  target:", "P005",
     "1%", "needs the key `approvers`"},
    {"suspension_backwards",
     "  target:", "  suspensions: [{from: 2026-06-05, until: 2026-03-23}]\n  target:", "P020",
     "2026-03-23", "on or after"},
    {"suspension_open", "  target:", "  suspensions: [{from: 2026-06-05}]\n  target:", "P005",
     "{from: 2026-06-05}", "`until`"},
};
constexpr Fault kBookFaults[] = {
    {"hours_bad", "09:00-16:30", "9-16", "P030", "\"9-16\"", "opening hours"},
    {"hours_equal", "09:00-16:30", "09:00-09:00", "P030", "\"09:00-09:00\"", "apart"},
    {"hours_begin_24", "09:00-16:30", "24:00-08:00", "P030", "\"24:00", "24:00 may only be an end"},
    {"days_wrap", "mon-fri", "sat-mon", "P030", "sat-mon", "Monday"},
    {"day_twice", "sat:", "fri:", "P031", "fri: [\"10", "fri is named again"},
    {"date_twice", "hours: []}]", "hours: []}, {date: 2026-12-24, class: eve}]", "P032",
     "2026-12-24, class", "comes again"},
    {"zone_unknown", "timezone: Europe/Helsinki\n", "timezone: Europe/Helsinkki\n", "P033",
     "Europe/Helsinkki", "IANA"},
    {"calendar_unknown", "measure: branch-hours", "measure: brnch-hours", "P034", "brnch-hours",
     "did you mean \"branch-hours\"?"},
    {"branch_hours_unknown", "hours: branch-hours", "hours: shop-hours", "P034", "shop-hours",
     "calendar"},
    {"vocabulary_unknown", "  wording:", "  vocabulary: quue\n  wording:", "P035", "quue",
     "\"queue\""},
    {"calendar_never_opens", "{mon-fri: [\"09:00-16:30\"], sat: [\"10:00-14:00\"]}", "{mon: []}",
     "P037", "branch-hours", "never does"},
    {"attribute_unknown", "region: uusimaa", "regoin: uusimaa", "P039", "uusimaa",
     "did you mean \"region\"?"},
    {"attribute_type", "region: uusimaa", "alarm: perhaps", "P039", "perhaps", "`true` or `false`"},
    {"report_unknown", "reports: [issued]", "reports: [isued]", "P022", "isued",
     "did you mean \"issued\"?"},
    {"queue_declared", "kind: Branch\nmetadata: {name: helsinki-1}",
     "kind: Vocabulary\nmetadata: {name: queue}", "P040", "queue}", "built-in"},
    {"name_twice", "kind: Branch\nmetadata: {name: helsinki-1}",
     "kind: Calendar\nmetadata: {name: branch-hours }", "P009", "branch-hours }", "p.yaml:21"},
    {"tier_calendar_unknown", "pay: EUR 20.00", "pay: EUR 20.00, every: 1h, measure: shop-hours",
     "P034", "shop-hours", "calendar"},
    {"exception_empty", "hours: []}]", "hours: []}, {date: 2026-12-26}]", "P038",
     "{date: 2026-12-26", "changes nothing", Severity::warning},
    {"hours_no_list", "[\"10:00-14:00\"]", "10-14", "P006", "10-14}", "a list of hours"},
    {"expiry_mistyped", "measure: branch-hours", "measure: elapsed\n    expires_after: 1h", "P004",
     "expires_after: 1h", "did you mean \"expire_after\"?"},
};
constexpr Fault kMoneyFaults[] = {
    {"tiers_equal", "over: 30m", "over: 900s", "P041", "900s", "ascending"},
    {"tiers_descend", "over: 30m", "over: 10m", "P041", "10m", "ascending"},
    {"currencies_mixed", "EUR 20.00}]\n    caps", "SEK 20.00}]\n    caps", "P042", "SEK",
     "one currency"},
    {"pay_zero", "EUR 10.00", "EUR 0.00", "P043", "EUR 0.00", "above zero"},
    {"cap_year_elsewhere", "then: record}", "then: record, from: 04-01}", "P044", "04-01",
     "customer/year"},
    {"paid_at_breach", "    tiers:", "    settle: breach\n    tiers:", "P045", "breach\n",
     "one tier"},
    {"tier_below_limit", "over: 15m", "over: 5m", "P060", "{over: 5m", "below the limit",
     Severity::warning},
    {"share_of_text", "pay: EUR 20.00", "pay: 25% of ticket.service", "P016", "25%", "type money"},
    {"tiers_of_two_units", "over: 30m", "over: 2 business days", "P041", "2 business days",
     "one unit"},
    {"tiers_empty", "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]", "[]", "P006",
     "[]\n", "the list is empty"},
    {"reports_empty", "reports: [issued]", "reports: []", "P006", "[]}]}", "leave `reports` out"},
    {"tiers_missing", "    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]\n", "",
     "P005", "caps: [{per", "`tiers`"},
    {"share_zero", "pay: EUR 20.00", "pay: 0% of ticket.fare", "P043", "0% of", "above zero"},
    {"share_decimals", "pay: EUR 20.00", "pay: 1.00001% of ticket.fare", "P015", "1.00001%",
     "four decimals"},
    {"share_octal", "pay: EUR 20.00", "pay: 010% of ticket.fare", "P015", "010%", "percentage"},
    {"share_unknown", "pay: EUR 20.00", "pay: 25% of ticket.fair", "P016", "25% of",
     "known here: fare"},
    {"share_bare", "pay: EUR 20.00", "pay: 25% of fare", "P016", "25% of", "ticket.fare"},
    {"count_alone", "pay: EUR 20.00", "pay: EUR 20.00, count: full", "P005", "full",
     "needs the key `every`"},
    {"measure_alone", "pay: EUR 20.00", "pay: EUR 20.00, measure: elapsed", "P005", "elapsed}",
     "needs the key `every`"},
    {"every_zero", "pay: EUR 20.00", "pay: EUR 20.00, every: 0s", "P027", "0s", "above zero"},
    {"every_business_day", "pay: EUR 20.00", "pay: EUR 20.00, every: 1 business day", "P027",
     "1 business day", "1 calendar day"},
    {"every_two_days", "pay: EUR 20.00", "pay: EUR 20.00, measure: elapsed, every: 2 calendar days",
     "P027", "2 calendar days", "1 calendar day"},
    {"every_day_full", "pay: EUR 20.00",
     "pay: EUR 20.00, measure: elapsed, count: full, every: 1 calendar day", "P027",
     "1 calendar day", "every: 24h"},
    {"every_day_by_calendar", "pay: EUR 20.00", "pay: EUR 20.00, every: 1 calendar day", "P027",
     "1 calendar day", "measure: elapsed"},
    {"cap_without_max", "max: EUR 20.00, ", "", "P005", "{per: customer/day", "`max`"},
    {"cap_no_times", "max: EUR 20.00", "max: 0 times", "P011", "0 times", "cap"},
    {"caps_no_list", "[{per: customer/day, max: EUR 20.00, then: record}]", "EUR 20.00", "P006",
     "EUR 20.00\n", "a list of caps"},
    {"late_without_due", "    caps:", "    late: EUR 5.00\n    caps:", "P005", "EUR 5.00",
     "needs the key `due`"},
    {"late_zero", "    caps:", "    due: 24h\n    late: EUR 0.00\n    caps:", "P043", "EUR 0.00",
     "above zero"},
    {"due_days_unknown",
     "    caps:", "    due: {within: 5 business days, days: branch-hour}\n    caps:", "P034",
     "branch-hour}", "did you mean \"branch-hours\""},
    {"due_days_of_target",
     "    caps:", "    due: {within: 5 calendar days, days: target}\n    caps:", "P027", "target}",
     "expected business days"},
    {"due_without_within", "    caps:", "    due: {days: target}\n    caps:", "P005",
     "{days: target}", "`within`"},
    {"claim_of_no_event",
     "    caps:", "    claim: {on: recaled, within: 28 calendar days}\n    caps:", "P022",
     "recaled", "did you mean \"recalled\""},
    {"claim_by_expiry",
     "    caps:", "    claim: {on: expired, within: 28 calendar days}\n    caps:", "P022",
     "expired, within", "expected an event of the vocabulary `queue`"},
    {"claim_without_time", "    caps:", "    claim: {on: recalled}\n    caps:", "P005",
     "{on: recalled}", "`within`"},
    {"claim_in_no_time", "    caps:", "    claim: {on: recalled, within: 0s}\n    caps:", "P027",
     "0s", "above zero"},
    {"claim_yes", "    caps:", "    claim: {required: yes, on: recalled, within: 28h}\n    caps:",
     "P014", "yes, on", "true or false"},
    {"voucher_valid_of_a_transfer", "    caps:",
     "    instrument: transfer\n    voucher_valid: 90 calendar days\n    caps:", "P049",
     "90 calendar days", "instrument: voucher"},
    {"due_zero", "    caps:", "    due: 0s\n    caps:", "P027", "0s", "above zero"},
    {"least_of_other_currency", "    caps:", "    min_payable: SEK 4.00\n    caps:", "P042", "SEK",
     "one currency"},
    {"group_at_breach", ", {over: 30m, pay: EUR 20.00}]", "]\n    settle: breach\n    group: visit",
     "P045", "visit", "`settle: end`"},
    {"share_at_breach", "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]",
     "[{over: 15m, pay: 5% of ticket.fare}]\n    settle: breach", "P045", "breach\n",
     "pays a share"},
    {"accrual_at_breach", "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]",
     "[{over: 15m, pay: EUR 1.00, every: 1m}]\n    settle: breach", "P045", "breach\n", "accrues"},
};
constexpr Fault kConditionFaults[] = {
    {"condition_syntax", "ticket.service in", "ticket.service = \"x\" in", "P050", "= \"x\"", "=="},
    {"attribute_mistyped", "ticket.service in", "ticket.servce in", "P051", "ticket.servce",
     "did you mean \"service\"?"},
    {"name_mistyped", "ticket.service in", "tiket.service in", "P051", "tiket",
     "did you mean \"ticket\"?"},
    {"bare_attribute", "ticket.service in", "service in", "P051", "service in",
     "did you mean `ticket.service`?"},
    {"types_differ", "in [\"cash\", \"loan\"]", "== 5", "P052", "5\n", "an int"},
    {"not_a_condition", " in [\"cash\", \"loan\"]", "", "P052", "ticket.service\n",
     "true or false"},
    {"list_mixed", "[\"cash\", \"loan\"]", "[\"cash\", 5]", "P052", "5]", "one type"},
    {"function_left_out", "ticket.service in", "type(ticket.service) == x && ticket.service in",
     "P053", "type(", "not supported"},
    {"pattern_of_a_ticket", "ticket.service in",
     "ticket.service.matches(ticket.segment) && true in", "P053", "ticket.segment)", "written out"},
    {"event_outside_clock", "ticket.service in", "event.service in", "P054", "event.service",
     "clock.on"},
    {"day_outside_within", "ticket.service in", "day.class in", "P054", "day.class",
     "target.within"},
    {"quoted_condition", "ticket.service in [\"cash\", \"loan\"]", "'ticket.service == 5'", "P052",
     "5'", "an int"},
};
std::string name_of(const testing::TestParamInfo<Fault>& test) {
  return std::string(test.param.name);
}

INSTANTIATE_TEST_SUITE_P(Text, Faults, testing::ValuesIn(kTextFaults), name_of);
INSTANTIATE_TEST_SUITE_P(Value, Faults, testing::ValuesIn(kValueFaults), name_of);
INSTANTIATE_TEST_SUITE_P(Promise, Faults, testing::ValuesIn(kPromiseFaults), name_of);
INSTANTIATE_TEST_SUITE_P(Book, Faults, testing::ValuesIn(kBookFaults), name_of);
INSTANTIATE_TEST_SUITE_P(Money, Faults, testing::ValuesIn(kMoneyFaults), name_of);
INSTANTIATE_TEST_SUITE_P(Condition, Faults, testing::ValuesIn(kConditionFaults), name_of);

TEST(Diagnostic, NamesTheBranchWhoseHoursAreMissing) {
  const std::string text = edited(edited(kPlainSample, "hours: branch-hours, ", ""),
                                  "measure: branch-hours", "measure: branch");
  const std::string all = formatted(compile_text(text).diagnostics);
  EXPECT_NE(all.find("p.yaml:8:14: error P036: "), std::string::npos) << all;
  EXPECT_NE(all.find("`helsinki-1` declares none"), std::string::npos) << all;
}

TEST(Diagnostic, NamesTheTierThatMeasuresByMissingHours) {
  const std::string text = edited(edited(kPlainSample, "hours: branch-hours, ", ""),
                                  "pay: EUR 20.00", "pay: EUR 20.00, every: 1h, measure: branch");
  const std::string all = formatted(compile_text(text).diagnostics);
  EXPECT_NE(all.find("p.yaml:16:90: error P036: "), std::string::npos) << all;
}

TEST(Diagnostic, ADeadlineHasNoTierByCalendarAndSettlesOverZero) {
  const std::string by = edited(edited(kPlainSample, "measure: branch-hours", "measure: elapsed"),
                                "within: 15m", "by: ticket.target_at");
  const auto told = [&](std::string_view tiers) {
    return formatted(
        compile_text(
            edited(by, "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]", tiers))
            .diagnostics);
  };
  EXPECT_NE(told("[{over: 0s, pay: EUR 1.00, every: 1h, measure: branch-hours}]").find("P027"),
            std::string::npos);
  EXPECT_NE(told("[{over: 1m, pay: EUR 1.00}]\n    settle: breach").find("P045"),
            std::string::npos);
  EXPECT_EQ(told("[{over: 0s, pay: EUR 1.00}]\n    settle: breach").find("error"),
            std::string::npos);
}

TEST(Diagnostic, ReadsAsTheInterfaceSays) {
  const auto compiled = compile_text(edited(kPlainSample, "pay: EUR 10.00", "pay: \"10\""));
  EXPECT_EQ(formatted(compiled.diagnostics),
            "p.yaml:16:30: error P012: payout needs a currency: \"10\"\n"
            "  write the ISO 4217 code before the sum, as in EUR 10.00\n");
}

TEST(Diagnostic, AllFaultsAreToldInOnePassInTheOrderOfLines) {
  std::string text = edited(kPlainSample, "within: 15m", "within: 15");
  text = edited(text, "ticket.service in", "ticket.srvice in");
  text = edited(text, "mon-fri", "mon-fry");
  text = edited(text, "EUR 10.00", "10");
  const auto compiled = compile_text(text);
  ASSERT_EQ(compiled.diagnostics.size(), 4u) << formatted(compiled.diagnostics);
  uint32_t last = 0;
  for (const auto& diagnostic : compiled.diagnostics) {
    EXPECT_GT(diagnostic.error.span.line, last);
    last = diagnostic.error.span.line;
  }
}

}  // namespace
}  // namespace lupaus::tests
