#include "server/store/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>

#include "server/store/checksum.h"

namespace lupaus::server::store {
namespace {

namespace fs = std::filesystem;
using rules::model::Error;
using rules::model::Result;

constexpr size_t kChunkBytes = 1 << 20;
/// The database of a restore that is not complete; a server does not look for it.
constexpr std::string_view kUnfinished = "store.restoring";

/// A file descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  const int number_;
};

Error failed(const char* code, const std::string& doing, const fs::path& path, int number) {
  return {code,
          "cannot " + doing + " `" + path.string() + "`: " + std::strerror(number),
          "check the path, its permissions and the room on its disk",
          {}};
}

Error damaged(const fs::path& path, std::string what) {
  return {"backup_damaged",
          "`" + path.string() + "`: " + std::move(what),
          "take another backup; nothing of this one was used",
          {}};
}

/// Gives each part of the file to `take` in order, which says whether to go on.
Result<void> read_parts(const fs::path& path, const std::function<bool(std::string_view)>& take) {
  const File file(path, O_RDONLY);
  if (!file) return failed("backup_damaged", "read", path, errno);
  std::string part(kChunkBytes, '\0');
  while (true) {
    const ssize_t count = ::read(file.number(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("backup_damaged", "read", path, errno);
    if (count == 0 || !take({part.data(), static_cast<size_t>(count)})) return {};
  }
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

/// Makes names in the directory, or the bytes of a file, survive a power cut.
Result<void> sync(const fs::path& path, const char* code) {
  const File file(path, O_RDONLY);
  if (file && ::fsync(file.number()) == 0) return {};
  return failed(code, "sync", path, errno);
}

/// The names in each folder below `path`.
Result<void> sync_folders(const fs::path& path, const char* code) {
  std::error_code failure;
  for (fs::directory_iterator entry(path, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (!entry->is_directory(failure)) continue;
    if (auto synced = sync(entry->path(), code); !synced) return synced;
  }
  if (failure) return failed(code, "list", path, failure.value());
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes, const char* code) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file || !write_all(file.number(), bytes) || ::fsync(file.number()) != 0)
    return failed(code, "write", path, errno);
  return {};
}

/// A copy that is synced; gives what was read.
Result<BackupFile> copy_file(const fs::path& from, const fs::path& to, const char* code) {
  const File copy(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!copy) return failed(code, "write", to, errno);
  BackupFile seen;
  int write_error = 0;
  auto read = read_parts(from, [&](std::string_view part) {
    seen.bytes += part.size();
    seen.checksum = crc32c(part, seen.checksum);
    if (!write_all(copy.number(), part)) write_error = errno == 0 ? EIO : errno;
    return write_error == 0;
  });
  if (!read) return read.error();
  if (write_error == 0 && ::fsync(copy.number()) != 0) write_error = errno;
  if (write_error != 0) return failed(code, "write", to, write_error);
  return seen;
}

Result<BackupFile> read_whole(const fs::path& path) {
  BackupFile seen;
  auto read = read_parts(path, [&](std::string_view part) {
    seen.bytes += part.size();
    seen.checksum = crc32c(part, seen.checksum);
    return true;
  });
  if (!read) return read.error();
  return seen;
}

Result<void> compare(const BackupFile& wanted, const BackupFile& seen, const fs::path& path) {
  if (seen.bytes != wanted.bytes) {
    return damaged(path, "expected " + std::to_string(wanted.bytes) + " bytes, but it has " +
                             std::to_string(seen.bytes));
  }
  if (seen.checksum != wanted.checksum)
    return damaged(path, "expected the checksum in the manifest, but its bytes have another");
  return {};
}

Result<void> make_empty(const std::string& path, const char* code) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) return failed(code, "make the folder", path, failure.value());
  const bool is_empty = fs::is_empty(path, failure);
  if (failure) return failed(code, "read the folder", path, failure.value());
  // WHY: it will hold customers' keys and the voucher secret.
  if (is_empty) fs::permissions(path, fs::perms::owner_all, failure);
  if (is_empty) return {};
  return Error{code,
               "expected an empty folder, but `" + path + "` has files in it",
               "name another folder; nothing there was changed",
               {}};
}

/// All regular files below the folder, ascending; read once.
Result<std::vector<BackupFile>> list_files(const fs::path& folder) {
  std::vector<BackupFile> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (!entry->is_regular_file(failure)) continue;
    auto seen = read_whole(entry->path());
    if (!seen) return seen.error();
    seen->path = fs::relative(entry->path(), folder, failure).generic_string();
    files.push_back(std::move(*seen));
  }
  if (failure) return failed("backup_target", "list", folder, failure.value());
  std::sort(files.begin(), files.end(),
            [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

/// The files of a data_dir that lie beside the database: secrets that must not be made anew.
Result<void> copy_beside(const fs::path& data_dir, const fs::path& folder) {
  std::error_code failure;
  for (fs::directory_iterator entry(data_dir, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (!entry->is_regular_file(failure)) continue;
    auto copied = copy_file(entry->path(), folder / entry->path().filename(), "backup_target");
    if (!copied) return copied.error();
  }
  if (failure) return failed("backup_target", "list", data_dir, failure.value());
  return {};
}

Result<std::unique_ptr<Store>> open_copy(const fs::path& database, BookCompiler compile_book) {
  StoreOptions options;
  options.compile_book = std::move(compile_book);
  options.is_read_only = true;
  return make_store(database.string(), std::move(options));
}

Result<BackupManifest> fill_backup(const BackupSources& sources, const fs::path& folder,
                                   BookCompiler compile_book, rules::model::Instant now) {
  const fs::path database = folder / kStoreFolder;
  if (auto copied = sources.storage.copy_to(database.string()); !copied) return copied.error();
  if (auto copied = copy_beside(sources.data_dir, folder); !copied) return copied.error();
  if (sources.copy_more) {
    if (auto copied = sources.copy_more(folder.string()); !copied) return copied.error();
  }
  BackupManifest manifest;
  manifest.made_at = now;
  manifest.storage_version = kStorageVersion;
  {
    const auto copy = open_copy(database, std::move(compile_book));
    if (!copy) return copy.error();
    manifest.last_position = (*copy)->last_position();
    manifest.replay_from = (*copy)->replay_from();
    manifest.journal_checksum = (*copy)->journal_checksum();
  }
  auto files = list_files(folder);
  if (!files) return files.error();
  manifest.files = std::move(*files);
  for (const auto& file : manifest.files) {
    if (auto synced = sync(folder / file.path, "backup_target"); !synced) return synced.error();
  }
  if (auto synced = sync_folders(folder, "backup_target"); !synced) return synced.error();
  const fs::path unnamed = folder / "BACKUP.new";
  if (auto written = write_file(unnamed, format_manifest(manifest), "backup_target"); !written)
    return written.error();
  if (::rename(unnamed.c_str(), (folder / kManifestName).c_str()) != 0)
    return failed("backup_target", "name", folder / kManifestName, errno);
  if (auto synced = sync(folder, "backup_target"); !synced) return synced.error();
  return manifest;
}

Result<BackupManifest> read_manifest(const std::string& folder) {
  const fs::path path = fs::path(folder) / kManifestName;
  std::error_code failure;
  if (!fs::exists(path, failure)) {
    return Error{"no_backup",
                 "expected a backup in `" + folder + "`, but it has no file `BACKUP`",
                 "a backup that was broken off has none",
                 {}};
  }
  std::string text;
  auto read = read_parts(path, [&](std::string_view part) {
    text += part;
    return true;
  });
  if (!read) return read.error();
  auto manifest = parse_manifest(text);
  if (!manifest) return damaged(folder, manifest.error().message);
  if (manifest->storage_version == kStorageVersion) return manifest;
  return Error{"database_version",
               "expected storage version " + std::to_string(kStorageVersion) + " in `" + folder +
                   "`, but it is " + std::to_string(manifest->storage_version),
               "run the program version that wrote it, or a newer one",
               {}};
}

Result<void> copy_back(const BackupManifest& manifest, const fs::path& folder,
                       const fs::path& data_dir) {
  const std::string below = std::string(kStoreFolder) + "/";
  for (const auto& file : manifest.files) {
    const fs::path to = file.path.starts_with(below)
                            ? data_dir / kUnfinished / file.path.substr(below.size())
                            : data_dir / file.path;
    std::error_code failure;
    fs::create_directories(to.parent_path(), failure);
    if (failure)
      return failed("restore_target", "make the folder", to.parent_path(), failure.value());
    auto copied = copy_file(folder / file.path, to, "restore_target");
    if (!copied) return copied.error();
    if (auto same = compare(file, *copied, folder / file.path); !same) return same;
  }
  return {};
}

/// One that was in the backup is the same and gives way.
Result<void> mark_restored(const BackupManifest& manifest, const fs::path& data_dir) {
  const fs::path mark = data_dir / kRestoredMark;
  std::error_code failure;
  fs::remove(mark, failure);
  return write_file(mark, rules::model::format_instant(manifest.made_at) + "\n", "restore_target");
}

Result<void> check_restored(const BackupManifest& manifest, const fs::path& database,
                            BookCompiler compile_book) {
  const auto store = open_copy(database, std::move(compile_book));
  if (!store) return store.error();
  if ((*store)->last_position() == manifest.last_position &&
      (*store)->journal_checksum() == manifest.journal_checksum)
    return {};
  return damaged(database, "expected its journal to end at position " +
                               std::to_string(manifest.last_position) +
                               " as the manifest says, but it ends at " +
                               std::to_string((*store)->last_position()));
}

}  // namespace

Result<BackupManifest> write_backup(const BackupSources& sources, const std::string& folder,
                                    BookCompiler compile_book, rules::model::Instant now) {
  if (auto empty = make_empty(folder, "backup_target"); !empty) return empty.error();
  auto manifest = fill_backup(sources, folder, std::move(compile_book), now);
  if (manifest) return manifest;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    fs::remove_all(entry.path(), ignored);
  return manifest;
}

Result<BackupManifest> check_backup(const std::string& folder) {
  auto manifest = read_manifest(folder);
  if (!manifest) return manifest;
  for (const auto& file : manifest->files) {
    const fs::path path = fs::path(folder) / file.path;
    const auto seen = read_whole(path);
    if (!seen) return seen.error();
    if (auto same = compare(file, *seen, path); !same) return same.error();
  }
  return manifest;
}

Result<BackupManifest> restore_backup(const std::string& folder, const std::string& data_dir,
                                      BookCompiler compile_book) {
  auto manifest = read_manifest(folder);
  if (!manifest) return manifest;
  if (auto empty = make_empty(data_dir, "restore_target"); !empty) return empty.error();
  const fs::path target = data_dir, unfinished = target / kUnfinished;
  auto restored = copy_back(*manifest, folder, target);
  if (restored) restored = check_restored(*manifest, unfinished, std::move(compile_book));
  if (restored) restored = mark_restored(*manifest, target);
  if (restored) restored = sync_folders(target, "restore_target");
  if (restored && ::rename(unfinished.c_str(), (target / kStoreFolder).c_str()) != 0)
    restored = failed("restore_target", "name", target / kStoreFolder, errno);
  if (restored) restored = sync(target, "restore_target");
  if (restored) return manifest;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(target, ignored))
    fs::remove_all(entry.path(), ignored);
  return restored.error();
}

}  // namespace lupaus::server::store
