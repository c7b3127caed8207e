// Resolves a book's names once, so that judging an event looks nothing up by text.
#include "rules/engine/compiled_book.h"

#include <algorithm>

#include "rules/engine/names.h"

namespace lupaus::rules::engine {

void for_each_word(const model::Book& book, const std::function<void(std::string_view)>& visit) {
  for (const auto& vocabulary : book.vocabularies) {
    for (const auto& type : vocabulary.events) visit(type);
    for (const auto& type : vocabulary.branch_events) visit(type);
    for (const auto& [name, spec] : vocabulary.attributes) visit(name);
    for (const auto& [name, spec] : vocabulary.branch_attributes) visit(name);
  }
  for (const auto& promise : book.promises) {
    for (const auto& [type, line] : promise.on) visit(type);
  }
}

CompiledBook::CompiledBook(model::BookPtr book, Names& names) : book_(std::move(book)) {
  for_each_word(*book_, [&](std::string_view word) { names.intern_word(word); });
  calendars_.reserve(book_->calendars.size());
  for (const auto& spec : book_->calendars) {
    const auto* zone = book_->find_zone(spec.timezone);
    model::ensure(zone != nullptr, "a checked book carries the zone of each calendar");
    calendars_.emplace_back(spec, *zone);
  }
  for (const auto& spec : book_->branches) {
    BranchContext context;
    context.spec = &spec;
    context.book = book_.get();
    context.zone = book_->find_zone(spec.timezone);
    model::ensure(context.zone != nullptr, "a checked book carries the zone of each branch");
    context.hours = spec.hours.empty() ? nullptr : calendar(spec.hours);
    const auto index = names.intern(spec.name);
    if (by_name_.size() <= index) by_name_.resize(index + 1, -1);
    by_name_[index] = static_cast<int32_t>(contexts_.size());
    contexts_.push_back(context);
  }
}

const BranchContext* CompiledBook::branch(NameIndex name) const {
  if (name >= by_name_.size() || by_name_[name] < 0) return nullptr;
  return &contexts_[static_cast<size_t>(by_name_[name])];
}

const calendar::Calendar* CompiledBook::calendar(std::string_view name) const {
  for (size_t i = 0; i < calendars_.size(); ++i) {
    if (book_->calendars[i].name == name) return &calendars_[i];
  }
  return nullptr;
}

void Books::add(std::shared_ptr<const CompiledBook> book, model::Instant valid_from) {
  entries_.push_back({std::move(book), valid_from});
}

std::shared_ptr<const CompiledBook> Books::newest() const {
  return entries_.empty() ? nullptr : entries_.back().book;
}

size_t Books::index_at(model::Instant at) const {
  for (size_t i = entries_.size(); i-- > 0;) {
    if (entries_[i].valid_from <= at) return i;
  }
  return entries_.size();
}

const CompiledBook* Books::in_force(model::Instant at) const {
  const size_t index = index_at(at);
  return index == entries_.size() ? nullptr : entries_[index].book.get();
}

const CompiledBook* Books::in_force_or_first(model::Instant at) const {
  if (const auto* book = in_force(at)) return book;
  const auto first =
      std::min_element(entries_.begin(), entries_.end(),
                       [](const Entry& a, const Entry& b) { return a.valid_from < b.valid_from; });
  return first == entries_.end() ? nullptr : first->book.get();
}

std::vector<const CompiledBook*> Books::from(model::Instant at) const {
  std::vector<const CompiledBook*> found;
  for (size_t i = entries_.size(); i-- > 0;) {
    found.push_back(entries_[i].book.get());
    if (entries_[i].valid_from <= at) break;
  }
  return found;
}

model::Instant Books::next_after(model::Instant at) const {
  model::Instant next = model::kEndOfTime;
  for (size_t i = entries_.size(); i-- > 0 && entries_[i].valid_from > at;)
    next = std::min(next, entries_[i].valid_from);
  return next;
}

const BranchContext* Books::branch(NameIndex branch, model::Instant start) const {
  const auto* book = in_force(start);
  return book == nullptr ? nullptr : book->branch(branch);
}

const BranchContext* Books::branch_of(const Revision& revision, NameIndex branch,
                                      model::Instant start) const {
  const auto context_in = [&](const Entry& entry) -> const BranchContext* {
    const auto* context = entry.book->branch(branch);
    const bool can_measure =
        context != nullptr && !(revision.is_branch_measure && context->hours == nullptr);
    return can_measure ? context : nullptr;
  };
  const size_t index = index_at(start);
  if (index != entries_.size()) {
    for (size_t i = index + 1; i-- > 0;) {
      if (const auto* context = context_in(entries_[i])) return context;
    }
  }
  // WHY: nothing binds so; but a journal of an earlier version may say that something was bound.
  for (const Entry& entry : entries_) {
    if (const auto* context = context_in(entry)) return context;
  }
  return nullptr;
}

const Revision* Line::revision_at(model::Instant start) const {
  for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
    if (revision->valid_from > start) continue;
    const auto retired =
        std::lower_bound(retired_at.begin(), retired_at.end(), revision->valid_from);
    return retired != retired_at.end() && *retired <= start ? nullptr : &*revision;
  }
  return nullptr;
}

void Line::add(Revision revision) {
  if (moving.size() < revision.on.size()) moving.resize(revision.on.size());
  for (size_t type = 0; type < revision.on.size(); ++type) {
    const auto* effect = revision.on[type];
    if (effect == nullptr) continue;
    if (!effect->cases.empty() || effect->otherwise != model::Effect::proceed) moving[type] = true;
  }
  revisions.push_back(std::move(revision));
}

model::Instant Line::retired_later(model::Instant start) const {
  const auto found = std::upper_bound(retired_at.begin(), retired_at.end(), start);
  return found == retired_at.end() ? model::kEndOfTime : *found;
}

Revision make_revision(uint32_t number, model::Instant valid_from,
                       std::shared_ptr<const CompiledBook> book, const model::Promise& promise,
                       Names& names) {
  Revision revision;
  revision.number = number;
  revision.valid_from = valid_from;
  revision.promise = &promise;
  revision.is_branch_measure = promise.measure == "branch";
  if (promise.measure != "elapsed" && !revision.is_branch_measure) {
    revision.calendar = book->calendar(promise.measure);
    model::ensure(revision.calendar != nullptr,
                  "a checked promise measures by a calendar of its book");
  }
  revision.applies_always = promise.applies->text() == "true";
  revision.expire_after = model::effective_expiry(promise);
  for (const auto& [type, line] : promise.on) {
    const auto index = names.intern_word(type);
    if (type == "expired") revision.expired = &line;
    if (revision.on.size() <= index) revision.on.resize(index + 1, nullptr);
    revision.on[index] = &line;
  }
  revision.book = std::move(book);
  return revision;
}

}  // namespace lupaus::rules::engine
