// WHY: the engine's state is not folded event by event, for nothing live is asked of it: no
// deadline, no watermark, no fact. A ticket is gathered, judged once by the same `judge`, and
// forgotten.
#include "rules/scenario/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/engine/event_check.h"
#include "rules/engine/names.h"
#include "rules/engine/ticket_attributes.h"
#include "rules/model/fetch_ahead.h"

namespace lupaus::rules::scenario {

using engine::Ticket;
using model::Error;
using model::Instant;
using model::Result;

namespace {

/// How often `proceed` is asked: often enough to stop at once, rarely enough to cost nothing.
constexpr uint32_t kTicketsBetweenQuestions = 256;
/// Far below the engine's own limits: what is larger is shown to the engine, each event by itself.
constexpr size_t kPlainTextMax = 48;
constexpr size_t kPlainAttributesMax = 16;

/// What is known of a shape after its first event was checked.
enum Shape : uint8_t { unknown_shape, uniform_shape, varying_shape };

/// The field of an event that a rejection's reason speaks of.
std::string_view field_of(std::string_view reason) {
  if (reason.find("branch") != std::string_view::npos) return "branch";
  if (reason.find("type") != std::string_view::npos) return "type";
  if (reason.find("attribute") != std::string_view::npos) return "attributes";
  if (reason.find("ticket") != std::string_view::npos) return "ticket";
  if (reason.find("label") != std::string_view::npos) return "label";
  if (reason.find("source") != std::string_view::npos) return "source";
  return "occurredAt";
}

bool is_plain(std::string_view text) {
  return text.size() <= kPlainTextMax && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c > 0x20 && c < 0x7F;
         });
}

/// WHY: who sent the events of a file without identities is not known, and those of a journal were
/// let in by the book of their time. The engine judges declared sources alone; it is given none.
model::BookPtr without_sources(const model::BookPtr& book) {
  auto open = std::make_shared<model::Book>(*book);
  for (model::BranchSpec& branch : open->branches) branch.sources.clear();
  return open;
}

}  // namespace

Replay::Replay(const EventLog& log, model::BookPtr book) : log_(log), book_(std::move(book)) {}
Replay::~Replay() = default;

Result<void> Replay::publish() {
  const auto actor =
      std::make_shared<model::Actor>(model::Actor{model::Actor::Kind::system, true, "lupaus", ""});
  model::Publish publish{log_.is_without_senders() ? without_sources(book_) : book_,
                         model::kBeginningOfTime,
                         {},
                         "backtest"};
  model::Facts facts;
  const model::Command command{model::kBeginningOfTime, actor, std::move(publish)};
  if (auto decided = engine::decide(state_, command, facts); !decided) return decided;
  for (const model::Fact& fact : facts) state_.evolve(fact);
  indices_.reserve(log_.names().size());
  words_.assign(log_.names().size(), 0);
  for (const std::string_view name : log_.names()) {
    indices_.push_back(state_.names().intern(name));
    if (const auto word = state_.names().find_word(name)) words_[indices_.size() - 1] = *word;
  }
  return {};
}

/// Whether this event may be refused though the first one of its shape was not.
bool Replay::can_differ(const LoggedEvent& event, std::vector<uint8_t>& shapes) const {
  uint8_t& known = shapes[event.shape];
  if (known == unknown_shape) {
    // A value that is of no type but string tells whether values matter.
    const EventShape& shape = log_.shapes()[event.shape];
    std::vector<model::Attribute> attributes;
    model::Event probe = log_.event(event, attributes);
    for (model::Attribute& attribute : attributes) attribute.value = "~";
    probe.attributes = attributes;
    probe.ticket = shape.has_ticket ? "~" : "";
    probe.label = {};
    const bool is_uniform = shape.attributes.size() <= kPlainAttributesMax &&
                            !engine::check_event(state_, probe).has_value();
    known = is_uniform ? uniform_shape : varying_shape;
  }
  return known == varying_shape || log_.has_long_text(event, kPlainTextMax) ||
         !is_plain(log_.ticket_id(event));
}

