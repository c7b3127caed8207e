// Lines, tables and summaries of a backtest.
#include "clients/cli/backtest_report.h"

#include <fmt/format.h>

#include <array>
#include <ostream>

#include "clients/cli/backtest_counts.h"
#include "clients/cli/output.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::Instant;
using rules::model::VerdictLine;
using rules::scenario::Change;
using rules::scenario::Comparison;
using rules::scenario::Dimension;
using rules::scenario::Outcome;
using rules::scenario::TodayVerdict;
using rules::scenario::VerdictCounts;

void write_counts(std::ostream& out, const std::string& name, const VerdictCounts& counts) {
  out << name << ": " << counts.commitments << " commitments, " << counts.kept << " kept, "
      << counts.breached << " breached, " << counts.voided << " void";
  if (counts.excused != 0) out << ", " << counts.excused << " excused";
  if (counts.indeterminate != 0) out << ", " << counts.indeterminate << " indeterminate";
  out << ", " << counts.open << " open; owed " << sums_text(counts);
  if (const auto rate = kept_percent(counts)) out << "; kept rate " << *rate << " %";
  out << "\n";
}

void write_comparison(std::ostream& out, const Comparison& comparison) {
  out << "against today: " << comparison.newly_breached << " newly breached, "
      << comparison.no_longer_breached << " no longer";
  if (comparison.newly_bound != 0) out << ", " << comparison.newly_bound << " newly bound";
  if (comparison.no_longer_bound != 0)
    out << ", " << comparison.no_longer_bound << " no longer bound";
  if (!comparison.undecided.empty())
    out << ", " << comparison.undecided.size() << " not final today";
  if (comparison.owed.empty()) out << "; nothing owed before or after";
  bool is_first = true;
  for (const auto& [currency, sums] : comparison.owed) {
    out << (is_first ? "; " : ", ") << rules::model::format_money(sums.first) << " -> "
        << rules::model::format_money(sums.second);
    is_first = false;
  }
  out << "\n";
}

void write_summary(std::ostream& out, const Outcome& outcome, const Comparison* comparison) {
  out << outcome.events << " events";
  if (outcome.as_of) out << " as of " << rules::model::format_instant(*outcome.as_of);
  if (outcome.repeated != 0) out << ", " << outcome.repeated << " repeated";
  if (outcome.later != 0) out << ", " << outcome.later << " later ones left out";
  out << "; zones of tz " << outcome.tz_version << "\n";
  if (outcome.first_at) {
    out << "log from " << rules::model::format_instant(*outcome.first_at) << " to "
        << rules::model::format_instant(*outcome.last_at) << "; book " << outcome.book_hash << "\n";
  }
  for (const auto& [reason, left_out] : outcome.left_out) {
    out << left_out.count << " events left out as " << reason << ": " << left_out.example << "\n";
  }
  if (outcome.condition_errors != 0)
    out << outcome.condition_errors << " times a condition was an error, which counts as false\n";
  for (const auto& [promise, counts] : outcome.by_promise) write_counts(out, promise, counts);
  if (outcome.by_promise.size() != 1) write_counts(out, "in all", outcome.total);
  if (comparison != nullptr) write_comparison(out, *comparison);
  out << kAssumption << "\n";
}

// ---- JSON

std::string money_json(const std::optional<rules::model::Money>& money) {
  if (!money) return "null";
  return "{\"currency\":" + json_quote(money->currency.text()) +
         ",\"amount\":" + json_quote(rules::model::format_amount(*money)) + "}";
}

std::string today_json(const TodayVerdict& today) {
  return "{\"verdict\":" + json_quote(rules::model::format_verdict(today.verdict)) +
         ",\"owed\":" + money_json(today.owed) +
         ",\"paid_state\":" + json_quote(rules::model::format_paid_state(today.state)) + "}";
}

/// The line, and where it differs from today's verdict, that one behind it (R4).
std::string line_json(const VerdictLine& line, const Change* change) {
  std::string text = rules::model::to_json(line);
  if (change == nullptr) return text;
  text.pop_back();
  return text + ",\"today\":" + (change->today ? today_json(*change->today) : "null") + "}";
}

std::string comparison_json(const Comparison& comparison) {
  std::string owed = "[";
  for (const auto& [currency, sums] : comparison.owed) {
    owed += (owed.size() == 1 ? "{\"today\":" : ",{\"today\":") + money_json(sums.first) +
            ",\"now\":" + money_json(sums.second) + "}";
  }
  return fmt::format(
      R"({{"changes":{},"newly_breached":{},"no_longer_breached":{},"newly_bound":{},"no_longer_bound":{},"not_final_today":{},"owed":{}]}})",
      comparison.changes.size(), comparison.newly_breached, comparison.no_longer_breached,
      comparison.newly_bound, comparison.no_longer_bound, comparison.undecided.size(), owed);
}

