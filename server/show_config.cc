#include "server/show_config.h"

#include <algorithm>
#include <cstdio>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "server/config/config.h"
#include "server/config/keys.h"

namespace lupaus::server {
namespace {

using config::Config;
using config::Key;

constexpr int kRight = 0;
constexpr int kWrong = 1;
constexpr int kUsage = 2;

struct Wanted {
  std::string file;
  bool is_json = false;
  bool has_origin = false;
  std::vector<std::string> flags;
};

std::string json_text(const std::string& text) {
  std::string json = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') json += '\\';
    if (static_cast<unsigned char>(byte) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      json += byte;
    }
  }
  return json + "\"";
}

void print_json(const Config& config, bool has_origin) {
  std::string separator;
  fmt::print("[");
  for (const Key& key : config::keys()) {
    std::vector<std::string> values;
    for (const std::string& value : key.get(config)) values.push_back(json_text(value));
    const std::string value = key.is_list      ? fmt::format("[{}]", fmt::join(values, ","))
                              : values.empty() ? "null"
                                               : values.front();
    fmt::print("{}{{\"key\":\"{}\",\"value\":{}", separator, key.path, value);
    if (has_origin)
      fmt::print(",\"origin\":{}", json_text(config.origins.at(std::string(key.path))));
    fmt::print("}}");
    separator = ",\n ";
  }
  fmt::print("]\n");
}

void print_text(const Config& config, bool has_origin) {
  size_t width = 0;
  for (const Key& key : config::keys()) width = std::max(width, key.path.size());
  for (const Key& key : config::keys()) {
    const auto values = key.get(config);
    const std::string value = values.empty() ? "-" : fmt::format("{}", fmt::join(values, ", "));
    const std::string line = has_origin ? fmt::format("{:<{}}  {:<32}  {}", key.path, width, value,
                                                      config.origins.at(std::string(key.path)))
                                        : fmt::format("{:<{}}  {}", key.path, width, value);
    fmt::print("{}\n", line);
  }
}

}  // namespace

int run_show_config(const std::vector<std::string>& arguments) {
  Wanted wanted;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--json") {
      wanted.is_json = true;
    } else if (word == "--origin") {
      wanted.has_origin = true;
    } else if (word.starts_with("--config=")) {
      wanted.file = word.substr(word.find('=') + 1);
    } else if (word == "--config" && i + 1 < arguments.size()) {
      wanted.file = arguments[++i];
    } else if (word == "--config") {
      std::fprintf(stderr, "lupausd: --config needs a FILE\n");
      return kUsage;
    } else {
      wanted.flags.push_back(word);
    }
  }
  const auto config = config::load_file(wanted.file, wanted.flags);
  if (!config) {
    std::fprintf(stderr, "%s\n", rules::model::format_error(config.error()).c_str());
    return kWrong;
  }
  wanted.is_json ? print_json(*config, wanted.has_origin) : print_text(*config, wanted.has_origin);
  return kRight;
}

}  // namespace lupaus::server