Result<void> Replay::check() {
  std::vector<uint8_t> shapes(log_.shapes().size(), unknown_shape);
  std::vector<model::Attribute> attributes;
  std::optional<Error> first;
  for (const LoggedEvent& event : log_.events()) {
    if (!can_differ(event, shapes)) continue;
    const auto complaint = engine::check_event(state_, log_.event(event, attributes));
    if (!complaint) continue;
    if (log_.is_journal()) {
      leave_out(event, *complaint);
    } else if (!first || event.line < first->span.line) {
      first = log_.complaint(
          std::string(complaint->reason), event.line,
          fmt::format("field `{}`: {}", field_of(complaint->reason), complaint->message));
    }
  }
  if (first) return *first;
  return {};
}

void Replay::leave_out(const LoggedEvent& event, const engine::EventComplaint& complaint) {
  if (is_left_out_.empty()) is_left_out_.resize(log_.size());
  is_left_out_[static_cast<size_t>(&event - log_.events().data())] = true;
  ++left_out_count_;
  LeftOut& left_out = left_out_[std::string(complaint.reason)];
  if (left_out.count++ == 0) left_out.example = complaint.message;
}

void Replay::prepare(Instant as_of) {
  as_of_ = as_of;
  state_.begin_restore();
  model::Position position = 2;  // behind that of the book
  std::vector<model::Attribute> attributes;
  const auto actor = std::make_shared<model::Actor>();
  for (const LoggedEvent& event : log_.branch_events()) {
    if (!is_taken(event)) continue;
    ++event_count_;
    state_.evolve({position++, event.at, actor,
                   model::Observed{log_.event(event, attributes), event.at, false, true}});
  }
  state_.finish_restore(as_of_);
  branches_.assign(log_.names().size(), nullptr);
  zones_.assign(log_.names().size(), nullptr);
  for (const LoggedTicket& ticket : log_.tickets()) {
    if (branches_[ticket.branch] != nullptr) continue;
    branches_[ticket.branch] = state_.find_branch(log_.names()[ticket.branch]);
    zones_[ticket.branch] = state_.zone(log_.names()[ticket.branch]);
  }
}

Result<void> Replay::judge(Instant as_of, const Proceed& proceed) {
  prepare(as_of);
  std::vector<uint32_t> lines(state_.lines().size());
  for (uint32_t i = 0; i < lines.size(); ++i) lines[i] = i;
  std::sort(lines.begin(), lines.end(), [this](uint32_t left, uint32_t right) {
    return state_.lines()[left].name < state_.lines()[right].name;
  });
  const auto count = static_cast<uint32_t>(log_.tickets().size());
  judged_.reserve(count);
  services_.reserve(count);
  const uint32_t service = attribute_name("service");
  for (uint32_t i = 0; i < count; ++i) {
    fetch(i);
    if (proceed && i % kTicketsBetweenQuestions == 0 && !proceed(i, count))
      return Error{"stopped", "the backtest was stopped", "", {}};
    judge_ticket(i, lines);
    for (size_t k = services_.size(); k < judged_.size(); ++k)
      services_.push_back(attribute_at(i, judged_[k].cycle.started_at, service));
  }
  return {};
}

/// WHY: tickets are judged in the order of their names and lie in that of their coming, so that
/// none is near the one before.
void Replay::fetch(uint32_t index) const {
  constexpr uint32_t kEventsAhead = 8, kTextsAhead = 4;
  const auto tickets = log_.tickets();
  if (index + kEventsAhead < tickets.size()) {
    const auto events = tickets[index + kEventsAhead].events;
    for (size_t i = 0; i < events.size() && i < 8; ++i) model::fetch_ahead(&events[i]);
  }
  if (index + kTextsAhead >= tickets.size()) return;
  const auto events = tickets[index + kTextsAhead].events;
  for (size_t i = 0; i < events.size() && i < 8; ++i) {
    if (events[i].text != nullptr) model::fetch_ahead(events[i].text);
  }
}

