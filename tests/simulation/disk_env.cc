#include "tests/simulation/disk_env.h"

#include <rocksdb/file_system.h>

#include <cstring>
#include <utility>

namespace lupaus::tests::simulation {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Trouble = Disk::Trouble;

IOStatus to_status(Trouble trouble, const std::string& name) {
  switch (trouble) {
    case Trouble::none:
      return IOStatus::OK();
    case Trouble::missing:
      return IOStatus::PathNotFound(name, "No such file or directory");
    case Trouble::full:
      return IOStatus::NoSpace(name, "No space left on device");
    default:
      return IOStatus::IOError(name, "Input/output error");
  }
}

std::string_view view(const Slice& bytes) { return {bytes.data(), bytes.size()}; }

/// An open file: its name for errors, its bytes.
struct Open {
  Disk* disk = nullptr;
  std::string name;
  Disk::FilePtr file;

  IOStatus read(uint64_t offset, size_t length, Slice* result, char* scratch) const {
    std::string bytes;
    const auto trouble = disk->read(*file, offset, length, bytes);
    if (trouble != Trouble::none) return to_status(trouble, name);
    std::memcpy(scratch, bytes.data(), bytes.size());
    *result = Slice(scratch, bytes.size());
    return IOStatus::OK();
  }
};

class SequentialFile : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(Open open) : open_(std::move(open)) {}
  IOStatus Read(size_t length, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    const auto status = open_.read(offset_, length, result, scratch);
    if (status.ok()) offset_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t length) override {
    offset_ += length;
    return IOStatus::OK();
  }

 private:
  Open open_;
  uint64_t offset_ = 0;
};

class RandomAccessFile : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(Open open) : open_(std::move(open)) {}
  IOStatus Read(uint64_t offset, size_t length, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return open_.read(offset, length, result, scratch);
  }

 private:
  Open open_;
};

class WritableFile : public rocksdb::FSWritableFile {
 public:
  explicit WritableFile(Open open) : open_(std::move(open)) {}
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& bytes, const IOOptions&, IODebugContext*) override {
    return to_status(open_.disk->append(*open_.file, view(bytes)), open_.name);
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* context) override {
    return Append(bytes, options, context);
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    return to_status(open_.disk->truncate(*open_.file, size), open_.name);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return to_status(open_.disk->sync(*open_.file), open_.name);
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return open_.disk->size(*open_.file);
  }

 private:
  Open open_;
};

class Directory : public rocksdb::FSDirectory {
 public:
  explicit Directory(Disk& disk) : disk_(disk) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync_names(), "directory");
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Disk& disk_;
};

class Lock : public rocksdb::FileLock {};

/// RocksDB's own diary is not of the simulated world.
class Silence : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

