// `lupaus payouts batch verify` and `lupaus payouts reconcile`: proofs that the money is right. The
// exit code says whether it is.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/online_payouts.h"
#include "clients/cli/progress.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

std::vector<Column> difference_columns() {
  return {{"payout", "PAYOUT"},
          {"branch", "BRANCH"},
          {"ticket", "TICKET"},
          {"promise", "PROMISE"},
          {"cycle", "CYCLE", true, true},
          {"recorded", "RECORDED", false, true},
          {"derived", "DERIVED", false, true},
          {"reason", "WHY"}};
}

std::vector<Cell> difference_cells(const Context& context, const v1::VerifyDifference& line) {
  return {Cell::text(line.payout()),
          Cell::text(line.branch()),
          Cell::text(line.ticket()),
          Cell::text(line.promise()),
          number_cell(line.cycle()),
          money_cell(context, line.has_recorded(), line.recorded()),
          money_cell(context, line.has_derived(), line.derived()),
          Cell::text(line.reason())};
}

std::string sum_of(const v1::Money& money) { return money.currency() + " " + money.amount(); }

/// Nobody approved other content, and every line is what the events give.
bool is_proved(const v1::VerifyResult& result) {
  return result.equal_count() == result.lines_count() && result.faults().empty() &&
         (result.approved_hash().empty() || result.approved_hash() == result.content_hash());
}

std::vector<Column> result_columns() {
  return {{"lines_count", "LINES", false, true},
          {"equal_count", "EQUAL", false, true},
          {"decided_count", "DECIDED", false, true},
          {"recorded_total", "RECORDED", false, true},
          {"derived_total", "DERIVED", false, true},
          {"content_hash", "CONTENT HASH"},
          {"approved_hash", "APPROVED HASH"},
          {"facts_count", "FACTS", true, true},
          {"faults", "FAULTS"},
          {"proved", "PROVED"}};
}

std::string faults_json(const v1::VerifyResult& result) {
  std::string text = "[";
  for (const std::string& fault : result.faults())
    text += (text.size() > 1 ? "," : "") + json_quote(fault);
  return text + "]";
}

std::vector<Cell> result_cells(const Context& context, const v1::VerifyResult& result) {
  return {number_cell(result.lines_count()),
          number_cell(result.equal_count()),
          number_cell(result.decided_count()),
          money_cell(context, result.has_recorded_total(), result.recorded_total()),
          money_cell(context, result.has_derived_total(), result.derived_total()),
          text_or_null(result.content_hash()),
          text_or_null(result.approved_hash()),
          number_cell(result.facts_count()),
          Cell::json(faults_json(result), ""),
          bool_cell(is_proved(result))};
}

void print_verdict(Context& context, const std::string& id, const v1::VerifyResult& result) {
  std::ostream& out = context.out();
  out << id << ": " << result.equal_count() << " of " << result.lines_count()
      << " lines are what the events give";
  if (result.decided_count() > 0)
    out << " (" << result.decided_count() << " of them by a person's decision)";
  out << "\nrecorded  " << sum_of(result.recorded_total()) << "\nderived   "
      << (result.has_derived_total() ? sum_of(result.derived_total()) : "cannot be summed")
      << "\ncontent   " << result.content_hash() << "\napproved  "
      << (result.approved_hash().empty() ? "by nobody yet" : result.approved_hash()) << "\n";
  for (const std::string& fault : result.faults()) out << "fault     " << fault << "\n";
  out << (is_proved(result) ? context.paint(Paint::green, "proved")
                            : context.paint(Paint::red, "not proved"))
      << ", from " << result.facts_count() << " facts\n";
}

/// Gathers the parts of a verification.
class Proof {
 public:
  explicit Proof(Context& context) : context_(context), rows_(context, difference_columns()) {}

  void take(const v1::VerifyPayoutBatchResponse& part) {
    switch (part.part_case()) {
      case v1::VerifyPayoutBatchResponse::kProgress:
        if (progress_ == nullptr)
          progress_ =
              std::make_unique<Progress>(context_, "reading facts", part.progress().total_count());
        return progress_->show_now(part.progress().done_count());
      case v1::VerifyPayoutBatchResponse::kDifference:
        progress_.reset();
        if (context_.form == Form::json) {
          differences_ +=
              (differences_.empty() ? "" : ",") +
              row_json(difference_columns(), difference_cells(context_, part.difference()));
        } else {
          rows_.add(difference_cells(context_, part.difference()));
        }
        return;
      case v1::VerifyPayoutBatchResponse::kResult:
        result_ = part.result();
        return;
      case v1::VerifyPayoutBatchResponse::PART_NOT_SET:
        return;
    }
  }

