#include "server/store/directory.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <vector>

#include "server/store/log_tail.h"
#include "server/store/tables.h"

namespace lupaus::server::store {

using rules::model::Error;
using rules::model::Result;

Result<void> check_unlocked(const std::string& path) {
  const int file = ::open((path + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  struct flock held {};
  held.l_type = F_WRLCK;
  held.l_whence = SEEK_SET;
  const bool is_held = ::fcntl(file, F_GETLK, &held) == 0 && held.l_type != F_UNLCK;
  ::close(file);
  if (!is_held) return {};
  return Error{"database_locked",
               "cannot read the database in `" + path + "`: process " + std::to_string(held.l_pid) +
                   " has it open",
               "stop the server first, or take a backup of it and read that",
               {}};
}

Result<void> check_current(rocksdb::Env& env, const std::string& path) {
  std::string named;
  const auto read = rocksdb::ReadFileToString(&env, path + "/CURRENT", &named);
  const bool is_line = !named.empty() && named.back() == '\n';
  if (is_line && env.FileExists(path + "/" + named.substr(0, named.size() - 1)).ok()) return {};
  if (read.ok()) return damaged(path, "its `CURRENT` names a list of files that is not there");
  // WHY: what may not be read is there, and nothing is to be restored over it.
  if (!read.IsPathNotFound() && !read.IsNotFound())
    return to_error(read, "read", path + "/CURRENT");
  std::vector<std::string> names;
  if (!env.GetChildren(path, &names).ok()) return {};
  for (const auto& name : names) {
    if (name.ends_with(".sst") || name.ends_with(".log"))
      return damaged(path, "it has the file `" + name + "`, but `CURRENT` is missing");
  }
  return {};
}

std::string find_damaged_record(rocksdb::Env& env, const std::string& path) {
  std::vector<std::string> names;
  if (!env.GetChildren(path, &names).ok()) return "";
  for (const auto& name : names) {
    if (!name.ends_with(".log") && !name.starts_with("MANIFEST-")) continue;
    std::unique_ptr<rocksdb::SequentialFile> file;
    if (!env.NewSequentialFile(path + "/" + name, &file, {}).ok()) continue;
    std::string scratch(kLogBlockBytes, '\0');
    rocksdb::Slice block;
    for (size_t begin = 0;
         file->Read(kLogBlockBytes, &block, scratch.data()).ok() && !block.empty();
         begin += kLogBlockBytes) {
      const size_t at = first_damaged_record({block.data(), block.size()});
      if (at < block.size())
        return "the record at byte " + std::to_string(begin + at) + " of `" + name + "`";
    }
  }
  return "";
}

}  // namespace lupaus::server::store
