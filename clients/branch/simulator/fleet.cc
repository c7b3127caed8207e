#include "clients/branch/simulator/fleet.h"

#include <algorithm>
#include <utility>

namespace lupaus::clients::branch::simulator {
namespace {

/// By the machine's clock: a server on the same machine that needs longer is not there.
constexpr std::chrono::seconds kAckWaitMax{30};

std::string branch_of(const std::string& source) { return source.substr(0, source.find('/')); }

std::string directory_of(const std::string& source) {
  std::string name = source;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::open(FleetOptions options,
                                           const std::vector<std::string>& sources) {
  std::unique_ptr<Fleet> fleet(new Fleet(std::move(options)));
  for (const std::string& source : sources) {
    Options terminal;
    terminal.server = fleet->options_.server;
    terminal.source = source;
    terminal.branch = branch_of(source);
    terminal.spool_dir = fleet->options_.spool_dir + "/" + directory_of(source);
    terminal.heartbeat_every = std::chrono::milliseconds(0);
    terminal.now = fleet->options_.now;
    auto opened = Terminal::open(std::move(terminal));
    if (!opened) return opened.error();
    fleet->terminals_.emplace(source, std::move(*opened));
  }
  return fleet;
}

Result<bool> Fleet::run(std::vector<Day>& days) {
  while (true) {
    Day* next = nullptr;
    for (Day& day : days) {
      if (!day.next_at()) continue;
      if (next == nullptr || *day.next_at() < *next->next_at()) next = &day;
    }
    if (next == nullptr) return true;
    const Occurrence occurrence = next->take();
    Result<bool> moved = step_to(occurrence.at);
    if (!moved || !moved.value()) return moved;
    if (Result<void> reported = report(occurrence); !reported) return reported.error();
  }
}

Result<bool> Fleet::idle_until(Instant end) { return step_to(end); }

Result<bool> Fleet::step_to(Instant at) {
  if (next_beat_ == Instant{}) next_beat_ = at;
  while (next_beat_ <= at) {
    if (Result<void> settled = settle(); !settled) return settled.error();
    if (!options_.wait_until(next_beat_)) return false;
    beat();
    next_beat_ += options_.heartbeat_every;
  }
  if (Result<void> settled = settle(); !settled) return settled.error();
  return options_.wait_until(at);
}

void Fleet::beat() {
  for (auto& [source, terminal] : terminals_) terminal->beat();
  if (options_.on_beat) options_.on_beat(next_beat_);
}

Result<void> Fleet::report(const Occurrence& occurrence) {
  const auto terminal = terminals_.find(occurrence.source);
  if (terminal == terminals_.end()) {
    return Error{"unknown_source",
                 "expected a terminal for `" + occurrence.source + "`, but there is none", ""};
  }
  const Attributes attributes(occurrence.attributes.begin(), occurrence.attributes.end());
  const Result<uint64_t> reported = terminal->second->report(
      occurrence.type, occurrence.ticket, attributes, occurrence.label, occurrence.at);
  if (!reported) return reported.error();
  if (options_.is_lock_step) waiting_for_.push_back(terminal->second.get());
  if (options_.on_reported) options_.on_reported(occurrence);
  return {};
}

Result<void> Fleet::settle() {
  for (Terminal* terminal : waiting_for_) {
    if (terminal->wait_until_acked(kAckWaitMax)) continue;
    const std::optional<Error> error = terminal->status().error;
    if (error) return *error;
    return Error{"not_acked", "expected an acknowledgement within 30 s, but none came", ""};
  }
  waiting_for_.clear();
  return {};
}

void Fleet::close(bool is_last) {
  for (auto& [source, terminal] : terminals_) terminal->close(is_last);
}

}  // namespace lupaus::clients::branch::simulator
