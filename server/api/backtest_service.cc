// BacktestService: the journal into a log, the log under other files, the result part by part.
#include "server/api/backtest_service.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

#include "fmt/format.h"
#include "lupaus/v1/backtest.grpc.pb.h"
#include "rules/language/compile.h"
#include "rules/scenario/history.h"
#include "rules/scenario/sweep.h"
#include "server/api/call.h"
#include "server/api/diagnostic_message.h"
#include "server/api/verdict_message.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::BookPtr;
using rules::model::CommitmentKey;
using rules::model::Error;
using rules::model::Result;
using rules::scenario::History;
using rules::scenario::Outcome;
using rules::scenario::SweepGrid;
using rules::scenario::TodayVerdict;
using rules::scenario::VerdictCounts;
using Writer = grpc::ServerWriter<v1::RunBacktestResponse>;

/// Lines in one message: some 100 KiB.
constexpr int kLinesAMessage = 512;

/// Commitments without a final verdict, ascending, from a bounded number of tickets a query.
Result<std::vector<CommitmentKey>> pending_commitments(runtime::EngineLoop& loop) {
  constexpr rules::model::TicketSlot kSlotsAtOnce = 16'384;
  std::vector<CommitmentKey> pending;
  rules::model::TicketSlot next = 0;
  bool is_done = false;
  while (!is_done) {
    const auto seen = wire::look(loop, [&](const rules::ledger::State& state) {
      const auto end = std::min(next + kSlotsAtOnce, state.engine.slot_count());
      for (; next < end; ++next) {
        const auto& ticket = state.engine.ticket(next);
        if (!ticket.is_in_use) continue;
        for (const auto& commitment : ticket.commitments) {
          if (!commitment.is_confirmed && !commitment.is_vanished)
            pending.push_back(state.engine.key_of(ticket, commitment));
        }
      }
      is_done = next >= state.engine.slot_count();
    });
    if (!seen) return seen.error();
  }
  std::sort(pending.begin(), pending.end());
  return pending;
}

/// The book, or null with what is wrong in `message`.
BookPtr compile(const v1::RunBacktestRequest& request, v1::BacktestDiagnostics& message) {
  std::vector<rules::model::SourceFile> files;
  for (const v1::PromiseFile& file : request.files()) files.push_back({file.name(), file.text()});
  rules::language::Compiled compiled = rules::language::compile(files);
  for (const auto& diagnostic : compiled.diagnostics) {
    if (diagnostic.severity == rules::language::Severity::error)
      to_message(diagnostic, *message.add_diagnostics());
  }
  if (compiled.book == nullptr) return nullptr;
  for (const auto& refused :
       rules::language::unsupported(*compiled.book, rules::language::Judge::backtest))
    to_message(refused, *message.add_diagnostics());
  return message.diagnostics().empty() ? compiled.book : nullptr;
}

void to_recorded(const TodayVerdict& recorded, v1::RecordedVerdict& message) {
  message.set_verdict(std::string(rules::model::format_verdict(recorded.verdict)));
  if (recorded.owed) wire::to_money(*recorded.owed, *message.mutable_owed());
  message.set_paid_state(std::string(rules::model::format_paid_state(recorded.state)));
}

void to_cell(const rules::scenario::SweepCell& cell, v1::BacktestCell& message) {
  for (const std::string& value : cell.values) message.add_values(value);
  const VerdictCounts& counts = cell.counts;
  message.set_commitments_count(counts.commitments);
  message.set_kept_count(counts.kept);
  message.set_breached_count(counts.breached);
  message.set_void_count(counts.voided);
  message.set_excused_count(counts.excused);
  message.set_indeterminate_count(counts.indeterminate);
  message.set_open_count(counts.open);
  message.set_owed_count(counts.owed_count);
  for (const auto& [currency, sum] : counts.owed) wire::to_money(sum, *message.add_owed());
}

/// What lines and grids have in common; `Judged` is an Outcome or a SweepGrid.
template <typename Judged>
void to_head(const History& history, const Judged& judged, v1::BacktestHead& head) {
  head.set_position(history.last_position());
  if (judged.as_of) wire::to_timestamp(*judged.as_of, *head.mutable_as_of());
  if (judged.first_at) wire::to_timestamp(*judged.first_at, *head.mutable_first_at());
  if (judged.last_at) wire::to_timestamp(*judged.last_at, *head.mutable_last_at());
  head.set_events_count(judged.events);
  head.set_later_count(history.later_count());
  head.set_book_hash(judged.book_hash);
  head.set_tz_version(judged.tz_version);
  for (const auto& [reason, left_out] : judged.left_out) {
    v1::BacktestLeftOut& message = *head.add_left_out();
    message.set_reason(reason);
    message.set_events_count(left_out.count);
    message.set_example(left_out.example);
  }
}

}  // namespace

