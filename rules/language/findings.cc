#include "rules/language/findings.h"

#include <memory>
#include <set>

namespace lupaus::rules::language {
namespace {

/// Examines one book; lives for it.
class BookExaminer {
 public:
  BookExaminer(const model::Book& book, Diagnostics& diagnostics)
      : book_(book), diagnostics_(diagnostics) {}

  void examine(const model::Promise& promise, const std::map<std::string, model::Span>& places) {
    const model::Vocabulary* vocabulary = book_.find_vocabulary(promise.vocabulary);
    model::ensure(vocabulary != nullptr, "a checked promise has its vocabulary");
    const std::vector<Openings*> openings = openings_of(promise.measure);
    const Examined examined{promise, *vocabulary, openings, diagnostics_};
    find_in_clock(examined);
    find_in_limits(examined);
    find_in_money(examined);
    find_in_dates(examined);
    find_in_conditions(examined);
    find_in_classes(examined, book_);
    find_in_wording(examined, places);
  }

 private:
  std::vector<Openings*> openings_of(const std::string& measure) {
    std::set<std::string> names;
    if (measure == "branch") {
      for (const model::BranchSpec& branch : book_.branches) names.insert(branch.hours);
    } else if (measure != "elapsed") {
      names.insert(measure);
    }
    std::vector<Openings*> found;
    for (const std::string& name : names) {
      if (Openings* openings = openings_named(name)) found.push_back(openings);
    }
    return found;
  }
  Openings* openings_named(const std::string& name) {
    std::unique_ptr<Openings>& place = openings_[name];
    if (place != nullptr) return place.get();
    const model::CalendarSpec* spec = book_.find_calendar(name);
    const model::ZoneTable* zone = spec != nullptr ? book_.find_zone(spec->timezone) : nullptr;
    if (zone == nullptr) return nullptr;
    place = std::make_unique<Openings>(*spec, *zone);
    return place.get();
  }

  const model::Book& book_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::unique_ptr<Openings>> openings_;
};

}  // namespace

void find_in_book(const model::Book& book, const WordingPlaces& places, Diagnostics& diagnostics) {
  BookExaminer examiner(book, diagnostics);
  static const std::map<std::string, model::Span> kNowhere;
  for (const model::Promise& promise : book.promises) {
    const auto found = places.find(promise.name);
    examiner.examine(promise, found == places.end() ? kNowhere : found->second);
  }
}

void find_in_dates(const Examined& examined) {
  const model::Promise& promise = examined.promise;
  for (const model::Suspension& suspension : promise.suspensions) {
    const bool is_before = promise.from && suspension.until < *promise.from;
    const bool is_after = promise.until && suspension.from > *promise.until;
    if (!is_before && !is_after) continue;
    examined.warn(kSuspensionOutside, suspension.span,
                  "the suspension from " + model::format_local_date(suspension.from) + " until " +
                      model::format_local_date(suspension.until) +
                      " suspends nothing: the promise is " +
                      (is_before ? "effective from " + model::format_local_date(*promise.from)
                                 : "effective until " + model::format_local_date(*promise.until)),
                  "mend its dates, or leave it out");
  }
}

}  // namespace lupaus::rules::language
