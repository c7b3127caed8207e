#include "server/report/rollup_rows.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/report/row_bytes.h"

namespace lupaus::server::report {
namespace {

using rules::model::CommitmentKey;
using rules::model::Currency;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Published;
using rules::model::Result;
using rules::model::Verdict;
using runtime::Row;
using runtime::Storage;
using runtime::Table;

constexpr uint64_t kVersion = 5;
constexpr std::string_view kMetaKey = "m";
constexpr char kCellMark = 'c';
constexpr char kCommitmentMark = 'w';
constexpr char kPaymentMark = 'p';
constexpr char kTicketMark = 't';

void write_day(RowWriter& writer, rules::model::LocalDate day) {
  writer.number(static_cast<uint64_t>(day.year) << 16 | static_cast<uint64_t>(day.month) << 8 |
                day.day);
}

rules::model::LocalDate read_day(RowReader& reader) {
  const uint64_t day = reader.number();
  return {static_cast<int16_t>(day >> 16), static_cast<uint8_t>(day >> 8 & 0xff),
          static_cast<uint8_t>(day & 0xff)};
}

void write_cell_key(RowWriter& writer, const Names& names, const CellKey& key) {
  for (const uint32_t name : {key.branch, key.promise, key.service, key.segment, key.source})
    writer.text(names.name(name));
  write_day(writer, key.day);
  writer.number(key.hour);
}

CellKey read_cell_key(RowReader& reader, Names& names) {
  CellKey key;
  for (uint32_t* name : {&key.branch, &key.promise, &key.service, &key.segment, &key.source})
    *name = names.number(reader.text());
  key.day = read_day(reader);
  key.hour = static_cast<uint8_t>(reader.number());
  return key;
}

void write_waits(RowWriter& writer, const WaitCounts& waits) {
  uint64_t buckets = 0;
  waits.visit([&](uint16_t, int64_t) { ++buckets; });
  writer.number(buckets);
  if (buckets == 0) return;
  writer.change(waits.total_ms());
  uint16_t last = 0;
  waits.visit([&](uint16_t bucket, int64_t times) {
    writer.number(static_cast<uint64_t>(bucket - last)).change(times);
    last = bucket;
  });
}

void read_waits(RowReader& reader, WaitCounts& waits) {
  uint64_t buckets = reader.number();
  if (buckets == 0) return;
  waits.add_total(reader.change());
  uint16_t bucket = 0;
  for (; buckets > 0 && reader.is_good(); --buckets) {
    bucket = static_cast<uint16_t>(bucket + reader.number());
    waits.add_bucket(bucket, reader.change());
  }
}

void write_totals(RowWriter& writer, const RollupTotals& totals) {
  for (const uint64_t count : {totals.commitments, totals.kept, totals.breached, totals.voided,
                               totals.excused, totals.indeterminate})
    writer.number(count);
  writer.number(totals.money.size());
  for (const MoneySums& sums : totals.money)
    writer.text(sums.currency.text()).sum(sums.owed).sum(sums.paid).sum(sums.capped);
  writer.number(totals.reasons.size());
  for (const ReasonCount& one : totals.reasons)
    writer.number(static_cast<uint64_t>(one.verdict)).text(one.reason).change(one.count);
  writer.number(totals.feedback.size());
  for (const FeedbackSums& sums : totals.feedback) {
    writer.number(static_cast<uint64_t>(sums.kind)).number(static_cast<uint64_t>(sums.group));
    for (const int64_t value : {sums.count, sums.score_sum, sums.promoters, sums.detractors})
      writer.change(value);
  }
  for (const WaitCounts* waits : {&totals.kept_waits, &totals.breached_waits, &totals.payments})
    write_waits(writer, *waits);
}

Currency read_currency(RowReader& reader) {
  const std::string_view code = reader.text();
  return code.size() == 3 ? Currency{{code[0], code[1], code[2]}} : Currency{};
}

RollupTotals read_totals(RowReader& reader) {
  RollupTotals totals;
  for (uint64_t* count : {&totals.commitments, &totals.kept, &totals.breached, &totals.voided,
                          &totals.excused, &totals.indeterminate})
    *count = reader.number();
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left) {
    MoneySums sums;
    sums.currency = read_currency(reader);
    sums.owed = reader.sum();
    sums.paid = reader.sum();
    sums.capped = reader.sum();
    totals.add_money(sums);
  }
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left) {
    const auto verdict = static_cast<Verdict>(reader.number());
    const std::string reason(reader.text());
    totals.add_reason(verdict, reason, reader.change());
  }
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left) {
    FeedbackSums sums;
    sums.kind = static_cast<AnswerKind>(reader.number());
    sums.group = static_cast<AnswerGroup>(reader.number());
    for (int64_t* value : {&sums.count, &sums.score_sum, &sums.promoters, &sums.detractors})
      *value = reader.change();
    totals.add_feedback(sums);
  }
  for (WaitCounts* waits : {&totals.kept_waits, &totals.breached_waits, &totals.payments})
    read_waits(reader, *waits);
  return totals;
}

