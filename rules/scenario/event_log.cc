// Keeping, checking and ordering the events of a log.
#include "rules/scenario/event_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "rules/engine/names.h"
#include "rules/model/fetch_ahead.h"

namespace lupaus::rules::scenario {
namespace {

constexpr std::string_view kFileSource = "file";  // stands for a left-out source (R9)

/// The eight bytes of `text` behind `skip`, so that they compare as numbers.
uint64_t leading_bytes(std::string_view text, size_t skip) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) {
    value <<= 8;
    if (skip + i < text.size()) value |= static_cast<unsigned char>(text[skip + i]);
  }
  return value;
}

size_t shared_prefix(std::string_view left, std::string_view right) {
  const auto end = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<size_t>(end.first - left.begin());
}

char* put_text(char* at, std::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  std::memcpy(at, &size, sizeof(size));
  if (size != 0) std::memcpy(at + sizeof(size), text.data(), size);
  return at + sizeof(size) + size;
}

}  // namespace

using model::Attribute;
using model::Error;
using model::Event;
using model::Result;

std::string_view take_text(const char*& at) {
  uint32_t size = 0;
  std::memcpy(&size, at, sizeof(size));
  const std::string_view text(at + sizeof(size), size);
  at += sizeof(size) + size;
  return text;
}

EventLog::EventLog(std::string name, Origin origin) : name_(std::move(name)), origin_(origin) {}

Error EventLog::complaint(std::string code, uint64_t line, std::string message,
                          std::string hint) const {
  return {std::move(code),
          std::move(message),
          std::move(hint),
          {name_, static_cast<uint32_t>(line), 0}};
}

Result<void> EventLog::add(const Event& event, uint64_t line) {
  return add(event, line, hash_of(event));
}

Result<void> EventLog::add(std::span<const Event* const> events, uint64_t line) {
  hashes_.clear();
  for (const Event* event : events) hashes_.push_back(hash_of(*event));
  while ((entries_.size() + events.size()) * 2 >= ticket_table_.size()) grow_ticket_table();
  fetch_tickets(hashes_);
  for (size_t i = 0; i < events.size(); ++i) {
    if (auto added = add(*events[i], line + i, hashes_[i]); !added) return added;
  }
  return {};
}

Result<void> EventLog::add(const Event& event, uint64_t line, uint64_t hash) {
  if (auto checked = check_identity(event, line); !checked) return checked;
  if (line > std::numeric_limits<uint32_t>::max()) {
    return complaint("too_long", 0,
                     fmt::format("expected at most {} lines, but there are more",
                                 std::numeric_limits<uint32_t>::max()));
  }
  const bool is_left_out = identity_ == Identity::left_out;
  const uint32_t source = intern(is_left_out ? kFileSource : event.source);
  LoggedEvent entry;
  entry.at = event.occurred_at;
  entry.line = static_cast<uint32_t>(line);
  entry.sequence = is_left_out ? line : event.sequence;
  entry.run = run_of(source, is_left_out ? 1 : event.epoch);
  entry.shape = shape_of(event, source);
  entry.ticket =
      event.ticket.empty() ? kNoTicket : ticket_of(hash, shapes_[entry.shape].branch, event.ticket);
  entry.text = keep_texts(event);
  Run& run = runs_[entry.run];
  first_at_ = std::min(first_at_.value_or(entry.at), entry.at);
  last_at_ = std::max(last_at_.value_or(entry.at), entry.at);
  run.is_contiguous = run.is_contiguous && entry.sequence == run.next_sequence;
  ++run.next_sequence;
  if (count_ % kBlockEvents == 0)
    blocks_.push_back(std::make_unique_for_overwrite<LoggedEvent[]>(kBlockEvents));
  kept(count_) = entry;
  ++count_;
  return {};
}

Result<void> EventLog::check_identity(const Event& event, uint64_t line) {
  const bool has_any = !event.source.empty() || event.epoch != 0 || event.sequence != 0;
  const Identity here = has_any ? Identity::given : Identity::left_out;
  if (identity_ == Identity::unknown) identity_ = here;
  if (here != identity_) {
    return complaint("identity", line,
                     has_any ? "expected no `source`, `epoch` and `sequence` as on the lines "
                               "before, but this line has some"
                             : "expected `source`, `epoch` and `sequence` as on the lines before, "
                               "but this line has none",
                     "all lines of a file carry them, or none does");
  }
  if (!has_any) return {};
  if (event.source.empty())
    return complaint("identity", line, "field `source`: expected a source, but it is missing");
  if (event.epoch == 0 || event.epoch > std::numeric_limits<uint32_t>::max()) {
    return complaint("identity", line,
                     event.epoch == 0
                         ? "field `epoch`: expected a number from 1, but it is missing or 0"
                         : fmt::format("field `epoch`: expected at most {}, but it is {}",
                                       std::numeric_limits<uint32_t>::max(), event.epoch));
  }
  if (event.sequence == 0) {
    return complaint("identity", line,
                     "field `sequence`: expected a number from 1, but it is missing or 0");
  }
  return {};
}

