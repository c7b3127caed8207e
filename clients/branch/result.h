// What a fallible call of the terminal library returns: the value, or a sentence for the person who
// runs the terminal.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace lupaus::clients::branch {

/// Why something was refused.
struct Error {
  std::string code;     ///< stable: "spool_full", "spool_damaged", "twin_source" …
  std::string message;  ///< what is wrong
  std::string hint;     ///< how to mend it; may be empty
};

/// Either a value or the Error that prevented it. `value()` of an error and `error()` of a value
/// throw nothing: they are undefined, so ask ok() first.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit
  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  T& value() { return *value_; }
  const T& value() const { return *value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace lupaus::clients::branch
