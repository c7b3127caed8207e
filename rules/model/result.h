// What a fallible operation returns. Bad input is a value here, never an exception: it names what
// is wrong, where, and how to mend it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lupaus::rules::model {

/// A place in a text that a person wrote. Lines and columns count from 1; 0 is "unknown".
struct Span {
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;

  bool operator==(const Span&) const = default;
};

/// Why something was refused.
struct Error {
  std::string code;     ///< stable and short: "P012", "sequence_gap"
  std::string message;  ///< "expected X, but Y"; the user's own text in backticks
  std::string hint;     ///< how to mend it; may be empty
  Span span;            ///< where; file may be empty

  bool operator==(const Error&) const = default;
};

/// "file:line:col: error CODE: message\n  hint" without the parts that are unknown.
std::string format_error(const Error& error);

/// Either a value or the Error that prevented it. Reading the wrong one aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return *checked(std::get_if<0>(&content_)); }
  const T& value() const { return *checked(std::get_if<0>(&content_)); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return *checked(std::get_if<1>(&content_)); }

 private:
  template <typename P>
  static P* checked(P* pointer) {
    if (pointer == nullptr) std::abort();
    return pointer;
  }
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() noexcept {}                               // NOLINT: defaulted, `return {}` zeroes it all
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

/// Aborts with `why` when a broken invariant is found, in release too. Input can never trigger it.
void ensure(bool condition, std::string_view why);

}  // namespace lupaus::rules::model
