// Lookups, queries and the lists that callers drain.
#include "rules/engine/state.h"

#include <algorithm>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

State::State(Settings settings) : inside_(std::make_unique<Inside>(settings)) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

const Settings& State::settings() const { return inside_->settings; }
const Tally& State::tally() const { return inside_->tally; }
Instant State::now() const { return inside_->now; }

model::BookPtr State::book() const {
  const auto newest = inside_->books.newest();
  return newest == nullptr ? nullptr : newest->pointer();
}

model::BookPtr State::book_at(model::Instant at) const {
  const auto* book = inside_->books.in_force_or_first(at);
  return book == nullptr ? nullptr : book->pointer();
}

std::vector<State::PromiseInForce> State::promises_in_force(model::Instant at) const {
  std::vector<PromiseInForce> found;
  for (const Line& line : inside_->lines) {
    const Revision* revision = line.revision_at(at);
    if (revision == nullptr) continue;
    found.push_back({revision->promise, revision->number, revision->valid_from});
  }
  std::sort(found.begin(), found.end(), [](const PromiseInForce& a, const PromiseInForce& b) {
    return a.promise->name < b.promise->name;
  });
  return found;
}

std::optional<TicketSlot> State::find_ticket(std::string_view branch,
                                             std::string_view ticket) const {
  const auto index = inside_->branch_at(branch);
  if (!index) return std::nullopt;
  return inside_->ticket_at(inside_->branches[*index].name, ticket);
}

uint32_t State::slot_count() const { return static_cast<uint32_t>(inside_->tickets.size()); }
bool State::is_in_use(TicketSlot slot) const { return inside_->tickets.is_in_use(slot); }
NameIndex State::branch_of(TicketSlot slot) const { return inside_->tickets.name(slot).branch; }
const Ticket& State::ticket(TicketSlot slot) const {
  return inside_->tickets.is_in_use(slot) ? inside_->ticket(slot) : inside_->no_ticket;
}
void State::pack_tickets() { inside_->tickets.pack_all(); }
uint64_t State::open_ticket_count() const { return inside_->ticket_count; }
uint64_t State::armed_commitment_count() const { return inside_->armed_count; }
std::string_view State::name(NameIndex index) const { return inside_->names.text(index); }
Names& State::names() { return inside_->names; }
std::string_view State::promise_name(uint32_t line) const { return inside_->lines[line].name; }
const std::vector<Line>& State::lines() const { return inside_->lines; }
const Books& State::books() const { return inside_->books; }

const model::Promise* State::promise(const Commitment& commitment) const {
  const Revision* revision = inside_->lines[commitment.line].find(commitment.revision);
  return revision == nullptr ? nullptr : revision->promise;
}

const BranchContext* State::Inside::ruling_context(std::string_view branch) const {
  const auto index = branch_at(branch);
  if (!index || ruling == nullptr) return nullptr;
  const NameIndex name = branches[*index].name;
  if (const auto* context = ruling->branch(name)) return context;
  for (const auto* book : books.from(model::kBeginningOfTime)) {
    if (const auto* context = book->branch(name)) return context;
  }
  return nullptr;
}

const model::ZoneTable* State::zone(std::string_view branch) const {
  const auto* context = inside_->ruling_context(branch);
  return context == nullptr ? nullptr : context->zone;
}

const calendar::Calendar* State::hours(std::string_view branch) const {
  const auto* context = inside_->ruling_context(branch);
  return context == nullptr ? nullptr : context->hours;
}

model::CommitmentKey State::key_of(const Ticket& ticket, const Commitment& commitment) const {
  model::CommitmentKey key;
  write_key(ticket, commitment, key);
  return key;
}

void State::write_key(const Ticket& ticket, const Commitment& commitment,
                      model::CommitmentKey& key) const {
  key.branch = name(ticket.branch);
  key.ticket = ticket.id;
  key.promise = inside_->lines[commitment.line].name;
  key.revision = commitment.revision;
  key.cycle = commitment.number;
}

void State::attributes_at(const Ticket& ticket, Instant at,
                          std::vector<model::Attribute>& merged) const {
  const TicketView view{&ticket, nullptr, &inside_->names, nullptr};
  merge_attributes(view, at, merged);
}

