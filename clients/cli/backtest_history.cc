// From the parts of the server's answer back to an outcome, so that a history is printed like a
// file.
#include "clients/cli/backtest_history.h"

#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/online.h"
#include "clients/cli/progress.h"
#include "lupaus/v1/backtest.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
namespace model = rules::model;
using rules::scenario::Outcome;
using rules::scenario::SweepGrid;
using rules::scenario::Today;
using rules::scenario::VerdictCounts;

std::optional<model::Money> to_money(bool is_present, const v1::Money& money) {
  if (!is_present) return std::nullopt;
  const auto read = model::parse_money(money.currency() + " " + money.amount());
  return read ? std::optional(*read) : std::nullopt;
}

std::optional<model::Instant> to_time(bool is_present, const google::protobuf::Timestamp& time) {
  return is_present ? std::optional(to_instant(time)) : std::nullopt;
}

model::CommitmentKey to_key(const v1::VerdictLine& line) {
  return {line.branch(), line.ticket(), line.promise(), line.revision(), line.cycle()};
}

model::VerdictLine to_line(const v1::VerdictLine& message) {
  model::VerdictLine line;
  line.key = to_key(message);
  line.verdict = model::find_verdict(message.verdict()).value_or(model::Verdict::open);
  line.is_final = message.final();
  line.started_at = to_instant(message.started_at());
  line.due_at = to_time(message.has_due_at(), message.due_at());
  line.stopped_at = to_time(message.has_stopped_at(), message.stopped_at());
  line.counted = model::Duration(message.counted_ms());
  if (message.has_late_by_ms()) line.late_by = model::Duration(message.late_by_ms());
  line.breached_at = to_time(message.has_breached_at(), message.breached_at());
  line.owed = to_money(message.has_owed(), message.owed());
  line.paid_state = model::find_paid_state(message.paid_state()).value_or(model::PaidState::none);
  line.reason = message.reason();
  return line;
}

VerdictCounts to_counts(const v1::BacktestCell& cell) {
  VerdictCounts counts;
  counts.commitments = cell.commitments_count();
  counts.kept = cell.kept_count();
  counts.breached = cell.breached_count();
  counts.voided = cell.void_count();
  counts.excused = cell.excused_count();
  counts.indeterminate = cell.indeterminate_count();
  counts.open = cell.open_count();
  counts.owed_count = cell.owed_count();
  for (const auto& sum : cell.owed()) {
    if (const auto money = to_money(true, sum)) counts.owed.emplace(money->currency, *money);
  }
  return counts;
}

/// Gathers the parts of one answer.
class Answer {
 public:
  Answer(Context& context, const std::map<std::string, std::string>& typed)
      : context_(context), typed_(typed) {}

  void take(const v1::RunBacktestResponse& part) {
    switch (part.part_case()) {
      case v1::RunBacktestResponse::kProgress:
        return show(part.progress());
      case v1::RunBacktestResponse::kDiagnostics:
        return complain(part.diagnostics());
      case v1::RunBacktestResponse::kHead:
        return take_head(part.head());
      case v1::RunBacktestResponse::kLines:
        for (const auto& line : part.lines().lines()) take_line(line);
        return;
      case v1::RunBacktestResponse::kGrid:
        return take_grid(part.grid());
      case v1::RunBacktestResponse::PART_NOT_SET:
        return;
    }
  }

  void print(const BacktestView& view) {
    progress_.reset();
    if (is_refused_) {
      context_.exit_code = kNo;
    } else if (is_grid_) {
      grid_.as_of = result_.outcome.as_of;
      grid_.first_at = result_.outcome.first_at;
      grid_.last_at = result_.outcome.last_at;
      grid_.events = result_.outcome.events;
      grid_.left_out = result_.outcome.left_out;
      grid_.book_hash = result_.outcome.book_hash;
      grid_.tz_version = result_.outcome.tz_version;
      print_grid(context_, grid_);
    } else {
      print_result(context_, result_, view);
    }
  }

 private:
  void show(const v1::BacktestProgress& progress) {
    if (progress_ == nullptr || what_ != progress.what()) {
      progress_ = std::make_unique<Progress>(context_, progress.what(), progress.total_count());
      what_ = progress.what();
    }
    progress_->show_now(progress.done_count());
  }