class DiskFileSystem : public rocksdb::FileSystem {
 public:
  explicit DiskFileSystem(Disk& disk) : disk_(disk) {}
  const char* Name() const override { return "SimulatedDisk"; }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return open<SequentialFile>(name, result);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return open<RandomAccessFile>(name, result);
  }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    Disk::FilePtr file;
    const auto trouble = disk_.make(name, file);
    if (trouble == Trouble::none)
      *result = std::make_unique<WritableFile>(Open{&disk_, name, std::move(file)});
    return to_status(trouble, name);
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* context) override {
    if (!disk_.find(name)) return NewWritableFile(name, options, result, context);
    return open<WritableFile>(name, result);
  }
  IOStatus NewDirectory(const std::string&, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    *result = std::make_unique<Directory>(disk_);
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    if (disk_.find(name) || disk_.has_directory(name)) return IOStatus::OK();
    return IOStatus::NotFound();
  }
  IOStatus GetChildren(const std::string& directory, const IOOptions&,
                       std::vector<std::string>* names, IODebugContext*) override {
    *names = disk_.list(directory);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.remove(name), name);
  }
  IOStatus Truncate(const std::string& name, size_t size, const IOOptions&,
                    IODebugContext*) override {
    const auto file = disk_.find(name);
    return to_status(file ? disk_.truncate(*file, size) : Trouble::missing, name);
  }
  IOStatus CreateDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    disk_.make_directory(name);
    return IOStatus::OK();
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions&, IODebugContext*) override {
    disk_.make_directory(name);
    return IOStatus::OK();
  }
  IOStatus DeleteDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, uint64_t* size,
                       IODebugContext*) override {
    const auto file = disk_.find(name);
    if (!file) return to_status(Trouble::missing, name);
    *size = disk_.size(*file);
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string& name, const IOOptions&, uint64_t* seconds,
                                   IODebugContext*) override {
    *seconds = 0;
    return to_status(disk_.find(name) ? Trouble::none : Trouble::missing, name);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return to_status(disk_.rename(from, to), from);
  }
  IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    *lock = new Lock;
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete static_cast<Lock*>(lock);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/test";
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute,
                           IODebugContext*) override {
    *absolute = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                       IODebugContext*) override {
    *is_directory = disk_.has_directory(path);
    return IOStatus::OK();
  }
  IOStatus GetFreeSpace(const std::string&, const IOOptions&, uint64_t* bytes,
                        IODebugContext*) override {
    *bytes = disk_.room();
    return IOStatus::OK();
  }
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext*) override {
    *result = std::make_shared<Silence>();
    return IOStatus::OK();
  }

 private:
  template <typename Kind, typename Result>
  IOStatus open(const std::string& name, std::unique_ptr<Result>* result) {
    auto file = disk_.find(name);
    if (!file) return to_status(Trouble::missing, name);
    *result = std::make_unique<Kind>(Open{&disk_, name, std::move(file)});
    return IOStatus::OK();
  }

  Disk& disk_;
};

}  // namespace

DiskEnv::DiskEnv(Disk& disk)
    : rocksdb::EnvWrapper(rocksdb::NewCompositeEnv(std::make_shared<DiskFileSystem>(disk))) {
  // WHY: without it every call goes through an adapter for old databases, and back.
  file_system_ = target()->GetFileSystem();
}

DiskEnv::~DiskEnv() = default;

void DiskEnv::Schedule(void (*function)(void*), void* argument, Priority priority, void* tag,
                       void (*dropped)(void*)) {
  const std::scoped_lock lock(mutex_);
  jobs_.push_back({function, argument, priority, tag, dropped});
  changed_.notify_all();
}

int DiskEnv::UnSchedule(void* tag, Priority priority) {
  std::deque<Job> kept, gone;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& job : jobs_)
      (job.tag == tag && job.priority == priority ? gone : kept).push_back(job);
    jobs_.swap(kept);
  }
  for (const auto& job : gone) {
    if (job.dropped != nullptr) job.dropped(job.argument);
  }
  return static_cast<int>(gone.size());
}

unsigned int DiskEnv::GetThreadPoolQueueLen(Priority) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<unsigned int>(jobs_.size());
}

bool DiskEnv::take(Job& job, bool may_wait) {
  std::unique_lock lock(mutex_);
  if (may_wait) changed_.wait(lock, [this] { return is_ending_ || !jobs_.empty(); });
  if (jobs_.empty()) return false;
  job = jobs_.front();
  jobs_.pop_front();
  return true;
}

void DiskEnv::run_jobs() {
  Job job;
  while (take(job, false)) job.function(job.argument);
}

DiskEnv::Worker::Worker(DiskEnv& env) : env_(env) {
  env_.is_ending_ = false;
  thread_ = std::thread([this] {
    Job job;
    while (env_.take(job, true)) job.function(job.argument);
  });
}

DiskEnv::Worker::~Worker() {
  {
    const std::scoped_lock lock(env_.mutex_);
    env_.is_ending_ = true;
  }
  env_.changed_.notify_all();
  thread_.join();
}

}  // namespace lupaus::tests::simulation
