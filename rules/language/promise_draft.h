// A promise while it is read: what its parts share, and the places that checks over the whole book
// need.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/language/cel/condition.h"
#include "rules/language/document.h"
#include "rules/language/map_reader.h"
#include "rules/model/book.h"
#include "rules/model/promise.h"

namespace lupaus::rules::language {

/// What reading a promise gives beside the promise itself.
struct ReadPromise {
  model::Promise promise;
  model::Span measure_span;
  /// The measures that tiers name themselves, with their places.
  std::vector<std::pair<std::string, model::Span>> tier_measures;
  /// The days that `due` names, with their place.
  std::pair<std::string, model::Span> due_days;
};

struct PromiseDraft {
  const Context& context;
  const model::Vocabulary& vocabulary;
  ReadPromise& read;
  const Node* clock = nullptr;
  /// Greatest `over` or `every` of the tiers that are durations, and which of them it is.
  std::optional<model::Limit> longest_tier;
  bool is_longest_period = false;
  bool has_day_tier = false;
  std::optional<model::Currency> currency;  ///< of the first sum
  model::Span currency_span;
  const Node* warn = nullptr;  ///< the list of warnings

  model::Promise& promise() const { return read.promise; }
  /// The clause is read and kept, but a server does not obey it yet: it refuses it with this line.
  void unsupported_live(std::string what, const Node& node) const;
  /// Null when the condition is wrong (told).
  model::ConditionPtr condition(const Node& node, CelNames names = {}) const;
  /// Money of the promise's one currency, above zero.
  std::optional<model::Money> money(const Node& node, std::string_view noun);
  /// A sum, or a share such as `25% of ticket.fare`. Tells what is neither.
  std::optional<model::Amount> amount(const Node& node, std::string_view noun);
  /// `ticket.NAME` where NAME is an attribute of that type; tells otherwise.
  bool is_attribute(const Node& node, std::string_view text, model::AttributeType type) const;
  void wording(const Node& node, std::map<std::string, std::string>& texts) const;
};

void read_clock(PromiseDraft& draft, const Node& node);
void read_target(PromiseDraft& draft, const Node& node);
void read_compensation(PromiseDraft& draft, const Node& node);

/// What only the parts together show: expiry, days and tiers against the limit (R24, R33, R54,
/// R89).
void check_promise(PromiseDraft& draft);

/// `vocabularies` are those of the book; an unknown one is told and `queue` is read instead.
ReadPromise read_promise(const Context& context, const Document& document,
                         const std::vector<model::Vocabulary>& vocabularies);

}  // namespace lupaus::rules::language
