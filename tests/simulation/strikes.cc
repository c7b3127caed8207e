// What each kind of fault does to the world.
#include "tests/simulation/world.h"

namespace lupaus::tests::simulation {

void World::plan_fault(FaultKind kind) {
  const auto& fault = faults_.of(kind);
  if (fault.every.count() == 0) return;
  agenda_.in(chance_.between(Duration(1), fault.every * 2), [this, kind] {
    if (faults_.has_ended()) return;
    strike(kind);
    plan_fault(kind);
  });
}

void World::strike(FaultKind kind) {
  const Duration length = faults_.length(kind, chance_);
  const bool is_struck = strike_server(kind, length) || strike_disk(kind, length) ||
                         strike_link(kind, length) || strike_terminal(kind, length);
  if (is_struck) faults_.note(kind);
}

bool World::strike_server(FaultKind kind, Duration length) {
  if (!machine_.is_up()) return false;
  switch (kind) {
    case FaultKind::server_kill:
    case FaultKind::server_power_cut:
      kill_in_ = 1 + chance_.below(40);
      does_kill_lose_power_ = kind == FaultKind::server_power_cut;
      down_ = length;
      return true;
    case FaultKind::server_stop:
      machine_.stop();
      restart_at(agenda_.now() + length);
      return true;
    case FaultKind::engine_stall:
      machine_.stall_until(agenda_.now() + length);
      agenda_.in(length, [] {});
      return true;
    case FaultKind::disk_flip:
      machine_.check_flipped_bit(chance_);
      return true;
    case FaultKind::person_decides:
      return machine_.decide_some(chance_);
    default:
      return false;
  }
}

bool World::strike_disk(FaultKind kind, Duration length) {
  switch (kind) {
    case FaultKind::disk_stop:
      if (!machine_.is_up()) return false;
      machine_.disk().stop_after(1 + chance_.below(300));
      down_ = length;
      return true;
    case FaultKind::disk_error:
      if (!machine_.is_up()) return false;
      machine_.disk().fail_after(1 + chance_.below(100));
      down_ = length;
      return true;
    case FaultKind::disk_full:
      machine_.disk().set_room(chance_.below(20 << 20));
      agenda_.in(length, [this] { machine_.disk().set_room(1ULL << 40); });
      down_ = std::chrono::minutes(1);
      return true;
    case FaultKind::disk_slow:
      machine_.slow_until(agenda_.now() + length);
      agenda_.in(length, [] {});
      return true;
    default:
      return false;
  }
}

bool World::strike_link(FaultKind kind, Duration length) {
  auto& terminal = some_terminal();
  const auto wire = terminal.wire();
  switch (kind) {
    case FaultKind::link_break:
      if (!wire) return false;
      wire->cut();
      return true;
    case FaultKind::link_ghost:
      if (!wire || !wire->is_of_user()) return false;
      wire->haunt(length);
      return true;
    case FaultKind::link_partition: {
      // A terminal, or all of a branch.
      const size_t number = chance_.below(terminals_.size());
      const size_t first = chance_.below(2) == 0 ? number : number / 2 * 2;
      const size_t last = chance_.below(2) == 0 ? number : number / 2 * 2 + 1;
      for (size_t i = first; i <= last; ++i) network_.part(i, agenda_.now() + length);
      return true;
    }
    default:
      return false;
  }
}

void World::twin(Terminal& terminal, Duration length) {
  const std::shared_ptr<Terminal> other = terminal.twin();
  twins_.push_back(other);
  other->switch_on();
  for (uint64_t i = 1 + chance_.below(6); i > 0; --i) {
    agenda_.in(chance_.between(Duration(1), length), [this, other, i] {
      const auto& source = other->source();
      other->report({Instant{},
                     source,
                     source.substr(0, source.find('/')),
                     "twin-" + std::to_string(rules::model::to_unix_ms(agenda_.now())) + "-" +
                         std::to_string(i),
                     "T",
                     "issued",
                     {{"service", "cash"}}});
    });
  }
  agenda_.in(length, [other] { other->retire(); });
}

bool World::strike_terminal(FaultKind kind, Duration length) {
  auto& terminal = some_terminal();
  if (!terminal.is_on()) return false;
  switch (kind) {
    case FaultKind::terminal_kill:
    case FaultKind::terminal_power_cut:
      terminal.kill(kind == FaultKind::terminal_power_cut);
      agenda_.in(length, [&terminal] {
        if (terminal.is_wanted_on()) terminal.switch_on();
      });
      return true;
    case FaultKind::terminal_replacement:
      terminal.kill(true);
      agenda_.in(length, [&terminal] { terminal.replace(); });
      return true;
    case FaultKind::terminal_twin:
      twin(terminal, length);
      return true;
    case FaultKind::terminal_disk_full:
      terminal.set_room(0);
      agenda_.in(length, [&terminal] { terminal.set_room(8 << 20); });
      return true;
    default:
      return false;
  }
}

}  // namespace lupaus::tests::simulation
