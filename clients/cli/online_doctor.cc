// `lupaus doctor`: what an operator should know before it hurts, each with the command that mends
// it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "clients/cli/online.h"
#include "lupaus/v1/doctor.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

Paint paint_of(const std::string& severity) {
  if (severity == "problem") return Paint::red;
  return severity == "warning" ? Paint::yellow : Paint::green;
}

void diagnose(Context& context, bool is_strict) {
  with_stub<v1::DoctorService>(context, [&](v1::DoctorService::Stub& stub) {
    const auto answer =
        ask(context, stub, &v1::DoctorService::Stub::Diagnose, v1::DiagnoseRequest());
    if (!answer) return;
    Rows rows(context, {{"subject", "SUBJECT"},
                        {"severity", "STATE"},
                        {"message", "WHAT"},
                        {"command", "WHAT TO DO"}});
    for (const auto& finding : answer->findings()) {
      rows.add({Cell::text(finding.subject()),
                Cell::text(finding.severity(), paint_of(finding.severity())),
                Cell::text(finding.message()), text_or_null(finding.command())});
    }
    rows.finish();
    const auto has = [&](const char* severity) {
      return std::any_of(answer->findings().begin(), answer->findings().end(),
                         [&](const auto& finding) { return finding.severity() == severity; });
    };
    if (has("problem")) {
      context.exit_code = kNo;
    } else if (is_strict && has("warning")) {
      context.exit_code = kWarnings;
    }
  });
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto is_strict = std::make_shared<bool>(false);
  CLI::App* verb = app.add_subcommand(
      "doctor", "Looks at configuration, clock, disk, journal, backup, sources and deadlines");
  verb->add_flag("--strict", *is_strict, "Warnings count as well: exit code 3");
  verb->callback([&context, is_strict] { diagnose(context, *is_strict); });
}

}  // namespace lupaus::clients::cli
