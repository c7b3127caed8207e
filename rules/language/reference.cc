// Prints the table of keys as Markdown.
#include "rules/language/reference.h"

#include <vector>

#include "rules/language/key_table.h"

namespace lupaus::rules::language {
namespace {

struct FormText {
  Form form;
  std::string_view name;   ///< as the tables of keys call it
  std::string_view about;  ///< how it is written; "" where the keys' tables say it all
};

constexpr FormText kForms[] = {
    {Form::text, "text", "Any text that is not empty."},
    {Form::name, "name", "At most 63 letters, digits, `-`, `_` and `.`."},
    {Form::source, "source", "A name that may hold `/`, `+` and `:` too."},
    {Form::zone, "time zone", "An IANA time zone: `Europe/Helsinki`."},
    {Form::word, "word", ""},
    {Form::flag, "flag", "`true` or `false`; `yes` and `no` are refused."},
    {Form::count, "number", "A whole number of at least 1, without leading zeros."},
    {Form::percent, "percentage", "`95%`, `12.5%`: at most four decimals."},
    {Form::duration, "length of time",
     "`90s`, `15m`, `1h30m`, `15m0.001s` or ISO 8601 (`PT15M`). A bare number and `1d` are "
     "refused: write `24h`, `1 business day` or `1 calendar day`."},
    {Form::limit, "limit", "A length of time, or `2 business days`, `1 calendar day`."},
    {Form::period, "period", "A length of time, or `1 calendar day`: local dates begun."},
    {Form::money, "sum",
     "An ISO 4217 code and the amount with the decimals of the currency: `EUR 10.00`, `JPY 500`. "
     "All sums of a promise are of one currency."},
    {Form::amount, "sum or share",
     "A sum, or a share of an attribute of type money: `25% of ticket.fare` (as at the start), "
     "`12.5% of final(ticket.bill)` (as at settlement)."},
    {Form::cap, "limit of money", "A sum or share, or a number of compensations: `1 time`."},
    {Form::date, "date", "`2026-01-05`, local to the branch."},
    {Form::month_day, "day of the year", "`04-01`: month and day."},
    {Form::condition, "condition",
     "A CEL expression that is true or false. It reads `ticket.*`, `branch.id` and `branch.*`."},
    {Form::deadline, "instant",
     "`ticket.appointment_at`, with ` + 10m` or ` - 10m` where needed; the attribute has the type "
     "time."},
    {Form::names, "list of names", ""},
    {Form::intervals, "opening hours",
     "A list such as `[\"09:00-12:00\", \"13:00-24:00\"]`. An end at or before its begin lies on "
     "the next day; `[]` is closed."},
    {Form::texts, "map of texts", ""},
    {Form::wording, "texts by language", "A map: `fi`, `sv`, `en` or another code to a text."},
    {Form::map, "map", ""},
    {Form::list, "list", ""},
    {Form::limits, "limit or list", ""},
    {Form::due, "limit or map", ""},
    {Form::effects, "effects",
     "A map: each event of the vocabulary to a word, to a map by condition or to a list of them."},
    {Form::week, "week",
     "A map: `mon` … `sun` or a range such as `mon-fri` to opening hours or to a map with a "
     "class."},
    {Form::attributes, "attributes", "A map: an attribute to its type or to a map."},
    {Form::values, "map of values", ""},
    {Form::instant, "time", "RFC 3339: `2026-01-05T09:00:00+02:00`."},
    {Form::moment, "moment", "A time, or `+15m`, `-5m` from the `start` of the test."},
    {Form::times, "count", "`1 time`, `3 times`: at most 100."},
    {Form::files, "list of files", ""},
    {Form::events, "events",
     "A list of `TICKET TYPE [MOMENT] [arrives MOMENT]`: `A1 issued +2m`. With attributes each is "
     "a "
     "map of one entry: `- A1 issued: {service: loan}`. A branch's name in place of the ticket "
     "makes a branch event; `arrives` delivers it late."},
    {Form::outcome, "outcome",
     "A map: each ticket to a state, to a map, or to a map of promises to either. `owed` is the "
     "sum "
     "of the tickets beside it, or `nothing`."},
    {Form::outcomes, "outcomes", "A map: a moment to an outcome."},
    {Form::books, "books", "A map: a moment to a list of files."},
};

std::string_view name_of(Form form) {
  for (const FormText& text : kForms) {
    if (text.form == form) return text.name;
  }
  return "";
}

/// A pipe would end a cell of the table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string shown(const Beside& beside) {
  return "`" + std::string(beside.key) + ": " + std::string(beside.word) + "`";
}

/// What the key asks of the others of its place.
std::string company_of(const Key& key) {
  std::string text;
  for (const std::string_view need : key.needs) text += " Needs `" + std::string(need) + "`.";
  if (!key.only_with.key.empty()) text += " Only with " + shown(key.only_with) + ".";
  if (key.is_filled) text += " At least one.";
  return text;
}

void put_key(const Key& key, std::string& out) {
  out.append("| `").append(key.name).append("` | ").append(key.is_required ? "yes" : "");
  if (!key.unless.key.empty()) out.append("unless ").append(shown(key.unless));
  out.append(" | ");
  if (key.words.empty()) {
    out.append(name_of(key.form));
  } else {
    if (key.form != Form::word) out.append(name_of(key.form)).append(": ");
    for (size_t i = 0; i < key.words.size(); ++i) {
      out.append(i == 0 ? "`" : ", `").append(key.words[i]).append("`");
    }
  }
  out.append(" | ");
  if (!key.fallback.empty()) out.append("`").append(key.fallback).append("`");
  out.append(" | ").append(cell(key.about)).append(company_of(key));
  out.append(" | `").append(cell(key.example)).append("` |\n");
}

void put_place(const Place& place, std::string& out) {
  out.append("### ").append(place.path).append("\n\n").append(place.about).append("\n\n");
  out.append("| key | required | form | default | means | example |\n|---|---|---|---|---|---|\n");
  for (const Key& key : place.keys) put_key(key, out);
  out += '\n';
}

void put_below(const Place& place, std::vector<const Place*>& seen, std::string& out) {
  for (const Place* other : seen) {
    if (other == &place) return;
  }
  seen.push_back(&place);
  put_place(place, out);
  for (const Key& key : place.keys) {
    if (key.child != nullptr) put_below(*key.child, seen, out);
  }
}

}  // namespace

std::string reference() {
  std::string out =
      "# Promise files\n\n"
      "Every key that a promise file may hold. This page is made by `lupaus reference` from the "
      "table that the loader itself reads by;\n`lupaus schema` prints the same table as a JSON "
      "Schema for editors (`lupaus.schema.json`), and `lupaus check` finds what is wrong.\n\n"
      "Every value is read as the text that is written, by the form that its key has: quotes "
      "change nothing, and nothing is guessed.\nUnknown and repeated keys, anchors, aliases and "
      "tags are refused.\n\n## Forms\n\n| form | written |\n|---|---|\n";
  for (const FormText& form : kForms) {
    if (form.about.empty()) continue;
    out.append("| ").append(form.name).append(" | ").append(cell(form.about)).append(" |\n");
  }
  out += "\n## Head\n\n";
  std::vector<const Place*> seen;
  put_below(kDocumentKeys, seen, out);
  for (const Kind& kind : document_kinds()) {
    out.append("## ").append(kind.name).append("\n\n").append(kind.about).append("\n\n");
    put_below(kind.spec != nullptr ? *kind.spec : *kind.document, seen, out);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace lupaus::rules::language
