// RocksDB's port for what it has to say, on a file that may fail.
#include "server/store/warning_log.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "rules/model/instant.h"
#include "server/runtime/clock.h"

namespace lupaus::server::store {
namespace {

constexpr off_t kBytesMax = 4 << 20;
constexpr size_t kLineMax = 2'048;  ///< a longer message is cut

class FileLog : public rocksdb::Logger {
 public:
  explicit FileLog(std::string path) : Logger(rocksdb::WARN_LEVEL), path_(std::move(path)) {
    open();
  }
  ~FileLog() override { close_file(); }
  FileLog(const FileLog&) = delete;
  FileLog& operator=(const FileLog&) = delete;

  using Logger::Logv;
  void Logv(const char* format, va_list values) override {
    std::array<char, kLineMax> line;
    const std::string now = rules::model::format_instant(clock_->now());
    const int head = std::snprintf(line.data(), line.size(), "%s ", now.c_str());
    const size_t room = line.size() - static_cast<size_t>(head) - 1;
    const int more = std::vsnprintf(line.data() + head, room, format, values);
    if (more < 0) return;
    size_t size = static_cast<size_t>(head) + std::min(static_cast<size_t>(more), room - 1);
    if (line[size - 1] != '\n') line[size++] = '\n';
    const std::scoped_lock lock(mutex_);
    make_room();
    if (file_ < 0) return;
    if (const ssize_t written = ::write(file_, line.data(), size); written > 0) bytes_ += written;
  }
  /// All options, at each opening: config and code say them already.
  void LogHeader(const char*, va_list) override {}

 private:
  void open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    struct stat found {};
    bytes_ = file_ >= 0 && ::fstat(file_, &found) == 0 ? found.st_size : 0;
  }
  void close_file() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  void make_room() {
    if (file_ >= 0 && bytes_ <= kBytesMax) return;
    close_file();
    if (bytes_ > kBytesMax && std::rename(path_.c_str(), (path_ + ".old").c_str()) != 0) return;
    open();
  }

  const std::string path_;
  const std::unique_ptr<runtime::Clock> clock_ = runtime::make_system_clock();
  std::mutex mutex_;
  int file_ = -1;
  off_t bytes_ = 0;
};

class SilentLog : public rocksdb::Logger {
 public:
  SilentLog() : Logger(rocksdb::FATAL_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  void LogHeader(const char*, va_list) override {}
};

}  // namespace

std::shared_ptr<rocksdb::Logger> make_warning_log(const std::string& folder) {
  return std::make_shared<FileLog>(folder + "/LOG");
}

std::shared_ptr<rocksdb::Logger> make_silent_log() { return std::make_shared<SilentLog>(); }

}  // namespace lupaus::server::store
