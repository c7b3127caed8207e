#include "rules/language/findings_amounts.h"

namespace lupaus::rules::language {

using model::Amount;

namespace {

int64_t size_of(const Amount& amount) {
  if (const auto* sum = std::get_if<model::Money>(&amount)) return sum->minor;
  return std::get<model::Share>(amount).parts_per_million;
}
Amount with_size(Amount amount, int64_t size) {
  if (auto* sum = std::get_if<model::Money>(&amount)) {
    sum->minor = size;
  } else {
    std::get<model::Share>(amount).parts_per_million = size;
  }
  return amount;
}

}  // namespace

bool is_comparable(const Amount& left, const Amount& right) {
  if (left.index() != right.index()) return false;
  if (const auto* sum = std::get_if<model::Money>(&left)) {
    return sum->currency == std::get<model::Money>(right).currency;
  }
  const auto& share = std::get<model::Share>(left);
  const auto& other = std::get<model::Share>(right);
  return share.attribute == other.attribute && share.is_final == other.is_final;
}
bool is_less(const Amount& left, const Amount& right) {
  return is_comparable(left, right) && size_of(left) < size_of(right);
}
std::optional<Amount> times(const Amount& amount, int64_t count) {
  int64_t size = 0;
  if (__builtin_mul_overflow(size_of(amount), count, &size)) return std::nullopt;
  return with_size(amount, size);
}
std::optional<Amount> sum_of(const Amount& left, const Amount& right) {
  int64_t size = 0;
  if (!is_comparable(left, right) || __builtin_add_overflow(size_of(left), size_of(right), &size)) {
    return std::nullopt;
  }
  return with_size(left, size);
}

std::optional<Amount> bounded(std::optional<Amount> amount, const std::optional<Amount>& least,
                              const std::optional<Amount>& most) {
  for (const auto* bound : {&least, &most}) {
    if (!amount || !*bound) continue;
    if (!is_comparable(*amount, **bound)) return std::nullopt;
    const bool is_beyond = bound == &most ? is_less(**bound, *amount) : is_less(*amount, **bound);
    if (is_beyond) amount = **bound;
  }
  return amount;
}

}  // namespace lupaus::rules::language
