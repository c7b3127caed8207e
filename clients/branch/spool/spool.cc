#include "clients/branch/spool/spool.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <utility>

#include "clients/branch/spool/crc32c.h"

namespace lupaus::clients::branch::spool {
namespace {

constexpr uint64_t kSegmentBytesMin = 4ULL << 10;
constexpr uint64_t kSegmentBytesMax = 4ULL << 20;
/// A spool keeps about so many files: dropping the oldest frees that share of it.
constexpr uint64_t kSegmentsCount = 8;
/// Acknowledgements are remembered with their instants no finer than this.
constexpr std::chrono::milliseconds kAckedGrain{1'000};
constexpr std::string_view kFormat = "lupaus-spool 1";

std::string format_numbers(const Numbers& numbers) {
  std::ostringstream text;
  text << kFormat << "\nepoch " << numbers.epoch << "\nacked " << numbers.acked
       << "\nsignal_position " << numbers.signal_position << "\nticket_day " << numbers.ticket_day
       << "\nticket_reserved " << numbers.ticket_reserved << "\n";
  const std::string body = text.str();
  return body + "crc " + std::to_string(crc32c(body)) + "\n";
}

std::optional<Numbers> parse_numbers(const std::string& text) {
  Numbers numbers;
  std::istringstream words(text);
  std::string name;
  std::string version;
  words >> name >> version >> name >> numbers.epoch >> name >> numbers.acked >> name >>
      numbers.signal_position >> name >> numbers.ticket_day >> name >> numbers.ticket_reserved;
  if (!words || format_numbers(numbers) != text) return std::nullopt;
  return numbers;
}

Error full(uint64_t bytes_max) {
  return Error{"spool_full",
               "expected room in the spool, but its " + std::to_string(bytes_max) +
                   " bytes are taken by events that the server has not acknowledged",
               "connect the terminal to the server, or raise spool_bytes_max"};
}

/// First sequences of the segments in `directory`, ascending.
std::vector<uint64_t> list_segments(const std::string& directory) {
  std::vector<uint64_t> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != ".spool") continue;
    const std::string stem = entry.path().stem().string();
    if (stem.empty() || stem.find_first_not_of("0123456789") != std::string::npos) continue;
    found.push_back(std::stoull(stem));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Spool::Spool(std::string directory, Limits limits, File lock)
    : directory_(std::move(directory)), limits_(limits), lock_(std::move(lock)) {}

Spool::~Spool() {
  static_cast<void>(sync_to(last()));
  static_cast<void>(save());
}

Result<std::unique_ptr<Spool>> Spool::open(const std::string& directory, Limits limits) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) {
    return Error{"spool_failed", "cannot make `" + directory + "`: " + failed.message(),
                 "see to the terminal's disk and its rights"};
  }
  Result<File> lock = File::open(directory + "/lock", File::Mode::read_write);
  if (!lock) return lock.error();
  if (!lock->lock()) {
    return Error{"spool_in_use",
                 "expected `" + directory + "` to be free, but another program has it open",
                 "give each source a spool directory of its own, and run one terminal for each"};
  }
  std::unique_ptr<Spool> spool(new Spool(directory, limits, std::move(*lock)));
  if (Result<void> loaded = spool->load(); !loaded) return loaded.error();
  return spool;
}

Result<void> Spool::load() {
  const std::vector<uint64_t> found = list_segments(directory_);
  if (Result<void> loaded = load_numbers(!found.empty()); !loaded) return loaded;
  for (const uint64_t first : found) {
    Result<Segment> segment =
        Segment::open(directory_ + "/" + Segment::file_name(first), first, first == found.back());
    if (!segment) return segment.error();
    if (!segments_.empty() && segments_.back().next_sequence() != first) {
      return Error{"spool_damaged",
                   "expected the file after `" + segments_.back().file()->path() +
                       "` to begin at " + std::to_string(segments_.back().next_sequence()) +
                       ", but it begins at " + std::to_string(first),
                   "move the spool's directory aside; a new one begins a new epoch"};
    }
    segments_.push_back(std::move(*segment));
  }
  if (segments_.empty()) {
    if (Result<void> rolled = roll(); !rolled) return rolled;
  }
  synced_ = segments_.back().next_sequence() - 1;
  if (numbers_.acked > synced_) {
    return Error{"spool_damaged",
                 "expected event " + std::to_string(numbers_.acked) + " in `" + directory_ +
                     "`, for it was acknowledged, but the last one is " + std::to_string(synced_),
                 "move the spool's directory aside; a new one begins a new epoch"};
  }
  return {};
}

Result<void> Spool::load_numbers(bool has_segments) {
  const std::string path = directory_ + "/numbers";
  if (!std::filesystem::exists(path)) {
    if (has_segments) {
      return Error{"spool_damaged", "expected `" + path + "`, but it is missing beside events",
                   "move the spool's directory aside; a new one begins a new epoch"};
    }
    is_fresh_ = true;
    saved_.epoch = ~0ULL;
    return save();
  }
  Result<File> file = File::open(path, File::Mode::read_write);
  if (!file) return file.error();
  const Result<uint64_t> size = file->size();
  if (!size) return size.error();
  const Result<std::string> text = file->read(0, std::min<uint64_t>(size.value(), 4096));
  if (!text) return text.error();
  const std::optional<Numbers> numbers = parse_numbers(text.value());
  if (!numbers) {
    return Error{"spool_damaged",
                 "expected the numbers of a spool in `" + path + "`, but they are damaged",
                 "move the spool's directory aside; a new one begins a new epoch"};
  }
  numbers_ = saved_ = *numbers;
  return {};
}

Result<void> Spool::roll() {
  const uint64_t first = segments_.empty() ? numbers_.acked + 1 : segments_.back().next_sequence();
  if (!segments_.empty()) {
    if (Result<void> synced = segments_.back().file()->sync(); !synced) return synced;
    synced_ = first - 1;
  }
  Result<Segment> segment =
      Segment::open(directory_ + "/" + Segment::file_name(first), first, true);
  if (!segment) return segment.error();
  if (Result<void> synced = sync_directory(directory_); !synced) return synced;
  segments_.push_back(std::move(*segment));
  return {};
}

uint64_t Spool::bytes_of_all() const {
  uint64_t sum = 0;
  for (const Segment& segment : segments_) sum += segment.bytes();
  return sum;
}

void Spool::drop_acked(uint64_t below) {
  while (segments_.size() > 1 && segments_.front().next_sequence() <= below) {
    std::error_code ignored;
    std::filesystem::remove(segments_.front().file()->path(), ignored);
    segments_.erase(segments_.begin());
  }
}

Result<void> Spool::refuse_beyond(uint64_t bytes) {
  if (bytes_of_all() + bytes <= limits_.bytes_max) return {};
  drop_acked(numbers_.acked + 1);
  if (bytes_of_all() + bytes <= limits_.bytes_max) return {};
  if (segments_.back().next_sequence() > numbers_.acked + 1) return full(limits_.bytes_max);
  if (segments_.back().bytes() == 0 || bytes > limits_.bytes_max) return full(limits_.bytes_max);
  if (Result<void> rolled = roll(); !rolled) return rolled;
  drop_acked(numbers_.acked + 1);
  return {};
}

Result<uint64_t> Spool::append(std::string_view payload) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  const uint64_t needed = kRecordHeaderBytes + payload.size();
  if (payload.size() > kPayloadBytesMax) return full(limits_.bytes_max);
  if (Result<void> room = refuse_beyond(needed); !room) return room.error();
  const uint64_t segment_max =
      std::clamp(limits_.bytes_max / kSegmentsCount, kSegmentBytesMin, kSegmentBytesMax);
  if (segments_.back().bytes() > 0 && segments_.back().bytes() + needed > segment_max) {
    if (Result<void> rolled = roll(); !rolled) return rolled.error();
  }
  if (Result<void> written = segments_.back().append(payload); !written) return written.error();
  return segments_.back().next_sequence() - 1;
}

