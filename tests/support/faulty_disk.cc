#include "tests/support/faulty_disk.h"

#include <algorithm>
#include <functional>

namespace lupaus::tests::support {

using clients::branch::Error;

namespace {

/// What a disk writes as a whole.
constexpr size_t kSectorBytes = 64;

struct Change {
  uint64_t offset = 0;
  std::string bytes;
  std::optional<uint64_t> truncate_to = std::nullopt;

  void make(std::string& content) const {
    if (truncate_to) return content.resize(*truncate_to);
    content.resize(std::max<size_t>(content.size(), offset + bytes.size()));
    content.replace(offset, bytes.size(), bytes);
  }
};

struct Content {
  std::string live;
  std::string durable;
  std::vector<Change> unsynced;
  bool is_locked = false;
};
using ContentPtr = std::shared_ptr<Content>;
using Names = std::map<std::string, ContentPtr>;

struct NameChange {
  std::string directory;
  std::function<void(Names&)> apply;
};

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Error broken(const std::string& what) { return Error{"spool_failed", "cannot " + what, ""}; }
Error full(const std::string& what) { return Error{"disk_full", "cannot " + what, "free space"}; }

/// What a power cut leaves of a file: nothing unsynced, all, some first writes and a torn one, or
/// any sectors.
std::string survive(const Content& content, std::mt19937_64& random) {
  std::string left = content.durable;
  switch (random() % 4) {
    case 0:
      return left;
    case 1:
      return content.live;
    case 2: {
      const size_t kept = random() % (content.unsynced.size() + 1);
      for (size_t at = 0; at < kept; ++at) content.unsynced[at].make(left);
      if (kept == content.unsynced.size() || content.unsynced[kept].truncate_to) return left;
      Change torn = content.unsynced[kept];
      torn.bytes.resize(random() % (torn.bytes.size() + 1));
      torn.make(left);
      return left;
    }
    default:
      left.resize(content.live.size());
      for (size_t at = 0; at < left.size(); at += kSectorBytes) {
        if (random() % 2 == 0) continue;
        const size_t length = std::min(kSectorBytes, left.size() - at);
        left.replace(at, length, content.live, at, length);
      }
      return left;
  }
}

}  // namespace

struct FaultyDisk::State {
  mutable std::mutex mutex;
  Names live;
  Names durable;
  std::vector<NameChange> unsynced;
  std::map<std::string, uint64_t> counts;
  uint64_t operations = 0;
  uint64_t fault_at = 0;
  uint64_t capacity = UINT64_MAX;
  uint64_t generation = 0;
  Fault fault = Fault::error;
  bool is_crashed = false;

  /// The fault that this operation meets; nothing when the program is dead or it is not its turn.
  std::optional<Fault> meet(const char* kind) {
    ++operations;
    ++counts[kind];
    if (operations != fault_at) return std::nullopt;
    if (fault == Fault::crash || fault == Fault::crash_after) is_crashed = true;
    return fault;
  }

  /// Runs `work` unless a fault prevents it.
  template <typename Work>
  Result<void> perform(const char* kind, const Work& work) {
    if (is_crashed) return broken("reach a disk that is gone");
    const std::optional<Fault> met = meet(kind);
    if (!met || met == Fault::crash_after) work();
    if (!met) return {};
    return met == Fault::full ? full(kind) : broken(kind);
  }

  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const auto& [path, content] : live) sum += content->live.size();
    return sum;
  }

  void change_names(const std::string& directory, std::function<void(Names&)> change) {
    change(live);
    unsynced.push_back({directory, std::move(change)});
  }
};

namespace {

class FaultyFile final : public DiskFile {
 public:
  using State = FaultyDisk::State;
  using Fault = FaultyDisk::Fault;

  FaultyFile(std::shared_ptr<State> state, ContentPtr content)
      : state_(std::move(state)), content_(std::move(content)), generation_(state_->generation) {}
  ~FaultyFile() override {
    const std::scoped_lock lock(state_->mutex);
    if (has_lock_ && generation_ == state_->generation) content_->is_locked = false;
  }

  Result<std::string> read(uint64_t offset, uint64_t length) const override {
    const std::scoped_lock lock(state_->mutex);
    std::string bytes;
    const Result<void> outcome = perform("read", [&] {
      if (offset < content_->live.size()) bytes = content_->live.substr(offset, length);
    });
    if (!outcome) return outcome.error();
    return bytes;
  }

  Result<uint64_t> size() const override {
    const std::scoped_lock lock(state_->mutex);
    if (is_dead()) return broken("reach a file that is gone");
    return content_->live.size();
  }

  Result<void> write(uint64_t offset, std::string_view bytes) override {
    const std::scoped_lock lock(state_->mutex);
    if (is_dead()) return broken("reach a file that is gone");
    const std::optional<Fault> met = state_->meet("write");
    const uint64_t grown =
        std::max<uint64_t>(content_->live.size(), offset + bytes.size()) - content_->live.size();
    const bool is_full = state_->bytes() + grown > state_->capacity || met == Fault::full;
    const bool is_whole = (!met || met == Fault::crash_after) && !is_full;
    const Change change{
        offset, std::string(is_whole ? bytes : bytes.substr(0, bytes.size() / 2)), {}};
    change.make(content_->live);
    content_->unsynced.push_back(change);
    if (is_full) return full("write");
    if (met) return broken("write");
    return {};
  }

