// A file appears under its name when all of it is on the disk, and not before.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "clients/cli/online_file.h"

namespace lupaus::clients::cli {
namespace {

bool write_into(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  return static_cast<bool>(file.flush());
}

/// All of `bytes`, and down to the disk.
bool write_through(int file, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return ::fsync(file) == 0;
}

/// WHY: payment files hold names and account numbers: they are the owner's alone, and what was
/// stricter before stays so.
mode_t mode_of(const std::filesystem::file_status& before) {
  constexpr mode_t kMode = 0600;
  if (!std::filesystem::exists(before)) return kMode;
  return static_cast<mode_t>(before.permissions()) & kMode;
}

/// A file of that content and mode, named `part`. Where the file system knows files without a name
/// it has none until it is whole, so that a crash leaves nothing at all.
bool make_part(const std::filesystem::path& folder, const std::filesystem::path& part,
               const std::string& bytes, mode_t mode) {
  ::unlink(part.c_str());
  int file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  const bool is_nameless = file >= 0;
  if (!is_nameless) file = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
  if (file < 0) return false;
  bool is_made = write_through(file, bytes);
  if (is_made && is_nameless) {
    const std::string name = "/proc/self/fd/" + std::to_string(file);
    is_made = ::linkat(AT_FDCWD, name.c_str(), AT_FDCWD, part.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }
  return ::close(file) == 0 && is_made;
}

}  // namespace

bool write_whole(const std::string& path, const std::string& bytes) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return write_into(path, bytes);
  const auto target = std::filesystem::weakly_canonical(path, failure);
  if (failure) return false;
  const std::filesystem::path part = target.string() + "." + std::to_string(::getpid()) + ".part";
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  if (make_part(folder, part, bytes, mode_of(status))) {
    std::filesystem::rename(part, target, failure);
    if (!failure) return true;
  }
  std::filesystem::remove(part, failure);
  return false;
}

void put_file(Context& context, const std::string& path, const std::string& bytes,
              const std::string& sha256) {
  if (path.empty() || path == "-") {
    context.out() << bytes;
  } else if (write_whole(path, bytes)) {
    context.err() << "wrote " << path << " (" << bytes.size() << " bytes, sha256 " << sha256
                  << ")\n";
  } else {
    context.fail("`" + path + "` could not be written");
  }
}

bool check_whole(Context& context, size_t got, size_t announced) {
  if (got == announced) return true;
  context.fail("expected a file of " + std::to_string(announced) + " bytes, but " +
               std::to_string(got) + " came; nothing is written");
  return false;
}

}  // namespace lupaus::clients::cli
