// The disk port over system calls, with errors as values.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "clients/branch/spool/disk.h"

namespace lupaus::clients::branch::spool {
namespace {

Error system_error(std::string_view what, const std::string& path, int number) {
  const bool is_full = number == ENOSPC || number == EDQUOT;
  return Error{
      is_full ? "disk_full" : "spool_failed",
      "cannot " + std::string(what) + " `" + path + "`: " + std::strerror(number),
      is_full ? "free space on the terminal's disk" : "see to the terminal's disk and its rights"};
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::string> read(uint64_t offset, uint64_t length) const override {
    std::string bytes(length, '\0');
    uint64_t got = 0;
    while (got < length) {
      const ssize_t count =
          ::pread(descriptor_, bytes.data() + got, length - got, static_cast<off_t>(offset + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("read", path_, errno);
      if (count == 0) break;
      got += static_cast<uint64_t>(count);
    }
    bytes.resize(got);
    return bytes;
  }

  Result<uint64_t> size() const override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return system_error("read the size of", path_, errno);
    return static_cast<uint64_t>(status.st_size);
  }

  Result<void> write(uint64_t offset, std::string_view bytes) override {
    uint64_t put = 0;
    while (put < bytes.size()) {
      const ssize_t count = ::pwrite(descriptor_, bytes.data() + put, bytes.size() - put,
                                     static_cast<off_t>(offset + put));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return system_error("write", path_, count == 0 ? ENOSPC : errno);
      put += static_cast<uint64_t>(count);
    }
    return {};
  }

  Result<void> truncate(uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
      return system_error("shorten", path_, errno);
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return system_error("sync", path_, errno);
    return {};
  }

  bool lock() override { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

 private:
  const int descriptor_;
  const std::string path_;
};

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override {
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | (mode == Mode::replace ? O_TRUNC : 0);
    const int descriptor = ::open(path.c_str(), flags, 0640);
    if (descriptor < 0) return system_error("open", path, errno);
    return std::unique_ptr<DiskFile>(new PosixFile(descriptor, path));
  }

  Result<void> make_directory(const std::string& path) override {
    std::error_code failed;
    const std::filesystem::path whole = std::filesystem::absolute(path, failed);
    std::filesystem::path there;
    for (const std::filesystem::path& name : whole) {
      const std::filesystem::path parent = there;
      there /= name;
      if (name.empty() || std::filesystem::is_directory(there, failed)) continue;
      if (::mkdir(there.c_str(), 0750) != 0 && errno != EEXIST)
        return system_error("make", there.string(), errno);
      if (Result<void> synced = sync_directory(parent.string()); !synced) return synced;
    }
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::vector<std::string> names;
    std::error_code failed;
    std::filesystem::directory_iterator entry(directory, failed);
    while (!failed && entry != std::filesystem::directory_iterator()) {
      names.push_back(entry->path().filename().string());
      entry.increment(failed);
    }
    if (failed) return system_error("list", directory, failed.value());
    return names;
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from, errno);
    return {};
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("remove", path, errno);
    return {};
  }

  Result<void> sync_directory(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_error("open", path, errno);
    const int outcome = ::fsync(descriptor);
    const int number = errno;
    ::close(descriptor);
    if (outcome != 0) return system_error("sync", path, number);
    return {};
  }
};

}  // namespace

std::shared_ptr<Disk> make_posix_disk() { return std::make_shared<PosixDisk>(); }

}  // namespace lupaus::clients::branch::spool
