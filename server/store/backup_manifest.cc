#include "server/store/backup_manifest.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "server/store/checksum.h"

namespace lupaus::server::store {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kTitle = "lupaus backup 1";
constexpr std::string_view kEnd = "end ";

std::string hex(uint32_t number) {
  std::string digits(8, '0');
  for (size_t i = 0; i < 8; ++i) digits[i] = "0123456789abcdef"[number >> (28 - 4 * i) & 15];
  return digits;
}

template <typename Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error damaged(size_t line, std::string what) {
  return {"backup_damaged",
          "line " + std::to_string(line) + " of its `" + std::string(kManifestName) +
              "`: " + std::move(what),
          "take another backup; nothing of this one was used",
          {}};
}

/// Takes the text up to the next `end` off `rest`.
std::string_view take(std::string_view& rest, char end) {
  const size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

bool read_file_line(std::string_view rest, BackupManifest& manifest) {
  const auto bytes = number<uint64_t>(take(rest, ' '), 10);
  const auto checksum = number<uint32_t>(take(rest, ' '), 16);
  const bool is_below =
      !rest.empty() && rest[0] != '/' && rest.find("..") == std::string_view::npos;
  if (!bytes || !checksum || !is_below) return false;
  manifest.files.push_back({std::string(rest), *bytes, *checksum});
  return true;
}

template <typename Number>
bool read_number(std::string_view text, int base, Number& value) {
  const auto read = number<Number>(text, base);
  if (read) value = *read;
  return read.has_value();
}

bool read_line(std::string_view line, BackupManifest& manifest) {
  const std::string_view key = take(line, ' ');
  if (key == "made_at") {
    const auto at = rules::model::parse_instant(line);
    if (at) manifest.made_at = *at;
    return at.ok();
  }
  if (key == "storage_version") return read_number(line, 10, manifest.storage_version);
  if (key == "last_position") return read_number(line, 10, manifest.last_position);
  if (key == "replay_from") return read_number(line, 10, manifest.replay_from);
  if (key == "journal_checksum") return read_number(line, 16, manifest.journal_checksum);
  return key == "file" && read_file_line(line, manifest);
}

}  // namespace

uint64_t BackupManifest::bytes() const {
  uint64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

std::string format_manifest(const BackupManifest& manifest) {
  std::string text(kTitle);
  text += "\nmade_at " + rules::model::format_instant(manifest.made_at);
  text += "\nstorage_version " + std::to_string(manifest.storage_version);
  text += "\nlast_position " + std::to_string(manifest.last_position);
  text += "\nreplay_from " + std::to_string(manifest.replay_from);
  text += "\njournal_checksum " + hex(manifest.journal_checksum) + "\n";
  for (const auto& file : manifest.files)
    text +=
        "file " + std::to_string(file.bytes) + " " + hex(file.checksum) + " " + file.path + "\n";
  return text + std::string(kEnd) + hex(crc32c(text)) + "\n";
}

Result<BackupManifest> parse_manifest(std::string_view text) {
  BackupManifest manifest;
  std::string_view rest = text;
  size_t line = 1;
  if (take(rest, '\n') != kTitle) return damaged(line, "expected `" + std::string(kTitle) + "`");
  while (!rest.empty()) {
    const size_t begin = text.size() - rest.size();
    const std::string_view one = take(rest, '\n');
    ++line;
    if (one.starts_with(kEnd)) {
      const auto checksum = number<uint32_t>(one.substr(kEnd.size()), 16);
      if (checksum && *checksum == crc32c(text.substr(0, begin)) && rest.empty() &&
          text.ends_with('\n'))
        return manifest;
      return damaged(line, "expected the checksum of the lines before, but it is another");
    }
    if (!read_line(one, manifest))
      return damaged(line, "`" + std::string(one) + "` is no such line");
  }
  return damaged(line, "expected `end` with a checksum, but the text stops");
}

}  // namespace lupaus::server::store