std::vector<Commitment> State::commitments_at(TicketSlot slot, const Horizon& horizon) const {
  const Ticket& ticket = inside_->ticket(slot);
  const auto& branch = inside_->branches[inside_->branch_of(ticket.branch)];
  const TicketView view{&ticket, &branch.branch, &inside_->names, &inside_->books};
  std::vector<Commitment> result;
  std::vector<JudgedCycle> judged;
  Findings findings;
  for (uint32_t index = 0; index < inside_->lines.size(); ++index) {
    const Commitment* last = nullptr;
    for (const auto& commitment : ticket.commitments) {
      if (commitment.line != index) continue;
      if (!commitment.is_confirmed || !commitment.is_end_final) break;
      last = &commitment;
      result.push_back(commitment);
    }
    judged.clear();
    judge(inside_->lines[index], view, horizon, last, judged, findings);
    for (const auto& cycle : judged) {
      Commitment fresh;
      for (const auto& commitment : ticket.commitments) {
        if (commitment.line == index && commitment.number == cycle.number) fresh = commitment;
      }
      fresh.line = index;
      fresh.number = cycle.number;
      take(cycle, *inside_->lines[index].find(cycle.revision), fresh);
      result.push_back(std::move(fresh));
    }
  }
  return result;
}

std::vector<Commitment> State::refold(const Ticket& ticket, const Branch& branch,
                                      const Horizon& horizon) const {
  std::vector<Commitment> result;
  std::vector<JudgedCycle> judged;
  Findings findings;
  for (uint32_t index = 0; index < inside_->lines.size(); ++index) {
    const Line& line = inside_->lines[index];
    judged.clear();
    judge(line, {&ticket, &branch, &inside_->names, &inside_->books}, horizon, nullptr, judged,
          findings);
    for (const auto& cycle : judged) {
      Commitment& made = result.emplace_back();
      made.line = index;
      made.number = cycle.number;
      take(cycle, *line.find(cycle.revision), made);
    }
  }
  return result;
}

std::vector<State::NotBound> State::not_bound(TicketSlot slot) const {
  const Ticket& ticket = inside_->ticket(slot);
  const auto& branch = inside_->branches[inside_->branch_of(ticket.branch)];
  const TicketView view{&ticket, &branch.branch, &inside_->names, &inside_->books};
  std::vector<NotBound> result;
  std::vector<JudgedCycle> judged;
  for (uint32_t index = 0; index < inside_->lines.size(); ++index) {
    const Line& line = inside_->lines[index];
    Findings findings;
    findings.is_detailed = true;
    judge(line, view, {inside_->now, branch.watermark}, nullptr, judged, findings);
    for (const Unbound& unbound : findings.unbound)
      result.push_back({line.find(unbound.revision)->promise, unbound});
  }
  return result;
}

std::vector<State::DeadlineChange>& State::deadline_changes() { return inside_->deadline_changes; }

std::vector<TicketSlot>& State::touched() { return inside_->touched; }

Instant State::branch_watermark(std::string_view branch) const {
  const auto index = inside_->branch_at(branch);
  return index ? inside_->branches[*index].watermark : model::kBeginningOfTime;
}

void State::drain_decided(std::vector<TicketSlot>& slots, size_t limit) {
  Inside& in = *inside_;
  const auto is_later = [](const auto& a, const auto& b) { return a > b; };
  in.is_drain_cut = false;
  size_t drained = 0;
  for (; drained < in.stale_watermarks.size(); ++drained) {
    BranchEntry& entry = in.branches[in.stale_watermarks[drained]];
    entry.watermark = in.compute_watermark(entry);
    while (!entry.waiting.empty() && entry.waiting.front().first < entry.watermark) {
      in.is_drain_cut = slots.size() >= limit;
      if (in.is_drain_cut) break;
      const auto [at, slot] = entry.waiting.front();
      std::pop_heap(entry.waiting.begin(), entry.waiting.end(), is_later);
      entry.waiting.pop_back();
      if (!in.tickets.is_in_use(slot) || in.tickets.glance(slot).next_finality != at) continue;
      in.tickets.open(slot).ticket.next_finality = model::kEndOfTime;
      slots.push_back(slot);
    }
    if (in.is_drain_cut) break;
    entry.is_watermark_stale = false;
  }
  in.stale_watermarks.erase(in.stale_watermarks.begin(),
                            in.stale_watermarks.begin() + static_cast<std::ptrdiff_t>(drained));
  // WHY: an expiry may act now that the watermark has moved; judging again is what shows it. What
  // has ended is as it was judged.
  for (const TicketSlot slot : slots) {
    const Ticket& ticket = in.tickets.open(slot).ticket;
    if (ticket.armed > 0 || !ticket.is_judged) in.rejudge(slot);
  }
}

bool State::has_decided_left() const { return inside_->is_drain_cut; }

