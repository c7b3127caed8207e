// A book made ready for judging: calendars built, branches resolved, each promise's `on` table
// indexed by event type. Owned by engine::State, single-threaded like it, alive as long as a
// commitment may obey one of its promises.
#pragma once

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
};

class CompiledBook {
 public:
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
  std::vector<const model::EffectLine*> on;  ///< by NameIndex of the type; null: not mapped
  const model::EffectLine* expired = nullptr;
  const calendar::Calendar* calendar = nullptr;  ///< of a named measure
  bool is_branch_measure = false;
  bool applies_always = false;  ///< `applies: true`
  std::optional<model::Duration> expire_after;

  const model::EffectLine* line(uint16_t type) const {
    return type < on.size() ? on[type] : nullptr;
  }
};

/// All revisions of one promise name.
struct Line {
  std::string name;
  std::vector<Revision> revisions;         ///< ascending by number
  std::vector<model::Instant> retired_at;  ///< ascending

  /// The newest published at or before `start` (R50) and not retired by then; nullptr if none.
  const Revision* revision_at(model::Instant start) const;
  const Revision* find(uint32_t number) const;
  /// When the promise was retired after `start`; kEndOfTime if it was not.
  model::Instant retired_after(model::Instant start) const;
};

Revision make_revision(uint32_t number, model::Instant valid_from,
                       std::shared_ptr<const CompiledBook> book, const model::Promise& promise,
                       Names& names);

}  // namespace lupaus::rules::engine
