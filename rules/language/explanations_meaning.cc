// The codes of what the meaning of a promise shows: clocks that cannot stop, limits that cannot be
// exceeded, sums that never count, wordings that promise something else.
#include "rules/language/codes.h"
#include "rules/language/explanations.h"

namespace lupaus::rules::language {
namespace {

constexpr Explanation kMeaningCodes[] = {
    {kNeverStops, "nothing ends the clock",
     "Once started, it would run for ever: no line says stop, void, forfeit, review or restart.",
     "",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-48-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 48 hours, or we pay you EUR 10."}
  applies: true
  clock:
    measure: elapsed
    on: {reported: start, fixed: continue, expired: continue}
    on_silence: review
  target: {within: 48h}
  compensation: {tiers: [{over: 48h, pay: EUR 10.00}]}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec: {events: [reported, fixed, expired]}
)",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-48-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 48 hours, or we pay you EUR 10."}
  applies: true
  clock:
    measure: elapsed
    on: {reported: start, fixed: stop, expired: continue}
    on_silence: review
  target: {within: 48h}
  compensation: {tiers: [{over: 48h, pay: EUR 10.00}]}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec: {events: [reported, fixed, expired]}
)"},
    {kNeverBroken, "the limit can never be exceeded",
     "A clock is given up `expire_after` its start, and by a calendar it counts open time alone. "
     "Before it could count more than the limit it is over, so this promise is never broken.",
     "expire_after: 24h", "expire_after: 15m", "expire_after: 24h"},
    {kClaimMovesClock, "asking to be paid moves the clock",
     "The event of a claim comes after the breach. If it starts, voids or forfeits, the customer "
     "who asks begins another clock or loses the sum asked for.",
     "instrument: voucher",
     "instrument: voucher\n    claim: {on: cancelled, within: 28 calendar days}",
     "instrument: voucher\n    claim: {on: recalled, within: 28 calendar days}"},
    {kNoCustomer, "a cap per customer, but tickets have no customer",
     "Without the attribute `customer` every ticket counts as a customer of its own, and the cap "
     "would hold nobody back.",
     "",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-8-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 8 hours, or we pay you EUR 10."}
  applies: true
  clock:
    measure: elapsed
    on: {reported: start, fixed: stop, expired: review}
    on_silence: review
  target: {within: 8h}
  compensation:
    tiers: [{over: 8h, pay: EUR 10.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}]
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec:
  events: [reported, fixed, expired]
  attributes: {cause: string}
)",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-8-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 8 hours, or we pay you EUR 10."}
  applies: true
  clock:
    measure: elapsed
    on: {reported: start, fixed: stop, expired: review}
    on_silence: review
  target: {within: 8h}
  compensation:
    tiers: [{over: 8h, pay: EUR 10.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}]
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec:
  events: [reported, fixed, expired]
  attributes: {cause: string, customer: {type: string, personal: true}}
)"},
    {kNoDocument, "a file says nothing",
     "An empty file, or one of comments alone, is mostly a mistake: the wrong name, or a text that "
     "was not saved.",
     "", "# To be written.\n",
     "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: helsinki-1}\nspec: {timezone: "
     "Europe/Helsinki}\n"},
    {kTierBelowLimit, "a tier lies below the limit",
     "It counts as reached at the breach, so its sum is owed from there on. Mostly the limit "
     "itself "
     "is meant.",
     "{over: 15m, pay: EUR 10.00}", "{over: 5m, pay: EUR 10.00}", "{over: 15m, pay: EUR 10.00}"},
    {kKeptUnserved, "a customer whom nobody served counts as kept",
     "`left: stop` inside the limit says that the promise was kept to a customer who went away, "
     "and "
     "`expired: stop` to one who was forgotten. Where that is not meant, write void or review.",
     "left: void", "left: stop", "left: void"},
    {kWarnAtStart, "a warning stands at the start",
     "A warning that leaves the whole limit or more reaches staff with every ticket.",
     "warn: [{left: 5m}]", "warn: [{left: 15m}]", "warn: [{left: 5m}]"},
    {kStopsAsItStarts, "one event both starts and stops the clock",
     "Only its conditions tell them apart: one that does not hold as it was meant lets the clock "
     "stop where it should start. Let an event of its own stop it.",
     "issued: start, called: continue, recalled: continue, service_started: stop",
     "issued: {when: event.channel == \"kiosk\", then: start, else: stop}, called: continue,\n"
     "         recalled: continue, service_started: continue",
     "issued: start, called: continue, recalled: continue, service_started: stop"},
    {kPausesAsItStarts, "one event both starts and pauses the clock",
     "Only its conditions tell them apart: one that does not hold as it was meant lets the clock "
     "stand where it should start. Let an event of its own pause it.",
     "issued: start, called: continue, recalled: continue, service_started: stop,\n"
     "         service_ended: continue, transferred: continue, parked: pause, unparked: resume,\n"
     "         away: pause, back: resume",
     "issued: {when: event.channel == \"kiosk\", then: start, else: pause}, called: continue,\n"
     "         recalled: continue, service_started: stop, service_ended: continue,\n"
     "         transferred: continue, parked: continue, unparked: resume,\n"
     "         away: continue, back: resume",
     "issued: start, called: continue, recalled: continue, service_started: stop,\n"
     "         service_ended: continue, transferred: continue, parked: pause, unparked: resume,\n"
     "         away: pause, back: resume"},
    {kPauseUnpaired, "a pause that nothing ends, or an end without a pause",
     "After a pause that nothing resumes no time is counted any more: the promise cannot be broken "
     "from then on.",
     "unparked: resume,\n         away: pause, back: resume",
     "unparked: continue,\n         away: pause, back: continue",
     "unparked: resume,\n         away: pause, back: resume"},
    {kNeverKept, "no event stops the clock",
     "Kept means stopped in time. Without a `stop` every ticket ends void, reviewed or broken.",
     "service_started: stop", "service_started: void", "service_started: stop"},
    {kLongerThanOpening, "the limit is longer than any opening",
     "By a calendar only open time counts, so every clock runs on into another opening. Where a "
     "length of real time is meant, measure `elapsed`; where days are meant, write business days.",
     "",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-9-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 9 hours, or we pay you EUR 10."}
  applies: true
  clock:
    measure: workshop
    expire_after: 240h
    on: {reported: start, fixed: stop, expired: review}
    on_silence: review
  target: {within: 9h}
  compensation: {tiers: [{over: 9h, pay: EUR 10.00}]}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: workshop}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-16:30"]}}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec: {events: [reported, fixed, expired]}
)",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: fixed-in-9-hours}
spec:
  vocabulary: repairs
  wording: {en: "Fixed within 2 business days, or we pay you EUR 10."}
  applies: true
  clock:
    measure: workshop
    expire_after: 240h
    on: {reported: start, fixed: stop, expired: review}
    on_silence: review
  target: {within: 2 business days}
  compensation: {tiers: [{over: 2 business days, pay: EUR 10.00}]}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: workshop}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-16:30"]}}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec: {events: [reported, fixed, expired]}
)"},
    {kTierNeverReached, "a tier is never reached",
     "A clock is given up before it can count that much: nobody is ever paid that sum.",
     "{over: 30m, pay: EUR 20.00}", "{over: 24h, pay: EUR 20.00}", "{over: 30m, pay: EUR 20.00}"},
    {kTierAddsNothing, "a tier pays no more than is owed before it",
     "With `stack: replace` the highest tier reached counts alone, so sums ascend; behind "
     "`at_most` "
     "a tier adds nothing.",
     "{over: 30m, pay: EUR 20.00}", "{over: 30m, pay: EUR 5.00}", "{over: 30m, pay: EUR 20.00}"},
    {kTierGap, "between the limit and the first tier nothing is owed",
     "Such a breach is recorded, but pays nothing. Let the first tier begin at the least limit, or "
     "say in the wording from when on is paid: a length that is no limit of other tickets.",
     "{over: 15m, pay: EUR 10.00}", "{over: 20m, pay: EUR 10.00}", "{over: 15m, pay: EUR 10.00}"},
    {kCapBelowTier, "a cap is below the smallest tier",
     "No compensation is ever paid whole, though the wording says what is paid.",
     "max: EUR 20.00, then", "max: EUR 5.00, then", "max: EUR 20.00, then"},
    {kCapNeverBinds, "a cap that never binds",
     "What it allows can never be owed, or another cap keeps it already, so it only looks like a "
     "bound.",
     "{per: customer/day, max: EUR 20.00, then: record}",
     "{per: ticket, max: EUR 50.00, then: record}", "{per: ticket, max: EUR 15.00, then: record}"},
    {kPauseIgnored, "pauses do nothing with target.by",
     "A due instant is fixed: whoever is away at that time was promised it all the same. Write "
     "`continue`, so that nobody reads a pause into it.",
     "",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: answered-on-time}
