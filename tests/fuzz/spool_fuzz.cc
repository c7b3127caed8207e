// Any bytes as a spool's last file, behind a whole one: it is refused as damaged, or opened; what
// was opened is read back record by record, takes another one, and is the same when opened again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "clients/branch/spool/spool.h"
#include "tests/support/faulty_disk.h"

namespace {

using namespace lupaus;
using clients::branch::spool::Segment;
using clients::branch::spool::Spool;
using tests::support::FaultyDisk;

const std::string kDirectory = "/spool";

void require(bool is_so) {
  if (!is_so) std::abort();
}

std::shared_ptr<FaultyDisk> make_disk(const std::string& bytes) {
  auto disk = std::make_shared<FaultyDisk>();
  { require(Spool::open(kDirectory, {}, disk).ok()); }
  *disk->content(kDirectory + "/" + Segment::file_name(1)) = bytes;
  return disk;
}

std::vector<std::string> read_all(const Spool& spool) {
  std::vector<std::string> payloads;
  for (uint64_t sequence = spool.first(); sequence <= spool.last(); ++sequence) {
    const auto payload = spool.read(sequence);
    require(payload.ok());
    payloads.push_back(payload.value());
  }
  return payloads;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto disk = make_disk(std::string(reinterpret_cast<const char*>(bytes), size));
  auto spool = Spool::open(kDirectory, {}, disk);
  if (!spool) {
    require(spool.error().code == "spool_damaged" && !spool.error().hint.empty());
    return 0;
  }
  std::vector<std::string> payloads = read_all(**spool);
  const auto sequence = (*spool)->append("one more");
  require(sequence.ok() && sequence.value() == payloads.size() + 1);
  require((*spool)->sync_to(sequence.value()).ok());
  payloads.emplace_back("one more");
  std::mt19937_64 random(size);
  disk->crash();
  spool->reset();
  disk->cut_power(random);
  spool = Spool::open(kDirectory, {}, disk);
  require(spool.ok() && read_all(**spool) == payloads);
  return 0;
}