  void print(const std::string& id) {
    progress_.reset();
    if (!is_proved(result_)) context_.exit_code = kNo;
    const std::string result = row_json(result_columns(), result_cells(context_, result_));
    if (context_.form == Form::json) {
      context_.out() << "{\"result\":" << result << ",\"differences\":[" << differences_ << "]}\n";
      return;
    }
    const bool is_for_people = context_.form == Form::table || context_.form == Form::wide;
    if (!is_for_people || rows_.count() > 0) rows_.finish();
    if (context_.form == Form::ndjson) {
      context_.out() << "{\"result\":" << result << "}\n";
      return;
    }
    if (is_for_people) return print_verdict(context_, id, result_);
    context_.err() << id << (is_proved(result_) ? " is proved\n" : " is not proved\n");
  }

 private:
  Context& context_;
  std::unique_ptr<Progress> progress_;
  Rows rows_;
  std::string differences_;
  v1::VerifyResult result_;
};

void verify(Context& context, const std::string& id) {
  v1::VerifyPayoutBatchRequest request;
  request.set_id(id);
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto reader = stub.VerifyPayoutBatch(&call, request);
    Proof proof(context);
    v1::VerifyPayoutBatchResponse part;
    while (reader->Read(&part)) proof.take(part);
    if (const grpc::Status status = reader->Finish(); !status.ok())
      return fail_with(context, status);
    proof.print(id);
  });
}

// ---- reconcile

std::vector<Column> sum_columns() {
  return {{"currency", "CURRENCY"},
          {"count", "COUNT", false, true},
          {"owed", "OWED", false, true},
          {"open", "OPEN", false, true},
          {"held", "HELD", false, true},
          {"claimable", "CLAIMABLE", false, true},
          {"approved", "APPROVED", false, true},
          {"exported", "EXPORTED", false, true},
          {"paid", "PAID", false, true},
          {"returned", "RETURNED", false, true},
          {"failed", "FAILED", false, true},
          {"declined", "DECLINED", false, true}};
}

std::vector<Cell> sum_cells(const v1::ReconcileLine& line) {
  const auto amount = [](const v1::Money& money) { return Cell::text(money.amount()); };
  return {Cell::text(line.currency()), number_cell(line.count()), amount(line.owed()),
          amount(line.open()),         amount(line.held()),       amount(line.claimable()),
          amount(line.approved()),     amount(line.exported()),   amount(line.paid()),
          amount(line.returned()),     amount(line.failed()),     amount(line.declined())};
}

bool is_zero(const v1::Money& money) {
  return money.amount().find_first_not_of("0.") == std::string::npos;
}

bool adds_up(const v1::ReconcileTotal& total) {
  return is_zero(total.owed_difference()) && is_zero(total.paid_difference());
}

std::string total_json(const v1::ReconcileTotal& total) {
  const auto field = [](const char* name, const v1::Money& money) {
    return std::string(",\"") + name + "\":" + json_quote(money.amount());
  };
  std::string text = row_json(sum_columns(), sum_cells(total.lines()));
  text.pop_back();
  return text + field("journal_owed", total.journal_owed()) +
         field("journal_paid", total.journal_paid()) +
         field("owed_difference", total.owed_difference()) +
         field("paid_difference", total.paid_difference()) + "}";
}

