#include "server/api/known_names.h"

#include <vector>

#include "fmt/format.h"
#include "rules/language/suggestion.h"
#include "server/wire/ask.h"

namespace lupaus::server::api {

using rules::model::Error;
using rules::model::Result;

KnownNames::KnownNames(runtime::EngineLoop& loop) : loop_(loop) {
  loop.follow([this](const runtime::CommittedPtr& committed) { follow(*committed); });
}

void KnownNames::follow(const runtime::Committed& committed) {
  for (const auto& fact : committed.facts) {
    if (const auto* published = std::get_if<rules::model::Published>(&fact.body))
      add(*published->book);
  }
}

void KnownNames::add(const rules::model::Book& book) {
  const std::scoped_lock lock(mutex_);
  has_book_ = true;
  for (const auto& branch : book.branches) branches_.insert(branch.name);
  for (const auto& promise : book.promises) promises_.insert(promise.name);
}

Result<void> KnownNames::start() {
  rules::model::BookPtr book;
  Set branches, promises;
  auto seen = wire::look(loop_, [&](const rules::ledger::State& state) {
    book = state.engine.book();
    for (const auto* branch : state.engine.branches()) branches.insert(branch->name);
    for (const auto& line : state.engine.lines()) promises.insert(line.name);
  });
  if (!seen) return seen;
  if (book != nullptr) add(*book);
  const std::scoped_lock lock(mutex_);
  branches_.merge(branches);
  promises_.merge(promises);
  return {};
}

Result<void> KnownNames::check(const char* what, const char* verb, const Set& known,
                               std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  if (name.empty() || !has_book_ || known.contains(name)) return {};
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::string hint = rules::language::suggest(name, names);
  if (hint.empty()) hint = fmt::format("`{}` shows those that there are", verb);
  return Error{fmt::format("unknown_{}", what),
               fmt::format("unknown {} `{}`", what, name),
               std::move(hint),
               {}};
}

Result<void> KnownNames::check_branch(std::string_view name) const {
  return check("branch", "lupaus breaches summary --by branch", branches_, name);
}

Result<void> KnownNames::check_promise(std::string_view name) const {
  return check("promise", "lupaus promises list", promises_, name);
}

}  // namespace lupaus::server::api