std::string breakdown_json(const Outcome& outcome, const Comparison* comparison, Dimension by) {
  std::string text = "{";
  for (const auto& row : rules::scenario::break_down(outcome, std::array{by}, comparison)) {
    std::string counts = to_json(row.counts);
    if (comparison != nullptr) {
      counts.pop_back();  // the closing brace
      counts += fmt::format(R"(,"newly_breached":{},"no_longer_breached":{},"owed_today":{}}})",
                            row.newly_breached, row.no_longer_breached, sums_json(row.today));
    }
    text += (text.size() == 1 ? "" : ",") + json_quote(row.keys.front()) + ":" + counts;
  }
  return text + "}";
}

std::string summary_json(const Outcome& outcome, const Comparison* comparison) {
  const auto instant = [](const std::optional<Instant>& at) {
    return at ? json_quote(rules::model::format_instant(*at)) : std::string("null");
  };
  std::string text = "{\"events\":" + std::to_string(outcome.events) +
                     ",\"as_of\":" + instant(outcome.as_of) +
                     ",\"tz\":" + json_quote(outcome.tz_version) +
                     ",\"total\":" + to_json(outcome.total) + ",\"promises\":{";
  bool is_first = true;
  for (const auto& [promise, counts] : outcome.by_promise) {
    text += (is_first ? "" : ",") + json_quote(promise) + ":" + to_json(counts);
    is_first = false;
  }
  text += "},\"log\":{\"from\":" + instant(outcome.first_at) +
          ",\"to\":" + instant(outcome.last_at) + "},\"book\":" + json_quote(outcome.book_hash) +
          ",\"repeated\":" + std::to_string(outcome.repeated) +
          ",\"later\":" + std::to_string(outcome.later) +
          ",\"condition_errors\":" + std::to_string(outcome.condition_errors) + ",\"left_out\":{";
  is_first = true;
  for (const auto& [reason, left_out] : outcome.left_out) {
    text += (is_first ? "" : ",") + json_quote(reason) + ":" + std::to_string(left_out.count);
    is_first = false;
  }
  text += "},\"assumption\":" + json_quote(kAssumption);
  for (const Dimension by : {Dimension::branch, Dimension::service, Dimension::hour}) {
    text += fmt::format(",\"by_{}\":{}", rules::scenario::format_dimension(by),
                        breakdown_json(outcome, comparison, by));
  }
  if (comparison != nullptr) text += ",\"against\":" + comparison_json(*comparison);
  return text + "}";
}

// ---- tables

Cell time_cell(const std::optional<Instant>& at) {
  return at ? Cell::text(rules::model::format_instant(*at)) : Cell::null();
}

Cell money_cell(const Context& context, const std::optional<rules::model::Money>& money) {
  if (!money) return Cell::null();
  const std::string shown = rules::model::format_money(*money);
  return context.form == Form::csv ? Cell::text(shown) : Cell::json(money_json(money), shown);
}

Paint paint_of(rules::model::Verdict verdict) {
  switch (verdict) {
    case rules::model::Verdict::kept:
      return Paint::green;
    case rules::model::Verdict::breached:
      return Paint::red;
    case rules::model::Verdict::indeterminate:
      return Paint::yellow;
    default:
      return Paint::plain;
  }
}

Cell verdict_cell(rules::model::Verdict verdict) {
  return Cell::text(std::string(rules::model::format_verdict(verdict)), paint_of(verdict));
}

void print_lines(const Context& context, const Outcome& outcome, const Comparison* comparison) {
  std::vector<Column> columns = {{"branch", "BRANCH"},
                                 {"ticket", "TICKET"},
                                 {"promise", "PROMISE"},
                                 {"revision", "REVISION", true, true},
                                 {"cycle", "CYCLE", true, true},
                                 {"verdict", "VERDICT"},
                                 {"started_at", "STARTED AT"},
                                 {"due_at", "DUE AT", true},
                                 {"stopped_at", "STOPPED AT", true},
                                 {"counted", "COUNTED", false, true},
                                 {"late_by", "LATE BY", false, true},
                                 {"owed", "OWED", false, true},
                                 {"paid_state", "STATE", true},
                                 {"reason", "REASON", true}};
  if (comparison != nullptr) columns.push_back({"today", "TODAY"});
  Rows rows(context, columns);
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    const VerdictLine& line = outcome.lines[i];
    std::vector<Cell> cells = {
        Cell::text(line.key.branch),
        Cell::text(line.key.ticket),
        Cell::text(line.key.promise),
        Cell::number(std::to_string(line.key.revision)),
        Cell::number(std::to_string(line.key.cycle)),
        verdict_cell(line.verdict),
        time_cell(line.started_at),
        time_cell(line.due_at),
        time_cell(line.stopped_at),
        Cell::text(rules::model::format_duration(line.counted)),
        line.late_by ? Cell::text(rules::model::format_duration(*line.late_by)) : Cell::null(),
        line.owed ? Cell::text(rules::model::format_money(*line.owed)) : Cell::null(),
        Cell::text(std::string(rules::model::format_paid_state(line.paid_state))),
        Cell::text(line.reason)};
    if (comparison != nullptr) {
      const Change* change = comparison->by_line[i];
      std::string today;
      if (change != nullptr) {
        today = change->today ? std::string(rules::model::format_verdict(change->today->verdict))
                              : "not bound";
        if (change->today && change->today->owed)
          today += ", " + rules::model::format_money(*change->today->owed);
      }
      cells.push_back(Cell::text(today));
    }
    rows.add(std::move(cells));
  }
  rows.finish();
}

