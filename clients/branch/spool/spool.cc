#include "clients/branch/spool/spool.h"

#include <algorithm>
#include <charconv>
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
/// No terminal counts so far; above it a number is damage.
constexpr uint64_t kSequenceMax = 1ULL << 62;
constexpr std::string_view kFormat = "lupaus-spool 1";
constexpr uint64_t kNumbersBytesMax = 4'096;

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
  if (!words || format_numbers(numbers) != text || numbers.acked > kSequenceMax)
    return std::nullopt;
  return numbers;
}

Error full(uint64_t bytes_max) {
  return Error{"spool_full",
               "expected room in the spool, but its " + std::to_string(bytes_max) +
                   " bytes are taken by events that the server has not acknowledged",
               "connect the terminal to the server, or raise spool_bytes_max"};
}

/// First sequences of the segments among the files, ascending.
std::vector<uint64_t> find_segments(const std::vector<std::string>& names) {
  std::vector<uint64_t> found;
  for (const std::string& name : names) {
    uint64_t first = 0;
    std::from_chars(name.data(), name.data() + name.size(), first);
    if (Segment::file_name(first) == name) found.push_back(first);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Spool::Spool(std::string directory, Limits limits, std::shared_ptr<Disk> disk)
    : directory_(std::move(directory)), limits_(limits), disk_(std::move(disk)) {}

Spool::~Spool() {
  if (segments_.empty()) return;
  static_cast<void>(sync_to(last()));
  static_cast<void>(save());
}

Result<std::unique_ptr<Spool>> Spool::open(const std::string& directory, Limits limits,
                                           std::shared_ptr<Disk> disk) {
  if (Result<void> made = disk->make_directory(directory); !made) return made.error();
  std::unique_ptr<Spool> spool(new Spool(directory, limits, std::move(disk)));
  auto lock = spool->disk_->open(directory + "/lock", Disk::Mode::keep);
  if (!lock) return lock.error();
  spool->lock_ = std::move(*lock);
  if (!spool->lock_->lock()) {
    return Error{"spool_in_use",
                 "expected `" + directory + "` to be free, but another program has it open",
                 "give each source a spool directory of its own, and run one terminal for each"};
  }
  if (Result<void> loaded = spool->load(); !loaded) return loaded.error();
  return spool;
}

Result<void> Spool::load() {
  // WHY: a program that was killed may have left names that no power cut would spare; what is built
  // upon below must be durable first.
  if (Result<void> synced = disk_->sync_directory(directory_); !synced) return synced;
  const auto names = disk_->list(directory_);
  if (!names) return names.error();
  const bool has_numbers =
      std::find(names.value().begin(), names.value().end(), "numbers") != names.value().end();
  std::vector<uint64_t> found = find_segments(names.value());
  if (Result<void> loaded = load_numbers(has_numbers, !found.empty()); !loaded) return loaded;
  if (Result<void> dropped = drop_unbegun(found); !dropped) return dropped;
  if (Result<void> loaded = load_segments(found); !loaded) {
    segments_.clear();
    return loaded;
  }
  return {};
}

/// A file that was made when the crash came, and holds nothing yet: the one before it is the last.
Result<void> Spool::drop_unbegun(std::vector<uint64_t>& first_sequences) {
  while (first_sequences.size() > 1) {
    const std::string path = directory_ + "/" + Segment::file_name(first_sequences.back());
    const auto file = disk_->open(path, Disk::Mode::keep);
    if (!file) return file.error();
    const Result<uint64_t> size = file.value()->size();
    if (!size) return size.error();
    if (size.value() > 0) break;
    if (Result<void> removed = disk_->remove(path); !removed) return removed;
    if (Result<void> synced = disk_->sync_directory(directory_); !synced) return synced;
    first_sequences.pop_back();
  }
  return {};
}

Result<void> Spool::load_segments(const std::vector<uint64_t>& first_sequences) {
  for (const uint64_t first : first_sequences) {
    Result<Segment> segment = Segment::open(*disk_, directory_ + "/" + Segment::file_name(first),
                                            first, first == first_sequences.back());
    if (!segment) return segment.error();
    if (!segments_.empty() && segments_.back().next_sequence() != first) {
      return Error{"spool_damaged",
                   "expected the file after `" + segments_.back().path() + "` to begin at " +
                       std::to_string(segments_.back().next_sequence()) + ", but it begins at " +
                       std::to_string(first),
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

Result<void> Spool::load_numbers(bool is_there, bool has_segments) {
  const std::string path = directory_ + "/numbers";
  if (!is_there) {
    if (has_segments) {
      return Error{"spool_damaged", "expected `" + path + "`, but it is missing beside events",
                   "move the spool's directory aside; a new one begins a new epoch"};
    }
    saved_.epoch = ~0ULL;
    return save();
  }
  const auto file = disk_->open(path, Disk::Mode::keep);
  if (!file) return file.error();
  const Result<std::string> text = file.value()->read(0, kNumbersBytesMax);
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

/// After a failed sync the kernel may have dropped what was written; a second sync that succeeds
/// proves nothing. So the first failure stands until the spool is opened again.
Result<void> Spool::fail(const Result<void>& outcome) {
  if (outcome) return outcome;
  failure_ = outcome.error();
  failure_->hint = "see to the terminal's disk, then start the terminal again";
  return *failure_;
}

Result<void> Spool::roll() {
  const uint64_t first = segments_.empty() ? numbers_.acked + 1 : segments_.back().next_sequence();
  if (!segments_.empty()) {
    if (Result<void> synced = fail(segments_.back().file()->sync()); !synced) return synced;
    synced_ = first - 1;
  }
  const std::string path = directory_ + "/" + Segment::file_name(first);
  Result<Segment> segment = Segment::open(*disk_, path, first, true);
  if (!segment) {
    // WHY: the file before it may go on growing past this name, which would then look like a gap.
    static_cast<void>(fail(disk_->remove(path)));
    return segment.error();
  }
  if (Result<void> synced = fail(disk_->sync_directory(directory_)); !synced) return synced;
  segments_.push_back(std::move(*segment));
  return {};
}

uint64_t Spool::bytes_of_all() const {
  uint64_t sum = 0;
  for (const Segment& segment : segments_) sum += segment.bytes();
  return sum;
}

/// Drops files that end below `below`, oldest first; says whether it dropped any.
bool Spool::drop_acked(uint64_t below) {
  bool is_dropped = false;
  while (segments_.size() > 1 && segments_.front().next_sequence() <= below && !failure_) {
    if (!disk_->remove(segments_.front().path())) break;
    segments_.erase(segments_.begin());
    is_dropped = true;
    // WHY each one: a power cut that brings back an older file but not a newer one leaves a gap.
    static_cast<void>(fail(disk_->sync_directory(directory_)));
  }
  return is_dropped;
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

Result<void> Spool::write(std::string_view payload) {
  const uint64_t needed = kRecordHeaderBytes + payload.size();
  if (Result<void> room = refuse_beyond(needed); !room) return room;
  const uint64_t segment_max =
      std::clamp(limits_.bytes_max / kSegmentsCount, kSegmentBytesMin, kSegmentBytesMax);
  if (segments_.back().bytes() > 0 && segments_.back().bytes() + needed > segment_max) {
    if (Result<void> rolled = roll(); !rolled) return rolled;
  }
  return segments_.back().append(payload, segments_.back().next_sequence() - 1 - synced_);
}

Result<uint64_t> Spool::append(std::string_view payload) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  if (payload.size() > kPayloadBytesMax) return full(limits_.bytes_max);
  Result<void> written = write(payload);
  const bool is_room_made =
      !written && written.error().code == "disk_full" && drop_acked(numbers_.acked + 1);
  if (is_room_made && !failure_) written = write(payload);
  if (!written) return written.error();
  return segments_.back().next_sequence() - 1;
}

Result<void> Spool::sync_to(uint64_t sequence) {
  const std::scoped_lock one_at_a_time(sync_mutex_);
  std::shared_ptr<DiskFile> file;
  uint64_t up_to = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (failure_) return *failure_;
    if (synced_ >= sequence) return {};
    file = segments_.back().file();
    up_to = segments_.back().next_sequence() - 1;
  }
  const Result<void> synced = file->sync();
  const std::scoped_lock lock(mutex_);
  if (Result<void> outcome = fail(synced); !outcome) return outcome;
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
  sequence = std::min(sequence, synced_);
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
  auto file = disk_->open(path + ".next", Disk::Mode::replace);
  if (!file) return file.error();
  if (Result<void> written = file.value()->write(0, format_numbers(numbers)); !written)
    return written;
  if (Result<void> synced = file.value()->sync(); !synced) return synced;
  if (Result<void> renamed = disk_->rename(path + ".next", path); !renamed) return renamed;
  if (Result<void> synced = disk_->sync_directory(directory_); !synced) return synced;
  saved_ = numbers;
  return {};
}

}  // namespace lupaus::clients::branch::spool