Result<void> Spool::sync_to(uint64_t sequence) {
  const std::scoped_lock one_at_a_time(sync_mutex_);
  std::shared_ptr<const File> file;
  uint64_t up_to = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (failure_) return *failure_;
    if (synced_ >= sequence) return {};
    file = segments_.back().file();
    up_to = segments_.back().next_sequence() - 1;
  }
  Result<void> synced = file->sync();
  const std::scoped_lock lock(mutex_);
  if (!synced) {
    // WHY: after a failed sync the kernel may have dropped the pages; a second sync that succeeds
    // proves nothing.
    failure_ = synced.error();
    return synced;
  }
  synced_ = std::max(synced_, up_to);
  return {};
}

Result<std::string> Spool::read(uint64_t sequence) const {
  const std::scoped_lock lock(mutex_);
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    if (segment->holds(sequence)) return segment->read(sequence);
  }
  return Error{"not_kept",
               "expected event " + std::to_string(sequence) + " in the spool, but it is not kept",
               ""};
}

uint64_t Spool::first() const {
  const std::scoped_lock lock(mutex_);
  return segments_.front().first_sequence();
}

uint64_t Spool::last() const {
  const std::scoped_lock lock(mutex_);
  return segments_.empty() ? 0 : segments_.back().next_sequence() - 1;
}

