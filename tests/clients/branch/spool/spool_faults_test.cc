// Whatever the disk does, at whatever operation: every event that report() took is there when the
// spool is opened again, in order and once, and the server never knows one that is not.
// LUPAUS_SEED repeats a run, LUPAUS_ROUNDS makes it longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "clients/branch/spool/spool.h"
#include "tests/support/faulty_disk.h"

namespace lupaus::clients::branch::spool {
namespace {

using std::chrono::minutes;
using tests::support::FaultyDisk;
using Fault = FaultyDisk::Fault;

const std::string kDirectory = "/kiosk/spool";
/// Small, so that files are begun, and dropped once acknowledged, all the time.
constexpr Limits kLimits{.bytes_max = 16 << 10, .keep_acked = minutes(10)};

uint64_t setting(const char* name, uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// What the program outside of the spool remembers through all crashes.
struct Witness {
  std::map<uint64_t, std::string> told;  ///< what was last written under a sequence
  uint64_t promised = 0;                 ///< report() returned up to here
  uint64_t server_has = 0;               ///< was synced, so it may have been sent
  uint64_t acked = 0;
  uint64_t epoch = 0;  ///< saved, so it may have been used
  uint64_t count = 0;  ///< makes every payload another one
  Instant now{};

  std::string make_payload() {
    ++count;
    return "event " + std::to_string(count) + std::string(300 + count * 37 % 400, 'x');
  }
};

/// A kiosk's life: some events, synced alone or together, acknowledged late. Ends early where the
/// spool refuses for good.
void live(Spool& spool, const FaultyDisk& disk, Witness& witness, uint64_t events) {
  if (witness.epoch == 0) {
    spool.set_epoch(7);
    if (!spool.save()) return;
    witness.epoch = 7;
  }
  for (uint64_t at = 0; at < events && !disk.is_crashed(); ++at) {
    const std::string payload = witness.make_payload();
    witness.told[spool.last() + 1] = payload;  // also if the answer never comes
    const Result<uint64_t> sequence = spool.append(payload);
    if (sequence && at % 3 != 0 && spool.sync_to(sequence.value()))
      witness.promised = std::max(witness.promised, sequence.value());
    witness.server_has = std::max(witness.server_has, spool.synced());
    if (at % 4 == 3 && witness.server_has > 2) {
      witness.acked = std::max(witness.acked, witness.server_has - 2);
      witness.now += minutes(6);
      spool.acknowledge(witness.acked, witness.now);
    }
    if (at % 7 == 6) static_cast<void>(spool.save());
  }
}

void expect_kept(const Spool& spool, const Witness& witness) {
  ASSERT_GE(spool.last(), witness.promised) << "a promised event is lost";
  ASSERT_GE(spool.last(), witness.server_has) << "the server knows more than the disk";
  ASSERT_LE(spool.first(), witness.acked + 1) << "dropped before it was acknowledged";
  ASSERT_LE(spool.bytes(), kLimits.bytes_max);
  ASSERT_EQ(spool.synced(), spool.last());
  ASSERT_TRUE(witness.epoch == 0 || spool.numbers().epoch == witness.epoch);
  ASSERT_LE(spool.numbers().acked, witness.acked);
  for (uint64_t sequence = spool.first(); sequence <= spool.last(); ++sequence) {
    const Result<std::string> payload = spool.read(sequence);
    ASSERT_TRUE(payload.ok()) << payload.error().message;
    ASSERT_EQ(payload.value(), witness.told.at(sequence)) << "event " << sequence;
  }
}

/// Opens what is left, which must succeed, and compares.
void expect_recovers(const std::shared_ptr<FaultyDisk>& disk, Witness& witness) {
  auto spool = Spool::open(kDirectory, kLimits, disk);
  ASSERT_TRUE(spool.ok()) << spool.error().message;
  ASSERT_NO_FATAL_FAILURE(expect_kept(**spool, witness));
  witness.server_has = (*spool)->synced();
}

void live_until_crash(const std::shared_ptr<FaultyDisk>& disk, Witness& witness, uint64_t events) {
  auto spool = Spool::open(kDirectory, kLimits, disk);
  if (spool) live(**spool, *disk, witness, events);
}

uint64_t count_operations(uint64_t events) {
  auto disk = std::make_shared<FaultyDisk>();
  Witness witness;
  live_until_crash(disk, witness, events);
  EXPECT_EQ(witness.told.size(), events) << "a disk without faults takes all";
  EXPECT_GT((*Spool::open(kDirectory, kLimits, disk))->first(), 1U) << "some files were dropped";
  for (const char* kind : {"write", "sync", "rename", "remove", "sync_directory"})
    EXPECT_GT(disk->counts()[kind], 2U) << kind;
  return disk->operation_count();
}

TEST(SpoolFaults, KeepsWhatItPromisedThroughACrashAtEveryOperation) {
  constexpr uint64_t kEvents = 45;
  constexpr uint64_t kCuts = 8;
  const uint64_t operations = count_operations(kEvents);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    for (const Fault fault : {Fault::crash, Fault::crash_after}) {
      for (uint64_t cut = 0; cut <= kCuts; ++cut) {
        SCOPED_TRACE("operation " + std::to_string(nth) +
                     (fault == Fault::crash ? ", before it" : ", after it") +
                     (cut == 0 ? ", killed" : ", power cut " + std::to_string(cut)));
        auto disk = std::make_shared<FaultyDisk>();
        std::mt19937_64 random(nth * 100 + cut);
        Witness witness;
        disk->plan(nth, fault);
        live_until_crash(disk, witness, kEvents);
        cut == 0 ? disk->kill() : disk->cut_power(random);
        ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness));
        disk->cut_power(random);
        ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness)) << "what was opened is durable";
        live_until_crash(disk, witness, 5);
        ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness));
      }
    }
  }
}

