// The codes of what is wrong with the text, single values, names and conditions.
#include <array>

#include "rules/language/codes.h"
#include "rules/language/explanations.h"

namespace lupaus::rules::language {
namespace {

constexpr Explanation kTextCodes[] = {
    {kYamlSyntax, "the text is no YAML",
     "The file breaks off or is nested wrongly, so what follows cannot be read. Look at the place "
     "named and at the line before it: mostly a bracket, a quote or an indentation is missing.",
     "target: {within: 15m}\n", "target: {within: 15m\n", "target: {within: 15m}\n"},
    {kYamlFeature, "anchors, aliases and tags are not read",
     "A promise is read as it stands. References inside the file would let one change move another "
     "promise unseen, so write values out.",
     "{within: 15m}", "{within: &limit 15m}", "{within: 15m}"},
    {kDuplicateKey, "a key comes twice",
     "Only one of the two could be meant, and a reader would not see which one counts.",
     "on_silence: review", "on_silence: review\n    on_silence: favour_customer",
     "on_silence: favour_customer"},
    {kUnknownKey, "a key is not known",
     "A misspelt key would be ignored in silence, and the promise would not say what was meant. "
     "The hint names the key that is nearest.",
     "{over: 30m, pay: EUR 20.00}", "{oevr: 30m, over: 30m, pay: EUR 20.00}",
     "{over: 30m, pay: EUR 20.00}"},
    {kMissingKey, "a key is missing",
     "Nothing that decides money or verdicts has a silent default: say it.",
     "expired: review}\n    on_silence: review", "expired: review}",
     "expired: review}\n    on_silence: review"},
    {kWrongShape, "a map, a list or a single value is expected",
     "The value is of another form than the key needs.", "target: {within: 15m}", "target: 15m",
     "target: {within: 15m}"},
    {kUnknownKind, "the kind of document is not known",
     "Each document begins with `apiVersion: lupaus/v1` and a kind: Promise, Calendar, Branch, "
     "Vocabulary or PromiseTest.",
     "",
     "apiVersion: lupaus/v1\nkind: Filial\nmetadata: {name: b}\nspec: {timezone: "
     "Europe/Helsinki}\n",
     "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b}\nspec: {timezone: "
     "Europe/Helsinki}\n"},
    {kBadName, "a name has characters that names may not have",
     "Names stand in paths, reports and payment references: letters, digits, `-`, `_` and `.`.",
     "{name: served-in-15}", "{name: served in 15}", "{name: served-in-15}"},
    {kNameTwice, "a name comes twice",
     "Promises, calendars, branches and vocabularies are known by their names over all files of a "
     "book, and each entry of a list stands once.",
     "warn: [{left: 5m}]", "warn: [{left: 5m}, {left: 5m}]", "warn: [{left: 5m}, {left: 2m}]"},
    {kBadDuration, "a length of time cannot be read",
     "Write a number with its unit: 90s, 15m, 1h30m. A bare number has no unit, and `1d` does not "
     "say whether 24 hours, a business day or a calendar day is meant.",
     "{within: 15m}", "{within: 15}", "{within: 15m}"},
    {kBadMoney, "a sum cannot be read",
     "Write the ISO 4217 code and all decimals of the currency, so that no digit can be missed.",
     "pay: EUR 10.00", "pay: EUR 10", "pay: EUR 10.00"},
    {kNoCurrency, "a sum has no currency",
     "A bare number could be any money. Write the ISO 4217 code before it.", "pay: EUR 10.00",
     "pay: \"10\"", "pay: EUR 10.00"},
    {kBadDate, "a date cannot be read", "Write year, month and day, of a day that exists.",
     "{date: 2026-12-24, hours: []}", "{date: 2026-02-30, hours: []}",
     "{date: 2026-02-28, hours: []}"},
    {kUnknownWord, "a word is not among those that are known here",
     "The key takes one of a few words; the hint names the nearest or all of them.",
     "called: continue", "called: ignore", "called: continue"},
    {kBadNumber, "a number or a percentage cannot be read",
     "Shares are written in percent with the sign, whole or with decimals.", "{within: 15m}",
     "{within: 15m, objective: 0.95}", "{within: 15m, objective: 95%}"},
    {kBadReference, "an attribute is expected, of another type or at all",
     "A share of a sum reads an attribute of type money, and target.by one of type time.",
     "pay: EUR 20.00", "pay: 25% of ticket.service", "pay: EUR 25.00"},
    {kTooLarge, "the file is too large to be a promise file",
     "Files above one MiB are refused unread. Split the book: several files make one book.", "",
     "# branches.yaml: 12000 branches like this one, 1.2 MiB\napiVersion: lupaus/v1\nkind: "
     "Branch\nmetadata: {name: branch-1}\nspec: {timezone: Europe/Helsinki}\n",
     "# branches-south.yaml: 6000 branches like this one; the others in "
     "branches-north.yaml\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: branch-1}\nspec: "
     "{timezone: Europe/Helsinki}\n"},
    {kNotUtf8, "a byte is not UTF-8",
     "The file was saved in another encoding. Save it as UTF-8, so that every reader sees the same "
     "letters.",
     "Served within 15 minutes, or we", "Palvelu v\xE4littyy 15 minutes, or we",
     "Served within 15 minutes, or we"},
    {kNotFormattable, "the layout cannot be put in order",
     "`lupaus fmt` never changes what a file says, and here a new indentation would. Write keys "
     "without `?`, and long values on lines of their own, further right than their key.",
     "  applies: ticket.service in [\"cash\", \"loan\"]\n",
     "  ? applies\n  : ticket.service in [\"cash\", \"loan\"]\n",
     "  applies: ticket.service in [\"cash\", \"loan\"]\n"},
};

constexpr Explanation kPromiseCodes[] = {
    {kEmptyPeriod, "a period ends before it begins", "Both days belong to the period.",
     "until: 2026-12-31", "until: 2025-12-31", "until: 2026-12-31"},
    {kUnmappedEvent, "an event has no line in clock.on",
     "Every ticket event of the vocabulary is mapped, so that nothing happens to a customer that "
     "the promise forgot. The hint holds the missing lines, ready to be pasted; check each effect.",
     "parked: pause, unparked: resume", "unparked: resume", "parked: pause, unparked: resume"},
    {kUnknownEvent, "an event is not in the vocabulary",
     "A line for an event that nobody sends would never act. Branch events (branch_closed) are not "
     "mapped: they stop calendar clocks by themselves.",
     "parked: pause, ", "parkd: pause, parked: pause, ", "parked: pause, "},
    {kExpiredEffect, "`expired` has an effect that it may not have",
     "A ticket that was forgotten ends or goes on: stop, void, forfeit, review or continue. A "
     "restart would begin a new cycle for ever.",
     "expired: review", "expired: restart", "expired: review"},
    {kBadCondition, "a conditional line is incomplete",
     "`when` and `then` belong together, and `else` says what happens otherwise.",
     "transferred: continue", "transferred: {when: true, then: restart}",
     "transferred: {when: event.to_service == \"loan\", then: restart, else: continue}"},
    {kExpiryNeeded, "the clock needs an expiry of its own",
     "A ticket without an end is given up after 24 hours by default, but this clock can need "
     "longer. Say when it is given up, or that it never is (`expired: continue`).",
     "    measure: branch-hours\n    expire_after: 24h\n", "    measure: branch-hours\n",
     "    measure: branch-hours\n    expire_after: 24h\n"},
    {kNeverStarts, "no event starts the clock", "Such a promise would bind nobody.",
     "issued: start", "issued: continue", "issued: start"},
    {kBadLimit, "a limit is zero or counts days where they mean nothing",
     "A limit is above zero. Calendar days are counted with `measure: elapsed`, business days with "
     "any measure.",
     "{within: 15m}", "{within: 0s}", "{within: 15m}"},
    {kOpenWithin, "a list of limits leaves cases open, or hides some",
     "The first entry whose `when` holds counts; the last has none, so that every ticket has a "
     "limit.",
     "{within: 15m}", "{within: [{when: day.weekday == 5, within: 15m}]}",
     "{within: [{when: day.weekday == 5, within: 30m}, {within: 15m}]}"},
    {kNoWording, "the promise has no wording",
     "A promise is what the customer reads. Write it in at least one language, by its code.",
     "    en: Served within 15 minutes, or we pay you EUR 10.\n",
     "    english: Served within 15 minutes, or we pay you EUR 10.\n",
     "    en: Served within 15 minutes, or we pay you EUR 10.\n"},
    {kBadHours, "opening hours cannot be read",
     "Write a beginning and an end that differ; an end before the beginning is after midnight.",
     "[\"10:00-14:00\"]", "[\"10-14\"]", "[\"10:00-14:00\"]"},
    {kDayTwice, "a weekday is named twice", "Each weekday has one line.", "sat: [", "fri: [",
     "sat: ["},
    {kDateTwice, "a date has two exceptions", "Join them: each date stands once.",
     "[{date: 2026-12-24, hours: []}]",
     "[{date: 2026-12-24, hours: []}, {date: 2026-12-24, class: eve}]",
     "[{date: 2026-12-24, hours: [], class: eve}]"},
    {kUnknownZone, "the time zone is not known",
     "Write an IANA name. There is no fallback: a wrong zone would move every deadline.",
     "spec: {timezone: Europe/Helsinki, hours", "spec: {timezone: Europe/Helsinky, hours",
     "spec: {timezone: Europe/Helsinki, hours"},
    {kUnknownCalendar, "the calendar is not in the book",
     "A clock measures by `elapsed`, by `branch` (each branch's own hours) or by a calendar that "
     "is "
     "declared in the book.",
     "measure: branch-hours", "measure: brnch-hours", "measure: branch-hours"},
    {kUnknownVocabulary, "the vocabulary is not in the book",
     "`queue` is built in; any other is declared by a document of kind Vocabulary.",
     "  effective:", "  vocabulary: quue\n  effective:", "  vocabulary: queue\n  effective:"},
    {kNoBranchHours, "a branch has no hours, but the promise needs them",
     "`measure: branch` and business days read the branch's own calendar.", "",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  wording: {en: Served within 15 minutes.}
  applies: true
  vocabulary: visits
  clock:
    measure: branch
    expire_after: 48h
    on: {arrived: start, served: stop, expired: review}
    on_silence: review
  target: {within: 15m}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: visits}
spec: {events: [arrived, served, expired]}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki}
)",
     R"(apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki, hours: counter}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: counter}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-16:30"]}}
)"},
    {kNeverOpens, "the calendar never opens", "A clock that it measures would never move.",
     "{mon-fri: [\"09:00-16:30\"], sat: [\"10:00-14:00\"]}", "{mon: []}",
     "{mon-fri: [\"09:00-16:30\"]}"},
    {kEmptyException, "an exception changes nothing",
     "It has neither hours nor a class. `hours: []` means closed.", "{date: 2026-12-24, hours: []}",
     "{date: 2026-12-24, reason: Christmas Eve}",
     "{date: 2026-12-24, hours: [], reason: Christmas Eve}"},
    {kBadAttribute, "a branch attribute is unknown or of another type",
     "Attributes of branches are declared by a vocabulary, with their type.", "region: uusimaa",
     "regoin: uusimaa", "region: uusimaa"},
    {kBadVocabulary, "a vocabulary contradicts itself or another one",
     "It needs `expired` among its events, may not redefine `queue`, and gives an attribute one "
     "type over the whole book.",
     "events: [reported, fixed, expired]", "events: [reported, fixed]",
     "events: [reported, fixed, expired]"},
    {kTierOrder, "tiers do not ascend",
     "Tiers are sorted by `over`, each once and all in one unit; the highest one reached counts.",
     "{over: 30m, pay: EUR 20.00}", "{over: 15m, pay: EUR 20.00}", "{over: 30m, pay: EUR 20.00}"},
    {kMixedCurrency, "a promise has two currencies", "All sums of a promise are of one currency.",
     "pay: EUR 20.00", "pay: SEK 200.00", "pay: EUR 20.00"},
    {kZeroMoney, "a sum is zero", "Leave the tier out instead.", "pay: EUR 10.00", "pay: EUR 0.00",
     "pay: EUR 10.00"},
    {kBadCap, "a cap has a key that its kind does not have",
     "Only a customer's year may begin on another day (`from`).", "then: record}",
     "then: record, from: 04-01}", "then: record}"},
    {kBadSettle, "`settle: breach` with a sum that depends on the lateness",
     "What is paid at the breach is one flat sum over one limit. Otherwise wait for the end.",
     "settle: end", "settle: breach", "settle: end"},
    {kBadVoucher, "`voucher_valid` where no voucher is given",
     "Only a voucher has a last day. The other instruments are paid once they are sent.",
     "instrument: voucher", "instrument: webhook\n    voucher_valid: 90 calendar days",
     "instrument: voucher\n    voucher_valid: 90 calendar days"},
};

