// Observe: an event is taken, known already, kept but not applied, a twin of another, or proof that
// its source is out of step.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "rules/engine/deciders.h"
#include "rules/engine/event_check.h"
#include "rules/engine/skew.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Error;
using model::Result;

constexpr size_t kTicketIdMax = 128;
constexpr size_t kLabelMax = 64;
/// Kept of a source and epoch. Above it the sender is told to stop: what would not be kept must not
/// be acknowledged, and a loop must not fill the journal.
constexpr size_t kTwinsMax = 1'024;
constexpr size_t kAttributesMax = 32;  ///< an event; its attributes stay below 64 KiB together

using Complaint = EventComplaint;

/// Two senders share one identity, and this is not what the first one said with that sequence.
Result<void> quarantine(const Source& source, const model::Command& command,
                        const model::Observe& body, model::Facts& facts) {
  const model::Event& event = *body.event;
  if (std::binary_search(source.twin_hashes.begin(), source.twin_hashes.end(), twin_hash(event)))
    return {};
  if (source.twin_hashes.size() >= kTwinsMax) {
    return Error{"changed_duplicate",
                 fmt::format("source `{}` has sent more than {} events that bear the sequence of "
                             "another one",
                             event.source, kTwinsMax),
                 "two senders share one identity: give each its own source id",
                 {}};
  }
  record(command,
         model::Quarantined{event, body.received_at, "twin",
                            fmt::format("sequence {} of source `{}` came before with other "
                                        "content: two senders may share its identity",
                                        event.sequence, event.source)},
         facts);
  return {};
}

/// Sequence checks. An engaged value ends the matter: an error, a duplicate or a twin (ok).
std::optional<Result<void>> check_sequence(const Source& source, const model::Command& command,
                                           const model::Observe& body, model::Facts& facts) {
  const model::Event& event = *body.event;
  if (body.is_retry) {
    if (source.is_rejected(event.epoch, event.sequence)) return std::nullopt;
    return Result<void>(
        Error{"not_rejected",
              fmt::format("sequence {} of source `{}` (epoch {}) is not among the rejected events",
                          event.sequence, event.source, event.epoch),
              "list them with `lupaus events rejected`",
              {}});
  }
  if (event.epoch != source.epoch) {
    return Result<void>(Error{"unknown_epoch",
                              fmt::format("expected epoch {} of source `{}`, but the event has {}",
                                          source.epoch, event.source, event.epoch),
                              "say hello again to learn the epoch",
                              {}});
  }
  if (event.sequence == source.next_sequence) return std::nullopt;
  if (event.sequence > source.next_sequence) {
    return Result<void>(Error{"sequence_gap",
                              fmt::format("expected sequence {} of source `{}`, but {} came",
                                          source.next_sequence, event.source, event.sequence),
                              "send again from the expected sequence",
                              {}});
  }
  const size_t place = event.sequence % kRecentHashes;
  const bool is_recent =
      source.next_sequence - event.sequence <= kRecentHashes && place < source.recent_hashes.size();
  if (is_recent && source.recent_hashes[place] != model::content_hash(event))
    return quarantine(source, command, body, facts);
  return Result<void>();
}

/// `place`: of the attribute among the event's.
const EventType::Attribute* find_allowed(const EventType& type, bool is_branch_event, size_t place,
                                         std::string_view name) {
  const auto& all = is_branch_event ? type.branch_attributes : type.ticket_attributes;
  const bool is_usual = place < type.usual.size();
  const size_t usual = is_usual ? type.usual[place] : all.size();
  if (usual < all.size() && is_same_name(all[usual].name, name)) return &all[usual];
  for (const auto& allowed : all) {
    if (!is_same_name(allowed.name, name)) continue;
    if (is_usual) type.usual[place] = static_cast<uint16_t>(&allowed - all.data());
    return &allowed;
  }
  return nullptr;
}

std::optional<Complaint> check_attributes(const EventType& type, const model::Event& event,
                                          Resolved& resolved) {
  if (event.attributes.size() > kAttributesMax) {
    return Complaint{"bad_attribute",
                     fmt::format("expected at most {} attributes, but there are {}", kAttributesMax,
                                 event.attributes.size())};
  }
  size_t size = 0, place = 0;
  for (const auto& attribute : event.attributes) {
    size += attribute.value.size() + 4;
    const auto* allowed = find_allowed(type, event.ticket.empty(), place, attribute.name);
    if (allowed == nullptr) {
      return Complaint{"bad_attribute",
                       fmt::format("no vocabulary of the book has an attribute `{}` for `{}`",
                                   attribute.name, event.type)};
    }
    if (place < resolved.attributes.size()) resolved.attributes[place] = allowed->index;
    ++place;
    if (allowed->spec->type == model::AttributeType::string) continue;
    if (const auto wanted = model::mismatch(allowed->spec->type, attribute.value)) {
      return Complaint{"bad_attribute", fmt::format("attribute `{}`: expected {}, but it is `{}`",
                                                    attribute.name, *wanted, attribute.value)};
    }
  }
  if (size > kAttributeValueMax) {
    return Complaint{"bad_attribute",
                     fmt::format("expected attributes of at most {} bytes, but they have {}",
                                 kAttributeValueMax, size)};
  }
  return std::nullopt;
}

