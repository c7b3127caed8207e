// Open tickets stand in a queue with a second chance: whoever was asked for since it joined goes to
// its end once more, and is packed only when it comes round unasked.
#include "rules/engine/ticket_store.h"

#include <algorithm>
#include <cstring>

#include "rules/model/fetch_ahead.h"

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

/// A ticket as if new, with the room that its lists had. WHY by name: so that a field that is added
/// does not compile until it is cleared too.
void clear(Ticket& ticket) {
  auto& [position, first_position, branch, id, label, attributes, events, commitments,
         last_event_received_at, is_backfill, next_deadline, next_finality, armed, condition_errors,
         is_dirty, is_in_use, is_forgettable, is_judged, is_corrected, is_under_review] = ticket;
  const auto empty = [](auto& list) {
    if (list.capacity() > kKeptRoomMax) list = {};
    list.clear();
  };
  empty(id);
  empty(label);
  empty(attributes);
  empty(events);
  empty(commitments);
  position = first_position = 0;
  branch = armed = condition_errors = 0;
  last_event_received_at = {};
  next_deadline = next_finality = model::kEndOfTime;
  is_backfill = is_dirty = is_in_use = is_forgettable = false;
  is_judged = is_corrected = is_under_review = false;
}

constexpr size_t kCacheLine = 64;

void fetch_lines(const void* begin, size_t size) {
  // WHY numbers: there may be nothing at `begin`, or less than `size`.
  const auto first = reinterpret_cast<uintptr_t>(begin);
  for (size_t at = 0; at < size; at += kCacheLine)
    model::fetch_ahead(reinterpret_cast<const void*>(first + at));
}

void fetch_lists(const Ticket& ticket) {
  // WHY not by size: it would wait for what is on its way.
  fetch_lines(ticket.events.data(), 4 * sizeof(TicketEvent));
  fetch_lines(ticket.commitments.data(), sizeof(Commitment));
  fetch_lines(ticket.attributes.data(), 1);
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
  // The next to be packed was not used for long: what it points to, and the one behind it.
  if (open_count_ <= open_max_ / 2 || oldest_ == nullptr) return;
  engine::fetch_lists(oldest_->ticket);
  fetch_lines(oldest_->newer, sizeof(OpenTicket));
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

void TicketStore::fetch(TicketSlot slot) const {
  const uintptr_t body = bodies_[slot];
  if ((body & kOpen) == 0) return fetch_lines(as_bytes(body), 2 * kCacheLine);
  fetch_lines(reinterpret_cast<const OpenTicket*>(body & ~kOpen), sizeof(OpenTicket));
}

void TicketStore::fetch_lists(TicketSlot slot) const {
  const uintptr_t body = bodies_[slot];
  if ((body & kOpen) == 0) return;
  engine::fetch_lists(reinterpret_cast<const OpenTicket*>(body & ~kOpen)->ticket);
}

TicketGlance TicketStore::glance(TicketSlot slot) const {
  const uintptr_t body = bodies_[slot];
  if ((body & kOpen) == 0) return packed_glance(as_bytes(body));
  const Ticket& ticket = reinterpret_cast<const OpenTicket*>(body & ~kOpen)->ticket;
  return {{ticket.branch, ticket.id}, ticket.first_position, ticket.next_finality, ticket.is_dirty};
}

}  // namespace lupaus::rules::engine