constexpr Explanation kConditionCodes[] = {
    {kConditionSyntax, "a condition cannot be read",
     "Conditions are written in CEL: `==`, `!=`, `<`, `in`, `&&`, `||`, `!`, and lists in "
     "brackets.",
     "ticket.service in [\"cash\", \"loan\"]", "ticket.service = \"cash\"",
     "ticket.service == \"cash\""},
    {kUnknownName, "a condition reads a name that nobody declares",
     "Attributes are declared by the vocabulary. The hint names the nearest one.",
     "ticket.service in", "ticket.servce in", "ticket.service in"},
    {kConditionType, "a condition compares values of different types, or is no condition",
     "Types are checked when the book is read, so that no ticket can trip over them.",
     "ticket.service in [\"cash\", \"loan\"]", "ticket.service == 5", "ticket.service == \"cash\""},
    {kConditionUnsupported, "a condition uses a part of CEL that is not supported",
     "Most that the full language has beyond promises' needs is left out.",
     "ticket.service in [\"cash\", \"loan\"]", "ticket.priority == 5u", "ticket.priority == 5"},
    {kNameNotHere, "a condition reads a name that is not known at its place",
     "`event.*` is readable in clock.on alone, `day.*` in target.within alone; `ticket.*` and "
     "`branch.*` everywhere.",
     "ticket.service in", "event.service in", "ticket.service in"},
};

constexpr auto kAll = [] {
  std::array<Explanation,
             std::size(kTextCodes) + std::size(kPromiseCodes) + std::size(kConditionCodes)>
      all{};
  size_t count = 0;
  for (const Explanation& one : kTextCodes) all[count++] = one;
  for (const Explanation& one : kPromiseCodes) all[count++] = one;
  for (const Explanation& one : kConditionCodes) all[count++] = one;
  return all;
}();

}  // namespace

std::span<const Explanation> reading_explanations() { return kAll; }

}  // namespace lupaus::rules::language