void write_commitment(RowWriter& writer, const CommitmentKey& key) {
  writer.text(key.branch).text(key.ticket).text(key.promise).number(key.revision).number(key.cycle);
}

CommitmentKey read_commitment(RowReader& reader) {
  CommitmentKey key;
  key.branch = std::string(reader.text());
  key.ticket = std::string(reader.text());
  key.promise = std::string(reader.text());
  key.revision = static_cast<uint32_t>(reader.number());
  key.cycle = static_cast<uint32_t>(reader.number());
  return key;
}

std::string commitment_row_key(const CommitmentKey& key) {
  RowWriter writer(std::string(1, kCommitmentMark));
  // WHY: as lines, facts name a commitment without its revision now and then.
  writer.text(key.branch).text(key.ticket).text(key.promise).number(key.cycle);
  return writer.take();
}

std::string payment_row_key(uint64_t number) {
  return RowWriter(std::string(1, kPaymentMark)).number(number).take();
}

std::string ticket_row_key(const TicketName& name) {
  return RowWriter(std::string(1, kTicketMark)).text(name.first).text(name.second).take();
}

void write_answer(RowWriter& writer, const Answer& answer) {
  writer.number(static_cast<uint64_t>(answer.kind)).change(answer.score);
}

Answer read_answer(RowReader& reader) {
  const auto kind = static_cast<AnswerKind>(reader.number());
  return {kind, reader.change()};
}

void write_answers(RowWriter& writer, const std::vector<Answer>& answers) {
  writer.number(answers.size());
  for (const Answer& answer : answers) write_answer(writer, answer);
}

void read_answers(RowReader& reader, std::vector<Answer>& answers) {
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left)
    answers.push_back(read_answer(reader));
}

std::string write_ticket(const Names& names, const KeptTicket& ticket) {
  RowWriter writer;
  writer.number(ticket.judged.size());
  for (const auto& judged : ticket.judged) {
    write_commitment(writer, judged.key);
    write_cell_key(writer, names, judged.cell);
    writer.change(rules::model::to_unix_ms(judged.started_at)).number(judged.is_kept ? 1 : 0);
  }
  writer.number(ticket.given.size());
  for (const auto& given : ticket.given) {
    write_answer(writer, given.answer);
    writer.change(rules::model::to_unix_ms(given.at));
  }
  return writer.take();
}

std::optional<KeptTicket> read_ticket(std::string_view bytes, Names& names) {
  RowReader reader(bytes);
  KeptTicket ticket;
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left) {
    auto& judged = ticket.judged.emplace_back();
    judged.key = read_commitment(reader);
    judged.cell = read_cell_key(reader, names);
    judged.started_at = rules::model::from_unix_ms(reader.change());
    judged.is_kept = reader.number() != 0;
  }
  for (uint64_t left = reader.number(); left > 0 && reader.is_good(); --left) {
    const Answer answer = read_answer(reader);
    ticket.given.push_back({answer, rules::model::from_unix_ms(reader.change())});
  }
  return reader.is_at_end() ? std::optional(std::move(ticket)) : std::nullopt;
}

