#include "rules/language/json_value.h"

#include <algorithm>
#include <utility>

namespace lupaus::rules::language {

Json Json::object() { return {Kind::object, "", {}}; }
Json Json::array() { return {Kind::array, "", {}}; }
Json Json::raw(std::string_view text) { return {Kind::scalar, std::string(text), {}}; }
Json Json::string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return raw(quoted + "\"");
}
Json Json::strings(std::span<const std::string_view> texts) {
  Json list = array();
  for (const std::string_view text : texts) list.add(string(text));
  return list;
}
void Json::add(Json item) { members.push_back({"", std::move(item)}); }
Json& Json::set(std::string_view name, Json value) {
  members.push_back({std::string(name), std::move(value)});
  return *this;
}
Json& Json::set(std::string_view name, std::string_view value) { return set(name, string(value)); }

void print(const Json& json, size_t indent, std::string& out) {
  if (json.kind == Json::Kind::scalar) {
    out += json.text;
    return;
  }
  const bool is_object = json.kind == Json::Kind::object;
  const bool is_flat =
      !is_object && std::all_of(json.members.begin(), json.members.end(), [](const auto& member) {
        return member.value.kind == Json::Kind::scalar;
      });
  out += is_object ? '{' : '[';
  for (size_t i = 0; i < json.members.size(); ++i) {
    if (i != 0) out += is_flat ? ", " : ",";
    if (!is_flat) out.append("\n").append(indent + 2, ' ');
    if (is_object) out.append(Json::string(json.members[i].name).text).append(": ");
    print(json.members[i].value, indent + 2, out);
  }
  if (!is_flat && !json.members.empty()) out.append("\n").append(indent, ' ');
  out += is_object ? '}' : ']';
}

}  // namespace lupaus::rules::language
