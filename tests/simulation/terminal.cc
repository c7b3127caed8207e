#include "tests/simulation/terminal.h"

#include <fmt/format.h>

#include "tests/simulation/spool_disk.h"

namespace lupaus::tests::simulation {

namespace branch = clients::branch;
using branch::Step;

namespace {

constexpr uint64_t kDiskBytes = 8 << 20;
/// A connection that nobody answers fails after so long.
constexpr Duration kDialTimeout = std::chrono::seconds(10);

branch::Options options_of(const std::string& source, const std::string& place,
                           Duration heartbeat) {
  branch::Options options;
  options.source = source;
  options.branch = place;
  options.spool_dir = "/spool";
  options.heartbeat_every = heartbeat;
  options.spool_bytes_max = 1 << 20;
  return options;
}

}  // namespace

Terminal::Terminal(Premises& premises, size_t number, std::string source, std::string place,
                   Chance chance)
    : premises_(premises),
      number_(number),
      source_(std::move(source)),
      branch_(std::move(place)),
      chance_(chance),
      disk_(std::make_unique<Disk>(chance_.fork(), kDiskBytes)) {}

Terminal::~Terminal() { kill(false); }

branch::Moment Terminal::moment() const {
  const Instant now = premises_.agenda.now();
  const Duration drift((now - on_since_).count() * drift_ppm_ / 1'000'000);
  return {now + skew_ + drift, now.time_since_epoch()};
}

void Terminal::switch_on() {
  if (is_retired_) return;
  is_wanted_on_ = true;
  if (is_on()) return;
  ++life_;
  disk_->revive();
  branch::spool::Limits limits;
  const auto options = options_of(source_, branch_, premises_.heartbeat);
  limits.bytes_max = options.spool_bytes_max;
  auto opened = branch::spool::Spool::open("/spool", limits, make_spool_disk(*disk_));
  if (!opened) {
    if (opened.error().code != "disk_full")
      premises_.witness.complain(source_ + ": its spool does not open: " + opened.error().message);
    premises_.agenda.in(std::chrono::minutes(1), [this, life = life_] {
      if (life == life_ && is_wanted_on_) switch_on();
    });
    return;
  }
  spool_ = std::move(*opened);
  if (spool_->last() < promised_) {
    premises_.witness.complain(
        fmt::format("{}: its spool ends at {} after a restart, {} was promised", source_,
                    spool_->last(), promised_));
  }
  on_since_ = premises_.agenda.now();
  skew_ = Duration(0);
  drift_ppm_ = 0;
  if (!premises_.faults.has_ended()) {
    skew_ = premises_.faults.length(FaultKind::terminal_skew, chance_);
    if (skew_.count() > 0) premises_.faults.note(FaultKind::terminal_skew);
    if (chance_.below(2) == 0) skew_ = -skew_;
    drift_ppm_ = static_cast<int64_t>(premises_.faults.of(FaultKind::terminal_drift).per_million);
    if (drift_ppm_ != 0) premises_.faults.note(FaultKind::terminal_drift);
    if (chance_.below(2) == 0) drift_ppm_ = -drift_ppm_;
  }
  session_ = std::make_unique<branch::Session>(options, *spool_, chance_.next());
  drive();
}

void Terminal::switch_off() {
  is_wanted_on_ = false;
  if (!is_on()) return;
  session_->close(false, moment());
  drive();
}

void Terminal::tear_down() {
  ++life_;
  wakes_at_.reset();
  if (wire_) wire_->let_go(false);
  wire_.reset();
  session_.reset();
  spool_.reset();
}

void Terminal::kill(bool loses_power) {
  if (!is_on()) return;
  if (wire_ && loses_power) wire_->let_go(true);
  tear_down();
  if (loses_power) disk_->lose_power();
}

void Terminal::replace() {
  kill(true);
  disk_ = std::make_unique<Disk>(chance_.fork(), kDiskBytes);
  promised_ = 0;
  std::deque<Sent> backlog;
  backlog.swap(unacked_);
  if (!is_wanted_on_) return;
  switch_on();
  for (const auto& sent : backlog) {
    if (chance_.below(3) > 0) report(sent.occurrence, sent.occurred_at);
  }
}

void Terminal::retire() {
  is_wanted_on_ = false;
  is_retired_ = true;
  kill(false);
}

std::unique_ptr<Terminal> Terminal::twin() {
  auto other = std::make_unique<Terminal>(premises_, number_, source_, branch_, chance_.fork());
  other->disk_ = disk_->copy();
  return other;
}

void Terminal::report(const Occurrence& occurrence, std::optional<Instant> occurred_at) {
  if (!is_on() || session_->is_closing()) {
    ++refused_;
    return;
  }
  lupaus::v1::Event event;
  event.set_branch(occurrence.branch);
  event.set_ticket(occurrence.ticket);
  event.set_type(occurrence.type);
  event.set_label(occurrence.label);
  for (const auto& [name, value] : occurrence.attributes)
    (*event.mutable_attributes())[name] = value;
  const Instant at = occurred_at.value_or(moment().wall);
  const auto sequence = session_->record(std::move(event), at, moment());
  if (!sequence) {
    ++refused_;
    return;
  }
  const auto synced = spool_->sync_to(*sequence);
  session_->synced(synced);
  if (synced) {
    promised_ = *sequence;
    unacked_.push_back({*sequence, at, occurrence});
  }
  drive();
}

bool Terminal::is_drained() const {
  if (!session_) return false;
  const auto status = session_->status();
  return status.acked == status.reported;
}

std::string Terminal::describe() const {
  if (!session_) return source_ + ": off";
  const auto status = session_->status();
  return fmt::format("{}: {} of {} acknowledged, epoch {}, {}, {}", source_, status.acked,
                     status.reported, status.epoch,
                     status.is_connected ? "connected" : "not connected",
                     status.error ? status.error->message : "no error");
}

void Terminal::connect() {
  const auto life = life_;
  wire_ = std::make_shared<Wire>(premises_.network, number_, *this);
  const auto answer = [this, life, wire = wire_] {
    if (life != life_ || wire != wire_ || !wire->is_of_user()) return;
    const bool is_parted = premises_.network.is_parted(number_);
    if (!is_parted && premises_.dial(wire, source_)) {
      session_->connected();
      drive();
      return;
    }
    premises_.agenda.in(is_parted ? kDialTimeout : Duration(1), [this, life, wire] {
      if (life == life_ && wire == wire_) ended({false, "", "no answer", {}});
    });
  };
  premises_.agenda.in(premises_.network.delay(), answer);
}

void Terminal::wake_at(std::chrono::milliseconds steady) {
  if (steady == std::chrono::milliseconds::max()) return;
  const Instant at(steady);
  if (wakes_at_ && *wakes_at_ <= at) return;
  wakes_at_ = at;
  premises_.agenda.at(at, [this, at, life = life_] {
    if (life != life_ || wakes_at_ != at) return;
    wakes_at_.reset();
    drive();
  });
}

bool Terminal::take_step(const Step& step, Request& request) {
  switch (step.kind) {
    case Step::Kind::wait:
      wake_at(step.wake_at);
      return false;
    case Step::Kind::connect:
      connect();
      return true;
    case Step::Kind::send:
      wire_->send(request);
      return true;
    case Step::Kind::sync:
      session_->synced(spool_->sync_to(spool_->last()));
      return true;
    case Step::Kind::save:
      session_->saved(spool_->save(), moment());
      return true;
    case Step::Kind::finish:
      wire_->finish_sending();
      return true;
    case Step::Kind::hang_up:
      wire_->let_go(false);
      wire_.reset();
      session_->disconnected({false, false, "hung up", {}}, moment());
      if (session_->status().is_stopped) call_for_help();
      return true;
    case Step::Kind::closed:
      tear_down();
      return false;
  }
  return false;
}

void Terminal::drive() {
  if (is_driving_) return;
  is_driving_ = true;
  Request request;
  while (session_ && take_step(session_->next(moment(), &request), request)) request.Clear();
  is_driving_ = false;
}

void Terminal::forget_acked() {
  const auto status = session_->status();
  while (!unacked_.empty() && unacked_.front().sequence <= status.acked) {
    const auto& sent = unacked_.front();
    premises_.witness.forgotten(
        source_, status.epoch, sent.sequence,
        Witness::content_of(sent.occurrence.ticket, sent.occurrence.type, sent.occurred_at));
    unacked_.pop_front();
  }
}

void Terminal::received(const Response& response) {
  if (!session_) return;
  if (response.has_ack()) {
    const auto& ack = response.ack();
    premises_.witness.heard_ack(source_, ack.epoch(), ack.up_to_sequence());
  }
  static_cast<void>(session_->received(response, moment()));
  forget_acked();
  drive();
}

void Terminal::ended(const WireEnd& end) {
  wire_.reset();
  if (!session_) return;
  session_->disconnected({end.is_ok, end.code == "changed_duplicate", end.message, end.retry_after},
                         moment());
  drive();
  if (!session_) return;
  // An older stream's hello may take the epoch away from a box that goes on under it.
  const bool is_stranded = end.code == "unknown_epoch" || end.code == "old_epoch";
  if (is_stranded) ++stranded_;
  if (is_stranded || session_->status().is_stopped) call_for_help();
}

void Terminal::call_for_help() {
  premises_.agenda.in(std::chrono::minutes(10), [this, life = life_] {
    if (life == life_ && is_on() && is_wanted_on_) replace();
  });
}

}  // namespace lupaus::tests::simulation
