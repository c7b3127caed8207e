#include "tests/simulation/spool_disk.h"

namespace lupaus::tests::simulation {
namespace {

using clients::branch::Error;
using clients::branch::Result;
using clients::branch::spool::DiskFile;
using Trouble = Disk::Trouble;

Error to_error(Trouble trouble, const std::string& path) {
  if (trouble == Trouble::full) return {"disk_full", "no room for `" + path + "`", ""};
  return {"spool_failed", "`" + path + "` cannot be used", ""};
}

Result<void> to_result(Trouble trouble, const std::string& path) {
  return trouble == Trouble::none ? Result<void>() : Result<void>(to_error(trouble, path));
}

class SpoolFile : public DiskFile {
 public:
  SpoolFile(Disk& disk, std::string path, Disk::FilePtr file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}

  Result<std::string> read(uint64_t offset, uint64_t length) const override {
    std::string bytes;
    const auto trouble = disk_.read(*file_, offset, length, bytes);
    if (trouble != Trouble::none) return to_error(trouble, path_);
    return bytes;
  }
  Result<uint64_t> size() const override { return disk_.size(*file_); }
  Result<void> write(uint64_t offset, std::string_view bytes) override {
    return to_result(disk_.write(*file_, offset, bytes), path_);
  }
  Result<void> truncate(uint64_t size) override {
    return to_result(disk_.truncate(*file_, size), path_);
  }
  Result<void> sync() override { return to_result(disk_.sync(*file_), path_); }
  bool lock() override { return true; }

 private:
  Disk& disk_;
  const std::string path_;
  const Disk::FilePtr file_;
};

class SpoolDisk : public clients::branch::spool::Disk {
 public:
  explicit SpoolDisk(simulation::Disk& disk) : disk_(disk) {}

  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override {
    auto file = disk_.find(path);
    if (!file || mode == Mode::replace) {
      const auto trouble = disk_.make(path, file);
      if (trouble != Trouble::none) return to_error(trouble, path);
    }
    return std::unique_ptr<DiskFile>(std::make_unique<SpoolFile>(disk_, path, std::move(file)));
  }
  Result<void> make_directory(const std::string& path) override {
    disk_.make_directory(path);
    return {};
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return disk_.list(directory);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return to_result(disk_.rename(from, to), from);
  }
  Result<void> remove(const std::string& path) override {
    return to_result(disk_.remove(path), path);
  }
  Result<void> sync_directory(const std::string& path) override {
    return to_result(disk_.sync_names(), path);
  }

 private:
  simulation::Disk& disk_;
};

}  // namespace

std::shared_ptr<clients::branch::spool::Disk> make_spool_disk(Disk& disk) {
  return std::make_shared<SpoolDisk>(disk);
}

}  // namespace lupaus::tests::simulation
