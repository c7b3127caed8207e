// The keys of a promise, clause by clause.
#include "rules/language/key_table.h"

namespace lupaus::rules::language {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;
constexpr std::string_view kNone;
constexpr std::span<const std::string_view> kNoWords;

constexpr std::string_view kEffects[] = {"start",  "stop",  "restart", "void",    "forfeit",
                                         "review", "pause", "resume",  "continue"};
constexpr std::string_view kSilences[] = {"review", "favour_customer"};
constexpr std::string_view kBoundaries[] = {"inclusive", "exclusive"};
constexpr std::string_view kPeriods[] = {"day", "week", "month", "quarter", "year"};
constexpr std::string_view kSettles[] = {"end", "breach"};
constexpr std::string_view kStacks[] = {"replace", "add"};
constexpr std::string_view kCounts[] = {"started", "full"};
constexpr std::string_view kInstruments[] = {"voucher", "transfer", "webhook", "apology"};
constexpr std::string_view kNatures[] = {"damages", "price_reduction"};
constexpr std::string_view kScopes[] = {"ticket",        "customer/day", "customer/month",
                                        "customer/year", "promise/day",  "promise/month"};
constexpr std::string_view kThens[] = {"record", "hold"};
constexpr std::string_view kWithinOrBy[] = {"within", "by"};
constexpr std::string_view kWhenOrApprovers[] = {"when", "approvers"};
constexpr std::string_view kWhenOrElse[] = {"when", "else"};
constexpr std::string_view kWhen[] = {"when"};
constexpr std::string_view kThen[] = {"then"};
constexpr std::string_view kApprovers[] = {"approvers"};
constexpr std::string_view kEvery[] = {"every"};
constexpr std::string_view kDue[] = {"due"};

constexpr Key kSuspensionTable[] = {
    {"from", Form::date, kRequired, "The first local date.", "2026-03-23"},
    {"until", Form::date, kRequired, "The last local date.", "2026-06-05"},
    {"when", Form::condition, kOptional, "Only for tickets of which this is true.",
     "branch.region == \"uusimaa\""},
    {"reason", Form::text, kOptional, "Why, for people.", "Emergency conditions"}};
constexpr Key kExcuseTable[] = {
    {"id", Form::name, kRequired, "Its name.", "evacuation"},
    {"when", Form::condition, kOptional,
     "Excuses a breach where this was true of the branch before it, or is true of the ticket at "
     "settlement.",
     "branch.alarm == true"},
    {"approvers", Form::count, kOptional, "How many people must agree to excuse by hand.", "2"},
    Key{"max_share", Form::percent, kOptional,
        "The greatest share of all breaches that may be excused by hand.", "1%"}
        .needing(kApprovers),
    {"wording", Form::wording, kOptional, "What customers are told, by language.",
     "{en: Fire alarm}"}};
constexpr Key kApprovalTable[] = {
    {"over", Form::money, kRequired, "Sums above this need approval.", "EUR 50.00"},
    {"approvers", Form::count, kOptional, "How many people must approve.", "2", "1"}};
constexpr Key kClaimTable[] = {
    {"required", Form::flag, kOptional, "`false` is as if nothing was written.", "true", "true"},
    {"on", Form::name, kRequired, "The event by which the customer asks.", "claim_received"},
    {"within", Form::limit, kRequired,
     "How long after finality it can be asked for. Then it lapses.", "28 calendar days"}};
constexpr Key kDueTable[] = {
    {"within", Form::limit, kRequired, "How soon.", "5 business days"},
    {"days", Form::name, kOptional,
     "Whose days: `target` (of the euro's payment system), `branch` (the hours of the branch), or "
     "a calendar.",
     "target", "branch"}};
constexpr Key kCapTable[] = {
    {"per", Form::word, kRequired, "What is limited.", "customer/day", kNone, kScopes},
    {"max", Form::cap, kRequired, "A sum, a share of an attribute, or a number of compensations.",
     "EUR 20.00"},
    {"then", Form::word, kOptional,
     "What happens to the rest: it is recorded unpaid, or the whole is held for a person.",
     "record", "record", kThens},
    Key{"from", Form::month_day, kOptional, "The first day of the year.", "04-01", "01-01"}
        .only_beside("per", "customer/year")};
constexpr Key kTierTable[] = {
    {"over", Form::limit, kRequired,
     "The counted time above which it is reached (with `by`: the time since due).", "15m"},
    {"pay", Form::amount, kRequired,
     "A sum, or a share of an attribute as at the start (or `final(…)`: at settlement).",
     "EUR 10.00"},
    {"every", Form::period, kOptional, "Pays once for each such period beyond `over`.", "24h"},
    Key{"count", Form::word, kOptional, "Which periods count.", "started", "started", kCounts}
        .needing(kEvery),
    Key{"measure", Form::name, kOptional,
        "How the periods are measured: a calendar, `branch` or `elapsed`. Left out: as the clock.",
        "elapsed"}
        .needing(kEvery),
    {"at_most", Form::amount, kOptional, "The most that this tier pays.", "EUR 100.00"},
    {"at_least", Form::amount, kOptional, "The least that this tier pays once it is reached.",
     "EUR 5.00"}};
constexpr Key kCompensationTable[] = {
    {"settle", Form::word, kOptional,
     "When the sum is known: at the end of the clock, or at the breach (one flat tier at the "
     "limit).",
     "end", "end", kSettles},
    {"stack", Form::word, kOptional,
     "Whether a higher tier replaces the lower ones or adds to them.", "replace", "replace",
     kStacks},
    Key{"tiers", Form::list, kOptional, "The tiers, ascending by `over`.",
        "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]", kNone, kNoWords, &kTierKeys}
        .filled()
        .required_unless("instrument", "apology"),
    {"at_most", Form::amount, kOptional, "The most that the tiers pay together.", "EUR 2000.00"},
    {"at_least", Form::amount, kOptional, "The least that they pay together once one is reached.",
     "EUR 5.00"},
    {"min_payable", Form::money, kOptional, "Less than this is not paid.", "EUR 4.00"},
    {"group", Form::name, kOptional,
     "Of the promises of a group that break on one ticket, the largest is paid.", "visit"},
    {"caps", Form::list, kOptional, "Limits, applied in the order written.",
     "[{per: customer/day, max: EUR 20.00, then: record}]", kNone, kNoWords, &kCapKeys},
    {"instrument", Form::word, kOptional, "How it is paid.", "voucher", "voucher", kInstruments},
    {"nature", Form::word, kOptional, "What the payment is, which decides its VAT treatment.",
     "damages", "damages", kNatures},
    {"due", Form::due, kOptional,
     "How soon after finality (or after the claim) the payout itself is promised.",
     "5 business days", kNone, kNoWords, &kDueKeys},
    Key{"late", Form::money, kOptional, "Owed once more when `due` is missed.", "EUR 10.00"}
        .needing(kDue),
    {"approval", Form::map, kOptional, "When a person must approve the payout.",
     "{over: EUR 50.00, approvers: 2}", kNone, kNoWords, &kApprovalKeys},
    {"claim", Form::map, kOptional, "The customer has to ask for it. Left out: nobody has to.",
     "{required: true, on: claim_received, within: 28 calendar days}", kNone, kNoWords,
     &kClaimKeys},
    Key{"voucher_valid", Form::limit, kOptional,
        "How long a voucher can be redeemed after its issue. Left out: for ever.",
        "90 calendar days"}
        .only_beside("instrument", "voucher")};
constexpr Key kWithinTable[] = {
    {"when", Form::condition, kOptional,
     "May read `day.class` and `day.weekday` (1 is Monday) too.", "day.class == \"payday\""},
    {"within", Form::limit, kRequired, "The limit.", "30m"}};
constexpr Key kTargetTable[] = {
    {"within", Form::limits, kOptional,
     "The greatest counted time, or a list of limits by condition.", "15m", kNone, kNoWords,
     &kWithinKeys},
    {"by", Form::deadline, kOptional,
     "An instant from an attribute of type time. Needs `measure: elapsed`.",
     "ticket.appointment_at + 10m"},
    {"boundary", Form::word, kOptional, "Whether exactly the limit is kept.", "inclusive",
     "inclusive", kBoundaries},
    {"objective", Form::percent, kOptional, "The share that shall be kept; for reports.", "95%"},
    {"per", Form::word, kOptional, "The period of the objective.", "month", kNone, kPeriods}};
constexpr Key kLineTable[] = {
    Key{"when", Form::condition, kOptional,
        "May read `event.*` too: the attributes of this event alone.",
        "event.to_service == \"loan\""}
        .needing(kThen),
    Key{"then", Form::word, kOptional, "The effect where `when` is true.", "restart", kNone,
        kEffects}
        .needing(kWhen),
    {"else", Form::word, kOptional, "The effect where no condition is true.", "continue", kNone,
     kEffects}};
constexpr Key kClockTable[] = {
    {"measure", Form::name, kRequired,
     "A calendar's name, `branch` (the hours of each branch) or `elapsed`.", "branch-hours"},
    {"expire_after", Form::duration, kOptional,
     "A commitment open for longer is given up with the effect of `expired`. Must be written where "
     "the limit or a tier may need more than 24h.",
     "24h", "24h"},
    {"on", Form::effects, kRequired,
     "What each event of the vocabulary does to the clock; every event has a line.",
     "{issued: start, service_started: stop, transferred: {when: event.to_service == \"loan\", "
     "then: restart, else: continue}}",
     kNone, kEffects, &kLineKeys},
    {"on_silence", Form::word, kRequired,
     "What happens when a source stays silent: a person decides, or the customer is believed.",
     "review", kNone, kSilences},
    {"hold", Form::duration, kOptional,
     "How long a verdict waits for a source that is silent, before `on_silence` says what becomes "
     "of it.",
     "24h", "24h"}};
constexpr Key kWarningTable[] = {{"left", Form::duration, kRequired, "The time left.", "5m"}};
constexpr Key kEffectiveTable[] = {
    {"from", Form::date, kOptional, "The first local date of the branch.", "2026-01-01"},
    {"until", Form::date, kOptional, "The last local date of the branch.", "2026-12-31"}};
constexpr Key kPromiseTable[] = {
    {"vocabulary", Form::name, kOptional, "The vocabulary of its events and attributes.", "queue",
     "queue"},
    {"problem", Form::text, kOptional, "The customer's real problem that it answers.",
     "Customers wait without knowing how long."},
    {"effective", Form::map, kOptional, "When the promise holds. Left out: always.",
     "{from: 2026-01-01, until: 2026-12-31}", kNone, kNoWords, &kEffectiveKeys},
    {"wording", Form::wording, kRequired,
     "What customers are told, by language (fi, sv, en); at least one.",
     "{en: \"Served within 15 minutes, or we pay you EUR 10.\"}"},
    {"applies", Form::condition, kRequired, "To which tickets it applies; `true` for all.",
     "ticket.service in [\"cash\", \"loan\"]"},
    {"clock", Form::map, kRequired, "How time is counted.",
     "{measure: elapsed, on: {issued: start, service_started: stop, expired: review}, on_silence: "
     "review}",
     kNone, kNoWords, &kClockKeys},
    {"target", Form::map, kRequired, "The limit.", "{within: 15m, objective: 95%, per: month}",
     kNone, kNoWords, &kTargetKeys},
    {"warn", Form::list, kOptional, "Warnings before the limit.", "[{left: 5m}, {left: 2m}]", kNone,
     kNoWords, &kWarningKeys},
    {"compensation", Form::map, kOptional, "What a broken promise pays. Left out: nothing.",
     "{tiers: [{over: 15m, pay: EUR 10.00}]}", kNone, kNoWords, &kCompensationKeys},
    {"excuses", Form::list, kOptional, "Reasons for which a breach is not owed.",
     "[{id: evacuation, when: branch.alarm == true}]", kNone, kNoWords, &kExcuseKeys},
    {"suspensions", Form::list, kOptional, "Days on which tickets are not bound.",
     "[{from: 2026-03-23, until: 2026-06-05, reason: Emergency conditions}]", kNone, kNoWords,
     &kSuspensionKeys}};

}  // namespace