void print_changes(const Context& context, const Outcome& outcome, const Comparison& comparison) {
  Rows rows(context, {{"branch", "BRANCH"},
                      {"ticket", "TICKET"},
                      {"promise", "PROMISE"},
                      {"cycle", "CYCLE", true, true},
                      {"today", "TODAY"},
                      {"today_owed", "OWED", false, true},
                      {"now", "NOW"},
                      {"now_owed", "OWED", false, true}});
  for (const Change& change : comparison.changes) {
    const VerdictLine* line = change.line ? &outcome.lines[*change.line] : nullptr;
    rows.add({Cell::text(change.key.branch), Cell::text(change.key.ticket),
              Cell::text(change.key.promise), Cell::number(std::to_string(change.key.cycle)),
              change.today ? verdict_cell(change.today->verdict) : Cell::null(),
              money_cell(context, change.today ? change.today->owed : std::nullopt),
              line != nullptr ? verdict_cell(line->verdict) : Cell::null(),
              money_cell(context, line != nullptr ? line->owed : std::nullopt)});
  }
  rows.finish();
}

void print_breakdown(const Context& context, const Outcome& outcome, const Comparison* comparison,
                     const std::vector<Dimension>& by) {
  std::vector<Column> columns;
  for (const Dimension dimension : by) {
    std::string title(rules::scenario::format_dimension(dimension));
    for (char& c : title) c = static_cast<char>(c - 'a' + 'A');
    columns.push_back({std::string(rules::scenario::format_dimension(dimension)), title});
  }
  add_count_columns(columns);
  if (comparison != nullptr) {
    columns.insert(columns.end(), {{"newly_breached", "NEWLY BREACHED", false, true},
                                   {"no_longer_breached", "NO LONGER", false, true},
                                   {"owed_today", "OWED TODAY", false, true}});
  }
  Rows rows(context, columns);
  for (const auto& row : rules::scenario::break_down(outcome, by, comparison)) {
    std::vector<Cell> cells;
    for (const std::string& key : row.keys) {
      cells.push_back(Cell::text(key));
      if (key.empty()) cells.back().shown = "-";
    }
    add_count_cells(context, row.counts, cells);
    if (comparison != nullptr) {
      cells.push_back(Cell::number(std::to_string(row.newly_breached)));
      cells.push_back(Cell::number(std::to_string(row.no_longer_breached)));
      cells.push_back(sums_cell(context, row.today));
    }
    rows.add(std::move(cells));
  }
  rows.finish();
}

void print_json(const Context& context, const Outcome& outcome, const Comparison* comparison) {
  context.out() << "{\"summary\":" << summary_json(outcome, comparison) << ",\"lines\":[";
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    const Change* change = comparison == nullptr ? nullptr : comparison->by_line[i];
    context.out() << (i == 0 ? "\n" : ",\n") << line_json(outcome.lines[i], change);
  }
  context.out() << "\n]}\n";
}

void print_ndjson(const Context& context, const Outcome& outcome, const Comparison* comparison) {
  std::string text;
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    text += line_json(outcome.lines[i], comparison == nullptr ? nullptr : comparison->by_line[i]);
    text += '\n';
    constexpr size_t kChunk = 1 << 16;
    if (text.size() < kChunk && i + 1 != outcome.lines.size()) continue;
    context.out() << text;
    text.clear();
  }
}

bool is_for_people(const Context& context) {
  return context.form == Form::table || context.form == Form::wide;
}

}  // namespace

void print_result(const Context& context, const BacktestResult& result, const BacktestView& view) {
  const Outcome& outcome = result.outcome;
  std::optional<Comparison> compared;
  if (result.today) compared = rules::scenario::compare(*result.today, outcome);
  const Comparison* comparison = compared ? &*compared : nullptr;
  if (!view.by.empty()) {
    print_breakdown(context, outcome, comparison, view.by);
  } else if (view.is_changes_only && comparison != nullptr) {
    print_changes(context, outcome, *comparison);
  } else if (context.form == Form::json) {
    return print_json(context, outcome, comparison);
  } else if (context.form == Form::ndjson) {
    print_ndjson(context, outcome, comparison);
  } else {
    print_lines(context, outcome, comparison);
    if (is_for_people(context)) {
      for (const Dimension by : {Dimension::branch, Dimension::service, Dimension::hour}) {
        context.out() << "\n";
        print_breakdown(context, outcome, comparison, {by});
      }
    }
  }
  if (is_for_people(context)) context.out() << "\n";
  write_summary(is_for_people(context) ? context.out() : context.err(), outcome, comparison);
}

}  // namespace lupaus::clients::cli
