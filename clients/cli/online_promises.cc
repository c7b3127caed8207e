// `lupaus promises list|history|apply`: what is promised, what was, and promising something else.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/online.h"
#include "lupaus/v1/promise.grpc.pb.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::PromiseService::Stub;

struct Application {
  v1::ApplyPromisesRequest request;
  std::vector<std::string> paths;
  std::string valid_from;
};

void print(Context& context, const google::protobuf::RepeatedPtrField<v1::Promise>& promises) {
  Rows rows(context, {{"name", "NAME"},
                      {"revision", "REVISION", false, true},
                      {"owner", "OWNER", true},
                      {"within", "WITHIN", false, true},
                      {"tiers", "PAYS"},
                      {"valid_from", "VALID FROM"},
                      {"state", "STATE"},
                      {"wording", "WORDING", true}});
  for (const auto& promise : promises) {
    std::string tiers, json = "[";
    for (const auto& tier : promise.tiers()) {
      tiers += (tiers.empty() ? "" : ", ") + tier;
      json += (json.size() == 1 ? "" : ",") + json_quote(tier);
    }
    const auto wording = promise.wording().find(context.lang.empty() ? "en" : context.lang);
    rows.add({Cell::text(promise.name()), Cell::text(std::to_string(promise.revision())),
              text_or_null(promise.owner()), Cell::text(promise.within()),
              context.form == Form::csv ? Cell::text(tiers)
                                        : Cell::json(json + "]", tiers.empty() ? "-" : tiers),
              time_cell(context, promise.has_valid_from(), promise.valid_from()),
              Cell::text(promise.is_upcoming() ? "upcoming" : "in force"),
              wording == promise.wording().end() ? Cell::null() : Cell::text(wording->second)});
  }
  rows.finish();
}

void list(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::PromiseService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ListPromises, v1::ListPromisesRequest());
    if (answer) print(context, answer->promises());
  });
}

void show_history(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::PromiseService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ListPublications, v1::ListPublicationsRequest());
    if (!answer) return;
    Rows rows(context, {{"position", "POSITION", false, true},
                        {"published_at", "PUBLISHED"},
                        {"actor", "BY"},
                        {"valid_from", "VALID FROM"},
                        {"revisions", "NEW REVISIONS"},
                        {"retired", "RETIRED"},
                        {"reason", "REASON"},
                        {"book_hash", "BOOK", true}});
    for (const auto& one : answer->publications()) {
      std::string revisions, retired;
      for (const auto& risen : one.revisions())
        revisions += (revisions.empty() ? "" : ", ") + risen.promise() + " " +
                     std::to_string(risen.revision());
      for (const auto& name : one.retired()) retired += (retired.empty() ? "" : ", ") + name;
      rows.add({number_cell(one.position()),
                time_cell(context, one.has_published_at(), one.published_at()),
                text_or_null(one.actor()),
                time_cell(context, one.has_valid_from(), one.valid_from()), text_or_null(revisions),
                text_or_null(retired), text_or_null(one.reason()), Cell::text(one.book_hash())});
    }
    rows.finish();
  });
}

/// Prints what the server says of the files; whether one of them is an error.
/// @param typed  the path of each file as it was typed
bool print_diagnostics(Context& context, const v1::ApplyPromisesResponse& answer,
                       const std::map<std::string, std::string>& typed) {
  bool has_error = false;
  for (const auto& diagnostic : answer.diagnostics()) {
    has_error |= diagnostic.severity() == "error";
    if (!diagnostic.file().empty()) {
      const auto path = typed.find(diagnostic.file());
      context.err() << (path == typed.end() ? diagnostic.file() : path->second);
      if (diagnostic.line() != 0)
        context.err() << ":" << diagnostic.line() << ":" << diagnostic.column();
      context.err() << ": ";
    }
    context.err() << diagnostic.severity() << (diagnostic.code().empty() ? "" : " ")
                  << diagnostic.code() << ": " << diagnostic.message() << "\n";
    if (!diagnostic.hint().empty()) context.err() << "  " << diagnostic.hint() << "\n";
  }
  return has_error;
}

void apply(Context& context, Application& application) {
  auto& request = application.request;
  if (!check_zone(context)) return;
  const bool needs_reason = request.retire_size() != 0 || !application.valid_from.empty();
  if (needs_reason && request.reason().empty())
    return context.fail("--retire and --valid-from need --reason TEXT, but there is none", kUsage);
  auto sources = read_sources(context, application.paths);
  if (!sources) return context.fail(sources.error(), kUsage);
  const auto typed = name_within_book(*sources);
  for (const auto& source : *sources) {
    if (rules::model::is_utf8(source.text)) continue;
    return context.fail({"",
                         "expected UTF-8, but `" + typed.at(source.name) + "` has other bytes",
                         "save the file as UTF-8; `lupaus check` names the place",
                         {}},
                        kUsage);
  }
  for (auto& source : *sources) {
    auto* file = request.add_files();
    file->set_name(source.name);
    file->set_text(std::move(source.text));
  }
  if (!application.valid_from.empty()) {
    const auto at = rules::model::parse_instant(application.valid_from);
    if (!at) return context.fail(at.error(), kUsage);
    set_time(*at, *request.mutable_valid_from());
  }
  request.set_request_id(make_request_id());
  with_stub<v1::PromiseService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ApplyPromises, request);
    if (!answer) return;
    if (print_diagnostics(context, *answer, typed)) {
      context.exit_code = kNo;
      return;
    }
    if (request.validate_only()) {
      context.err() << "the book is good; nothing was published\n";
    } else if (answer->position() == 0) {
      context.err() << "the book is as published already\n";
    } else {
      context.err() << "published as fact " << answer->position() << ", book "
                    << answer->book_hash() << "\n";
    }
    print(context, answer->promises());
  });
}

}  // namespace

void add_promise_verbs(CLI::App& app, Context& context) {
  CLI::App& promises = verb_group(app, "promises", "What is promised to customers");
  promises.add_subcommand("list", "The promises in force, and those published for later")
      ->callback([&context] { list(context); });
  promises.add_subcommand("history", "Every book that was published: when, by whom, what was new")
      ->callback([&context] { show_history(context); });
  auto application = std::make_shared<Application>();
  auto& request = application->request;
  CLI::App* verb =
      promises.add_subcommand("apply", "Publishes the files as the whole book, if its tests pass");
  verb->add_option("files", application->paths, "All files of the book, or folders of them")
      ->required();
  verb->add_option_function<std::vector<std::string>>(
      "--retire",
      [&request](const auto& names) {
        for (const auto& name : names) request.add_retire(name);
      },
      "A promise that the book leaves out on purpose");
  verb->add_option_function<std::string>(
      "--reason", [&request](const auto& text) { request.set_reason(text); },
      "Why it is retired or backdated");
  verb->add_option("--valid-from", application->valid_from,
                   "Binds tickets that start from then on: earlier than now, or later (RFC 3339)");
  verb->add_flag_function(
      "--validate-only", [&request](int64_t) { request.set_validate_only(true); },
      "Checks, publishes nothing");
  verb->callback([&context, application] { apply(context, *application); });
}

}  // namespace lupaus::clients::cli
