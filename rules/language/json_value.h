// JSON as an ordered tree, for the schema.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lupaus::rules::language {

/// A JSON value that keeps the order of its members. A scalar is the text as printed.
struct Json {
  enum class Kind : uint8_t { scalar, object, array };
  Kind kind = Kind::scalar;
  std::string text;
  struct Member;
  std::vector<Member> members;  ///< of an array: without names

  static Json object();
  static Json array();
  static Json raw(std::string_view text);
  static Json string(std::string_view text);
  static Json strings(std::span<const std::string_view> texts);

  void add(Json item);
  Json& set(std::string_view name, Json value);
  Json& set(std::string_view name, std::string_view value);
};

struct Json::Member {
  std::string name;
  Json value;
};

/// Lists of scalars in one line, everything else a line each.
void print(const Json& json, size_t indent, std::string& out);

}  // namespace lupaus::rules::language