std::string write_kept(const Names& names, const KeptCommitment& kept) {
  RowWriter writer;
  write_cell_key(writer, names, kept.cell);
  writer.number(static_cast<uint64_t>(kept.verdict)).change(kept.counted.count());
  writer.number(kept.is_ended ? 1 : 0).number(kept.is_charged ? 1 : 0);
  writer.number(kept.paid ? static_cast<uint64_t>(*kept.paid) + 1 : 0);
  write_answers(writer, kept.answers);
  write_totals(writer, kept.part);
  return writer.take();
}

std::optional<KeptCommitment> read_kept(std::string_view bytes, Names& names) {
  RowReader reader(bytes);
  KeptCommitment kept;
  kept.cell = read_cell_key(reader, names);
  kept.verdict = static_cast<Verdict>(reader.number());
  kept.counted = rules::model::Duration(reader.change());
  kept.is_ended = reader.number() != 0;
  kept.is_charged = reader.number() != 0;
  const uint64_t paid = reader.number();
  if (paid > 0) kept.paid = static_cast<AnswerGroup>(paid - 1);
  read_answers(reader, kept.answers);
  kept.part = read_totals(reader);
  return reader.is_at_end() ? std::optional(std::move(kept)) : std::nullopt;
}

std::string write_payment(const KeptPayment& payment) {
  RowWriter writer;
  write_commitment(writer, payment.key);
  writer.text(payment.computed.currency.text()).change(payment.computed.minor);
  writer.number(payment.amount ? 1 : 0);
  if (payment.amount) writer.text(payment.amount->currency.text()).change(payment.amount->minor);
  writer.change(payment.owed_minor).change(payment.capped_minor);
  writer.change(rules::model::to_unix_ms(payment.breached_at));
  writer.number(payment.due_on ? 1 : 0);
  if (payment.due_on) write_day(writer, *payment.due_on);
  writer.number(payment.issued_at ? 1 : 0);
  if (payment.issued_at) writer.change(rules::model::to_unix_ms(*payment.issued_at));
  for (const bool flag : {payment.is_late, payment.is_paid, payment.was_paid, payment.is_declined})
    writer.number(flag ? 1 : 0);
  return writer.take();
}

std::optional<KeptPayment> read_payment(std::string_view bytes) {
  RowReader reader(bytes);
  KeptPayment payment;
  payment.key = read_commitment(reader);
  payment.computed.currency = read_currency(reader);
  payment.computed.minor = reader.change();
  if (reader.number() != 0) {
    const Currency currency = read_currency(reader);
    payment.amount = rules::model::Money{currency, reader.change()};
  }
  payment.owed_minor = reader.change();
  payment.capped_minor = reader.change();
  payment.breached_at = rules::model::from_unix_ms(reader.change());
  if (reader.number() != 0) payment.due_on = read_day(reader);
  if (reader.number() != 0) payment.issued_at = rules::model::from_unix_ms(reader.change());
  for (bool* flag : {&payment.is_late, &payment.is_paid, &payment.was_paid, &payment.is_declined})
    *flag = reader.number() != 0;
  return reader.is_at_end() ? std::optional(std::move(payment)) : std::nullopt;
}

Row meta_row(const RollupCells& cells) {
  RowWriter writer;
  writer.number(kVersion).number(cells.position());
  for (const Position book : cells.books()) writer.number(book);
  return {Table::rollups, std::string(kMetaKey), writer.take()};
}

/// False when the row is not one of this version.
bool restore_cell(RollupCells& cells, std::string_view key, std::string_view value) {
  RowReader name(key.substr(1)), figures(value);
  const CellKey cell = read_cell_key(name, cells.names());
  const RollupTotals totals = read_totals(figures);
  if (!name.is_at_end() || !figures.is_at_end()) return false;
  cells.restore(cell, totals);
  return true;
}

