#include "tests/simulation/disk.h"

#include <fmt/format.h>

#include <algorithm>

namespace lupaus::tests::simulation {

std::unique_ptr<Disk> Disk::copy() const {
  const std::scoped_lock lock(mutex_);
  auto other = std::make_unique<Disk>(chance_, room_);
  for (const auto& [name, file] : names_) {
    auto twin = std::make_shared<File>(*file);
    twin->synced_size = twin->bytes.size();
    twin->overwritten.clear();
    other->names_[name] = twin;
    other->durable_names_[name] = twin;
  }
  other->directories_ = directories_;
  return other;
}

Disk::FilePtr Disk::find(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

Disk::Trouble Disk::step(bool may_fail) {
  if (is_stopped_) return Trouble::error;
  if (stops_in_ > 0 && --stops_in_ == 0) {
    is_stopped_ = true;
    return Trouble::error;
  }
  if (may_fail && fails_in_ > 0 && --fails_in_ == 0) {
    ++failures_;
    return Trouble::error;
  }
  return Trouble::none;
}

void Disk::change_name(Change change) {
  if (change.file) {
    names_[change.name] = change.file;
  } else {
    names_.erase(change.name);
  }
  if (!change.moved_from.empty()) names_.erase(change.moved_from);
  changes_.push_back(std::move(change));
}

Disk::Trouble Disk::make(const std::string& name, FilePtr& made) {
  const std::scoped_lock lock(mutex_);
  if (const auto trouble = step(false); trouble != Trouble::none) return trouble;
  made = std::make_shared<File>();
  change_name({name, made, ""});
  return Trouble::none;
}

uint64_t Disk::room() const {
  const std::scoped_lock lock(mutex_);
  return room_;
}

Disk::Trouble Disk::write_locked(File& file, uint64_t offset, std::string_view bytes) {
  const auto trouble = step(true);
  if (trouble != Trouble::none) {
    // WHY: a write that fails, or in whose middle the process dies, may have begun.
    bytes = bytes.substr(0, chance_.below(bytes.size() + 1));
  } else if (bytes.size() > room_) {
    bytes = bytes.substr(0, room_);
  }
  const uint64_t kept = std::min<uint64_t>(file.synced_size, offset + bytes.size());
  if (offset < kept) file.overwritten.push_back({offset, file.bytes.substr(offset, kept - offset)});
  if (file.bytes.size() < offset + bytes.size()) {
    const uint64_t more = offset + bytes.size() - file.bytes.size();
    room_ -= std::min(room_, more);
    file.bytes.resize(offset + bytes.size());
  }
  std::copy(bytes.begin(), bytes.end(), file.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  if (trouble != Trouble::none) return trouble;
  return room_ == 0 ? Trouble::full : Trouble::none;
}

Disk::Trouble Disk::write(File& file, uint64_t offset, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  return is_stopped_ ? Trouble::error : write_locked(file, offset, bytes);
}

Disk::Trouble Disk::append(File& file, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  return is_stopped_ ? Trouble::error : write_locked(file, file.bytes.size(), bytes);
}

Disk::Trouble Disk::truncate(File& file, uint64_t size) {
  const std::scoped_lock lock(mutex_);
  if (const auto trouble = step(false); trouble != Trouble::none) return trouble;
  if (size < file.synced_size) {
    file.overwritten.push_back({size, file.bytes.substr(size, file.synced_size - size)});
  }
  if (size < file.bytes.size()) room_ += file.bytes.size() - size;
  file.bytes.resize(size);
  return Trouble::none;
}

Disk::Trouble Disk::sync(File& file) {
  const std::scoped_lock lock(mutex_);
  if (const auto trouble = step(true); trouble != Trouble::none) return trouble;
  file.synced_size = file.bytes.size();
  file.overwritten.clear();
  if (!changes_.empty()) {
    changes_.clear();
    durable_names_ = names_;
  }
  return Trouble::none;
}

Disk::Trouble Disk::sync_names() {
  const std::scoped_lock lock(mutex_);
  if (const auto trouble = step(true); trouble != Trouble::none) return trouble;
  if (!changes_.empty()) {
    changes_.clear();
    durable_names_ = names_;
  }
  return Trouble::none;
}

Disk::Trouble Disk::read(const File& file, uint64_t offset, uint64_t length,
                         std::string& bytes) const {
  const std::scoped_lock lock(mutex_);
  if (is_stopped_) return Trouble::error;
  bytes.clear();
  if (offset < file.bytes.size()) bytes.assign(file.bytes, offset, length);
  return Trouble::none;
}

uint64_t Disk::size(const File& file) const {
  const std::scoped_lock lock(mutex_);
  return file.bytes.size();
}

Disk::Trouble Disk::rename(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return Trouble::missing;
  if (const auto trouble = step(false); trouble != Trouble::none) return trouble;
  change_name({to, found->second, from});
  return Trouble::none;
}

Disk::Trouble Disk::remove(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return Trouble::missing;
  if (const auto trouble = step(false); trouble != Trouble::none) return trouble;
  room_ += found->second->bytes.size();
  change_name({name, nullptr, ""});
  return Trouble::none;
}

std::vector<std::string> Disk::list(const std::string& directory) const {
  const std::scoped_lock lock(mutex_);
  const std::string prefix = directory.ends_with('/') ? directory : directory + "/";
  std::vector<std::string> found;
  const auto take = [&](const std::string& name) {
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return;
    found.push_back(name.substr(prefix.size(), name.find('/', prefix.size()) - prefix.size()));
  };
  for (auto at = names_.lower_bound(prefix); at != names_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    take(at->first);
  }
  for (const auto& name : directories_) take(name);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void Disk::make_directory(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  if (std::find(directories_.begin(), directories_.end(), name) == directories_.end())
    directories_.push_back(name);
}

bool Disk::has_directory(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  return std::find(directories_.begin(), directories_.end(), name) != directories_.end();
}

void Disk::stop_after(uint64_t operations) {
  const std::scoped_lock lock(mutex_);
  stops_in_ = std::max<uint64_t>(1, operations);
}

void Disk::fail_after(uint64_t operations) {
  const std::scoped_lock lock(mutex_);
  fails_in_ = std::max<uint64_t>(1, operations);
}

void Disk::set_room(uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  room_ = bytes;
}

bool Disk::has_stopped() const {
  const std::scoped_lock lock(mutex_);
  return is_stopped_;
}

uint64_t Disk::failure_count() const {
  const std::scoped_lock lock(mutex_);
  return failures_;
}

void Disk::revive() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = false;
  stops_in_ = 0;
  fails_in_ = 0;
}

void Disk::lose_bytes(File& file, Chance& chance) {
  // The newest overwritten bytes come back first, down to some moment since the sync.
  const uint64_t back = chance.below(file.overwritten.size() + 1);
  for (uint64_t i = 0; i < back; ++i) {
    const auto& undo = file.overwritten[file.overwritten.size() - 1 - i];
    if (file.bytes.size() < undo.offset + undo.before.size())
      file.bytes.resize(undo.offset + undo.before.size());
    file.bytes.replace(undo.offset, undo.before.size(), undo.before);
  }
  file.overwritten.clear();
  if (file.bytes.size() > file.synced_size) {
    const uint64_t torn = chance.below(4) == 0 ? 0 : file.bytes.size() - file.synced_size;
    file.bytes.resize(file.synced_size + chance.below(torn + 1));
  }
  file.synced_size = file.bytes.size();
}

void Disk::lose_power() {
  revive();
  const std::scoped_lock lock(mutex_);
  const uint64_t kept = chance_.below(changes_.size() + 1);
  for (uint64_t i = 0; i < kept; ++i) {
    const auto& change = changes_[i];
    if (change.file) {
      durable_names_[change.name] = change.file;
    } else {
      durable_names_.erase(change.name);
    }
    durable_names_.erase(change.moved_from);
  }
  changes_.clear();
  names_ = durable_names_;
  for (auto& [name, file] : names_) lose_bytes(*file, chance_);
}

std::string Disk::flip_bit(Chance& chance, const std::vector<std::string>& endings) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::pair<std::string, FilePtr>> able;
  for (const auto& [name, file] : names_) {
    const bool is_wanted = std::any_of(endings.begin(), endings.end(), [&](const auto& ending) {
      return name.find(ending) != std::string::npos;
    });
    if (is_wanted && !file->bytes.empty()) able.emplace_back(name, file);
  }
  if (able.empty()) return "";
  const auto& [name, file] = able[chance.below(able.size())];
  const uint64_t bit = chance.below(file->bytes.size() * 8);
  file->bytes[bit / 8] = static_cast<char>(file->bytes[bit / 8] ^ (1 << (bit % 8)));
  return fmt::format("byte {} of {} of {}", bit / 8, file->bytes.size(), name);
}

}  // namespace lupaus::tests::simulation
