// PromiseService: compiles, refuses what is not judged yet and what fails its tests, publishes.
#include "server/api/promise_service.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "fmt/format.h"
#include "lupaus/v1/promise.grpc.pb.h"
#include "rules/language/compile.h"
#include "server/api/book_review.h"
#include "server/api/call.h"
#include "server/api/diagnostic_message.h"
#include "server/api/known_names.h"
#include "server/api/promise_message.h"
#include "server/api/publications.h"
#include "server/api/published.h"
#include "server/runtime/engine_loop.h"
#include "server/telemetry/log.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::language::Compiled;
using rules::language::Diagnostic;
using rules::language::Severity;
using PromiseInForce = rules::engine::State::PromiseInForce;
using rules::ledger::State;
using rules::model::BookPtr;
using rules::model::Error;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;

/// The reason that marks what was published from book.dir.
constexpr std::string_view kReason = "book.dir";

/// Compiled, with what is not judged yet as errors.
Compiled compile_strictly(std::span<const rules::model::SourceFile> files) {
  Compiled compiled = rules::language::compile(files);
  if (compiled.book == nullptr) return compiled;
  for (Diagnostic& complaint : rules::language::unsupported(*compiled.book)) {
    complaint.severity = Severity::error;
    compiled.diagnostics.push_back(std::move(complaint));
  }
  return compiled;
}

const Error* first_error(std::span<const Diagnostic> diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::error) return &diagnostic.error;
  }
  return nullptr;
}

/// Compiled strictly; a book without an error there is put to its tests.
Compiled compile_and_test(std::span<const rules::model::SourceFile> files) {
  Compiled compiled = compile_strictly(files);
  if (first_error(compiled.diagnostics) != nullptr) return compiled;
  for (Diagnostic& complaint : run_promise_tests(files))
    compiled.diagnostics.push_back(std::move(complaint));
  return compiled;
}

/// The first error, with what the other errors say below its own message.
Error all_errors(std::span<const Diagnostic> diagnostics) {
  std::optional<Error> all;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    if (!all) {
      all = diagnostic.error;
    } else {
      const auto& [code, message, hint, span] = diagnostic.error;
      all->message += fmt::format("\n{}:{}:{}: {}", span.file, span.line, span.column, message);
    }
  }
  rules::model::ensure(all.has_value(), "a book is refused for an error");
  return *all;
}

/// What binds tickets at `now` or will later, ascending by name, then by when it binds.
std::vector<PromiseInForce> find_promises(const rules::engine::State& state, Instant now) {
  std::vector<PromiseInForce> found = state.promises_in_force(now);
  for (const rules::engine::Line& line : state.lines()) {
    for (const rules::engine::Revision& revision : line.revisions) {
      const bool is_upcoming =
          revision.valid_from > now && line.revision_at(revision.valid_from) == &revision;
      if (is_upcoming) found.push_back({revision.promise, revision.number, revision.valid_from});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.promise->name, a.valid_from) < std::tie(b.promise->name, b.valid_from);
  });
  return found;
}

template <typename Response>
Result<void> add_promises(runtime::EngineLoop& loop, Response& response) {
  return wire::look(loop, [&](const State& state) {
    const Instant now = loop.now();
    for (const PromiseInForce& found : find_promises(state.engine, now)) {
      v1::Promise& message = *response.add_promises();
      to_message(found, message);
      message.set_is_upcoming(found.valid_from > now);
    }
  });
}

Result<std::string> newest_hash(runtime::EngineLoop& loop) {
  std::string hash;
  Result<void> seen = wire::look(loop, [&](const State& state) {
    if (BookPtr book = state.engine.book()) hash = book->hash;
  });
  if (!seen) return seen.error();
  return hash;
}

/// What `retire` must name: promises of the newest book that `book` leaves out.
Result<void> check_missing(runtime::EngineLoop& loop, const rules::model::Book& book,
                           const v1::ApplyPromisesRequest& request) {
  std::vector<std::string> missing;
  Result<void> seen = wire::look(loop, [&](const State& state) {
    BookPtr newest = state.engine.book();
    if (newest == nullptr) return;
    for (const rules::model::Promise& promise : newest->promises) {
      const auto& retire = request.retire();
      bool is_retired = std::find(retire.begin(), retire.end(), promise.name) != retire.end();
      if (book.find_promise(promise.name) == nullptr && !is_retired)
        missing.push_back(promise.name);
    }
  });
  if (!seen) return seen;
  if (missing.empty()) return {};
  return Error{"missing_promise",
               fmt::format("the files are the whole book, but they leave out `{}`",
                           fmt::join(missing, "`, `")),
               "add the files, or say --retire NAME --reason TEXT",
               {}};
}

void log(std::span<const Diagnostic> warnings) {
  for (const Diagnostic& warning : warnings) {
    const auto& [code, message, hint, span] = warning.error;
    telemetry::warn(
        fmt::format("{}:{}:{}: {}; {}", span.file, span.line, span.column, message, hint));
  }
}

rules::model::Position published_at(const Facts& facts) {
  for (const rules::model::Fact& fact : facts) {
    if (std::holds_alternative<rules::model::Published>(fact.body)) return fact.position;
  }
  return 0;
}

}  // namespace

