// A directory of one test, gone with it. In memory where the system has such a place: no test loses
// power.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "rules/model/result.h"

namespace lupaus::tests::support {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code unknown;
    const bool has_memory =
        access(memory.c_str(), W_OK) == 0 &&
        std::filesystem::space(memory, unknown).available > (uintmax_t{1} << 30) && !unknown;
    std::string name =
        ((has_memory ? memory : std::filesystem::temp_directory_path()) / "lupaus-XXXXXX").string();
    rules::model::ensure(mkdtemp(name.data()) != nullptr, "a temporary directory can be made");
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace lupaus::tests::support
