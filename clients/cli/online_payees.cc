// `lupaus payees`: who gets the money behind a customer's key. Names and account numbers go to the
// server and are never printed, not even where they are wrong.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include "clients/cli/online.h"
#include "clients/cli/payee_file.h"
#include "clients/cli/progress.h"
#include "lupaus/v1/payee.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::PayeeService::Stub;

/// About 50 KiB, which the server takes in one piece.
constexpr int kRowsAtOnce = 500;

struct Import {
  std::string path;
  bool does_skip_bad = false;
  bool is_check_only = false;

  std::string shown_path() const { return path == "-" ? "standard input" : path; }
};

/// What reading the file alone tells.
struct Looked {
  uint64_t row_count = 0;
  std::vector<BadLine> bad;
};

rules::model::Result<Looked> look_at(const Import& import, const std::string& text) {
  Looked looked;
  auto read = read_payee_file(
      text,
      [&](const PayeeLine&) {
        ++looked.row_count;
        return true;
      },
      [&](BadLine line) { looked.bad.push_back(std::move(line)); });
  if (read) return looked;
  rules::model::Error error = read.error();
  error.span.file = import.shown_path();
  return error;
}

/// The rows of the file, piece by piece; false when the server takes no more.
class RowWriter {
 public:
  RowWriter(Context& context, grpc::ClientWriter<v1::ImportPayeesRequest>& stream, uint64_t total)
      : stream_(stream), progress_(context, "payees", total) {}

  v1::ImportPayeesRequest& first() { return request_; }

  bool add(PayeeLine line) {
    v1::PayeeRow& row = *request_.add_rows();
    row.set_line(line.line);
    row.set_customer(std::move(line.customer));
    row.set_name(std::move(line.name));
    row.set_iban(std::move(line.iban));
    row.set_language(std::move(line.language));
    return request_.rows_size() < kRowsAtOnce || flush();
  }

  /// What is left, and that it is the last.
  bool finish() {
    request_.set_is_last(true);
    return flush();
  }

 private:
  bool flush() {
    done_ += static_cast<uint64_t>(request_.rows_size());
    const bool is_written = stream_.Write(request_);
    request_.Clear();
    progress_.show_now(done_);
    return is_written;
  }

  grpc::ClientWriter<v1::ImportPayeesRequest>& stream_;
  Progress progress_;
  v1::ImportPayeesRequest request_;
  uint64_t done_ = 0;
};

void print_bad_lines(Context& context, const Import& import, std::vector<BadLine> bad,
                     const v1::ImportPayeesResponse& response) {
  for (const v1::BadPayeeRow& row : response.bad_rows())
    bad.push_back({row.line(), row.field() + ": " + row.what(), row.hint()});
  std::stable_sort(bad.begin(), bad.end(), [](const BadLine& left, const BadLine& right) {
    return left.line < right.line;
  });
  for (const BadLine& line : bad) {
    const rules::model::Error error{
        "payee", line.what, line.hint, {import.shown_path(), line.line, 0}};
    context.err() << rules::model::format_error(error) << "\n";
  }
}

void print_result(Context& context, const Import& import, const Looked& looked,
                  const v1::ImportPayeesResponse& response) {
  const uint64_t bad_count = response.bad_count() + looked.bad.size();
  print_bad_lines(context, import, looked.bad, response);
  Rows rows(context, {{"kept", "KEPT"},
                      {"added", "ADDED", false, true},
                      {"changed", "CHANGED", false, true},
                      {"unchanged", "UNCHANGED", false, true},
                      {"bad", "BAD", false, true}});
  rows.add({bool_cell(response.is_kept()), number_cell(response.added_count()),
            number_cell(response.changed_count()), number_cell(response.unchanged_count()),
            number_cell(bad_count)});
  rows.finish();
  if (bad_count == 0) return;
  context.err() << bad_count << (bad_count == 1 ? " row is bad" : " rows are bad");
  if (response.is_kept()) {
    context.err() << " and were left out\n";
    return;
  }
  context.err() << ": nothing was imported\n  mend them, or leave them out with --skip-bad\n";
  context.exit_code = kNo;
}