class PromiseService::Body final : public v1::PromiseService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, KnownNames& names,
       PublishTerms terms)
      : loop_(loop), storage_(storage), names_(names), terms_(terms) {}

  grpc::Status ApplyPromises(grpc::ServerContext* context, const v1::ApplyPromisesRequest* request,
                             v1::ApplyPromisesResponse* response) override {
    return serve_person(*context,
                        [&](const wire::Identity& who) { return apply(*request, who, *response); });
  }

  grpc::Status ListPromises(grpc::ServerContext* context, const v1::ListPromisesRequest*,
                            v1::ListPromisesResponse* response) override {
    return serve(*context, [&](const wire::Identity&) -> Result<void> {
      Result<std::string> hash = newest_hash(loop_);
      if (!hash) return hash.error();
      response->set_book_hash(*hash);
      return add_promises(loop_, *response);
    });
  }

  grpc::Status ListPublications(grpc::ServerContext* context, const v1::ListPublicationsRequest*,
                                v1::ListPublicationsResponse* response) override {
    return serve_person(
        *context, [&](const wire::Identity&) { return list_publications(storage_, *response); });
  }

  grpc::Status GetPublication(grpc::ServerContext* context,
                              const v1::GetPublicationRequest* request,
                              v1::GetPublicationResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) {
      return get_publication(storage_, request->position(), *response);
    });
  }

  grpc::Status DiffPublications(grpc::ServerContext* context,
                                const v1::DiffPublicationsRequest* request,
                                v1::DiffPublicationsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) {
      return diff_publications(storage_, *request, *response);
    });
  }

  grpc::Status TestPublication(grpc::ServerContext* context,
                               const v1::TestPublicationRequest* request,
                               v1::TestPublicationResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) {
      return test_publication(storage_, request->position(), *response);
    });
  }

 private:
  Result<void> apply(const v1::ApplyPromisesRequest& request, const wire::Identity& who,
                     v1::ApplyPromisesResponse& response) {
    if (!request.validate_only()) {
      if (Result<void> named = wire::require_name(who); !named) return named;
    }
    if (request.files().empty())
      return wire::invalid_field("files", "expected the whole book, but there is no file");
    std::vector<rules::model::SourceFile> files;
    for (const v1::PromiseFile& file : request.files()) files.push_back({file.name(), file.text()});
    bool has_reason = !request.reason().empty();
    if (!has_reason && (!request.retire().empty() || request.has_valid_from())) {
      return wire::invalid_field("reason",
                                 "expected the reason for retiring or backdating, but it is empty");
    }
    Compiled compiled = compile_and_test(files);
    std::vector<Diagnostic> unpayable;
    if (compiled.book != nullptr) unpayable = find_unpayable(*compiled.book, terms_.has_webhook);
    for (const auto* diagnostics : {&compiled.diagnostics, &unpayable}) {
      for (const Diagnostic& diagnostic : *diagnostics)
        to_message(diagnostic, *response.add_diagnostics());
    }
    if (first_error(compiled.diagnostics) != nullptr) return {};
    response.set_book_hash(compiled.book->hash);
    Result<void> whole = check_missing(loop_, *compiled.book, request);
    if (!whole) return whole;
    Result<std::string> newest = newest_hash(loop_);
    if (!newest) return newest.error();
    bool is_same = *newest == compiled.book->hash && !request.has_valid_from();
    if (!request.validate_only() && !is_same) {
      Result<void> published = publish(request, compiled.book, who, response);
      if (!published) return published;
      log(unpayable);
    }
    return add_promises(loop_, response);
  }

  Result<void> publish(const v1::ApplyPromisesRequest& request, const BookPtr& book,
                       const wire::Identity& who, v1::ApplyPromisesResponse& response) {
    rules::model::Publish command{
        book, Instant{}, {request.retire().begin(), request.retire().end()}, request.reason()};
    if (request.has_valid_from()) {
      Result<Instant> from = wire::from_timestamp(request.valid_from());
      if (!from) return wire::invalid_field("valid_from", from.error().message);
      command.valid_from = *from;
    }
    Result<Facts> facts = wire::ask(loop_, std::move(command), who.actor());
    if (!facts) return facts.error();
    names_.add(*book);
    response.set_position(published_at(*facts));
    return {};
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  KnownNames& names_;
  const PublishTerms terms_;
};

PromiseService::PromiseService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                               KnownNames& names, PublishTerms terms)
    : body_(std::make_unique<Body>(loop, storage, names, terms)) {}
PromiseService::~PromiseService() = default;
grpc::Service& PromiseService::service() { return *body_; }

Result<bool> publish_files(runtime::EngineLoop& loop, const runtime::Storage& storage,
                           const std::vector<rules::model::SourceFile>& files) {
  const Compiled compiled = compile_strictly(files);
  if (const Error* error = first_error(compiled.diagnostics)) return *error;
  std::string last;
  Result<void> read = visit_published(storage, [&](const rules::model::Fact& fact) {
    const auto* published = std::get_if<rules::model::Published>(&fact.body);
    bool is_ours = published != nullptr && published->retired_reason == kReason;
    if (is_ours) last = published->book->hash;
  });
  if (!read) return read.error();
  if (last == compiled.book->hash) return false;
  const std::vector<Diagnostic> tested = run_promise_tests(files);
  if (first_error(tested) != nullptr) return all_errors(tested);
  log(tested);
  auto actor = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::system, true, "lupaus", ""});
  rules::model::Publish command{compiled.book, Instant{}, {}, std::string(kReason)};
  Result<Facts> facts = wire::ask(loop, std::move(command), actor);
  if (!facts) return facts.error();
  return true;
}

Result<void> warn_of_unpayable(runtime::EngineLoop& loop, PublishTerms terms) {
  BookPtr newest;
  Result<void> seen = wire::look(loop, [&](const State& state) { newest = state.engine.book(); });
  if (!seen) return seen;
  if (newest != nullptr) log(find_unpayable(*newest, terms.has_webhook));
  return {};
}

}  // namespace lupaus::server::api