void State::drain_forgettable(Instant now, size_t limit, std::vector<TicketSlot>& slots) {
  auto& queue = inside_->forgettable;
  while (!queue.empty() && slots.size() < limit &&
         queue.front().since + inside_->settings.forget_after <= now) {
    const Forgettable oldest = queue.front();
    queue.pop_front();
    if (!inside_->tickets.is_in_use(oldest.slot)) continue;
    const Ticket& ticket = inside_->tickets.open(oldest.slot).ticket;
    if (ticket.first_position != oldest.first_position || !ticket.is_forgettable) continue;
    if (ticket.last_event_received_at + inside_->settings.forget_after > now) {
      queue.push_back({oldest.slot, oldest.first_position, ticket.last_event_received_at});
      continue;
    }
    // WHY: a ticket that came alive again and settled again stands in the queue twice.
    if (std::find(slots.begin(), slots.end(), oldest.slot) == slots.end())
      slots.push_back(oldest.slot);
  }
}

const Source* State::find_source(std::string_view id) const {
  const auto index = inside_->source_at(id);
  if (!index || inside_->sources[*index].source.epoch == 0) return nullptr;
  return &inside_->sources[*index].source;
}

std::vector<const Source*> State::sources() const {
  std::vector<const Source*> all;
  for (const auto& entry : inside_->sources) all.push_back(&entry.source);
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  return all;
}

const Branch* State::find_branch(std::string_view name) const {
  const auto index = inside_->branch_at(name);
  return index ? &inside_->branches[*index].branch : nullptr;
}

std::vector<const Branch*> State::branches() const {
  std::vector<const Branch*> all;
  for (const auto& entry : inside_->branches) all.push_back(&entry.branch);
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  return all;
}

bool Source::is_rejected(uint64_t of_epoch, uint64_t sequence) const {
  if (of_epoch == epoch) return std::binary_search(rejected.begin(), rejected.end(), sequence);
  return std::binary_search(rejected_before.begin(), rejected_before.end(),
                            std::pair(of_epoch, sequence));
}

// ---- lookups of the inside

std::optional<uint32_t> State::Inside::source_at(std::string_view id) const {
  if (last_source < sources.size() && is_same_name(sources[last_source].source.id, id))
    return last_source;
  const auto found = source_index.find(id);
  if (found == source_index.end()) return std::nullopt;
  last_source = found->second;
  return last_source;
}

std::optional<uint32_t> State::Inside::branch_at(std::string_view name) const {
  if (last_branch < branches.size() && is_same_name(branches[last_branch].branch.name, name))
    return last_branch;
  const auto found = branch_index.find(name);
  if (found == branch_index.end()) return std::nullopt;
  last_branch = found->second;
  return last_branch;
}

uint32_t State::Inside::make_source(std::string_view id) {
  if (const auto found = source_at(id)) return *found;
  SourceEntry entry;
  entry.source.id = id;
  entry.name = names.intern(id);
  sources.push_back(std::move(entry));
  const auto index = static_cast<uint32_t>(sources.size() - 1);
  source_index.emplace(names.text(sources.back().name), index);
  return index;
}

uint32_t State::Inside::make_branch(std::string_view name) {
  if (const auto found = branch_at(name)) return *found;
  BranchEntry entry;
  entry.branch.name = name;
  entry.name = names.intern(name);
  branches.push_back(std::move(entry));
  const auto index = static_cast<uint32_t>(branches.size() - 1);
  branch_index.emplace(names.text(branches.back().name), index);
  const NameIndex name_index = branches.back().name;
  if (branch_by_name.size() <= name_index) branch_by_name.resize(name_index + 1, -1);
  branch_by_name[name_index] = static_cast<int32_t>(index);
  return index;
}

uint32_t State::Inside::branch_of(NameIndex name) const {
  return static_cast<uint32_t>(branch_by_name[name]);
}

std::optional<TicketSlot> State::Inside::ticket_at(NameIndex branch, std::string_view id) const {
  if (last_ticket < tickets.size() && tickets.is_in_use(last_ticket)) {
    const TicketName last = tickets.name(last_ticket);
    if (last.branch == branch && is_same_name(last.id, id)) return last_ticket;
  }
  const auto found = by_name.find(TicketName{branch, id});
  if (found == by_name.end()) return std::nullopt;
  last_ticket = *found;
  return last_ticket;
}

TicketSlot State::Inside::make_ticket(NameIndex branch, std::string_view id, Position at) {
  const auto made = make_new_ticket(branch, id, at);
  model::ensure(made.has_value(), "a ticket is made once");
  return *made;
}

std::optional<TicketSlot> State::Inside::make_new_ticket(NameIndex branch, std::string_view id,
                                                         Position at) {
  std::optional<TicketSlot> made;
  // WHY: found missing and put in by one probe; a start does this for every ticket that there is.
  by_name.lazy_emplace(TicketName{branch, id}, [&](const auto& put) {
    OpenTicket& open = tickets.make();
    open.ticket.branch = branch;
    open.ticket.id = id;
    open.ticket.first_position = at;
    ++ticket_count;
    made = open.slot;
    put(open.slot);
  });
  return made;
}

}  // namespace lupaus::rules::engine