uint32_t EventLog::run_of(uint32_t source, uint64_t epoch) {
  if (recent_runs_.size() <= source) recent_runs_.resize(names().size(), 0);
  uint32_t& recent = recent_runs_[source];
  if (recent != 0 && runs_[recent - 1].epoch == epoch) return recent - 1;
  const auto [found, is_added] =
      run_numbers_.try_emplace({source, epoch}, static_cast<uint32_t>(runs_.size()));
  if (is_added) runs_.push_back({source, epoch, 1, true});
  recent = found->second + 1;
  return found->second;
}

uint32_t EventLog::shape_of(const Event& event, uint32_t source) {
  EventShape& shape = scratch_shape_;
  shape.source = source;
  shape.branch = intern(event.branch);
  shape.type = intern(event.type);
  shape.has_ticket = !event.ticket.empty();
  shape.attributes.clear();
  for (const Attribute& attribute : event.attributes)
    shape.attributes.push_back(intern(attribute.name));
  const size_t place = shape.source * 31 + shape.type * 7 + shape.branch + shape.attributes.size();
  uint32_t& recent = recent_shapes_[place % recent_shapes_.size()];
  if (recent != 0 && shapes_[recent - 1] == shape) return recent - 1;
  const auto [found, is_added] =
      shape_numbers_.try_emplace(shape, static_cast<uint32_t>(shapes_.size()));
  if (is_added) shapes_.push_back(shape);
  recent = found->second + 1;
  return found->second;
}

uint64_t EventLog::hash_of(const Event& event) {
  return event.ticket.empty() ? 0 : absl::HashOf(intern(event.branch), event.ticket);
}

/// Has all that looking these tickets up reads on its way from memory, one step after the other:
/// the table, the entries, their texts.
void EventLog::fetch_tickets(std::span<const uint64_t> hashes) const {
  const size_t mask = ticket_table_.size() - 1;
  const auto likely = [&](uint64_t hash) -> const TicketEntry* {
    for (size_t place = hash & mask;; place = (place + 1) & mask) {
      const auto& [tag, number] = ticket_table_[place];
      if (number == 0) return nullptr;
      if (tag == static_cast<uint32_t>(hash >> 32)) return &entries_[number - 1];
    }
  };
  for (const uint64_t hash : hashes) model::fetch_ahead(&ticket_table_[hash & mask]);
  for (const uint64_t hash : hashes) {
    if (const auto* entry = likely(hash)) model::fetch_ahead(entry);
  }
  for (const uint64_t hash : hashes) {
    if (const auto* entry = likely(hash)) model::fetch_ahead(entry->id.data());
  }
}

/// WHY a table of its own: growing must not fetch the text of every ticket again.
uint32_t EventLog::ticket_of(uint64_t hash, uint32_t branch, std::string_view id) {
  if (entries_.size() * 2 >= ticket_table_.size()) grow_ticket_table();
  const auto tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = ticket_table_.size() - 1;
  for (size_t place = hash & mask;; place = (place + 1) & mask) {
    auto& [known_tag, number] = ticket_table_[place];
    if (number == 0) {
      entries_.push_back({hash, arena_.keep(id), branch, 0});
      known_tag = tag;
      number = static_cast<uint32_t>(entries_.size());
      return number - 1;
    }
    if (known_tag != tag) continue;
    const TicketEntry& entry = entries_[number - 1];
    if (entry.branch == branch && engine::is_same_name(entry.id, id)) return number - 1;
  }
}

void EventLog::grow_ticket_table() {
  constexpr size_t kSmallest = 1024;
  ticket_table_.assign(std::max(kSmallest, ticket_table_.size() * 2), {0, 0});
  const size_t mask = ticket_table_.size() - 1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t place = entries_[i].hash & mask;
    while (ticket_table_[place].second != 0) place = (place + 1) & mask;
    ticket_table_[place] = {static_cast<uint32_t>(entries_[i].hash >> 32),
                            static_cast<uint32_t>(i + 1)};
  }
}

