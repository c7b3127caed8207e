// Reads single values from the text that was written. Each function tells what is wrong and gives
// nullopt then; `what` names the value in the message: "target.within".
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rules/language/map_reader.h"
#include "rules/language/suggestion.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "rules/model/promise.h"

namespace lupaus::rules::language {

/// Any text that is not empty.
std::optional<std::string> read_text(const Context& context, const Node& node,
                                     std::string_view what);
/// Letters, digits, `-`, `_` and `.`; at most 63; `/` too where `has_path`.
std::optional<std::string> read_name(const Context& context, const Node& node,
                                     std::string_view what, bool has_path = false);
std::optional<model::Duration> read_duration(const Context& context, const Node& node,
                                             std::string_view what);
/// A duration, "2 business days" or "1 calendar day".
std::optional<model::Limit> read_limit(const Context& context, const Node& node,
                                       std::string_view what);
/// Above zero. `noun` begins the message "payout needs a currency".
std::optional<model::Money> read_money(const Context& context, const Node& node,
                                       std::string_view noun);
std::optional<model::LocalDate> read_date(const Context& context, const Node& node,
                                          std::string_view what);
/// "95%", "12.5%" as parts per million: at most 100%.
std::optional<int64_t> read_percent(const Context& context, const Node& node,
                                    std::string_view what);
/// A whole number from 1 to 1,000,000.
std::optional<int32_t> read_count(const Context& context, const Node& node, std::string_view what);
/// "1 time", "5 times" (R88); nullopt without a complaint when it is another form.
std::optional<int32_t> find_times(std::string_view text);
/// "12.5%" as 125,000; nullopt when it is no percentage or has more than four decimals.
std::optional<int64_t> find_parts_per_million(std::string_view percent);
/// Whether the text has the form of a share: "25% of ticket.fare", "final(ticket.bill)" (R94)
/// included.
bool is_share(std::string_view text);
/// A text that is_share(). The attribute of the result keeps its `ticket.`.
std::optional<model::Share> read_share(const Context& context, const Node& node,
                                       std::string_view noun);
/// "true" or "false".
std::optional<bool> read_flag(const Context& context, const Node& node, std::string_view what);

/// One of `words`.
std::optional<std::string_view> read_word(const Context& context, const Node& node,
                                          std::string_view what,
                                          std::span<const std::string_view> words);
/// The word of that key, from the words that the table has; nullopt when it is not written.
std::optional<std::string_view> read_word(MapReader& map, std::string_view key);

}  // namespace lupaus::rules::language
