// What `lupaus check` finds beyond syntax: promises that load but cannot mean what their author
// wanted. Works on the checked book, so it never sees half a promise. An error is told only where
// it is proved that the promise cannot do what it says; everything that merely looks wrong is a
// warning.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "rules/language/diagnostics.h"
#include "rules/language/findings_openings.h"
#include "rules/model/book.h"

namespace lupaus::rules::language {

/// Where each promise's wording stands, by language: the one place that a promise does not keep
/// itself. What is missing is told at the promise's name.
using WordingPlaces = std::map<std::string, std::map<std::string, model::Span>>;

/// Everything that is found in the promises of the book.
void find_in_book(const model::Book& book, const WordingPlaces& places, Diagnostics& diagnostics);

/// One promise with what it is read against. Borrows all of it.
struct Examined {
  const model::Promise& promise;
  const model::Vocabulary& vocabulary;
  std::span<Openings* const> openings;  ///< of the clock's measure: one calendar, or each branch's;
                                        ///< empty for `elapsed`
  Diagnostics& diagnostics;

  void warn(std::string_view code, const model::Span& span, std::string message,
            std::string hint) const {
    diagnostics.warning(code, span, std::move(message), std::move(hint));
  }
};

/// Effects of clock.on: what can never stop, be kept, resume (P046, P063–P066, P073, P075).
void find_in_clock(const Examined& examined);
/// Limits and tiers that no clock can reach (P067, P068, P077), and cases behind others (P075).
void find_in_limits(const Examined& examined);
/// Tiers, bounds and caps against each other, and the claim against the clock (P047, P069–P072,
/// P076, P078).
void find_in_money(const Examined& examined);
/// Bounds of sums against each other (P079), of a promise with a compensation.
void find_in_bounds(const Examined& examined);
/// Conditions that are always true or always false (P084).
void find_in_conditions(const Examined& examined);
/// Classes of days that no calendar of the book has (P085).
void find_in_classes(const Examined& examined, const model::Book& book);
/// Suspensions outside the promise's life (P074).
void find_in_dates(const Examined& examined);
/// Texts against numbers, and texts that promise nothing (P080–P083). `places` by language.
void find_in_wording(const Examined& examined, const std::map<std::string, model::Span>& places);

/// Of each entry of `within`, whether it can decide: not behind `true`, nor behind its own
/// condition.
std::vector<bool> reached_entries(const model::Promise& promise);
/// Whether some wording names this length of time.
bool is_in_wording(const model::Promise& promise, const model::Limit& limit);

}  // namespace lupaus::rules::language