  Result<void> truncate(uint64_t size) override {
    const std::scoped_lock lock(state_->mutex);
    return perform("truncate", [&] {
      const Change change{0, "", size};
      change.make(content_->live);
      content_->unsynced.push_back(change);
    });
  }

  Result<void> sync() override {
    const std::scoped_lock lock(state_->mutex);
    const Result<void> outcome = perform("sync", [&] {
      for (const Change& change : content_->unsynced) change.make(content_->durable);
      content_->unsynced.clear();
    });
    // WHY also after an error: the kernel drops what it could not write and says so once.
    if (!is_dead()) content_->unsynced.clear();
    return outcome;
  }

  bool lock() override {
    const std::scoped_lock lock(state_->mutex);
    if (content_->is_locked) return false;
    return has_lock_ = content_->is_locked = true;
  }

 private:
  bool is_dead() const { return state_->is_crashed || generation_ != state_->generation; }
  template <typename Work>
  Result<void> perform(const char* kind, const Work& work) const {
    if (is_dead()) return broken("reach a file that is gone");
    return state_->perform(kind, work);
  }

  const std::shared_ptr<State> state_;
  const ContentPtr content_;
  const uint64_t generation_;
  bool has_lock_ = false;
};

}  // namespace

FaultyDisk::FaultyDisk() : state_(std::make_shared<State>()) {}
FaultyDisk::~FaultyDisk() = default;

void FaultyDisk::plan(uint64_t nth, Fault fault) {
  const std::scoped_lock lock(state_->mutex);
  state_->fault_at = state_->operations + nth;
  state_->fault = fault;
}

uint64_t FaultyDisk::operation_count() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->operations;
}

std::map<std::string, uint64_t> FaultyDisk::counts() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->counts;
}

bool FaultyDisk::is_crashed() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->is_crashed;
}

void FaultyDisk::set_capacity(uint64_t bytes) {
  const std::scoped_lock lock(state_->mutex);
  state_->capacity = bytes;
}

void FaultyDisk::crash() {
  const std::scoped_lock lock(state_->mutex);
  state_->is_crashed = true;
}

void FaultyDisk::kill() {
  const std::scoped_lock lock(state_->mutex);
  ++state_->generation;
  state_->is_crashed = false;
  state_->fault_at = 0;
  for (auto& [path, content] : state_->live) content->is_locked = false;
}

void FaultyDisk::cut_power(std::mt19937_64& random) {
  kill();
  const std::scoped_lock lock(state_->mutex);
  for (const NameChange& change : state_->unsynced) {
    if (random() % 2 == 0) change.apply(state_->durable);
  }
  state_->unsynced.clear();
  state_->live = state_->durable;
  for (auto& [path, content] : state_->live) {
    content->live = survive(*content, random);
    content->durable = content->live;
    content->unsynced.clear();
  }
}

std::string* FaultyDisk::content(const std::string& path) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->live.find(path);
  return found == state_->live.end() ? nullptr : &found->second->live;
}

std::vector<std::string> FaultyDisk::paths() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<std::string> paths;
  for (const auto& [path, content] : state_->live) paths.push_back(path);
  return paths;
}

Result<std::unique_ptr<DiskFile>> FaultyDisk::open(const std::string& path, Mode mode) {
  const std::scoped_lock lock(state_->mutex);
  const Result<void> outcome = state_->perform("open", [&] {
    if (!state_->live.contains(path)) {
      state_->change_names(directory_of(path), [path, made = std::make_shared<Content>()](
                                                   Names& names) { names[path] = made; });
    }
    Content& content = *state_->live[path];
    if (mode == Mode::keep || content.live.empty()) return;
    content.unsynced.push_back({0, "", 0});
    content.live.clear();
  });
  if (!outcome) return outcome.error();
  return std::unique_ptr<DiskFile>(std::make_unique<FaultyFile>(state_, state_->live[path]));
}

Result<void> FaultyDisk::make_directory(const std::string&) {
  const std::scoped_lock lock(state_->mutex);
  return state_->perform("make_directory", [] {});
}

Result<std::vector<std::string>> FaultyDisk::list(const std::string& directory) {
  const std::scoped_lock lock(state_->mutex);
  std::vector<std::string> names;
  const Result<void> outcome = state_->perform("list", [&] {
    for (const auto& [path, content] : state_->live) {
      if (directory_of(path) == directory) names.push_back(path.substr(directory.size() + 1));
    }
  });
  if (!outcome) return outcome.error();
  return names;
}

Result<void> FaultyDisk::rename(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(state_->mutex);
  return state_->perform("rename", [&] {
    state_->change_names(directory_of(from), [from, to](Names& names) {
      const auto found = names.find(from);
      if (found == names.end()) return;
      names[to] = found->second;
      names.erase(from);
    });
  });
}

Result<void> FaultyDisk::remove(const std::string& path) {
  const std::scoped_lock lock(state_->mutex);
  return state_->perform("remove", [&] {
    state_->change_names(directory_of(path), [path](Names& names) { names.erase(path); });
  });
}

Result<void> FaultyDisk::sync_directory(const std::string& path) {
  const std::scoped_lock lock(state_->mutex);
  return state_->perform("sync_directory", [&] {
    for (const NameChange& change : state_->unsynced) {
      if (change.directory == path) change.apply(state_->durable);
    }
    std::erase_if(state_->unsynced,
                  [&](const NameChange& change) { return change.directory == path; });
  });
}

}  // namespace lupaus::tests::support