const char* EventLog::keep_texts(const Event& event) {
  if (event.label.empty() && event.attributes.empty()) return nullptr;
  size_t size = sizeof(uint32_t) + event.label.size();
  for (const Attribute& attribute : event.attributes)
    size += sizeof(uint32_t) + attribute.value.size();
  char* const room = arena_.make_room(size);
  char* at = put_text(room, event.label);
  for (const Attribute& attribute : event.attributes) at = put_text(at, attribute.value);
  return room;
}

Result<void> EventLog::arrange() {
  std::vector<bool> repeated(count_);
  if (origin_ == Origin::file && identity_ == Identity::given) {
    if (auto checked = check_runs(repeated); !checked) return checked;
  }
  gather(repeated);
  sort_tickets();
  return {};
}

Result<void> EventLog::check_runs(std::vector<bool>& repeated) {
  std::vector<std::vector<uint32_t>> doubtful(runs_.size());
  const bool is_clean =
      std::all_of(runs_.begin(), runs_.end(), [](const Run& run) { return run.is_contiguous; });
  if (is_clean) return {};
  for (uint32_t i = 0; i < count_; ++i) {
    const uint32_t run = kept(i).run;
    if (!runs_[run].is_contiguous) doubtful[run].push_back(i);
  }
  std::optional<Error> first;
  for (auto& events : doubtful) {
    auto checked = check_run(events, repeated);
    if (!checked && (!first || checked.error().span.line < first->span.line))
      first = checked.error();
  }
  if (first) return *first;
  return {};
}

Result<void> EventLog::check_run(std::vector<uint32_t>& events, std::vector<bool>& repeated) {
  std::sort(events.begin(), events.end(), [this](uint32_t left, uint32_t right) {
    return std::pair(kept(left).sequence, left) < std::pair(kept(right).sequence, right);
  });
  uint64_t expected = 1;
  const LoggedEvent* previous = nullptr;
  for (const uint32_t index : events) {
    const LoggedEvent& entry = kept(index);
    const Run& run = runs_[entry.run];
    if (previous != nullptr && entry.sequence == previous->sequence) {
      if (!is_same(*previous, entry)) {
        return complaint(
            "changed_duplicate", entry.line,
            fmt::format(
                "field `sequence`: {} of source `{}` was on line {} already, with other content",
                entry.sequence, names()[run.source], previous->line),
            "an identity names one event for ever");
      }
      repeated[index] = true;
      continue;
    }
    if (entry.sequence != expected) {
      return complaint(
          "sequence_gap", entry.line,
          fmt::format("field `sequence`: expected {} of source `{}` (epoch {}), but {} comes next",
                      expected, names()[run.source], run.epoch, entry.sequence),
          "sequences are contiguous from 1 in each epoch of a source");
    }
    expected = entry.sequence + 1;
    previous = &entry;
  }
  return {};
}

/// Copies the events, each ticket's together, and lets go of the order of lines.
void EventLog::gather(const std::vector<bool>& repeated) {
  size_t branch_event_count = 0;
  for (size_t i = 0; i < count_; ++i) {
    if (repeated[i]) {
      ++repeated_count_;
    } else if (kept(i).ticket == kNoTicket) {
      ++branch_event_count;
    } else {
      ++entries_[kept(i).ticket].count;
    }
  }
  events_.resize(count_ - repeated_count_);
  std::vector<size_t> next(entries_.size());
  size_t begin = 0;
  tickets_.resize(entries_.size());
  for (size_t i = 0; i < entries_.size(); ++i) {
    next[i] = begin;
    tickets_[i] = {entries_[i].branch, entries_[i].id, {events_.data() + begin, entries_[i].count}};
    begin += entries_[i].count;
  }
  branch_events_ = std::span<const LoggedEvent>(events_).subspan(begin, branch_event_count);
  size_t next_branch_event = begin;
  for (size_t i = 0; i < count_; ++i) {
    if (repeated[i]) continue;
    const LoggedEvent& entry = kept(i);
    events_[entry.ticket == kNoTicket ? next_branch_event++ : next[entry.ticket]++] = entry;
    if ((i + 1) % kBlockEvents == 0) blocks_[i / kBlockEvents].reset();
  }
  blocks_.clear();
  const auto before = [this](const LoggedEvent& left, const LoggedEvent& right) {
    return comes_before(left, right);
  };
  const auto sort = [&](std::span<const LoggedEvent> part) {
    LoggedEvent* const first = events_.data() + (part.data() - events_.data());
    if (!std::is_sorted(first, first + part.size(), before))
      std::sort(first, first + part.size(), before);
  };
  for (const LoggedTicket& ticket : tickets_) sort(ticket.events);
  sort(branch_events_);
}

