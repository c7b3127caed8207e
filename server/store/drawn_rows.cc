#include "server/store/drawn_rows.h"

#include <map>
#include <utility>
#include <variant>

#include "server/store/entity_codec.h"
#include "server/store/keys.h"

namespace lupaus::server::store {
namespace {

namespace model = rules::model;
using model::Error;
using model::Result;
using runtime::Row;
using runtime::Table;

/// One write's worth of drawing; the first error ends it.
class Drawing {
 public:
  Drawing(const runtime::Codec& codec, const Lookup& lookup, std::vector<Row>& rows)
      : codec_(codec), lookup_(lookup), rows_(rows) {}

  Result<void> draw(const runtime::WriteSet& set) {
    for (const auto& fact : set.facts) {
      std::visit([&](const auto& body) { take(fact, body); }, fact.body);
      if (error_) return *error_;
    }
    for (const auto& row : set.rows) {
      if (row.table == Table::compensations && row.value) take_compensation(*row.value);
      if (error_) return *error_;
    }
    for (auto& [key, line] : breaches_) {
      if (!line.is_changed) continue;
      rows_.push_back(line.now ? breach_row(*line.now) : Row{Table::breaches, key, std::nullopt});
    }
    return {};
  }

 private:
  struct Breach {
    std::optional<model::VerdictLine> now;
    bool is_changed = false;
  };

  template <typename Body>
  void take(const model::Fact&, const Body&) {}
  void take(const model::Fact& fact, const model::Published&) { rows_.push_back(book_row(fact)); }
  void take(const model::Fact& fact, const model::Restored&) {
    rows_.push_back(restored_row(fact));
  }
  void take(const model::Fact& fact, const model::Rejected& rejected) {
    rows_.push_back(rejected_row(fact, false));
    rows_.push_back(
        {Table::meta, rejected_identity_key(rejected.event), number_key(fact.position)});
  }
  // WHY: its sequence belongs to another event, so no retry ever looks for it.
  void take(const model::Fact& fact, const model::Quarantined&) {
    rows_.push_back(rejected_row(fact, false));
  }
  void take(const model::Fact&, const model::Observed& observed) {
    if (observed.is_retry) mark_retried(observed.event);
  }
  void take(const model::Fact&, const model::Breached& breached) {
    auto& line = change(breached.key);
    if (!line) line.emplace().key = breached.key;
    line->verdict = model::Verdict::breached;
    line->breached_at = breached.breached_at;
  }
  void take(const model::Fact&, const model::Retracted& retracted) {
    change(retracted.key).reset();
  }
  void take(const model::Fact&, const model::Confirmed& confirmed) {
    if (!is_listed(confirmed.cycle.verdict)) return;
    auto& line = change(confirmed.key);
    update(line, confirmed.key, confirmed.cycle, true);
    line->service = confirmed.service;
    line->label = confirmed.label;
  }
  void take(const model::Fact&, const model::Ended& ended) {
    auto& line = change(ended.key);
    if (line && line->is_decided) return model::show_end(ended.cycle, *line);
    if (!is_listed(ended.cycle.verdict)) return;
    update(line, ended.key, ended.cycle, line && line->is_final);
  }
  void take(const model::Fact&, const model::ReviewDecided& decided) {
    if (auto& line = change(decided.key))
      model::show_decision(decided.verdict, decided.reason, *line);
  }
  void take(const model::Fact&, const model::Excused& excused) {
    if (!excused.is_complete) return;
    if (auto& line = change(excused.key)) model::show_excuse(excused.excuse, *line);
  }
  void take(const model::Fact&, const model::Owed& owed) {
    if (owed.late_of != 0) return;  // the line shows what the breach itself owes
    if (auto& line = change(owed.key)) {
      line->owed = owed.amount;
      line->paid_state = owed.state;
    }
  }
  void take_compensation(std::string_view value) {
    const auto compensation = codec_.compensation(value);
    if (!compensation) {
      error_ = compensation.error();
    } else if (compensation->late_of != 0 || compensation->reversed_by != 0) {
      return;  // the line shows what is owed of the breach now
    } else if (auto& line = change(compensation->key)) {
      // What was owed again is given up where the one before it turned out to be paid.
      const bool is_given_up =
          compensation->reverses != 0 && line->paid_state == model::PaidState::paid;
      if (is_given_up) return;
      line->owed = compensation->amount;
      line->paid_state = compensation->state;
    }
  }

  /// A breach stays one in the log, excused or doubted.
  static bool is_listed(model::Verdict verdict) {
    return verdict == model::Verdict::breached || verdict == model::Verdict::excused ||
           verdict == model::Verdict::indeterminate;
  }

  static void update(std::optional<model::VerdictLine>& line, const model::CommitmentKey& key,
                     const model::Cycle& cycle, bool is_final) {
    model::VerdictLine updated = model::to_line(key, cycle, is_final);
    if (line) {
      updated.owed = line->owed;
      updated.paid_state = line->paid_state;
      updated.service = line->service;
      updated.label = line->label;
    }
    line = std::move(updated);
  }

  /// The line as durable now and changed so far.
  std::optional<model::VerdictLine>& change(const model::CommitmentKey& key) {
    auto [place, is_first] = breaches_.try_emplace(breach_key(key));
    Breach& breach = place->second;
    breach.is_changed = true;
    if (!is_first) return breach.now;
    if (const auto value = find(Table::breaches, place->first)) {
      auto line = codec_.breach(*value);
      if (line) {
        breach.now = std::move(*line);
      } else {
        error_ = line.error();
      }
    }
    return breach.now;
  }

  void mark_retried(const model::Event& event) {
    const std::string identity = rejected_identity_key(event);
    const auto position = find(Table::meta, identity);
    if (!position) return;
    const auto value = find(Table::rejected, *position);
    if (!value) return;
    const auto marked = codec_.rejected(
        *value, [&](const model::Fact& fact, bool) { rows_.push_back(rejected_row(fact, true)); });
    if (!marked) error_ = marked.error();
    rows_.push_back({Table::meta, identity, std::nullopt});
  }

  /// Newest first: what this write has drawn already, then what is durable.
  std::optional<std::string> find(Table table, std::string_view key) {
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
      if (row->table == table && row->key == key) return row->value;
    }
    auto value = lookup_(table, key);
    if (value) return std::move(*value);
    error_ = value.error();
    return std::nullopt;
  }

  const runtime::Codec& codec_;
  const Lookup& lookup_;
  std::vector<Row>& rows_;
  std::map<std::string, Breach> breaches_;
  std::optional<Error> error_;
};

}  // namespace

Result<void> draw_rows(const runtime::WriteSet& set, const runtime::Codec& codec,
                       const Lookup& lookup, std::vector<Row>& rows) {
  return Drawing(codec, lookup, rows).draw(set);
}

}  // namespace lupaus::server::store
