// The tickets in memory: the few that are being worked on as plain values, all others packed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/engine/ticket_packing.h"
#include "rules/model/command.h"

namespace lupaus::rules::engine {

/// A ticket as a plain value.
struct OpenTicket {
  Ticket ticket;
  model::TicketSlot slot = 0;
  bool lacks_commitments = false;  ///< they were left out at rest; the ticket must be judged first
  // Of the store:
  uint64_t used_at = 0, queued_at = 0;
  OpenTicket* older = nullptr;
  OpenTicket* newer = nullptr;
};

/// Owned by engine::State, single-threaded. Opens a ticket that is asked for, and packs one that
/// was not asked for lately; commitments that judging gives again are left out then. It never
/// judges.
class TicketStore {
 public:
  /// About `open_max` tickets stay open.
  explicit TicketStore(size_t open_max) : open_max_(open_max) {}
  ~TicketStore();
  TicketStore(const TicketStore&) = delete;
  TicketStore& operator=(const TicketStore&) = delete;

  /// Slots in use are below this.
  uint32_t size() const { return static_cast<uint32_t>(bodies_.size()); }
  bool is_in_use(model::TicketSlot slot) const { return bodies_[slot] != 0; }

  /// A fresh ticket in a slot of its own.
  OpenTicket& make();
  void free(model::TicketSlot slot);

  /// The slot must be in use. The reference lives until the slot is freed or 64 packed tickets have
  /// been opened since the ticket was last asked for.
  OpenTicket& open(model::TicketSlot slot) {
    const uintptr_t body = bodies_[slot];
    if ((body & kOpen) == 0) return unpack_slot(slot);
    auto& open = *reinterpret_cast<OpenTicket*>(body & ~kOpen);
    open.used_at = openings_;
    return open;
  }

  /// Whichever form it has; the view lives until the ticket changes or changes its form.
  TicketName name(model::TicketSlot slot) const {
    const uintptr_t body = bodies_[slot];
    if ((body & kOpen) == 0) return packed_name(reinterpret_cast<const char*>(body));
    const Ticket& ticket = reinterpret_cast<const OpenTicket*>(body & ~kOpen)->ticket;
    return {ticket.branch, ticket.id};
  }
  TicketGlance glance(model::TicketSlot slot) const;

  /// Asks memory for the ticket; then, once that has come, for what it points to.
  void fetch(model::TicketSlot slot) const;
  void fetch_lists(model::TicketSlot slot) const;

  /// Packs every ticket. Changes nothing but memory; no reference survives it.
  void pack_all();
  /// Packs one that will not be asked for soon, while it is still in the processor's cache. No
  /// reference to it survives.
  void pack_now(model::TicketSlot slot) {
    if ((bodies_[slot] & kOpen) != 0)
      pack_slot(*reinterpret_cast<OpenTicket*>(bodies_[slot] & ~kOpen));
  }

 private:
  static constexpr uintptr_t kOpen = 1;  ///< of a body: points to an OpenTicket, else to bytes
  static constexpr uint64_t kKeptOpenings = 64;

  OpenTicket& unpack_slot(model::TicketSlot slot);
  OpenTicket& take_open(model::TicketSlot slot);
  void make_room();
  void pack_slot(OpenTicket& open);
  void put_back(OpenTicket& open);
  void enqueue(OpenTicket& open);
  void dequeue(OpenTicket& open);

  const size_t open_max_;
  std::vector<uintptr_t> bodies_;  ///< by slot; 0: free
  std::vector<model::TicketSlot> free_slots_;
  std::vector<std::unique_ptr<OpenTicket>> pool_;  ///< not in use; their lists keep their room
  size_t open_count_ = 0;
  uint64_t openings_ = kKeptOpenings;
  OpenTicket* oldest_ = nullptr;
  OpenTicket* newest_ = nullptr;
  std::string room_;  ///< to pack in
};

}  // namespace lupaus::rules::engine
