// The words of verdicts and the line that reports print for a cycle.
#include "rules/model/verdict.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "rules/model/words.h"

namespace lupaus::rules::model {
namespace {

constexpr std::array<std::string_view, 6> kVerdicts = {"open", "kept",    "breached",
                                                       "void", "excused", "indeterminate"};
constexpr std::array<std::string_view, 12> kPaidStates = {
    "",         "owed",      "approved", "dispatched", "paid",     "held",
    "recorded", "forfeited", "declined", "failed",     "reversed", "claimable"};

/// `text` as a JSON string, quotes included. The bytes are UTF-8 already.
void append_string(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (c == '\t') {
      json += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

void append_key(std::string& json, std::string_view key) {
  json += json.size() == 1 ? "\"" : ",\"";
  json += key;
  json += "\":";
}

void append_field(std::string& json, std::string_view key, std::string_view text) {
  append_key(json, key);
  append_string(json, text);
}

void append_field(std::string& json, std::string_view key, const std::optional<Instant>& instant) {
  append_key(json, key);
  json += instant ? '"' + format_instant(*instant) + '"' : "null";
}

void append_owed(std::string& json, const std::optional<Money>& owed) {
  append_key(json, "owed");
  json += owed ? fmt::format(R"({{"currency":"{}","amount":"{}"}})", owed->currency.text(),
                             format_amount(*owed))
               : "null";
}

}  // namespace

std::string_view format_verdict(Verdict verdict) { return word_of(kVerdicts, verdict); }
std::optional<Verdict> find_verdict(std::string_view text) {
  return find_word<Verdict>(kVerdicts, text);
}

std::string format_commitment(const CommitmentKey& key) {
  return fmt::format("{}/{}/{}/{}", key.branch, key.ticket, key.promise, key.cycle);
}

bool is_expiry(End end) {
  return end == End::expired_stop || end == End::expired_void || end == End::expired_forfeit ||
         end == End::expired_review;
}

std::string_view format_paid_state(PaidState state) { return word_of(kPaidStates, state); }
std::optional<PaidState> find_paid_state(std::string_view text) {
  return find_word<PaidState>(kPaidStates, text);
}

std::string_view format_doubt(Doubt doubt) {
  switch (doubt) {
    case Doubt::none:
      return "";
    case Doubt::clock:
      return "clock";
    case Doubt::silence:
      return "silence";
    case Doubt::lost:
      return "lost";
  }
  return "";
}

std::string_view Cycle::reason() const {
  if (doubt != Doubt::none) return format_doubt(doubt);
  switch (end) {
    case End::restart:
      return "restarted";
    case End::voided:
    case End::expired_void:
      return "void";
    case End::review:
    case End::expired_review:
      return "review";
    case End::forfeit:
    case End::expired_forfeit:
      // WHY: an unbroken clock becomes void by it; a broken one says `forfeited` where the money
      // stands (R28).
      return is_broken ? "" : "void";
    case End::none:
    case End::stop:
    case End::expired_stop:
      return "";
  }
  return "";
}

std::string to_json(const VerdictLine& line) {
  std::string json = "{";
  json.reserve(420);
  append_field(json, "branch", line.key.branch);
  append_field(json, "ticket", line.key.ticket);
  append_field(json, "promise", line.key.promise);
  append_field(json, "revision", std::to_string(line.key.revision));
  append_key(json, "cycle");
  json += std::to_string(line.key.cycle);
  append_field(json, "verdict", format_verdict(line.verdict));
  append_key(json, "final");
  json += line.is_final ? "true" : "false";
  append_field(json, "started_at", std::optional(line.started_at));
  append_field(json, "due_at", line.due_at);
  append_field(json, "stopped_at", line.stopped_at);
  append_field(json, "counted", format_seconds(line.counted));
  append_key(json, "late_by");
  json += line.late_by ? '"' + format_seconds(*line.late_by) + '"' : "null";
  append_field(json, "breached_at", line.breached_at);
  append_owed(json, line.owed);
  append_key(json, "paid_state");
  json += line.paid_state == PaidState::none
              ? "null"
              : fmt::format("\"{}\"", format_paid_state(line.paid_state));
  append_field(json, "reason", line.reason);
  json += '}';
  return json;
}

VerdictLine to_line(CommitmentKey key, const Cycle& cycle, bool is_final) {
  VerdictLine line;
  line.key = std::move(key);
  line.verdict = cycle.verdict;
  line.is_final = is_final;
  line.started_at = cycle.started_at;
  line.due_at = cycle.due_at;
  line.stopped_at = cycle.stopped_at;
  line.counted = cycle.counted;
  // An excused breach stays a breach in the log: it keeps its instant and its lateness (R55).
  if (cycle.verdict == Verdict::breached || cycle.verdict == Verdict::excused) {
    line.late_by = cycle.counted - cycle.limit;
    line.breached_at = cycle.due_at;
  }
  line.reason = cycle.reason();
  return line;
}

void show_decision(Verdict verdict, std::string_view reason, VerdictLine& line) {
  if (line.verdict != Verdict::indeterminate) return;
  line.is_decided = true;
  line.verdict = verdict;
  line.breached_at = verdict == Verdict::breached ? line.due_at : std::nullopt;
  if (verdict != Verdict::breached) line.late_by.reset();
  line.reason = reason;
}

void show_end(const Cycle& cycle, VerdictLine& line) {
  line.stopped_at = cycle.stopped_at;
  line.due_at = cycle.due_at;
  line.counted = cycle.counted;
  if (line.verdict != Verdict::breached) return;
  line.breached_at = cycle.due_at;
  line.late_by =
      cycle.counted > cycle.limit ? std::optional(cycle.counted - cycle.limit) : std::nullopt;
}

void show_excuse(std::string_view excuse, VerdictLine& line) {
  line.verdict = Verdict::excused;
  line.reason = excuse;
}

}  // namespace lupaus::rules::model
