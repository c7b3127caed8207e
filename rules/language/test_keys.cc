// The keys of promise tests.
#include "rules/language/key_table.h"

namespace lupaus::rules::language {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;
constexpr std::string_view kNone;
constexpr std::span<const std::string_view> kNoWords;

constexpr std::string_view kVersions[] = {"lupaus/v1"};
constexpr std::string_view kKinds[] = {"PromiseTest"};
constexpr std::string_view kStates[] = {"open", "at_risk", "kept",          "breached",
                                        "void", "excused", "indeterminate", "none"};
constexpr std::string_view kPaidStates[] = {"none",     "owed",   "approved", "dispatched",
                                            "paid",     "held",   "recorded", "forfeited",
                                            "declined", "failed", "reversed", "claimable"};
constexpr std::string_view kExpectOrAt[] = {"expect", "at"};

constexpr Key kExpectationTable[] = {
    {"is", Form::word, kOptional,
     "What the world sees of the promise: `at_risk` once staff were warned, `breached` once that "
     "is "
     "recorded, `none` where it does not run.",
     "kept", kNone, kStates},
    {"counted", Form::duration, kOptional, "The counted time.", "15m"},
    {"due", Form::moment, kOptional, "When it is due.", "+20m"},
    {"breached_at", Form::moment, kOptional, "The due instant of what is breached.", "+15m"},
    {"detected_at", Form::moment, kOptional, "When the breach was recorded.", "+15m0.001s"},
    {"stopped_at", Form::moment, kOptional, "When the clock ended, whatever ended it.", "+17m"},
    {"paid_state", Form::word, kOptional, "Where the money stands.", "owed", kNone, kPaidStates},
    {"cycle", Form::count, kOptional, "Which cycle is meant; left out: the last.", "1"}};
constexpr Key kOutageTable[] = {
    {"from", Form::moment, kRequired, "From then on nothing happens …", "+14m"},
    {"until", Form::moment, kRequired, "… until all of it comes.", "+40m"}};
constexpr Key kTestTable[] = {
    {"name", Form::text, kRequired, "What it shows; each test has its own.",
     "exactly 15 minutes is kept"},
    {"start", Form::instant, kOptional, "In place of the file's.", "2026-01-05T09:00:00+02:00"},
    {"defaults", Form::values, kOptional, "In place of the file's, one by one.", "{service: loan}"},
    {"events", Form::events, kRequired, "What is reported, each with its offset from `start`.",
     "[A1 issued, A1 service_started +15m]"},
    {"expect", Form::outcome, kOptional, "What has come of it once all has been heard.",
     "{A1: breached, owed: EUR 10.00}", kNone, kStates, &kExpectationKeys},
    {"at", Form::outcomes, kOptional, "What the world sees at these moments.",
     "{+13m: {A1: at_risk}}", kNone, kStates, &kExpectationKeys},
    {"deliver", Form::times, kOptional,
     "How often each event is sent; then the whole list comes again, and nothing new may be "
     "recorded.",
     "3 times", "1 time"},
    {"publish", Form::books, kOptional, "Books that take effect meanwhile.",
     "{+5m: [served-in-10.yaml]}"},
    {"server_down", Form::map, kOptional, "While the server is down nothing happens.",
     "{from: +14m, until: +40m}", kNone, kNoWords, &kOutageKeys}};
constexpr Key kPromiseTestTable[] = {
    {"apiVersion", Form::word, kRequired, "The version of the language.", "lupaus/v1", kNone,
     kVersions},
    {"kind", Form::word, kRequired, "What the document is.", "PromiseTest", kNone, kKinds},
    {"files", Form::files, kRequired, "The book, by its files relative to this one.",
     "[served-in-15.yaml]"},
    {"start", Form::instant, kOptional, "The instant from which offsets count.",
     "2026-01-05T09:00:00+02:00"},
    {"defaults", Form::values, kOptional,
     "The `branch`, and the attributes of each ticket's first event.",
     "{branch: helsinki-1, service: cash}"},
    {"tests", Form::list, kRequired, "The tests.",
     "[{name: kept, events: [A1 issued, A1 service_started +15m], expect: {A1: kept}}]", kNone,
     kNoWords, &kTestKeys}};

}  // namespace

constinit const Place kExpectationKeys{
    "an expectation", "PromiseTest: tests[].expect.*",
    "What must be true of a ticket; what is left out is not compared. A state alone stands for "
    "`{is: …}`.",
    kExpectationTable};
constinit const Place kOutageKeys{"an outage", "PromiseTest: tests[].server_down",
                                  "A time in which the server is down.", kOutageTable};
constinit const Place kTestKeys{"a test",
                                "PromiseTest: tests[]",
                                "Events on a virtual clock, and what must come of them.",
                                kTestTable,
                                {},
                                kExpectOrAt};
constinit const Place kPromiseTestKeys{
    "a file of tests", "PromiseTest", "The whole document; it has no metadata.", kPromiseTestTable};

}  // namespace lupaus::rules::language
