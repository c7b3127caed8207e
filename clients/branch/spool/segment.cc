#include "clients/branch/spool/segment.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "clients/branch/spool/crc32c.h"

namespace lupaus::clients::branch::spool {
namespace {

/// While a torn tail is told from damage: how far a later record's sequence may lie ahead.
constexpr uint64_t kScanSequencesMax = 1ULL << 20;

void put(std::string& bytes, uint64_t value, int width) {
  for (int at = 0; at < width; ++at) bytes.push_back(static_cast<char>((value >> (8 * at)) & 0xFF));
}

uint64_t take(std::string_view bytes, int width) {
  uint64_t value = 0;
  for (int at = 0; at < width; ++at) value |= uint64_t{static_cast<uint8_t>(bytes[at])} << (8 * at);
  return value;
}

std::string make_record(uint64_t sequence, std::string_view payload) {
  std::string number;
  put(number, sequence, 8);
  std::string record;
  record.reserve(kRecordHeaderBytes + payload.size());
  put(record, payload.size(), 4);
  put(record, crc32c(payload, crc32c(number)), 4);
  record += number;
  record += payload;
  return record;
}

struct Seen {
  uint64_t sequence = 0;
  std::string_view payload;
};

/// The record at the beginning of `bytes`, if a whole one is there.
std::optional<Seen> see_record(std::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const uint64_t length = take(bytes, 4);
  if (length > kPayloadBytesMax || bytes.size() < kRecordHeaderBytes + length) return std::nullopt;
  const uint64_t crc = take(bytes.substr(4), 4);
  if (crc32c(bytes.substr(8, 8 + length)) != crc) return std::nullopt;
  return Seen{take(bytes.substr(8), 8), bytes.substr(kRecordHeaderBytes, length)};
}

/// Whether a record with a later sequence than `expected` begins anywhere in `bytes`: then what
/// lies before it was not torn by a crash, but damaged.
bool has_later_record(std::string_view bytes, uint64_t expected) {
  for (uint64_t at = 1; at + kRecordHeaderBytes <= bytes.size(); ++at) {
    const uint64_t sequence = take(bytes.substr(at + 8), 8);
    if (sequence <= expected || sequence > expected + kScanSequencesMax) continue;
    if (see_record(bytes.substr(at))) return true;
  }
  return false;
}

Error damaged(const std::string& path, uint64_t offset) {
  return Error{"spool_damaged",
               "expected a record at byte " + std::to_string(offset) + " of `" + path +
                   "`, but it is damaged and others follow it",
               "move the spool's directory aside and send what is in it to support; a new one "
               "begins a new epoch"};
}

}  // namespace

Segment::Segment(File file, uint64_t first)
    : file_(std::make_shared<const File>(std::move(file))), first_(first) {}

std::string Segment::file_name(uint64_t first_sequence) {
  char name[32];
  std::snprintf(name, sizeof name, "%020llu.spool",
                static_cast<unsigned long long>(first_sequence));
  return name;
}

Result<Segment> Segment::open(const std::string& path, uint64_t first_sequence, bool is_last) {
  Result<File> file = File::open(path, File::Mode::read_write);
  if (!file) return file.error();
  Segment segment(std::move(*file), first_sequence);
  const Result<uint64_t> size = segment.file_->size();
  if (!size) return size.error();
  const Result<std::string> content = segment.file_->read(0, size.value());
  if (!content) return content.error();
  const std::string_view bytes = content.value();
  uint64_t offset = 0;
  while (offset < bytes.size()) {
    const std::optional<Seen> seen = see_record(bytes.substr(offset));
    if (!seen || seen->sequence != segment.next_sequence()) break;
    segment.offsets_.push_back(offset);
    offset += kRecordHeaderBytes + seen->payload.size();
  }
  segment.bytes_ = offset;
  if (offset == bytes.size()) return segment;
  const bool is_torn = is_last && !see_record(bytes.substr(offset)) &&
                       !has_later_record(bytes.substr(offset), segment.next_sequence());
  if (!is_torn) return damaged(path, offset);
  if (Result<void> cut = segment.file_->truncate(offset); !cut) return cut.error();
  if (Result<void> synced = segment.file_->sync(); !synced) return synced.error();
  return segment;
}

Result<void> Segment::append(std::string_view payload) {
  const std::string record = make_record(next_sequence(), payload);
  if (Result<void> written = file_->append(record, bytes_); !written) return written;
  offsets_.push_back(bytes_);
  bytes_ += record.size();
  return {};
}

Result<std::string> Segment::read(uint64_t sequence) const {
  const uint64_t index = sequence - first_;
  const uint64_t offset = offsets_[index];
  const uint64_t end = index + 1 < offsets_.size() ? offsets_[index + 1] : bytes_;
  Result<std::string> bytes = file_->read(offset, end - offset);
  if (!bytes) return bytes;
  const std::optional<Seen> seen = see_record(bytes.value());
  if (!seen || seen->sequence != sequence) return damaged(file_->path(), offset);
  return std::string(seen->payload);
}

}  // namespace lupaus::clients::branch::spool