/// WHY: comparing texts fetches two of them each time; what tells most apart are the bytes behind
/// the prefix that all ids share.
void EventLog::sort_tickets() {
  size_t prefix = tickets_.empty() ? 0 : tickets_.front().id.size();
  for (const LoggedTicket& ticket : tickets_)
    prefix = std::min(prefix, shared_prefix(tickets_.front().id.substr(0, prefix), ticket.id));
  std::vector<uint32_t> by_name(names().size());
  for (uint32_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
  std::sort(by_name.begin(), by_name.end(),
            [this](uint32_t left, uint32_t right) { return names()[left] < names()[right]; });
  std::vector<uint32_t> rank(names().size());
  for (uint32_t i = 0; i < by_name.size(); ++i) rank[by_name[i]] = i;
  struct Entry {
    uint32_t rank = 0, ticket = 0;
    uint64_t leading = 0;
  };
  std::vector<Entry> entries(tickets_.size());
  for (uint32_t i = 0; i < tickets_.size(); ++i)
    entries[i] = {rank[tickets_[i].branch], i, leading_bytes(tickets_[i].id, prefix)};
  std::sort(entries.begin(), entries.end(), [this](const Entry& left, const Entry& right) {
    if (left.rank != right.rank) return left.rank < right.rank;
    if (left.leading != right.leading) return left.leading < right.leading;
    return tickets_[left.ticket].id < tickets_[right.ticket].id;
  });
  std::vector<LoggedTicket> sorted;
  sorted.reserve(tickets_.size());
  for (const Entry& entry : entries) {
    // A ticket of which every event was a repetition of another's is none.
    if (!tickets_[entry.ticket].events.empty()) sorted.push_back(tickets_[entry.ticket]);
  }
  tickets_ = std::move(sorted);
  ticket_table_ = {};
}

bool EventLog::is_same(const LoggedEvent& left, const LoggedEvent& right) const {
  if (left.at != right.at || left.ticket != right.ticket || label(left) != label(right))
    return false;
  const EventShape& a = shapes_[left.shape];
  const EventShape& b = shapes_[right.shape];
  if (a.branch != b.branch || a.type != b.type || a.attributes.size() != b.attributes.size())
    return false;
  std::vector<Attribute> mine, others;
  event(left, mine);
  event(right, others);
  return std::all_of(mine.begin(), mine.end(), [&](const Attribute& attribute) {
    const Attribute* other = model::find_attribute(others, attribute.name);
    return other != nullptr && other->value == attribute.value;
  });
}

bool EventLog::comes_before(const LoggedEvent& left, const LoggedEvent& right) const {
  if (left.at != right.at) return left.at < right.at;
  if (left.run != right.run) {
    const Run& a = runs_[left.run];
    const Run& b = runs_[right.run];
    return a.source != b.source ? names()[a.source] < names()[b.source] : a.epoch < b.epoch;
  }
  return left.sequence < right.sequence;
}

std::string_view EventLog::ticket_id(const LoggedEvent& event) const {
  return event.ticket == kNoTicket ? std::string_view() : entries_[event.ticket].id;
}

std::string_view EventLog::label(const LoggedEvent& event) const {
  const char* at = event.text;
  return at == nullptr ? std::string_view() : take_text(at);
}

bool EventLog::has_long_text(const LoggedEvent& event, size_t size) const {
  bool is_long = label(event).size() > size;
  for_each_attribute(
      event, [&](uint32_t, std::string_view value) { is_long = is_long || value.size() > size; });
  return is_long;
}

Event EventLog::event(const LoggedEvent& logged, std::vector<Attribute>& attributes) const {
  const EventShape& shape = shapes_[logged.shape];
  attributes.clear();
  for_each_attribute(logged, [&](uint32_t name, std::string_view value) {
    attributes.push_back({names()[name], value});
  });
  Event event;
  event.source = names()[shape.source];
  event.epoch = epoch(logged);
  event.sequence = logged.sequence;
  event.branch = names()[shape.branch];
  event.ticket = ticket_id(logged);
  event.type = names()[shape.type];
  event.label = label(logged);
  event.occurred_at = logged.at;
  event.attributes = attributes;
  return event;
}

}  // namespace lupaus::rules::scenario
