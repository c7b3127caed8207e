// Money: integer minor units and an ISO 4217 code. No floats; every sum is checked for overflow.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::rules::model {

class TextWriter;

/// An ISO 4217 alphabetic code, as three letters.
struct Currency {
  std::array<char, 3> code{};

  auto operator<=>(const Currency&) const = default;
  // WHY: three letters are compared faster than a call is made.
  constexpr bool operator==(const Currency& o) const {
    return code[0] == o.code[0] && code[1] == o.code[1] && code[2] == o.code[2];
  }
  std::string_view text() const { return {code.data(), code.size()}; }
  bool is_set() const { return code[0] != 0; }
};

/// nullopt when `text` is not a current ISO 4217 code.
std::optional<Currency> find_currency(std::string_view text);

/// Decimals of the currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
int minor_digits(Currency currency);

struct Money {
  Currency currency;
  int64_t minor = 0;

  bool operator==(const Money&) const = default;
};

/// Reads "EUR 10.00": a code, one space, exactly the currency's decimals ("JPY 500").
Result<Money> parse_money(std::string_view text);

/// "EUR 10.00".
std::string format_money(Money money);
void put_money(Money money, TextWriter& text);

/// "10.00": the amount alone, with the currency's decimals.
std::string format_amount(Money money);

/// Minor units of one currency, added up and taken away again. It cannot overflow: 2^64 of the
/// largest amounts fit.
class MinorSum {
 public:
  __extension__ using Wide = __int128;
  constexpr MinorSum() = default;
  constexpr MinorSum(int64_t minor) : value_(minor) {}  // NOLINT: an amount is a sum of one
  static constexpr MinorSum of(Wide value) {
    MinorSum sum;
    sum.value_ = value;
    return sum;
  }

  constexpr MinorSum& operator+=(const MinorSum& other) {
    value_ += other.value_;
    return *this;
  }
  constexpr MinorSum& operator-=(const MinorSum& other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr MinorSum operator-(MinorSum left, const MinorSum& right) {
    return left -= right;
  }
  constexpr bool operator==(const MinorSum&) const = default;
  constexpr Wide value() const { return value_; }

 private:
  Wide value_ = 0;
};

/// "10.00", and exact however large it is: more than a Money may hold.
std::string format_amount(Currency currency, const MinorSum& sum);

/// nullopt on overflow. Both must have one currency.
std::optional<Money> add(Money left, Money right);

}  // namespace lupaus::rules::model