TEST(SpoolFaults, KeepsWhatItPromisedWhenAnOperationFails) {
  constexpr uint64_t kEvents = 45;
  const uint64_t operations = count_operations(kEvents);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    for (const Fault fault : {Fault::error, Fault::full}) {
      SCOPED_TRACE("operation " + std::to_string(nth) + (fault == Fault::full ? " full" : ""));
      auto disk = std::make_shared<FaultyDisk>();
      std::mt19937_64 random(nth);
      Witness witness;
      disk->plan(nth, fault);
      live_until_crash(disk, witness, kEvents);
      disk->cut_power(random);
      ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness));
      live_until_crash(disk, witness, 5);
      ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness));
    }
  }
}

TEST(SpoolFaults, KeepsWhatItPromisedThroughManyLives) {
  const uint64_t first_seed = setting("LUPAUS_SEED", 1);
  const uint64_t rounds = setting("LUPAUS_ROUNDS", 150);
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(first_seed + round));
    std::mt19937_64 random(first_seed + round);
    auto disk = std::make_shared<FaultyDisk>();
    Witness witness;
    for (int life = 0; life < 8; ++life) {
      disk->plan(1 + random() % 120, static_cast<Fault>(random() % 4));
      live_until_crash(disk, witness, random() % 60);
      random() % 2 == 0 ? disk->kill() : disk->cut_power(random);
      ASSERT_NO_FATAL_FAILURE(expect_recovers(disk, witness)) << "life " << life;
    }
  }
}

TEST(SpoolFaults, SaysThatTheDiskIsFullAndTakesAgainOnceThereIsRoom) {
  auto disk = std::make_shared<FaultyDisk>();
  auto spool = Spool::open(kDirectory, {.bytes_max = 1 << 20, .keep_acked = minutes(10)}, disk);
  ASSERT_TRUE(spool.ok());
  disk->set_capacity(5'000);
  Witness witness;
  Result<uint64_t> sequence{0};
  while ((sequence = (*spool)->append(witness.make_payload()))) {
    ASSERT_TRUE((*spool)->sync_to(sequence.value()).ok());
    witness.promised = sequence.value();
  }
  EXPECT_EQ(sequence.error().code, "disk_full");
  EXPECT_NE(sequence.error().hint, "");
  EXPECT_GT(witness.promised, 3U);
  EXPECT_EQ((*spool)->last(), witness.promised);
  disk->set_capacity(1 << 20);
  EXPECT_EQ((*spool)->append("again").value(), witness.promised + 1);
  EXPECT_EQ((*spool)->read(witness.promised + 1).value(), "again");
}

TEST(SpoolFaults, TakesNothingMoreOnceASyncFailed) {
  auto disk = std::make_shared<FaultyDisk>();
  auto spool = Spool::open(kDirectory, kLimits, disk);
  ASSERT_TRUE((*spool)->sync_to((*spool)->append("one").value()).ok());
  ASSERT_TRUE((*spool)->append("two").ok());
  disk->plan(1, Fault::error);
  EXPECT_EQ((*spool)->sync_to(2).error().code, "spool_failed");
  EXPECT_FALSE((*spool)->sync_to(2).ok()) << "a second sync that succeeds proves nothing";
  EXPECT_FALSE((*spool)->append("three").ok());
  EXPECT_EQ((*spool)->synced(), 1U);
  EXPECT_NE((*spool)->append("three").error().hint.find("start the terminal again"),
            std::string::npos);
}

/// Flips a bit of each byte of a closed spool's file, each time another one, and tells what opening
/// it says.
void flip_bits(FaultyDisk& disk, const std::string& path,
               const std::function<void(size_t byte)>& look) {
  const std::string whole = *disk.content(path);
  for (size_t byte = 0; byte < whole.size(); ++byte) {
    *disk.content(path) = whole;
    (*disk.content(path))[byte] = static_cast<char>(whole[byte] ^ (1 << byte % 8));
    look(byte);
  }
  *disk.content(path) = whole;
}

TEST(SpoolFaults, ReportsAFlippedBitInAnyByteOfWhatWasOnDisk) {
  auto disk = std::make_shared<FaultyDisk>();
  {
    auto spool = Spool::open(kDirectory, {.bytes_max = 32'768}, disk);
    for (int count = 0; count < 9; ++count)
      ASSERT_TRUE((*spool)->sync_to((*spool)->append(std::string(800, 'x')).value()).ok());
    (*spool)->acknowledge(2, Instant{});
    ASSERT_TRUE((*spool)->save().ok());
  }
  ASSERT_NE(disk->content(kDirectory + "/" + Segment::file_name(6)), nullptr);
  for (const std::string& path : disk->paths()) {
    SCOPED_TRACE(path);
    const bool is_last = path.ends_with(Segment::file_name(6));
    const size_t last_record = is_last ? disk->content(path)->size() - 816 : SIZE_MAX;
    flip_bits(*disk, path, [&](size_t byte) {
      auto spool = Spool::open(kDirectory, {.bytes_max = 32'768}, disk);
      if (byte < last_record) {
        ASSERT_FALSE(spool.ok()) << "byte " << byte;
        ASSERT_EQ(spool.error().code, "spool_damaged") << "byte " << byte;
      } else {
        ASSERT_TRUE(spool.ok()) << "the last record may have been torn";
        ASSERT_EQ((*spool)->last(), 8U);
      }
    });
  }
}

}  // namespace
}  // namespace lupaus::clients::branch::spool