void print_lines(Context& context, const v1::ReconcilePayoutsRequest& request,
                 const v1::ReconcilePayoutsResponse& answer) {
  const bool is_for_people = context.form == Form::table || context.form == Form::wide;
  bool is_by_day = false, is_by_promise = false;
  for (const std::string& group : request.by()) {
    is_by_day = is_by_day || group == "day";
    is_by_promise = is_by_promise || group == "promise";
  }
  std::vector<Column> columns;
  if (is_by_day) columns.push_back({"day", "DAY"});
  if (is_by_promise) columns.push_back({"promise", "PROMISE"});
  const std::vector<Column> sums = sum_columns();
  columns.insert(columns.end(), sums.begin(), sums.end());
  Rows rows(context, std::move(columns));
  const auto add = [&](const v1::ReconcileLine& line, const std::string& day,
                       const std::string& promise) {
    std::vector<Cell> cells;
    if (is_by_day) cells.push_back(text_or_null(day));
    if (is_by_promise) cells.push_back(text_or_null(promise));
    for (Cell& cell : sum_cells(line)) cells.push_back(std::move(cell));
    rows.add(std::move(cells));
  };
  for (const auto& line : answer.lines()) add(line, line.day(), line.promise());
  // WHY: a machine adds up itself; for people the sum stands below.
  if (is_for_people && (is_by_day || is_by_promise)) {
    for (const auto& total : answer.totals()) add(total.lines(), "total", is_by_day ? "" : "total");
  }
  rows.finish();
}

void print_reconciled(Context& context, const v1::ReconcilePayoutsRequest& request,
                      const v1::ReconcilePayoutsResponse& answer) {
  for (const auto& total : answer.totals()) {
    if (!adds_up(total)) context.exit_code = kNo;
  }
  if (context.form == Form::json) {
    std::string lines, totals;
    for (const auto& line : answer.lines()) {
      const std::string sums = row_json(sum_columns(), sum_cells(line));
      lines += (lines.empty() ? "" : ",") + ("{\"day\":" + json_quote(line.day())) +
               ",\"promise\":" + json_quote(line.promise()) + "," + sums.substr(1);
    }
    for (const auto& total : answer.totals())
      totals += (totals.empty() ? "" : ",") + total_json(total);
    context.out() << "{\"lines\":[" << lines << "],\"totals\":[" << totals
                  << "],\"position\":" << answer.position() << ",\"closed_month\":"
                  << (answer.closed_month().empty() ? "null" : json_quote(answer.closed_month()))
                  << "}\n";
    return;
  }
  print_lines(context, request, answer);
  const bool is_for_people = context.form == Form::table || context.form == Form::wide;
  std::ostream& talk = is_for_people ? context.out() : context.err();
  if (!answer.closed_month().empty())
    talk << "as the books stood when " << answer.closed_month() << " was closed\n";
  if (answer.totals().empty()) talk << "nothing was owed; difference 0.00\n";
  for (const auto& total : answer.totals()) {
    talk << total.currency() << ": by the journal " << total.journal_owed().amount()
         << " is owed and " << total.journal_paid().amount() << " paid; "
         << context.paint(adds_up(total) ? Paint::green : Paint::red,
                          "difference " + total.owed_difference().amount())
         << (is_zero(total.paid_difference())
                 ? ""
                 : ", of what is paid " + total.paid_difference().amount())
         << "\n";
  }
}

void reconcile(Context& context, const v1::ReconcilePayoutsRequest& request) {
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto answer = ask(context, stub, &PayoutStub::ReconcilePayouts, request);
    if (answer) print_reconciled(context, request, *answer);
  });
}

}  // namespace

void add_payout_proofs(CLI::App& payouts, CLI::App& batch, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* verb = batch.add_subcommand(
      "verify", "Derives every cent again from the journal; exit 1 where it differs");
  verb->add_option("id", *id, "The batch's id")->required();
  verb->callback([&context, id] { verify(context, *id); });
  auto request = std::make_shared<v1::ReconcilePayoutsRequest>();
  verb = payouts.add_subcommand(
      "reconcile", "What was owed and what became of it, in columns that add up; exit 1 where not");
  verb->add_option_function<std::string>(
      "--from", [request](const auto& day) { request->set_from(day); },
      "Owed on this day (UTC) or later, such as 2026-01-01");
  verb->add_option_function<std::string>(
      "--to", [request](const auto& day) { request->set_to(day); }, "Owed on this day or earlier");
  verb->add_option_function<std::vector<std::string>>(
          "--by",
          [request](const auto& groups) {
            for (const std::string& group : groups) request->add_by(group);
          },
          "day, promise or both: day,promise")
      ->delimiter(',')
      ->check(CLI::IsMember({"day", "promise"}));
  verb->callback([&context, request] { reconcile(context, *request); });
}

}  // namespace lupaus::clients::cli