class BacktestService::Body final : public v1::BacktestService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, uint64_t history_bytes_max)
      : loop_(loop), storage_(storage), history_bytes_max_(history_bytes_max) {}

  grpc::Status RunBacktest(grpc::ServerContext* context, const v1::RunBacktestRequest* request,
                           Writer* writer) override {
    return serve_person(*context, [&](const wire::Identity&) -> Result<void> {
      const auto turn = wait_turn(*context);
      if (!turn) {
        return Error{"wrong_state",
                     "another backtest runs on this server",
                     "wait until it has ended, or judge a file",
                     {}};
      }
      return Run{*this, *context, *writer}.run(*request);
    });
  }

  void close() { is_closed_ = true; }

 private:
  using Turn = std::unique_lock<std::timed_mutex>;

  /// Who asks anew has left the answer before, which ends in a moment: one call waits for it, all
  /// others are refused at once, so that a flood holds no threads.
  std::optional<Turn> wait_turn(const grpc::ServerContext& context) {
    constexpr std::chrono::milliseconds kLook{50};
    constexpr int kLooks = 60;
    Turn turn(running_, std::try_to_lock);
    if (turn.owns_lock()) return turn;
    if (does_one_wait_.exchange(true)) return std::nullopt;
    for (int look = 0; look < kLooks && !turn.owns_lock(); ++look) {
      if (context.IsCancelled() || is_closed_) break;
      (void)turn.try_lock_for(kLook);
    }
    does_one_wait_ = false;
    if (!turn.owns_lock()) return std::nullopt;
    return turn;
  }

  /// One call.
  struct Run {
    const Body& body;
    grpc::ServerContext& context;
    Writer& writer;

    bool goes_on() const { return !context.IsCancelled() && !body.is_closed_; }
    static Error stopped() { return {"cancelled", "the backtest was stopped", "", {}}; }

    Result<void> send(const v1::RunBacktestResponse& part) const {
      if (!goes_on() || !writer.Write(part)) return stopped();
      return {};
    }

    bool tell(const char* what, uint64_t done, uint64_t total) const {
      v1::RunBacktestResponse part;
      part.mutable_progress()->set_what(what);
      part.mutable_progress()->set_done_count(done);
      part.mutable_progress()->set_total_count(total);
      return send(part).ok();
    }

    Result<void> run(const v1::RunBacktestRequest& request) const {
      if (request.files().empty())
        return wire::invalid_field("files", "expected the whole book, but there is no file");
      v1::RunBacktestResponse part;
      const BookPtr book = compile(request, *part.mutable_diagnostics());
      if (book == nullptr) return send(part);
      std::optional<rules::model::Instant> as_of;
      if (request.has_as_of()) {
        const auto read = wire::from_timestamp(request.as_of());
        if (!read) return read.error();
        as_of = *read;
      }
      rules::scenario::SweepOptions sweep{request.promise(), {}, as_of, {}};
      for (const std::string& text : request.sweeps()) {
        auto axis = rules::scenario::parse_sweep(text);
        if (!axis) return axis.error();
        sweep.axes.push_back(std::move(*axis));
      }
      // WHY: asked first, so that what becomes final meanwhile is found in the journal.
      const auto pending = pending_commitments(body.loop_);
      if (!pending) return pending.error();
      History history(body.history_bytes_max_, as_of);
      if (auto read = read_journal(history); !read) return read;
      if (!sweep.axes.empty()) return run_sweep(history, book, std::move(sweep));
      return judge(history, book, as_of, *pending);
    }

    Result<void> read_journal(History& history) const {
      const auto last = body.storage_.last_position();
      Result<void> taken;
      rules::model::Position told = 0;
      auto read = body.storage_.read_journal(1, [&](auto facts) {
        taken = history.take(facts);
        constexpr rules::model::Position kFactsBetween = 65'536;
        if (!taken || !goes_on()) return false;
        if (history.last_position() - told < kFactsBetween) return true;
        told = history.last_position();
        return tell("reading facts", told, last);
      });
      if (!read) return read;
      if (!taken) return taken;
      if (!goes_on()) return stopped();
      return history.log().arrange();
    }

    /// Asked often, told rarely.
    rules::scenario::Proceed proceed(const char* what) const {
      return [this, what](uint64_t done, uint64_t total) {
        constexpr uint64_t kBetween = 65'536;
        return done % kBetween == 0 ? tell(what, done, total) : goes_on();
      };
    }

    Result<void> run_sweep(const History& history, const BookPtr& book,
                           rules::scenario::SweepOptions options) const {
      uint64_t told = ~uint64_t{0};
      options.proceed = [this, &told](uint64_t done, uint64_t total) {
        if (done == told) return goes_on();
        told = done;
        return tell("judging variants", done, total);
      };
      const auto grid = rules::scenario::sweep_log(history.log(), book, options);
      if (!grid) return goes_on() ? grid.error() : stopped();
      v1::RunBacktestResponse part;
      to_head(history, *grid, *part.mutable_head());
      if (auto sent = send(part); !sent) return sent;
      v1::BacktestGrid& message = *part.mutable_grid();
      message.set_promise(grid->promise);
      for (const std::string& axis : grid->axes) message.add_axes(axis);
      for (const std::string& note : grid->notes) message.add_notes(note);
      for (const auto& cell : grid->cells) to_cell(cell, *message.add_cells());
      return send(part);
    }

    Result<void> judge(const History& history, const BookPtr& book,
                       std::optional<rules::model::Instant> as_of,
                       std::span<const CommitmentKey> pending) const {
      const auto outcome =
          rules::scenario::judge_log(history.log(), book, {as_of, proceed("judging tickets")});
      if (!outcome) return goes_on() ? outcome.error() : stopped();
      v1::RunBacktestResponse part;
      to_head(history, *outcome, *part.mutable_head());
      part.mutable_head()->set_condition_errors_count(outcome->condition_errors);
      if (auto sent = send(part); !sent) return sent;
      return send_lines(history, *outcome, pending);
    }

    Result<void> send_lines(const History& history, const Outcome& outcome,
                            std::span<const CommitmentKey> pending) const {
      const auto recorded = history.recorded().list();
      auto next = recorded.begin();
      v1::RunBacktestResponse part;
      part.mutable_lines();
      const auto flush = [&](int limit) -> Result<void> {
        if (part.lines().lines_size() < limit) return {};
        auto sent = send(part);
        part.mutable_lines()->clear_lines();
        return sent;
      };
      const auto add_unbound = [&] {
        v1::BacktestLine& message = *part.mutable_lines()->add_lines();
        v1::VerdictLine& line = *message.mutable_line();
        line.set_branch(next->first.branch);
        line.set_ticket(next->first.ticket);
        line.set_promise(next->first.promise);
        line.set_cycle(next->first.cycle);
        to_recorded(next->second, *message.mutable_recorded());
        ++next;
        return flush(kLinesAMessage);
      };
      for (size_t i = 0; i < outcome.lines.size(); ++i) {
        const auto& line = outcome.lines[i];
        while (next != recorded.end() && next->first < line.key) {
          if (auto sent = add_unbound(); !sent) return sent;
        }
        v1::BacktestLine& message = *part.mutable_lines()->add_lines();
        to_message(line, *message.mutable_line());
        message.set_bound(true);
        message.set_service(outcome.services[outcome.groups[i].service]);
        message.set_start_hour(outcome.groups[i].hour);
        if (next != recorded.end() && !(line.key < next->first)) {
          to_recorded(next->second, *message.mutable_recorded());
          ++next;
        } else {
          message.set_pending(std::binary_search(pending.begin(), pending.end(), line.key));
        }
        if (auto sent = flush(kLinesAMessage); !sent) return sent;
      }
      while (next != recorded.end()) {
        if (auto sent = add_unbound(); !sent) return sent;
      }
      return flush(1);
    }
  };

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const uint64_t history_bytes_max_;
  std::timed_mutex running_;
  std::atomic<bool> does_one_wait_{false};
  std::atomic<bool> is_closed_{false};
};

BacktestService::BacktestService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                 uint64_t history_bytes_max)
    : body_(std::make_unique<Body>(loop, storage, history_bytes_max)) {}
BacktestService::~BacktestService() = default;
grpc::Service& BacktestService::service() { return *body_; }
void BacktestService::close() { body_->close(); }

}  // namespace lupaus::server::api
