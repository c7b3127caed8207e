// Any bytes as the few numbers beside a spool's files: they are refused as damaged, or they are
// what a spool writes, and are written back alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "clients/branch/spool/crc32c.h"
#include "clients/branch/spool/spool.h"
#include "tests/support/faulty_disk.h"

namespace {

using namespace lupaus;
using clients::branch::spool::Spool;
using tests::support::FaultyDisk;

void require(bool is_so) {
  if (!is_so) std::abort();
}

/// The checksum is given, so that what lies behind it is reached too.
std::string with_checksum(const std::string& body) {
  return body + "crc " + std::to_string(clients::branch::spool::crc32c(body)) + "\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const std::string& content : {text, with_checksum(text)}) {
    auto disk = std::make_shared<FaultyDisk>();
    { require(Spool::open("/spool", {}, disk).ok()); }
    *disk->content("/spool/numbers") = content;
    auto spool = Spool::open("/spool", {}, disk);
    if (!spool) {
      require(spool.error().code == "spool_damaged");
      continue;
    }
    require((*spool)->numbers().acked <= (*spool)->last());
    (*spool)->set_signal_position((*spool)->numbers().signal_position ^ 1);
    require((*spool)->save().ok());
    (*spool)->set_signal_position((*spool)->numbers().signal_position ^ 1);
    require((*spool)->save().ok());
    require(*disk->content("/spool/numbers") == content);
  }
  return 0;
}