/// False when there is no position's row of this version.
bool restore_meta(RollupCells& cells, const std::optional<std::string>& value) {
  if (!value) return false;
  RowReader reader(*value);
  if (reader.number() != kVersion) return false;
  const Position position = reader.number();
  std::vector<Position> books;
  while (reader.is_good() && !reader.is_at_end()) books.push_back(reader.number());
  if (!reader.is_good()) return false;
  cells.restore(position, std::move(books));
  return true;
}

Result<void> restore_books(const Storage& storage, RollupCells& cells) {
  for (const Position book : cells.books()) {
    auto read = storage.read_journal(book, [&](std::span<const Fact> facts) {
      for (const Fact& fact : facts) {
        const auto* published = std::get_if<Published>(&fact.body);
        if (fact.position == book && published != nullptr) cells.restore_book(*published);
      }
      return false;
    });
    if (!read) return read;
  }
  return {};
}

}  // namespace

std::vector<Row> changed_rows(const RollupCells& cells) {
  std::vector<Row> rows;
  for (const CellKey& key : cells.changed_cells()) {
    RowWriter name(std::string(1, kCellMark));
    write_cell_key(name, cells.names(), key);
    Row& row = rows.emplace_back(Row{Table::rollups, name.take(), std::nullopt});
    const auto cell = cells.cells().find(key);
    if (cell == cells.cells().end()) continue;
    RowWriter figures;
    write_totals(figures, cell->second);
    row.value = figures.take();
  }
  for (const CommitmentKey& key : cells.changed_commitments())
    rows.push_back({Table::rollups, commitment_row_key(key),
                    write_kept(cells.names(), cells.commitments().at(key))});
  for (const uint64_t number : cells.changed_payments())
    rows.push_back(
        {Table::rollups, payment_row_key(number), write_payment(cells.payments().at(number))});
  for (const TicketName& name : cells.changed_tickets()) {
    rows.push_back({Table::rollups, ticket_row_key(name),
                    write_ticket(cells.names(), cells.tickets().at(name))});
  }
  rows.push_back(meta_row(cells));
  return rows;
}

Result<RollupCells> load_rows(const Storage& storage, std::vector<Row>& stale) {
  auto meta = storage.get(Table::rollups, kMetaKey);
  if (!meta) return meta.error();
  RollupCells cells;
  bool is_usable = restore_meta(cells, *meta) && cells.position() <= storage.last_position();
  const auto scan = [&](std::string_view prefix, const auto& visit) {
    return storage.scan(Table::rollups, prefix, prefix, visit);
  };
  stale.clear();
  if (is_usable) {
    auto read = scan(std::string_view(&kCellMark, 1), [&](std::string_view key, auto value) {
      is_usable = restore_cell(cells, key, value);
      return is_usable;
    });
    if (!read) return read.error();
  }
  if (is_usable) {
    if (auto read = restore_books(storage, cells); !read) return read.error();
    return cells;
  }
  auto listed = scan("", [&](std::string_view key, std::string_view) {
    stale.push_back({Table::rollups, std::string(key), std::nullopt});
    return true;
  });
  if (!listed) return listed.error();
  return RollupCells();
}

RollupCells::Lookup lookup_in(const Storage& storage, RollupCells& cells,
                              std::function<void(const Error&)> on_failure) {
  const auto get = [&storage, on_failure = std::move(on_failure)](const std::string& key) {
    auto value = storage.get(Table::rollups, key);
    if (!value) on_failure(value.error());
    return value ? std::move(*value) : std::nullopt;
  };
  RollupCells::Lookup lookup;
  lookup.commitment = [get, &cells](const CommitmentKey& key) -> std::optional<KeptCommitment> {
    const auto value = get(commitment_row_key(key));
    return value ? read_kept(*value, cells.names()) : std::nullopt;
  };
  lookup.payment = [get](uint64_t number) -> std::optional<KeptPayment> {
    const auto value = get(payment_row_key(number));
    return value ? read_payment(*value) : std::nullopt;
  };
  lookup.ticket = [get, &cells](const TicketName& name) -> std::optional<KeptTicket> {
    const auto value = get(ticket_row_key(name));
    return value ? read_ticket(*value, cells.names()) : std::nullopt;
  };
  return lookup;
}

}  // namespace lupaus::server::report