uint64_t Spool::synced() const {
  const std::scoped_lock lock(mutex_);
  return synced_;
}

uint64_t Spool::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_of_all();
}

void Spool::acknowledge(uint64_t sequence, Instant now) {
  const std::scoped_lock lock(mutex_);
  sequence = std::min(sequence, segments_.back().next_sequence() - 1);
  numbers_.acked = std::max(numbers_.acked, sequence);
  if (acked_.empty() || now - acked_.back().at >= kAckedGrain) {
    acked_.push_back({numbers_.acked + 1, now});
  }
  uint64_t below = 0;
  while (!acked_.empty() && now - acked_.front().at >= limits_.keep_acked) {
    below = acked_.front().next;
    acked_.erase(acked_.begin());
  }
  drop_acked(below);
}

Numbers Spool::numbers() const {
  const std::scoped_lock lock(mutex_);
  return numbers_;
}

void Spool::set_epoch(uint64_t epoch) {
  const std::scoped_lock lock(mutex_);
  numbers_.epoch = epoch;
}

void Spool::set_signal_position(uint64_t position) {
  const std::scoped_lock lock(mutex_);
  numbers_.signal_position = position;
}

void Spool::set_tickets(uint64_t day, uint64_t reserved) {
  const std::scoped_lock lock(mutex_);
  numbers_.ticket_day = day;
  numbers_.ticket_reserved = reserved;
}

Result<void> Spool::save() {
  const std::scoped_lock one_at_a_time(save_mutex_);
  const Numbers numbers = this->numbers();
  if (numbers == saved_) return {};
  const std::string path = directory_ + "/numbers";
  Result<File> file = File::open(path + ".next", File::Mode::replace);
  if (!file) return file.error();
  if (Result<void> written = file->append(format_numbers(numbers), 0); !written) return written;
  if (Result<void> synced = file->sync(); !synced) return synced;
  std::error_code failed;
  std::filesystem::rename(path + ".next", path, failed);
  if (failed) return Error{"spool_failed", "cannot write `" + path + "`: " + failed.message(), ""};
  if (Result<void> synced = sync_directory(directory_); !synced) return synced;
  saved_ = numbers;
  return {};
}

}  // namespace lupaus::clients::branch::spool