/// No byte of these eight is at most 0x20 or 0x7F. WHY not one by one: every event names a ticket.
bool is_without_blanks(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101, kTops = 0x80 * kOnes;
  const uint64_t low = bytes & ~kTops;                       // seven bits of each
  const uint64_t above_blank = low + (0x7F - 0x20) * kOnes;  // top bit: those are above 0x20 …
  const uint64_t is_delete = low + kOnes;                    // … or 0x7F
  return (((above_blank & ~is_delete) | bytes) & kTops) == kTops;
}

bool is_without_blanks(std::string_view text) {
  uint64_t word = 0;
  while (text.size() >= sizeof(word)) {
    std::memcpy(&word, text.data(), sizeof(word));
    if (!is_without_blanks(word)) return false;
    text.remove_prefix(sizeof(word));
  }
  std::memset(&word, '-', sizeof(word));
  std::memcpy(&word, text.data(), text.size());
  return is_without_blanks(word);
}

std::optional<Complaint> check_ticket(const EventType& type, const model::Event& event) {
  if (event.ticket.empty()) {
    if (type.is_branch_event) return std::nullopt;
    return Complaint{"bad_ticket",
                     fmt::format("`{}` is a ticket event, but it names no ticket", event.type)};
  }
  if (!type.is_ticket_event) {
    return Complaint{"bad_ticket", fmt::format("`{}` is a branch event, but it names ticket `{}`",
                                               event.type, event.ticket)};
  }
  const bool is_printable = is_without_blanks(event.ticket);
  if (event.label.size() > kLabelMax) {
    return Complaint{"bad_label", fmt::format("expected a label of at most {} bytes, but it has {}",
                                              kLabelMax, event.label.size())};
  }
  if (event.ticket.size() <= kTicketIdMax && is_printable) return std::nullopt;
  return Complaint{
      "bad_ticket",
      fmt::format("expected a ticket id of 1 to {} printable characters without spaces",
                  kTicketIdMax)};
}

std::optional<Complaint> check_type(const EventType* type, const model::Event& event) {
  if (type == nullptr || !(type->is_ticket_event || type->is_branch_event)) {
    return Complaint{"unknown_type",
                     fmt::format("no vocabulary of the book has an event `{}`", event.type)};
  }
  if (type->is_engine_only)
    return Complaint{"unknown_type", "`expired` is raised by the engine alone"};
  return check_ticket(*type, event);
}

/// `declared`: what the branch says of the event's source; null: the source is none of its own.
std::optional<Complaint> check_reports(const model::DeclaredSource* declared,
                                       const model::Event& event) {
  if (declared == nullptr) {
    return Complaint{"undeclared_source",
                     fmt::format("branch `{}` declares its sources, and `{}` is none of them",
                                 event.branch, event.source)};
  }
  const auto& reports = declared->reports;
  if (reports.empty() || std::find(reports.begin(), reports.end(), event.type) != reports.end())
    return std::nullopt;
  return Complaint{"undeclared_type", fmt::format("source `{}` does not report `{}` at branch `{}`",
                                                  event.source, event.type, event.branch)};
}

Complaint unknown_branch(const model::Event& event) {
  return {"unknown_branch", fmt::format("the book has no branch `{}`", event.branch)};
}

/// By the ruling book, of which everything is resolved. Where it is no complaint, `resolved` says
/// where branch, type and attributes are.
std::optional<Complaint> check_by_ruling(const State::Inside& in, const model::Event& event,
                                         Resolved& resolved) {
  const auto branch = in.branch_at(event.branch);
  if (!branch || in.ruling->branch(in.branches[*branch].name) == nullptr)
    return unknown_branch(event);
  const auto index = in.names.find_word(event.type);
  const EventType* type = index && *index < in.types.size() ? &in.types[*index] : nullptr;
  if (auto complaint = check_type(type, event)) return complaint;
  const BranchEntry& entry = in.branches[*branch];
  if (entry.is_declared) {
    const auto source = in.source_at(event.source);
    const auto found = source ? entry.reports.find(*source) : entry.reports.end();
    const auto* declared = found == entry.reports.end() ? nullptr : found->second;
    if (auto complaint = check_reports(declared, event)) return complaint;
  }
  resolved.branch = *branch;
  resolved.type = *index;
  return check_attributes(*type, event, resolved);
}

