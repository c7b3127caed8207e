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

std::shared_ptr<const KnownNames::Names> KnownNames::names() const {
  const std::scoped_lock lock(mutex_);
  return names_;
}

void KnownNames::replace(const std::function<void(Names&)>& change) {
  const std::scoped_lock lock(mutex_);
  auto next = std::make_shared<Names>(*names_);
  change(*next);
  names_ = std::move(next);
}

void KnownNames::add(const rules::model::Book& book) {
  replace([&](Names& next) {
    next.has_book = true;
    for (const auto& branch : book.branches) next.branches.insert(branch.name);
    for (const auto& promise : book.promises) next.promises.insert(promise.name);
  });
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
  replace([&](Names& next) {
    next.branches.merge(branches);
    next.promises.merge(promises);
  });
  return {};
}

Error KnownNames::unknown(const char* what, const char* verb, const Set& known,
                          std::string_view name) {
  std::string hint;
  // WHY: callbacks that carry terminals' events ask, too, and must not search a long list.
  constexpr size_t kSearchedMax = 512;
  if (known.size() <= kSearchedMax) {
    const std::vector<std::string_view> names(known.begin(), known.end());
    hint = rules::language::suggest(name, names);
  }
  if (hint.empty()) hint = fmt::format("`{}` shows those that there are", verb);
  return {fmt::format("unknown_{}", what),
          fmt::format("unknown {} `{}`", what, name),
          std::move(hint),
          {}};
}

Result<void> KnownNames::check_branch(std::string_view name) const {
  const auto known = names();
  if (name.empty() || !known->has_book || known->branches.contains(name)) return {};
  return unknown("branch", "lupaus breaches summary --by branch", known->branches, name);
}

Result<void> KnownNames::check_promise(std::string_view name) const {
  const auto known = names();
  if (name.empty() || !known->has_book || known->promises.contains(name)) return {};
  return unknown("promise", "lupaus promises list", known->promises, name);
}

}  // namespace lupaus::server::api
