#include "clients/branch/spool/segment.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "clients/branch/spool/crc32c.h"

namespace lupaus::clients::branch::spool {
namespace {

/// While a torn tail is told from damage: how far a later record's sequence may lie ahead.
constexpr uint64_t kScanSequencesMax = 1ULL << 20;
/// Of a record's word.
constexpr int kLengthBits = 21;
/// So many, or more.
constexpr uint64_t kUnsyncedMax = (1ULL << (32 - kLengthBits)) - 1;
static_assert(kPayloadBytesMax < (1ULL << kLengthBits));

void put(std::string& bytes, uint64_t value, int width) {
  for (int at = 0; at < width; ++at) bytes.push_back(static_cast<char>((value >> (8 * at)) & 0xFF));
}

uint64_t take(std::string_view bytes, int width) {
  uint64_t value = 0;
  for (int at = 0; at < width; ++at) value |= uint64_t{static_cast<uint8_t>(bytes[at])} << (8 * at);
  return value;
}

/// Of what follows the checksum, and of the mark in the word; a mark of 0 adds nothing.
uint32_t checksum(uint64_t unsynced, std::string_view rest) {
  std::string mark;
  if (unsynced > 0) put(mark, unsynced, 2);
  return crc32c(rest, crc32c(mark));
}

std::string make_record(uint64_t sequence, std::string_view payload, uint64_t unsynced) {
  std::string rest;
  rest.reserve(8 + payload.size());
  put(rest, sequence, 8);
  rest += payload;
  std::string record;
  record.reserve(kRecordHeaderBytes + payload.size());
  put(record, payload.size() | (unsynced << kLengthBits), 4);
  put(record, checksum(unsynced, rest), 4);
  return record + rest;
}

struct Seen {
  uint64_t sequence = 0;
  uint64_t unsynced = 0;
  std::string_view payload;
};

/// The record at the beginning of `bytes`, if a whole one is there.
std::optional<Seen> see_record(std::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const uint64_t word = take(bytes, 4);
  const uint64_t length = word & ((1ULL << kLengthBits) - 1);
  const uint64_t unsynced = word >> kLengthBits;
  if (length > kPayloadBytesMax || bytes.size() < kRecordHeaderBytes + length) return std::nullopt;
  if (checksum(unsynced, bytes.substr(8, 8 + length)) != take(bytes.substr(4), 4))
    return std::nullopt;
  return Seen{take(bytes.substr(8), 8), unsynced, bytes.substr(kRecordHeaderBytes, length)};
}

/// Whether a later record anywhere in `bytes` says that `expected` was on disk when it was written:
/// then what lies before it was not torn by a crash, but damaged.
bool was_synced(std::string_view bytes, uint64_t expected) {
  for (uint64_t at = 1; at + kRecordHeaderBytes <= bytes.size(); ++at) {
    const uint64_t sequence = take(bytes.substr(at + 8), 8);
    if (sequence <= expected || sequence > expected + kScanSequencesMax) continue;
    const std::optional<Seen> seen = see_record(bytes.substr(at));
    if (seen && seen->unsynced < kUnsyncedMax && sequence - 1 - seen->unsynced >= expected)
      return true;
  }
  return false;
}

Error damaged(const std::string& path, uint64_t offset) {
  return Error{"spool_damaged",
               "expected a record at byte " + std::to_string(offset) + " of `" + path +
                   "`, but it is damaged, though it was on disk",
               "move the spool's directory aside and send what is in it to support; a new one "
               "begins a new epoch"};
}

}  // namespace

Segment::Segment(std::unique_ptr<DiskFile> file, std::string path, uint64_t first)
    : file_(std::move(file)), path_(std::move(path)), first_(first) {}

std::string Segment::file_name(uint64_t first_sequence) {
  char name[32];
  std::snprintf(name, sizeof name, "%020llu.spool",
                static_cast<unsigned long long>(first_sequence));
  return name;
}

Result<Segment> Segment::open(Disk& disk, const std::string& path, uint64_t first_sequence,
                              bool is_last) {
  auto file = disk.open(path, Disk::Mode::keep);
  if (!file) return file.error();
  Segment segment(std::move(*file), path, first_sequence);
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
  if (Result<void> cut = segment.cut_at(bytes, offset, is_last); !cut) return cut.error();
  return segment;
}

Result<void> Segment::cut_at(std::string_view bytes, uint64_t offset, bool is_last) {
  if (offset < bytes.size()) {
    const std::string_view rest = bytes.substr(offset);
    if (!is_last || see_record(rest) || was_synced(rest, next_sequence()))
      return damaged(path_, offset);
    if (Result<void> cut = file_->truncate(offset); !cut) return cut;
  }
  if (!is_last || offset == 0) return {};
  // WHY written again: where a sync failed before, the kernel may show what the disk never got, and
  // would have nothing to sync.
  if (Result<void> written = file_->write(0, bytes.substr(0, offset)); !written) return written;
  return file_->sync();
}

Result<void> Segment::append(std::string_view payload, uint64_t unsynced) {
  const std::string record =
      make_record(next_sequence(), payload, std::min(unsynced, kUnsyncedMax));
  if (Result<void> written = file_->write(bytes_, record); !written) {
    static_cast<void>(file_->truncate(bytes_));
    return written;
  }
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
  if (!seen || seen->sequence != sequence) return damaged(path_, offset);
  return std::string(seen->payload);
}

}  // namespace lupaus::clients::branch::spool
