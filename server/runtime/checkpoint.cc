// How much is swept follows from how fast the tail grows: the oldest dirty position advances a
// little faster than facts come once the tail is half its bound.
#include "server/runtime/checkpoint.h"

#include <algorithm>
#include <variant>

namespace lupaus::server::runtime {

using rules::model::Position;

namespace {

template <typename T>
void keep_each_once(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

Position tail_of(const rules::ledger::State& state) {
  const Position oldest = state.engine.oldest_dirty();
  return oldest == 0 ? 0 : state.next_position - oldest;
}

}  // namespace

void Checkpoint::count(const rules::model::Fact& fact, BatchContents& contents) {
  using namespace rules::model;  // NOLINT: the kinds of facts, each once
  if (std::holds_alternative<Observed>(fact.body) || std::holds_alternative<Rejected>(fact.body) ||
      std::holds_alternative<Quarantined>(fact.body)) {
    ++contents.events;
  } else if (std::holds_alternative<Breached>(fact.body)) {
    ++contents.breaches;
  } else if (std::holds_alternative<Confirmed>(fact.body)) {
    ++contents.confirmations;
  } else if (std::holds_alternative<Owed>(fact.body)) {
    ++contents.compensations;
  }
}

/// A fact about money names what it changes by `number`, and a batch, with all its lines, by `id`.
void Checkpoint::note(const rules::model::Fact& fact, const rules::ledger::State& state) {
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.draws; }) {
          for (const auto& draw : body.draws) caps_.push_back(draw.cap);
        }
        if constexpr (requires { body.reverses; }) {
          if (body.reverses != 0) compensations_.push_back(body.reverses);
        }
        if constexpr (requires { body.compensation; }) {
          compensations_.push_back(body.compensation);
        }
        if constexpr (requires { body.excuse; }) {
          const auto* excused = state.ledger.find(body.key);
          if (excused != nullptr) compensations_.push_back(excused->number);
        }
        if constexpr (requires { body.month; }) periods_.push_back(body.month);
        if constexpr (requires { body.number; }) {
          compensations_.push_back(body.number);
        } else if constexpr (requires { body.id; }) {
          payout_batches_.push_back(body.id);
          const auto* batch = state.ledger.find_batch(body.id);
          if (batch == nullptr) return;
          compensations_.insert(compensations_.end(), batch->numbers.begin(), batch->numbers.end());
        }
      },
      fact.body);
}

void Checkpoint::add_ledger_rows(const rules::ledger::State& state, Batch& batch) {
  compensations_.clear();
  caps_.clear();
  payout_batches_.clear();
  periods_.clear();
  for (const auto& fact : batch.committed->facts) {
    count(fact, batch.contents);
    note(fact, state);
  }
  keep_each_once(compensations_);
  keep_each_once(caps_);
  keep_each_once(payout_batches_);
  for (const uint64_t number : compensations_) {
    if (const auto* found = state.ledger.find(number)) batch.rows.push_back(codec_.row(*found));
  }
  for (const auto& key : caps_) {
    const auto* found = state.ledger.find_cap(key);
    if (found != nullptr) batch.rows.push_back(codec_.row(*found));
  }
  for (const auto& id : payout_batches_) {
    if (const auto* found = state.ledger.find_batch(id)) batch.rows.push_back(codec_.row(*found));
  }
  for (const auto& month : periods_)
    batch.rows.push_back(codec_.row(state.ledger.periods().find(month)->second));
}

void Checkpoint::sweep_tickets(rules::ledger::State& state, size_t limit, Batch& batch) {
  slots_.clear();
  state.engine.sweep_tickets(limit, slots_);
  for (const auto slot : slots_) {
    state.engine.image(slot, image_);
    batch.rows.push_back(codec_.row(image_));
  }
  batch.contents.checkpoint_rows += slots_.size();
}

void Checkpoint::sweep_origins(rules::ledger::State& state, Batch& batch) {
  sources_.clear();
  branches_.clear();
  state.engine.sweep_sources(sources_);
  state.engine.sweep_branches(branches_);
  for (const auto* source : sources_) batch.rows.push_back(codec_.row(*source));
  for (const auto* branch : branches_) batch.rows.push_back(codec_.row(*branch));
  batch.contents.checkpoint_rows += sources_.size() + branches_.size();
  origins_swept_at_ = state.next_position;
}

void Checkpoint::sweep(rules::ledger::State& state, Batch& batch) {
  const size_t facts = batch.committed->facts.size();
  const Position tail = tail_of(state);
  if (facts > 0 && tail > 0) {
    // A trickle always; above half the bound as many as the facts of this batch displace, and a
    // quarter more.
    size_t limit = 1 + facts / 64;
    const size_t dirty = state.engine.dirty_count();
    if (tail > settings_.tail_facts_max / 2) {
      limit += dirty * facts * 5 / (static_cast<size_t>(tail) * 4);
      if (tail < settings_.tail_facts_max / 4 * 3)
        limit = std::min(limit, settings_.sweep_tickets_max);
    }
    sweep_tickets(state, limit, batch);
    // Sources and branches are few and change with every event: all of them, eight times in a tail.
    if (state.next_position - origins_swept_at_ > settings_.tail_facts_max / 8)
      sweep_origins(state, batch);
  }
  const Position oldest = state.engine.oldest_dirty();
  batch.replay_from = oldest == 0 ? state.next_position : oldest;
}

void Checkpoint::sweep_all(rules::ledger::State& state, size_t limit, Batch& batch) {
  sweep_tickets(state, limit, batch);
  sweep_origins(state, batch);
  const Position oldest = state.engine.oldest_dirty();
  batch.replay_from = oldest == 0 ? state.next_position : oldest;
}

}  // namespace lupaus::server::runtime