constinit const Place kSuspensionKeys{"a suspension", "Promise: spec.suspensions[]",
                                      "Tickets that start in these days are not bound.",
                                      kSuspensionTable};
constinit const Place kExcuseKeys{
    "an excuse",
    "Promise: spec.excuses[]",
    "A reason for which a breach is not owed. Needs `when` or `approvers`.",
    kExcuseTable,
    kNoWords,
    kWhenOrApprovers};
constinit const Place kApprovalKeys{"approval", "Promise: spec.compensation.approval",
                                    "When a person must approve the payout.", kApprovalTable};
constinit const Place kClaimKeys{"claim", "Promise: spec.compensation.claim",
                                 "The customer has to ask for the compensation.", kClaimTable};
constinit const Place kDueKeys{"due", "Promise: spec.compensation.due",
                               "How soon the payout itself is promised, in whose days.", kDueTable};
constinit const Place kCapKeys{"a cap", "Promise: spec.compensation.caps[]",
                               "A limit on money. It never hides a breach.", kCapTable};
constinit const Place kTierKeys{"a tier", "Promise: spec.compensation.tiers[]",
                                "What is owed from some lateness on.", kTierTable};
constinit const Place kCompensationKeys{"compensation", "Promise: spec.compensation",
                                        "What a broken promise pays. Left out: nothing.",
                                        kCompensationTable};
constinit const Place kWithinKeys{
    "an entry of target.within", "Promise: spec.target.within[]",
    "One limit of a list; the first whose condition is true counts, the last has none.",
    kWithinTable};
constinit const Place kTargetKeys{"target", "Promise: spec.target",
                                  "The limit: `within` or `by`, one of them.", kTargetTable,
                                  kWithinOrBy};
constinit const Place kLineKeys{"a conditional line",
                                "Promise: spec.clock.on.*",
                                "An effect by condition, alone or in a list where the first match "
                                "counts. `else` is required, in the last one.",
                                kLineTable,
                                kNoWords,
                                kWhenOrElse};
constinit const Place kClockKeys{"clock", "Promise: spec.clock", "How time is counted.",
                                 kClockTable};
constinit const Place kWarningKeys{"a warning", "Promise: spec.warn[]",
                                   "A warning before the limit.", kWarningTable};
constinit const Place kEffectiveKeys{"effective", "Promise: spec.effective",
                                     "When the promise holds. The start of the ticket decides.",
                                     kEffectiveTable};
constinit const Place kPromiseKeys{"spec", "Promise: spec", "A promise to customers.",
                                   kPromiseTable};

}  // namespace lupaus::rules::language
