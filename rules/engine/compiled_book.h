// A book made ready for judging: calendars built, branches resolved, each promise's `on` table
// indexed by event type. Owned by engine::State, single-threaded like it, alive as long as a
// commitment may obey one of its promises.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/calendar/calendar.h"
#include "rules/engine/entities.h"
#include "rules/model/book.h"

namespace lupaus::rules::engine {

/// Names <-> dense indices; only grows.
class Names;

/// What a branch of one book means for clocks.
struct BranchContext {
  const model::BranchSpec* spec = nullptr;
  const model::ZoneTable* zone = nullptr;
  const calendar::Calendar* hours = nullptr;  ///< null when the branch declares none
  const model::Book* book = nullptr;          ///< that says so
};

/// Calls `visit` with each event type and attribute that events may name by `book`; some come
/// twice.
void for_each_word(const model::Book& book, const std::function<void(std::string_view)>& visit);

class CompiledBook {
 public:
  /// Gives the book's words and branches their indices.
  CompiledBook(model::BookPtr book, Names& names);

  const model::Book& book() const { return *book_; }
  const model::BookPtr& pointer() const { return book_; }
  /// nullptr when the book has no such branch.
  const BranchContext* branch(NameIndex name) const;
  const calendar::Calendar* calendar(std::string_view name) const;

 private:
  model::BookPtr book_;
  std::vector<calendar::Calendar> calendars_;  ///< parallel to book_->calendars
  std::vector<BranchContext> contexts_;        ///< parallel to book_->branches
  std::vector<int32_t> by_name_;               ///< NameIndex -> index in contexts_, -1: none
};

/// One revision of one promise.
struct Revision {
  uint32_t number = 1;
  model::Instant valid_from{};
  std::shared_ptr<const CompiledBook> book;
  const model::Promise* promise = nullptr;
  std::vector<const model::EffectLine*> on;  ///< by WordIndex of the type; null: not mapped
  const model::EffectLine* expired = nullptr;
  const calendar::Calendar* calendar = nullptr;  ///< of a named measure
  bool is_branch_measure = false;
  bool applies_always = false;  ///< `applies: true`
  std::optional<model::Duration> expire_after;

  const model::EffectLine* line(WordIndex type) const {
    return type < on.size() ? on[type] : nullptr;
  }
  /// Whether and how a clock expires may hang on any event until then.
  bool is_expiry_conditional() const { return expired != nullptr && !expired->cases.empty(); }
};

/// A book that left a promise out on purpose.
struct Retirement {
  model::Instant at{};  ///< from when on that book binds
  std::string by;       ///< who published it; "" where nobody said
  std::string reason;
};

/// All revisions of one promise name.
struct Line {
  std::string name;
  std::vector<Revision> revisions;         ///< ascending by number
  std::vector<model::Instant> retired_at;  ///< ascending
  std::vector<Retirement> retirements{};   ///< in the order of the journal
  std::vector<bool> moving{};  ///< by WordIndex of a type: some revision has it do more than
                               ///< `continue`

  /// The newest published at or before `start` (R50) and not retired by then; nullptr if none.
  const Revision* revision_at(model::Instant start) const;
  const Revision* find(uint32_t number) const {
    const bool is_there = number >= 1 && number <= revisions.size();
    return is_there ? &revisions[number - 1] : nullptr;
  }
  /// When the promise was retired after `start`; kEndOfTime if it was not.
  model::Instant retired_after(model::Instant start) const {
    return retired_at.empty() ? model::kEndOfTime : retired_later(start);
  }

  bool can_move(WordIndex type) const { return type < moving.size() && moving[type]; }
  void add(Revision revision);

 private:
  model::Instant retired_later(model::Instant start) const;
};

/// All books ever published, in that order. Which of them rules at an instant depends on nothing
/// but their instants, so that events that come late find what those in time found.
class Books {
 public:
  void add(std::shared_ptr<const CompiledBook> book, model::Instant valid_from);

  bool is_empty() const { return entries_.empty(); }
  /// The one published last, in force or not; null before the first.
  std::shared_ptr<const CompiledBook> newest() const;
  /// The newest published with a `valid_from` at or before `at`, as with revisions (R50); null:
  /// none was in force yet.
  const CompiledBook* in_force(model::Instant at) const;
  /// As `in_force`, but what comes first where nothing was in force yet. Null before the first
  /// book.
  const CompiledBook* in_force_or_first(model::Instant at) const;
  /// The one in force at `at` and those that will follow it, the newest first.
  std::vector<const CompiledBook*> from(model::Instant at) const;
  /// When another book than at `at` comes into force; kEndOfTime: none is waiting.
  model::Instant next_after(model::Instant at) const;

  /// The branch as the book in force at `start` has it; null: it has no such branch (R10).
  const BranchContext* branch(NameIndex branch, model::Instant start) const;
  /// The branch for a cycle of `revision` that began at `start`. As `branch`, but a clock that runs
  /// outlives its branch: where the book in force has dropped it (or the hours that measure the
  /// clock), an older one counts. Null only if no book has it.
  const BranchContext* branch_of(const Revision& revision, NameIndex branch,
                                 model::Instant start) const;

 private:
  struct Entry {
    std::shared_ptr<const CompiledBook> book;
    model::Instant valid_from{};
  };
  /// Index of the one in force; entries_.size(): none.
  size_t index_at(model::Instant at) const;

  std::vector<Entry> entries_;
};

Revision make_revision(uint32_t number, model::Instant valid_from,
                       std::shared_ptr<const CompiledBook> book, const model::Promise& promise,
                       Names& names);

}  // namespace lupaus::rules::engine
