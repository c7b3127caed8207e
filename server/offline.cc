#include "server/offline.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "fmt/format.h"
#include "server/recorded_book.h"
#include "server/store/backup.h"
#include "server/store/verify.h"

namespace lupaus::server {
namespace {

namespace fs = std::filesystem;
using rules::model::Error;
using rules::model::Result;
using store::Damage;

constexpr int kYes = 0;
constexpr int kNo = 1;
constexpr int kUsage = 2;
constexpr int kNotFound = 4;

int complain(const Error& error) {
  std::fprintf(stderr, "lupausd: %s\n", rules::model::format_error(error).c_str());
  const bool is_damage = error.code == "database_damaged" || error.code == "backup_damaged";
  return is_damage ? kNo : kNotFound;
}

/// Flags that take a value, by name; nullopt and a sentence when another one is there.
std::optional<std::map<std::string, std::string>> read_flags(
    const std::vector<std::string>& arguments, const std::vector<std::string>& names) {
  std::map<std::string, std::string> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const bool is_known = std::find(names.begin(), names.end(), name) != names.end();
    if (is_known && equals != std::string::npos) {
      values[name] = word.substr(equals + 1);
    } else if (is_known && i + 1 < arguments.size()) {
      values[name] = arguments[++i];
    } else {
      std::fprintf(stderr, "lupausd: expected %s with a value, but got `%s`\n",
                   fmt::format("{}", fmt::join(names, " or ")).c_str(), word.c_str());
      return std::nullopt;
    }
  }
  for (const std::string& name : names) {
    if (values.contains(name)) continue;
    std::fprintf(stderr, "lupausd: %s is needed\n", name.c_str());
    return std::nullopt;
  }
  return values;
}

std::string quoted(const std::string& text) {
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

struct Report {
  store::Verification found;
  double seconds = 0;
  size_t backup_file_count = 0;
  bool is_backup = false;
};

void print_json(const Report& report) {
  const auto& found = report.found;
  std::string damage;
  for (const Damage& one : found.damage) {
    damage += fmt::format("{}{{\"where\":{},\"what\":{}}}", damage.empty() ? "" : ",",
                          quoted(one.where), quoted(one.what));
  }
  fmt::print(
      "{{\"sound\":{},\"rows\":{},\"facts\":{},\"last_position\":{},\"replay_from\":{},"
      "\"table_rows\":{},\"journal_checksum\":\"{:08x}\",\"state\":\"{:016x}\",\"seconds\":{:.3f},"
      "\"damage\":[{}]}}\n",
      found.damage.empty(), found.rows, found.facts, found.last_position, found.replay_from,
      found.table_rows, found.journal_checksum, found.state_hash, report.seconds, damage);
}

void print_text(const Report& report) {
  const auto& found = report.found;
  if (report.is_backup)
    fmt::print("backup    {} files as the manifest says\n", report.backup_file_count);
  fmt::print("journal   {} rows, {} facts, last position {}, chain {:08x}\n", found.rows,
             found.facts, found.last_position, found.journal_checksum);
  fmt::print("tables    {} rows as the facts give them\n", found.table_rows);
  fmt::print("state     {:016x}, replayed in {:.2f} s\n", found.state_hash, report.seconds);
  for (const Damage& one : found.damage) fmt::print("DAMAGED   {}: {}\n", one.where, one.what);
  if (found.is_cut_short) fmt::print("          there may be more\n");
  fmt::print("{}\n", found.damage.empty() ? "sound" : "not sound: restore the last backup");
}

/// The manifest of a backup first: its files are what the database is read from.
Result<Report> examine(const std::string& folder) {
  Report report;
  std::error_code ignored;
  report.is_backup = fs::exists(fs::path(folder) / store::kManifestName, ignored);
  if (report.is_backup) {
    const auto manifest = store::check_backup(folder);
    if (manifest) {
      report.backup_file_count = manifest->files.size();
    } else if (manifest.error().code != "backup_damaged") {
      return manifest.error();
    } else {
      report.found.damage.push_back({"backup", manifest.error().message});
      report.found.is_cut_short = true;
      return report;
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto database = (fs::path(folder) / store::kStoreFolder).string();
  if (!fs::is_directory(database, ignored)) {
    return Error{"database_path",
                 fmt::format("expected a database in `{}`, but there is none", database),
                 "name the data_dir of the server, or a backup",
                 {}};
  }
  store::StoreOptions options;
  options.compile_book = compile_recorded;
  auto found = store::verify(database, std::move(options));
  if (!found) return found.error();
  report.found = std::move(*found);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace

int run_verify(const std::vector<std::string>& arguments) {
  std::vector<std::string> rest;
  bool is_json = false;
  for (const std::string& word : arguments) {
    if (word == "--json") {
      is_json = true;
    } else {
      rest.push_back(word);
    }
  }
  const auto flags = read_flags(rest, {"--data-dir"});
  if (!flags) return kUsage;
  const auto report = examine(flags->at("--data-dir"));
  if (!report) return complain(report.error());
  is_json ? print_json(*report) : print_text(*report);
  return report->found.damage.empty() ? kYes : kNo;
}

int run_restore(const std::vector<std::string>& arguments) {
  const auto flags = read_flags(arguments, {"--from", "--data-dir"});
  if (!flags) return kUsage;
  const auto restored =
      store::restore_backup(flags->at("--from"), flags->at("--data-dir"), compile_recorded);
  if (!restored) return complain(restored.error());
  fmt::print("restored {} files, {} bytes, up to position {} of {}\n", restored->files.size(),
             restored->bytes(), restored->last_position,
             rules::model::format_instant(restored->made_at));
  return kYes;
}

}  // namespace lupaus::server
