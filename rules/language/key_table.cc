// The keys of every document's head and of calendars, branches and vocabularies, and how a key is
// found.
#include "rules/language/key_table.h"

#include "rules/model/result.h"

namespace lupaus::rules::language {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;
constexpr std::string_view kNone;
constexpr std::span<const std::string_view> kNoWords;

constexpr std::string_view kVersions[] = {"lupaus/v1"};
constexpr std::string_view kKinds[] = {"Promise", "Calendar", "Branch", "Vocabulary",
                                       "PromiseTest"};
constexpr std::string_view kTypes[] = {"string", "bool", "int", "money", "time", "duration"};

constexpr Key kAttributeTable[] = {
    {"type", Form::word, kRequired, "The type of the values.", "string", kNone, kTypes},
    {"personal", Form::flag, kOptional,
     "Whether the value tells of a person: it is kept apart and can be erased.", "true", "false"}};
constexpr Key kVocabularyTable[] = {
    {"events", Form::names, kRequired, "The events of a ticket. `expired` must be among them.",
     "[received, answered, expired]"},
    {"branch_events", Form::names, kOptional, "The events of a branch.",
     "[branch_closed, branch_opened]"},
    {"attributes", Form::attributes, kOptional, "The attributes of a ticket and their types.",
     "{severity: int, customer: {type: string, personal: true}}", kNone, kTypes, &kAttributeKeys},
    {"branch_attributes", Form::attributes, kOptional,
     "The attributes of a branch and their types.", "{region: string, alarm: bool}", kNone, kTypes,
     &kAttributeKeys}};
constexpr Key kSourceTable[] = {
    {"id", Form::source, kRequired, "The name that it gives in its events.", "helsinki-1/kiosk-1"},
    Key{"reports", Form::names, kOptional, "The event types that it may send; left out: all.",
        "[issued]"}
        .filled()};
constexpr Key kBranchTable[] = {
    {"timezone", Form::zone, kRequired,
     "Its IANA time zone: days and months of dates and caps are local.", "Europe/Helsinki"},
    {"hours", Form::name, kOptional,
     "The calendar of its opening hours, for `measure: branch` and business days.", "branch-hours"},
    {"attributes", Form::texts, kOptional, "Its attributes, as the vocabularies type them.",
     "{region: uusimaa}"},
    {"sources", Form::list, kOptional, "The sources that may report for it; left out: any.",
     "[{id: helsinki-1/kiosk-1, reports: [issued]}]", kNone, kNoWords, &kSourceKeys}};
constexpr Key kExceptionTable[] = {
    {"date", Form::date, kRequired, "The local date.", "2026-12-24"},
    {"hours", Form::intervals, kOptional,
     "The hours that open on this date; [] is closed; left out: those of the week.",
     "[\"10:00-12:00\"]"},
    {"class", Form::name, kOptional, "The class of the date, for `day.class`.", "payday"},
    {"reason", Form::text, kOptional, "Why, for people.", "Christmas Eve"}};
constexpr Key kDayTable[] = {
    {"hours", Form::intervals, kRequired, "The hours; [] is closed.", "[\"10:00-14:00\"]"},
    {"class", Form::name, kOptional, "The class of these weekdays, for `day.class`.", "weekend"}};
constexpr Key kCalendarTable[] = {
    {"timezone", Form::zone, kRequired, "The IANA time zone of the hours.", "Europe/Helsinki"},
    {"hours", Form::week, kRequired,
     "The hours by weekday or range of weekdays. An end at or before its begin lies on the next "
     "day.",
     "{mon-fri: [\"09:00-16:30\"], sat: {hours: [\"10:00-14:00\"], class: weekend}}", kNone,
     kNoWords, &kDayKeys},
    {"exceptions", Form::list, kOptional, "Dates on which something is different.",
     "[{date: 2026-12-24, hours: [], reason: Christmas Eve}]", kNone, kNoWords, &kExceptionKeys}};
constexpr Key kMetadataTable[] = {
    {"name", Form::name, kRequired, "Unique among the documents of its kind.", "served-in-15"},
    {"owner", Form::text, kOptional, "Who answers for it.", "branch-services@bank.example"},
    {"labels", Form::texts, kOptional, "Free marks, for lists and reports.", "{channel: branch}"}};
constexpr Key kDocumentTable[] = {
    {"apiVersion", Form::word, kRequired, "The version of the language.", "lupaus/v1", kNone,
     kVersions},
    {"kind", Form::word, kRequired, "What the document is.", "Promise", kNone, kKinds},
    {"metadata", Form::map, kRequired, "Names the document.",
     "{name: served-in-15, owner: branch-services@bank.example}", kNone, kNoWords, &kMetadataKeys},
    {"spec", Form::map, kRequired, "The content, by kind.", "{}"}};

}  // namespace

constinit const Place kAttributeKeys{"an attribute", "Vocabulary: spec.attributes.*",
                                     "The long form of an attribute.", kAttributeTable};
constinit const Place kVocabularyKeys{
    "spec", "Vocabulary: spec",
    "The events and attributes that a kind of service has. `queue` is built in.", kVocabularyTable};
constinit const Place kSourceKeys{"a source", "Branch: spec.sources[]",
                                  "A device or a program that may report for the branch.",
                                  kSourceTable};
constinit const Place kBranchKeys{"spec", "Branch: spec", "A place where customers are served.",
                                  kBranchTable};
constinit const Place kExceptionKeys{"an exception", "Calendar: spec.exceptions[]",
                                     "What is different on one date.", kExceptionTable};
constinit const Place kDayKeys{"a day's hours", "Calendar: spec.hours.*",
                               "The long form of a weekday.", kDayTable};
constinit const Place kCalendarKeys{"spec", "Calendar: spec",
                                    "Opening hours by which a clock can run.", kCalendarTable};
constinit const Place kMetadataKeys{"metadata", "metadata", "Names the document.", kMetadataTable};
constinit const Place kDocumentKeys{
    "a document", "every document",
    "What every document begins with. A file may hold several, apart by a line of three dashes.",
    kDocumentTable};

namespace {

constexpr Kind kKindTable[] = {
    {"Promise", &kPromiseKeys,
     "A promise to customers: whom it binds, how time counts, what is owed."},
    {"Calendar", &kCalendarKeys, "Opening hours by which a clock can run."},
    {"Branch", &kBranchKeys, "A place where customers are served."},
    {"Vocabulary", &kVocabularyKeys, "The events and attributes that a kind of service has."},
    {"PromiseTest", nullptr, "Tests of promises, for `lupaus test`.", &kPromiseTestKeys}};

}  // namespace

std::span<const Kind> document_kinds() { return kKindTable; }

const Key* find_key(const Place& place, std::string_view name) {
  for (const Key& key : place.keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::span<const std::string_view> words_of(const Place& place, std::string_view name) {
  const Key* key = find_key(place, name);
  model::ensure(key != nullptr, "a place has the key that its reader asks for");
  return key->words;
}

}  // namespace lupaus::rules::language