  void complain(const v1::BacktestDiagnostics& complaints) {
    is_refused_ = true;
    for (const v1::Diagnostic& complaint : complaints.diagnostics()) {
      const auto path = typed_.find(complaint.file());
      const model::Error error{complaint.code(),
                               complaint.message(),
                               complaint.hint(),
                               {path == typed_.end() ? complaint.file() : path->second,
                                complaint.line(), complaint.column()}};
      context_.err() << rules::language::format_diagnostic(
                            {rules::language::Severity::error, error})
                     << "\n";
    }
  }

  void take_head(const v1::BacktestHead& head) {
    Outcome& outcome = result_.outcome;
    result_.today.emplace();
    outcome.as_of = to_time(head.has_as_of(), head.as_of());
    outcome.first_at = to_time(head.has_first_at(), head.first_at());
    outcome.last_at = to_time(head.has_last_at(), head.last_at());
    outcome.events = head.events_count();
    outcome.later = head.later_count();
    outcome.condition_errors = head.condition_errors_count();
    outcome.book_hash = head.book_hash();
    outcome.tz_version = head.tz_version();
    for (const auto& left_out : head.left_out())
      outcome.left_out[left_out.reason()] = {left_out.events_count(), left_out.example()};
  }

  void take_line(const v1::BacktestLine& message) {
    Outcome& outcome = result_.outcome;
    if (message.has_recorded() && result_.today) {
      const v1::RecordedVerdict& recorded = message.recorded();
      const auto key = to_key(message.line());
      result_.today->set_verdict(
          key, model::find_verdict(recorded.verdict()).value_or(model::Verdict::open));
      result_.today->set_owed(
          key, model::find_paid_state(recorded.paid_state()).value_or(model::PaidState::none),
          to_money(recorded.has_owed(), recorded.owed()));
    }
    if (message.pending() && result_.today) result_.today->set_pending(to_key(message.line()));
    if (!message.bound()) return;
    outcome.lines.push_back(to_line(message.line()));
    const auto& line = outcome.lines.back();
    outcome.total.count(line.verdict, line.owed);
    outcome.by_promise[line.key.promise].count(line.verdict, line.owed);
    const auto [known, is_added] =
        services_.try_emplace(message.service(), static_cast<uint32_t>(outcome.services.size()));
    if (is_added) outcome.services.push_back(message.service());
    outcome.groups.push_back({known->second, static_cast<uint8_t>(message.start_hour() % 24)});
  }

  void take_grid(const v1::BacktestGrid& grid) {
    is_grid_ = true;
    grid_.promise = grid.promise();
    grid_.axes.assign(grid.axes().begin(), grid.axes().end());
    grid_.notes.assign(grid.notes().begin(), grid.notes().end());
    for (const v1::BacktestCell& cell : grid.cells()) {
      grid_.cells.push_back({{cell.values().begin(), cell.values().end()}, to_counts(cell)});
    }
  }

  Context& context_;
  const std::map<std::string, std::string>& typed_;  ///< of each file: its path as typed
  std::unique_ptr<Progress> progress_;
  std::string what_;
  bool is_refused_ = false, is_grid_ = false;
  BacktestResult result_;
  SweepGrid grid_;
  std::map<std::string, uint32_t> services_;
};

}  // namespace

void run_over_history(Context& context, const std::vector<std::string>& promises,
                      const BacktestRequest& request) {
  auto sources = read_sources(context, promises);
  if (!sources) return context.fail(sources.error(), kUsage);
  v1::RunBacktestRequest message;
  const auto typed = name_within_book(*sources);
  for (auto& source : *sources) {
    v1::PromiseFile* file = message.add_files();
    file->set_name(source.name);
    file->set_text(std::move(source.text));
  }
  if (request.as_of) set_time(*request.as_of, *message.mutable_as_of());
  for (const std::string& sweep : request.sweeps) message.add_sweeps(sweep);
  message.set_promise(request.promise);
  with_stub<v1::BacktestService>(context, [&](v1::BacktestService::Stub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto reader = stub.RunBacktest(&call, message);
    Answer answer(context, typed);
    v1::RunBacktestResponse part;
    while (reader->Read(&part)) answer.take(part);
    if (const grpc::Status status = reader->Finish(); !status.ok())
      return fail_with(context, status);
    answer.print(request.view);
  });
}

}  // namespace lupaus::clients::cli