/// By another book, and by the branch's sources as `declaring` has them.
std::optional<Complaint> check_by(const model::Book& book, const model::BranchSpec* declaring,
                                  const model::Event& event) {
  const auto* spec = book.find_branch(event.branch);
  if (spec == nullptr) return unknown_branch(event);
  const EventType type = event_type_of(book, event.type);
  if (auto complaint = check_type(&type, event)) return complaint;
  const auto& sources = declaring != nullptr ? declaring->sources : spec->sources;
  if (!sources.empty()) {
    const auto found = std::find_if(sources.begin(), sources.end(),
                                    [&](const auto& source) { return source.id == event.source; });
    const auto* declared = found == sources.end() ? nullptr : &*found;
    if (auto complaint = check_reports(declared, event)) return complaint;
  }
  Resolved unused;
  return check_attributes(type, event, unused);
}

/// An event is good when a book knows it that is in force, was when the event happened, or will
/// follow; who may report is for the book in force now.
std::optional<Complaint> check_content(const State::Inside& in, const model::Event& event,
                                       Instant now, Resolved& resolved) {
  const bool is_resolved = now < in.next_ruling_at;
  std::optional<Complaint> first;
  if (is_resolved) {
    first = check_by_ruling(in, event, resolved);
    resolved.is_fresh = !first;
    if (!first) return std::nullopt;
  }
  const model::Book& ruling = in.books.in_force_or_first(now)->book();
  const auto* declaring = ruling.find_branch(event.branch);
  if (!is_resolved) first = check_by(ruling, declaring, event);
  for (const auto* book : in.books.from(std::min(now, event.occurred_at))) {
    if (!first) break;
    if (&book->book() == &ruling) continue;
    if (!check_by(book->book(), declaring, event)) return std::nullopt;
  }
  return first;
}

}  // namespace

uint32_t twin_hash(const model::Event& event) {
  // WHY: of two twins with other sequences each is kept, even if they say the same.
  const uint64_t mixed =
      (event.sequence * 0x9E3779B97F4A7C15ULL) ^ (uint64_t{model::content_hash(event)} << 17);
  return static_cast<uint32_t>((mixed * 0xBF58476D1CE4E5B9ULL) >> 32);
}

std::optional<EventComplaint> check_event(const State& state, const model::Event& event) {
  const State::Inside& in = state.internals();
  Resolved unused;
  return check_content(in, event, in.now, unused);
}

Result<void> decide_observe(const State& state, const model::Command& command,
                            const model::Observe& body, model::Facts& facts) {
  const State::Inside& in = state.internals();
  if (in.books.is_empty()) {
    return Error{"no_book",
                 "no promises are published yet",
                 "publish a book with `lupaus promises apply`, then send again",
                 {}};
  }
  const auto index = in.source_at(body.event->source);
  if (!index || in.sources[*index].source.epoch == 0) {
    return Error{"unknown_source",
                 fmt::format("source `{}` has not said hello", body.event->source),
                 "register the source before it sends events",
                 {}};
  }
  const Source& source = in.sources[*index].source;
  if (auto verdict = check_sequence(source, command, body, facts)) return *verdict;
  in.resolved.is_fresh = false;  // whatever of it an event left that was refused
  in.resolved.event = *body.event;
  in.resolved.source = *index;
  auto complaint = check_content(in, *body.event, command.now, in.resolved);
  // WHY: of an epoch that is over nobody knows the clock any more.
  const model::Duration skew =
      body.event->epoch == source.epoch ? correction_by(source.skew) : model::Duration::zero();
  const Instant corrected_at = body.event->occurred_at + skew;
  if (!complaint && corrected_at - kAheadMax > body.received_at) {
    complaint = Complaint{
        "future",
        fmt::format("`{}`{} lies more than 2 minutes ahead of the server's clock ({})",
                    model::format_instant(body.event->occurred_at),
                    skew == model::Duration::zero()
                        ? ""
                        : fmt::format(", corrected `{}`,", model::format_instant(corrected_at)),
                    model::format_instant(body.received_at))};
  }
  if (complaint) {
    if (body.is_retry) return Error{std::string(complaint->reason), complaint->message, "", {}};
    record(command,
           model::Rejected{*body.event, body.received_at, complaint->reason,
                           std::move(complaint->message)},
           facts);
    return {};
  }
  auto& observed = record_new<model::Observed>(command, facts);
  observed.event = *body.event;
  observed.received_at = body.received_at;
  observed.is_retry = body.is_retry;
  observed.is_backfill = body.is_backfill;
  observed.skew = skew;
  return {};
}

}  // namespace lupaus::rules::engine
