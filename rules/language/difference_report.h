// Collects the differences of one subject. Used by the files of difference.h alone.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/difference.h"

namespace lupaus::rules::language {

/// A text that may hold conditions: shown as their authors wrote them, compared by their meaning.
class Phrase {
 public:
  Phrase& operator+=(std::string_view words);
  Phrase& operator+=(const model::ConditionPtr& condition);  ///< null adds nothing

  bool empty() const { return shown_.empty(); }
  const std::string& shown() const { return shown_; }
  const std::string& meaning() const { return meaning_; }

 private:
  std::string shown_, meaning_;
};

/// Writes into a list that outlives it.
class DifferenceReport {
 public:
  DifferenceReport(std::string subject, std::string name, std::vector<Difference>& list)
      : subject_(std::move(subject)), name_(std::move(name)), list_(list) {}

  /// "clause before -> after", "clause added (after)", "clause removed (before)"; nothing when they
  /// are equal. "" is a clause that is not written.
  void compare(const std::string& clause, const std::string& before, const std::string& after);
  void compare(const std::string& clause, const Phrase& before, const Phrase& after);
  /// As compare() for texts in words of people: quoted in the sentence.
  void compare_words(const std::string& clause, const std::string& before,
                     const std::string& after);
  void compare_maps(const std::string& clause, const std::map<std::string, std::string>& before,
                    const std::map<std::string, std::string>& after);
  /// A sentence of its own.
  void say(Difference difference);

 private:
  void tell(const std::string& clause, const std::string& before, const std::string& after,
            std::string_view quote);

  std::string subject_, name_;
  std::vector<Difference>& list_;
};

/// Which items of two lists are the same one, by equal keys first and by their order else. Each
/// pair holds indices; a missing partner was added or removed. In the order of the new list, what
/// was removed at its old place.
std::vector<std::pair<std::optional<size_t>, std::optional<size_t>>> pair_items(
    const std::vector<std::string>& before, const std::vector<std::string>& after);

void compare_promises(const model::Promise& before, const model::Promise& after,
                      DifferenceReport& report);
void compare_compensations(const std::optional<model::Promise::Compensation>& before,
                           const std::optional<model::Promise::Compensation>& after,
                           DifferenceReport& report);
void compare_calendars(const model::CalendarSpec& before, const model::CalendarSpec& after,
                       DifferenceReport& report);
/// Each with the book whose vocabularies type its attributes.
void compare_branches(const model::Book& old_book, const model::BranchSpec& before,
                      const model::Book& new_book, const model::BranchSpec& after,
                      DifferenceReport& report);
void compare_vocabularies(const model::Vocabulary& before, const model::Vocabulary& after,
                          DifferenceReport& report);

}  // namespace lupaus::rules::language
