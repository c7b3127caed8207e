// The table of configuration keys: one row a key, from which file, environment and flags are all
// read.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.h"

namespace lupaus::server::config {

struct Key {
  std::string_view path;  ///< "grpc.listen"; LUPAUS_GRPC_LISTEN and --grpc-listen follow from it
  bool is_list = false;   ///< a sequence in the file; separated by commas elsewhere
  std::function<rules::model::Result<void>(Config&, const std::vector<std::string>&)> set;
  std::function<std::vector<std::string>(const Config&)>
      get;              ///< as `set` takes it; empty: not set
  bool is_map = false;  ///< a list whose values are "NAME=TEXT"; in the file NAME: TEXT below it
};

std::span<const Key> keys();
/// Those below `finance`, for the table.
std::vector<Key> finance_keys();
/// Those below `reports`.
std::vector<Key> report_keys();
const Key* find_key(std::string_view path);

std::string environment_name(const Key& key);  ///< "LUPAUS_GRPC_LISTEN"
std::string flag_name(const Key& key);         ///< "--grpc-listen"

/// The candidate with the fewest differing letters, or "" when none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// Reads "65536", "64 KiB", "64KiB", "1 MiB" as bytes.
rules::model::Result<size_t> parse_bytes(std::string_view text);

}  // namespace lupaus::server::config
