// A small history of a branch that makes every kind of fact the rules make now. It was recorded
// once; how it is made may change, what was recorded may not.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "rules/model/fact.h"

namespace lupaus::tests {

/// Compiles the files that a recorded book carries; null when they do not compile.
rules::model::BookPtr compile_history_book(std::span<const rules::model::SourceFile> files,
                                           std::span<const rules::model::ZoneTable> zones,
                                           const std::string& tz_version);

/// Plays the history with the promises of `yaml` and gives each batch of facts to `take`.
void play_history(const std::string& yaml,
                  const std::function<void(std::span<const rules::model::Fact>)>& take);
/// The same of a day on which much comes late, twice or by a wrong clock.
void play_disorder(const std::string& yaml,
                   const std::function<void(std::span<const rules::model::Fact>)>& take);
/// The life of money, with the promises of history_money.yaml.
void play_money(const std::string& yaml,
                const std::function<void(std::span<const rules::model::Fact>)>& take);
/// What the books have of it, with the same promises: days of the bank, expenses, a closed month.
void play_books(const std::string& yaml,
                const std::function<void(std::span<const rules::model::Fact>)>& take);
/// A restore from a backup between two payouts, with the same promises.
void play_restore(const std::string& yaml,
                  const std::function<void(std::span<const rules::model::Fact>)>& take);

}  // namespace lupaus::tests