void Replay::judge_ticket(uint32_t index, const std::vector<uint32_t>& lines) {
  event_count_ += ticket(index).events.size();
  if (scratch_.events.empty()) return;
  for (const uint32_t line : lines) {
    judge_line(index, line);
    for (const engine::JudgedCycle& cycle : cycles_)
      judged_.push_back({index, line, cycle.revision, cycle.number, cycle.cycle});
  }
}

/// Leaves the cycles of the ticket, which is gathered, in `cycles_`.
void Replay::judge_line(uint32_t ticket, uint32_t line) {
  const engine::Branch* branch = branches_[log_.tickets()[ticket].branch];
  model::ensure(branch != nullptr, "an event that was checked is of a branch of the book");
  const engine::TicketView view{&scratch_, branch, &state_.names(), &state_.books()};
  cycles_.clear();
  engine::judge(state_.lines()[line], view, {as_of_, as_of_}, nullptr, cycles_, findings_);
}

std::optional<Instant> Replay::due_at(const Judged& judged) {
  ticket(judged.ticket);
  judge_line(judged.ticket, judged.line);
  for (const engine::JudgedCycle& cycle : cycles_) {
    if (cycle.number == judged.number) return cycle.cycle.due_at;
  }
  return std::nullopt;
}

const Ticket& Replay::ticket(uint32_t index) const {
  const LoggedTicket& logged = log_.tickets()[index];
  scratch_.branch = indices_[logged.branch];
  scratch_.id = logged.id;
  scratch_.attributes.clear();
  scratch_.events.clear();
  scratch_.is_in_use = true;
  for (const LoggedEvent& event : logged.events) {
    if (!is_taken(event)) continue;
    const EventShape& shape = log_.shapes()[event.shape];
    engine::TicketEvent compact;
    compact.at = event.at;
    compact.sequence = event.sequence;
    compact.source = indices_[shape.source];
    compact.epoch = static_cast<uint32_t>(log_.epoch(event));
    compact.type = words_[shape.type];
    compact.attributes_begin = static_cast<uint32_t>(scratch_.attributes.size());
    log_.for_each_attribute(event, [&](uint32_t name, std::string_view value) {
      engine::append_attribute(scratch_.attributes, words_[name], value);
    });
    compact.attributes_size =
        static_cast<uint16_t>(scratch_.attributes.size() - compact.attributes_begin);
    scratch_.events.push_back(compact);
  }
  return scratch_;
}

const model::Promise& Replay::promise(const Judged& judged) const {
  const engine::Revision* revision = state_.lines()[judged.line].find(judged.revision);
  model::ensure(revision != nullptr, "a judged cycle obeys a revision of its line");
  return *revision->promise;
}

model::CommitmentKey Replay::key_of(const Judged& judged) const {
  const LoggedTicket& ticket = log_.tickets()[judged.ticket];
  return {std::string(log_.names()[ticket.branch]), std::string(ticket.id),
          state_.lines()[judged.line].name, judged.revision, judged.number};
}

const model::ZoneTable& Replay::zone(const Judged& judged) const {
  return *zones_[log_.tickets()[judged.ticket].branch];
}

uint32_t Replay::attribute_name(std::string_view name) const {
  const auto& names = log_.names();
  return static_cast<uint32_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::string_view Replay::attribute_at(uint32_t ticket, Instant at, uint32_t name) const {
  std::string_view latest;
  for (const LoggedEvent& event : log_.tickets()[ticket].events) {
    if (event.at > at || !is_taken(event)) continue;
    log_.for_each_attribute(event, [&](uint32_t sent, std::string_view value) {
      if (sent == name) latest = value;
    });
  }
  return latest;
}

}  // namespace lupaus::rules::scenario
