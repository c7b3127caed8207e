#include "clients/branch/spool/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lupaus::clients::branch::spool {
namespace {

Error system_error(std::string_view what, const std::string& path, int number) {
  const bool is_full = number == ENOSPC || number == EDQUOT;
  return Error{
      is_full ? "disk_full" : "spool_failed",
      "cannot " + std::string(what) + " `" + path + "`: " + std::strerror(number),
      is_full ? "free space on the terminal's disk" : "see to the terminal's disk and its rights"};
}

}  // namespace

Result<File> File::open(const std::string& path, Mode mode) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | (mode == Mode::replace ? O_TRUNC : 0);
  const int descriptor = ::open(path.c_str(), flags, 0640);
  if (descriptor < 0) return system_error("open", path, errno);
  return File(descriptor, path);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

Result<std::string> File::read(uint64_t offset, uint64_t length) const {
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

Result<uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return system_error("read the size of", path_, errno);
  return static_cast<uint64_t>(status.st_size);
}

Result<void> File::append(std::string_view bytes, uint64_t size_before) const {
  uint64_t put = 0;
  while (put < bytes.size()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + put, bytes.size() - put,
                                   static_cast<off_t>(size_before + put));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const Error error = system_error("write", path_, count == 0 ? ENOSPC : errno);
      static_cast<void>(truncate(size_before));
      return error;
    }
    put += static_cast<uint64_t>(count);
  }
  return {};
}

Result<void> File::truncate(uint64_t size) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
    return system_error("shorten", path_, errno);
  }
  return {};
}

Result<void> File::sync() const {
  if (::fdatasync(descriptor_) != 0) return system_error("sync", path_, errno);
  return {};
}

bool File::lock() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

Result<void> sync_directory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error("open", path, errno);
  const int outcome = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  if (outcome != 0) return system_error("sync", path, number);
  return {};
}

}  // namespace lupaus::clients::branch::spool
