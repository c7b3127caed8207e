// One terminal of a branch: the real session and spool on a disk, a clock and a network that are
// simulated. It may die at any moment, be replaced by another box, and be switched off at night.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/branch/session.h"
#include "clients/branch/simulator/day.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/network.h"
#include "tests/simulation/witness.h"

namespace lupaus::tests::simulation {

using clients::branch::simulator::Occurrence;

/// What terminals share with the world; all of it outlives them.
struct Premises {
  Agenda& agenda;
  Faults& faults;
  Network& network;
  Witness& witness;
  /// The server takes a stream, or nobody answers.
  std::function<bool(const std::shared_ptr<Wire>& wire, const std::string& source)> dial;
  Duration heartbeat;
};

class Terminal : public WireUser {
 public:
  Terminal(Premises& premises, size_t number, std::string source, std::string branch,
           Chance chance);
  ~Terminal() override;

  void switch_on();
  /// Says goodbye if it can. What is not sent waits for the morning.
  void switch_off();
  bool is_on() const { return session_ != nullptr; }
  bool is_wanted_on() const { return is_wanted_on_; }
  /// The process is gone in this instant; with `loses_power` what was not synced as well.
  void kill(bool loses_power);
  /// Another box with an empty disk takes its place; people enter again some of what was lost.
  void replace();
  /// A box that was made from this one's disk, and believes that it is this one.
  std::unique_ptr<Terminal> twin();
  /// Out of use: it is never switched on again.
  void retire();
  void set_room(uint64_t bytes) { disk_->set_room(bytes); }
  void report(const Occurrence& occurrence, std::optional<Instant> occurred_at = {});
  /// Everything that it ever promised to send is acknowledged.
  bool is_drained() const;
  const std::shared_ptr<Wire>& wire() const { return wire_; }
  const std::string& source() const { return source_; }
  uint64_t refused_count() const { return refused_; }
  /// Streams that ended because the source had a newer epoch.
  uint64_t stranded_count() const { return stranded_; }
  std::string describe() const;

  void received(const Response& response) override;
  void ended(const WireEnd& end) override;

 private:
  struct Sent {
    uint64_t sequence = 0;
    Instant occurred_at{};
    Occurrence occurrence;
  };
  clients::branch::Moment moment() const;
  void drive();
  bool take_step(const clients::branch::Step& step, Request& request);
  void connect();
  void wake_at(std::chrono::milliseconds steady);
  void tear_down();
  /// Whoever looks after it puts another box there.
  void call_for_help();
  /// What is acknowledged need not be entered again.
  void forget_acked();

  Premises& premises_;
  const size_t number_;
  const std::string source_, branch_;
  Chance chance_;
  std::unique_ptr<Disk> disk_;
  bool is_wanted_on_ = false;
  bool is_retired_ = false;
  uint64_t life_ = 0;         ///< a wake-up of an earlier one is void
  uint64_t promised_ = 0;     ///< up to here report() said yes
  std::deque<Sent> unacked_;  ///< what people would enter again
  uint64_t refused_ = 0;
  uint64_t stranded_ = 0;
  Duration skew_{0};
  int64_t drift_ppm_ = 0;
  Instant on_since_{};
  std::optional<Instant> wakes_at_;
  bool is_driving_ = false;

  std::unique_ptr<clients::branch::spool::Spool> spool_;
  std::unique_ptr<clients::branch::Session> session_;
  std::shared_ptr<Wire> wire_;
};

}  // namespace lupaus::tests::simulation