void import_payees(Context& context, const Import& import) {
  const auto text = context.read_file(import.path);
  if (!text) return context.fail(text.error(), kUsage);
  const auto looked = look_at(import, *text);
  if (!looked) return context.fail(looked.error());
  with_stub<v1::PayeeService>(context, [&](Stub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    v1::ImportPayeesResponse response;
    const auto stream = stub.ImportPayees(&call, &response);
    {
      RowWriter writer(context, *stream, looked->row_count);
      writer.first().set_request_id(make_request_id());
      writer.first().set_skip_bad(import.does_skip_bad);
      // WHY: all faults of the file are told at once, those that only the server sees too.
      writer.first().set_validate_only(import.is_check_only ||
                                       (!looked->bad.empty() && !import.does_skip_bad));
      const auto read = read_payee_file(
          *text, [&](PayeeLine line) { return writer.add(std::move(line)); },
          [](const BadLine&) {});
      if (read && writer.finish()) stream->WritesDone();
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return fail_with(context, status);
    print_result(context, import, *looked, response);
  });
}

void erase(Context& context, v1::ErasePayeeRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::PayeeService>(context, [&](Stub& stub) {
    if (!ask(context, stub, &Stub::ErasePayee, request)) return;
    context.err() << "erased; what was paid stays in the books, and backups of before keep the "
                     "sealed row\n";
  });
}

void list(Context& context) {
  with_stub<v1::PayeeService>(context, [&](Stub& stub) {
    Rows rows(
        context,
        {{"customer", "CUSTOMER"}, {"iban", "IBAN"}, {"language", "LANGUAGE"}, {"state", "STATE"}});
    const auto take = [&](const v1::ListPayeesResponse& page) {
      for (const auto& payee : page.payees()) {
        rows.add({Cell::text(payee.customer()), Cell::text(payee.masked_iban()),
                  text_or_null(payee.language()), Cell::text(payee.state())});
      }
    };
    if (ask_all<Stub, v1::ListPayeesRequest, v1::ListPayeesResponse>(
            context, stub, &Stub::ListPayees, v1::ListPayeesRequest(), take)) {
      rows.finish();
    }
  });
}

void summary(Context& context) {
  with_stub<v1::PayeeService>(context, [&](Stub& stub) {
    const auto figures = ask(context, stub, &Stub::GetPayeeSummary, v1::GetPayeeSummaryRequest());
    if (!figures) return;
    Rows rows(context,
              {{"payees", "PAYEES", false, true}, {"unreadable", "UNREADABLE", false, true}});
    rows.add({number_cell(figures->payees_count()), number_cell(figures->unreadable_count())});
    rows.finish();
    if (figures->unreadable_count() != 0)
      context.err() << "unreadable rows are damaged: import these customers again\n";
  });
}

}  // namespace

void add_payee_verbs(CLI::App& app, Context& context) {
  CLI::App& payees = verb_group(app, "payees", "Who gets the money, sealed on the server");
  {
    auto import = std::make_shared<Import>();
    CLI::App* verb = payees.add_subcommand(
        "import", "Takes customer,name,iban and optionally language from a CSV file");
    verb->add_option("file", import->path, "A CSV file, or - for standard input")->required();
    verb->add_flag("--skip-bad", import->does_skip_bad, "Leaves bad rows out and takes the others");
    verb->add_flag("--validate-only", import->is_check_only, "Only says what is bad");
    verb->callback([&context, import] { import_payees(context, *import); });
  }
  {
    auto request = std::make_shared<v1::ErasePayeeRequest>();
    CLI::App* verb = payees.add_subcommand("erase", "Forgets who is behind a customer's key");
    verb->add_option_function<std::string>(
            "customer", [request](const auto& customer) { request->set_customer(customer); },
            "The key that tickets carry")
        ->required();
    verb->callback([&context, request] { erase(context, *request); });
  }
  payees.add_subcommand("list", "Which customers have a payee; numbers are masked")
      ->callback([&context] { list(context); });
  payees.add_subcommand("summary", "How many payees there are")->callback([&context] {
    summary(context);
  });
}

}  // namespace lupaus::clients::cli
