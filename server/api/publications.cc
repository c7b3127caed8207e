// Folds the books as the engine does, so that revisions rise as they did there.
#include "server/api/publications.h"

#include <algorithm>
#include <functional>
#include <map>

#include "fmt/format.h"
#include "rules/engine/state.h"
#include "rules/language/difference.h"
#include "server/api/book_review.h"
#include "server/api/promise_message.h"
#include "server/api/published.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::Book;
using rules::model::BookPtr;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Published;
using rules::model::Result;

/// Turns publications into messages, one after the other from the first.
class History {
 public:
  void add(const Fact& fact, const Published& published, v1::Publication& message) {
    state_.evolve(fact);
    message.set_position(fact.position);
    wire::to_timestamp(fact.at, *message.mutable_published_at());
    if (fact.actor != nullptr) message.set_actor(fact.actor->id);
    wire::to_timestamp(published.valid_from, *message.mutable_valid_from());
    message.set_book_hash(published.book->hash);
    for (const rules::engine::Line& line : state_.lines()) {
      size_t& known = revisions_[line.name];
      for (; known < line.revisions.size(); ++known) {
        v1::Publication::Revision& risen = *message.add_revisions();
        risen.set_promise(line.name);
        risen.set_revision(line.revisions[known].number);
      }
    }
    for (const std::string& name : published.retired) message.add_retired(name);
    message.set_reason(published.retired_reason);
  }

  const rules::engine::State& state() const { return state_; }

 private:
  rules::engine::State state_;
  std::map<std::string, size_t> revisions_;
};

Result<void> visit_books(const runtime::Storage& storage,
                         const std::function<void(const Fact&, const Published&)>& visit) {
  return visit_published(storage, [&](const Fact& fact) {
    if (const auto* published = std::get_if<Published>(&fact.body)) visit(fact, *published);
  });
}

Error not_published(Position position) {
  return {"not_found",
          position == 0 ? "no book was published yet"
                        : fmt::format("no book was published at position {}", position),
          "`lupaus promises history` lists the positions",
          {}};
}

struct Placed {
  Position position = 0;
  BookPtr book;
};

Result<std::vector<Placed>> all_books(const runtime::Storage& storage) {
  std::vector<Placed> books;
  Result<void> read = visit_books(storage, [&](const Fact& fact, const Published& published) {
    books.push_back({fact.position, published.book});
  });
  if (!read) return read.error();
  return books;
}

/// Index of the book at `position`, 0: of the newest.
Result<size_t> find_book(const std::vector<Placed>& books, Position position) {
  if (position == 0 && !books.empty()) return books.size() - 1;
  const auto found = std::find_if(books.begin(), books.end(),
                                  [&](const Placed& one) { return one.position == position; });
  if (found == books.end()) return not_published(position);
  return static_cast<size_t>(found - books.begin());
}

/// What there is before the first publication: the words that are built in.
Book nothing_but_words(const Book& after) {
  Book before;
  if (const auto* queue = after.find_vocabulary("queue")) before.vocabularies.push_back(*queue);
  return before;
}

}  // namespace

Result<void> list_publications(const runtime::Storage& storage,
                               v1::ListPublicationsResponse& response) {
  History history;
  return visit_books(storage, [&](const Fact& fact, const Published& published) {
    history.add(fact, published, *response.add_publications());
  });
}

Result<void> get_publication(const runtime::Storage& storage, uint64_t position,
                             v1::GetPublicationResponse& response) {
  const Result<std::vector<Placed>> books = all_books(storage);
  if (!books) return books.error();
  const Result<size_t> index = find_book(*books, position);
  if (!index) return index.error();
  const Placed& wanted = (*books)[*index];
  for (const rules::model::SourceFile& file : wanted.book->files) {
    v1::PromiseFile& message = *response.add_files();
    message.set_name(file.name);
    message.set_text(file.text);
  }
  History history;
  return visit_books(storage, [&](const Fact& fact, const Published& published) {
    if (fact.position > wanted.position) return;
    v1::Publication message;
    history.add(fact, published, message);
    if (fact.position != wanted.position) return;
    *response.mutable_publication() = std::move(message);
    const auto binding_from = std::max(published.valid_from, fact.at);
    for (const auto& in_force : history.state().promises_in_force(binding_from)) {
      v1::Promise& promise = *response.add_promises();
      to_message(in_force, promise);
      promise.set_is_upcoming(in_force.valid_from > fact.at);
    }
  });
}

Result<void> diff_publications(const runtime::Storage& storage,
                               const v1::DiffPublicationsRequest& request,
                               v1::DiffPublicationsResponse& response) {
  const Result<std::vector<Placed>> books = all_books(storage);
  if (!books) return books.error();
  const Result<size_t> newer = find_book(*books, request.new_position());
  if (!newer) return newer.error();
  const Placed& after = (*books)[*newer];
  Placed before;
  if (request.old_position() != 0) {
    const Result<size_t> older = find_book(*books, request.old_position());
    if (!older) return older.error();
    before = (*books)[*older];
  } else if (*newer > 0) {
    before = (*books)[*newer - 1];
  }
  response.set_old_position(before.position);
  response.set_new_position(after.position);
  const Book nothing = nothing_but_words(*after.book);
  const Book& compared = before.book == nullptr ? nothing : *before.book;
  for (const auto& difference : rules::language::differences(compared, *after.book))
    response.add_lines(rules::language::format_difference(difference));
  return {};
}

Result<void> test_publication(const runtime::Storage& storage, uint64_t position,
                              v1::TestPublicationResponse& response) {
  const Result<std::vector<Placed>> books = all_books(storage);
  if (!books) return books.error();
  const Result<size_t> index = find_book(*books, position);
  if (!index) return index.error();
  for (const TestOutcome& outcome : test_outcomes((*books)[*index].book->files)) {
    auto& message = *response.add_tests();
    message.set_file(outcome.file);
    message.set_name(outcome.name);
    message.set_passed(outcome.has_passed);
    message.set_message(outcome.message);
  }
  return {};
}

}  // namespace lupaus::server::api
