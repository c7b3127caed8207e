// Open tickets stand in a queue with a second chance: whoever was asked for since it joined goes to
// its end once more, and is packed only when it comes round unasked.
#include "rules/engine/ticket_store.h"

#include <algorithm>
#include <cstring>

namespace lupaus::rules::engine {

using model::TicketSlot;

namespace {

/// Looked at for one opening: enough to get ahead of what joins, few enough to cost little.
constexpr int kLooksAnOpening = 4;
/// A longer list gives its room back when its ticket is packed.
constexpr size_t kKeptRoomMax = 4'096;

bool is_recorded(const Commitment& commitment) {
  return commitment.is_breach_recorded || commitment.is_confirmed || commitment.warned_count > 0;
}

/// Judging gives all commitments again.
bool is_derived(const Ticket& ticket) {
  return ticket.is_judged &&
         std::none_of(ticket.commitments.begin(), ticket.commitments.end(),
                      [](const auto& c) { return is_recorded(c) || c.is_vanished; });
}

const char* as_bytes(uintptr_t body) { return reinterpret_cast<const char*>(body); }

/// A ticket as if new, with the room that its lists had.
void clear(Ticket& ticket) {
  Ticket fresh;
  const auto keep_room = [](auto& from, auto& to) {
    if (from.capacity() > kKeptRoomMax) return;
    from.clear();
    to = std::move(from);
  };
  keep_room(ticket.id, fresh.id);
  keep_room(ticket.label, fresh.label);
  keep_room(ticket.attributes, fresh.attributes);
  keep_room(ticket.events, fresh.events);
  keep_room(ticket.commitments, fresh.commitments);
  ticket = std::move(fresh);
}

}  // namespace

TicketStore::~TicketStore() {
  for (const uintptr_t body : bodies_) {
    if (body == 0) continue;
    if ((body & kOpen) != 0) {
      delete reinterpret_cast<OpenTicket*>(body & ~kOpen);
    } else {
      delete[] as_bytes(body);
    }
  }
}

OpenTicket& TicketStore::make() {
  TicketSlot slot = size();
  if (free_slots_.empty()) {
    bodies_.push_back(0);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  OpenTicket& open = take_open(slot);
  open.ticket.is_in_use = true;
  return open;
}

void TicketStore::free(TicketSlot slot) {
  put_back(open(slot));
  bodies_[slot] = 0;
  free_slots_.push_back(slot);
}

OpenTicket& TicketStore::unpack_slot(TicketSlot slot) {
  const uintptr_t body = bodies_[slot];
  OpenTicket& open = take_open(slot);
  open.lacks_commitments = !unpack(as_bytes(body), open.ticket);
  delete[] as_bytes(body);
  return open;
}

/// An empty one for the slot, at the end of the queue.
OpenTicket& TicketStore::take_open(TicketSlot slot) {
  ++openings_;
  make_room();
  OpenTicket* taken = nullptr;
  if (pool_.empty()) {
    taken = new OpenTicket;
  } else {
    taken = pool_.back().release();
    pool_.pop_back();
  }
  taken->slot = slot;
  taken->lacks_commitments = false;
  taken->used_at = openings_;
  bodies_[slot] = reinterpret_cast<uintptr_t>(taken) | kOpen;
  ++open_count_;
  enqueue(*taken);
  return *taken;
}

void TicketStore::make_room() {
  for (int look = 0; look < kLooksAnOpening && open_count_ > open_max_ && oldest_ != nullptr;
       ++look) {
    OpenTicket& open = *oldest_;
    if (openings_ - open.used_at < kKeptOpenings || open.used_at != open.queued_at) {
      dequeue(open);
      enqueue(open);
    } else {
      pack_slot(open);
    }
  }
}

void TicketStore::pack_slot(OpenTicket& open) {
  const bool is_left_out = open.lacks_commitments || is_derived(open.ticket);
  const size_t size = pack(open.ticket, !is_left_out, room_);
  char* const body = new char[size];
  std::memcpy(body, room_.data(), size);
  bodies_[open.slot] = reinterpret_cast<uintptr_t>(body);
  put_back(open);
}

void TicketStore::pack_all() {
  while (oldest_ != nullptr) pack_slot(*oldest_);
}

void TicketStore::put_back(OpenTicket& open) {
  dequeue(open);
  --open_count_;
  clear(open.ticket);
  pool_.emplace_back(&open);
}

void TicketStore::enqueue(OpenTicket& open) {
  open.queued_at = open.used_at;
  open.older = newest_;
  open.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &open;
  newest_ = &open;
}

void TicketStore::dequeue(OpenTicket& open) {
  (open.older == nullptr ? oldest_ : open.older->newer) = open.newer;
  (open.newer == nullptr ? newest_ : open.newer->older) = open.older;
}

TicketGlance TicketStore::glance(TicketSlot slot) const {
  const uintptr_t body = bodies_[slot];
  if ((body & kOpen) == 0) return packed_glance(as_bytes(body));
  const Ticket& ticket = reinterpret_cast<const OpenTicket*>(body & ~kOpen)->ticket;
  return {{ticket.branch, ticket.id}, ticket.first_position, ticket.next_finality, ticket.is_dirty};
}

}  // namespace lupaus::rules::engine