spec:
  vocabulary: replies
  wording: {en: We answer by the time that we gave you.}
  applies: true
  clock:
    measure: elapsed
    expire_after: 240h
    on: {asked: start, held: pause, taken_up: resume, answered: stop, expired: review}
    on_silence: review
  target: {by: ticket.promised_at}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: replies}
spec:
  events: [asked, held, taken_up, answered, expired]
  attributes: {promised_at: time}
)",
     R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: answered-on-time}
spec:
  vocabulary: replies
  wording: {en: We answer by the time that we gave you.}
  applies: true
  clock:
    measure: elapsed
    expire_after: 240h
    on: {asked: start, held: continue, taken_up: continue, answered: stop, expired: review}
    on_silence: review
  target: {by: ticket.promised_at}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: replies}
spec:
  events: [asked, held, taken_up, answered, expired]
  attributes: {promised_at: time}
)"},
    {kSuspensionOutside, "a suspension outside the promise's life",
     "It lies before or after the days on which the promise is effective: mostly a wrong year.",
     "  warn: [{left: 5m}]\n",
     "  suspensions: [{from: 2025-03-23, until: 2025-06-05, reason: renovation}]\n",
     "  suspensions: [{from: 2026-03-23, until: 2026-06-05, reason: renovation}]\n"},
    {kCaseNeverReached, "a case is never reached",
     "The first case that holds decides. One behind `true`, or behind the same condition, never "
     "acts.",
     "transferred: continue",
     "transferred: [{when: true, then: restart}, {when: event.counter == \"9\", then: void}, "
     "{else: continue}]",
     "transferred: [{when: event.counter == \"9\", then: void}, {else: restart}]"},
    {kNeverPayable, "nothing that is owed is ever paid",
     "`min_payable` is above the most that a breach can owe.", "    settle: end\n",
     "    min_payable: EUR 25.00\n", "    min_payable: EUR 5.00\n"},
    {kBoundsCrossed, "a bound leaves nothing to decide",
     "`at_most` goes before `at_least` and before the sum. Where it is less, that is always paid; "
     "the other one is never seen.",
     "{over: 30m, pay: EUR 20.00}",
     "{over: 30m, pay: 25% of ticket.fare, at_least: EUR 20.00, at_most: EUR 12.00}",
     "{over: 30m, pay: 25% of ticket.fare, at_least: EUR 12.00, at_most: EUR 20.00}"},
    {kWordingDisagrees, "the wording says another time or sum than the promise",
     "Customers go by the text. Whatever it says should be in the numbers, and the limit in the "
     "text. Digits and number words are read in Finnish, Swedish and English.",
     "en: Served within 15 minutes", "en: Served within twenty minutes",
     "en: Served within fifteen minutes"},
    {kWordingWithoutLimit, "the wording names no time limit",
     "A good promise is concrete: the customer can look at the clock and know whether it was kept.",
     "en: Served within 15 minutes, or", "en: You are served in time, or",
     "en: You are served within 15 minutes, or"},
    {kWordingWithoutConsequence, "the wording does not say what happens otherwise",
     "A good promise costs something when it is broken, and says so. Customers who are not told "
     "cannot hold you to it.",
     "en: Served within 15 minutes, or we pay you EUR 10.", "en: Served within 15 minutes.",
     "en: Served within 15 minutes, or we pay you EUR 10."},
    {kWordingVague, "the wording is too vague to be a promise",
     "Words such as `soon`, `mahdollisimman nopeasti`, `så fort som möjligt` or `we aim to` can be "
     "neither kept nor broken. Name the time and what happens otherwise.",
     "en: Served within 15 minutes, or", "en: Served as soon as possible, or",
     "en: Served within 15 minutes, or"},
    {kDecidesNothing, "a condition is always the same",
     "A promise with `applies: false` binds nobody; an excuse with `when: true` excuses every "
     "breach, so that nothing is ever owed.",
     "  warn: [{left: 5m}]\n", "  excuses: [{id: alarm, when: true}]\n",
     "  excuses: [{id: alarm, when: branch.alarm == true}]\n"},
    {kUnknownClass, "a class of days that no calendar has",
     "`day.class` is the class that a calendar gives to the day on which the clock starts. With a "
     "class that none has, this limit never counts.",
     "  target: {within: 15m}\n",
     "  target: {within: [{when: day.class == \"payday\", within: 20m}, {within: 15m}]}\n",
     "  target: {within: [{when: day.weekday == 5, within: 20m}, {within: 15m}]}\n"},
    {kNotSupported, "a clause is read, but not obeyed yet",
     "Nothing is judged while a promise says more than is obeyed: leave the clause out.",
     "    instrument: voucher\n", "    instrument: apology\n    due: 24h\n    late: EUR 5.00\n",
     "    instrument: apology\n    due: 24h\n"},
};

}  // namespace

std::span<const Explanation> meaning_explanations() { return kMeaningCodes; }

}  // namespace lupaus::rules::language
