// Tells the story of a ticket from its image, its judged commitments and the ledger.
#include "rules/scenario/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "rules/calendar/zone.h"

namespace lupaus::rules::scenario {

using engine::Commitment;
using engine::TicketImage;
using model::Attribute;
using model::Duration;
using model::Effect;
using model::End;
using model::Instant;
using model::Promise;
using model::Verdict;

namespace {

constexpr size_t kEventColumn = 18;

struct Row {
  Instant at{};
  int rank = 0;  ///< among rows of one instant: events before verdicts
  std::string event;
  std::string note;
};

/// Everything that the blocks of one ticket share.
struct Story {
  const engine::State& state;
  const ledger::Ledger& ledger;
  const engine::Ticket& ticket;
  TicketImage image;
  const model::BranchSpec* branch = nullptr;
  model::ZoneTable zone;
  std::vector<Attribute> branch_attributes;
  std::vector<Commitment> commitments;
  std::map<model::Currency, model::Money> owed;

  std::string time(Instant at) const { return calendar::format_time_of_day(zone, at); }
  /// With the date where it is another than the start's.
  std::string time(Instant at, Instant start) const {
    if (calendar::local_date(zone, at) == calendar::local_date(zone, start)) return time(at);
    return model::format_local_date(calendar::local_date(zone, at)) + " " + time(at);
  }
  std::string name() const { return image.label.empty() ? image.ticket : image.label; }
  Effect effect(const Promise& promise, const TicketImage::EventImage& event) const;
  std::vector<Attribute> attributes_at(Instant at) const {
    std::vector<Attribute> merged;
    state.attributes_at(ticket, at, merged);
    return merged;
  }
};

Effect Story::effect(const Promise& promise, const TicketImage::EventImage& event) const {
  std::vector<Attribute> own;
  for (const auto& [key, value] : event.attributes) own.push_back({key, value});
  const std::vector<Attribute> merged = attributes_at(event.at);
  model::Scope scope;
  scope.branch_id = image.branch;
  scope.ticket = merged;
  scope.branch = branch_attributes;
  scope.event = own;
  return effect_of(promise, event.type, scope);
}

std::string count_text(const model::Cycle& cycle) {
  return "counted " + format_clock(cycle.counted);
}

/// What an event at the end of the cycle did to it.
std::string end_note(const model::Cycle& cycle) {
  switch (cycle.end) {
    case End::stop:
    case End::expired_stop:
      return "clock stops, " + count_text(cycle);
    case End::restart:
      return "clock ends and starts again, " + count_text(cycle);
    case End::voided:
    case End::expired_void:
      return "clock ends without a verdict of its own (void), " + count_text(cycle);
    case End::forfeit:
    case End::expired_forfeit:
      return "clock ends, nothing is owed any more (forfeit), " + count_text(cycle);
    case End::review:
    case End::expired_review:
      return "clock ends, a person decides (review), " + count_text(cycle);
    case End::none:
      break;
  }
  return "";
}

bool is_end_effect(Effect effect) {
  return effect == Effect::stop || effect == Effect::restart || effect == Effect::voided ||
         effect == Effect::forfeit || effect == Effect::review;
}

std::string start_note(const Story& story, const Commitment& commitment) {
  std::string note = commitment.number == 1
                         ? "clock starts"
                         : fmt::format("clock starts (cycle {})", commitment.number);
  if (commitment.cycle.due_at) {
    note += ", due " + story.time(*commitment.cycle.due_at, commitment.cycle.started_at);
  }
  return note;
}

std::string event_note(const Story& story, const Promise& promise, const Commitment& commitment,
                       const TicketImage::EventImage& event) {
  const Effect effect = story.effect(promise, event);
  const model::Cycle& cycle = commitment.cycle;
  std::string note;
  const auto append = [&](const std::string& text) { note += (note.empty() ? "" : "; ") + text; };
  if (event.at == cycle.started_at &&
      (effect == Effect::start || (commitment.number > 1 && effect == Effect::restart))) {
    append(start_note(story, commitment));
    if (effect == Effect::start) return note;
  }
  if (cycle.stopped_at && event.at == *cycle.stopped_at && is_end_effect(effect)) {
    append(end_note(cycle));
    return note;
  }
  if (!note.empty() || effect == Effect::proceed) return note;
  if (event.at < cycle.started_at || (cycle.stopped_at && event.at > *cycle.stopped_at)) {
    return "ignored: the clock is not running";
  }
  if (effect == Effect::pause) return "clock pauses";
  if (effect == Effect::resume) return "clock resumes";
  if (effect == Effect::start) return "ignored: the clock runs already";
  return "";
}

std::string money_note(const ledger::Compensation& compensation) {
  std::string note;
  if (compensation.amount) {
    note = fmt::format("owed {} by {}", model::format_money(*compensation.amount),
                       model::format_instrument(compensation.instrument));
    if (compensation.state != model::PaidState::owed) {
      note += fmt::format(" ({})", model::format_paid_state(compensation.state));
    }
  } else {
    note = "nothing owed";
    if (compensation.state != model::PaidState::none &&
        compensation.state != model::PaidState::owed) {
      note += fmt::format(" ({})", model::format_paid_state(compensation.state));
    }
  }
  if (!compensation.reason.empty()) note += ": " + compensation.reason;
  return note;
}

/// The verdict's own rows: provisional breach, confirmation, money.
void add_verdict_rows(const Story& story, const Commitment& commitment, std::vector<Row>& rows) {
  const bool is_breach =
      commitment.is_breach_recorded || (commitment.is_confirmed && commitment.cycle.is_broken);
  const bool was_provisional =
      is_breach && (!commitment.is_confirmed || commitment.detected_at < commitment.finalised_at);
  if (was_provisional) rows.push_back({commitment.detected_at, 1, "", "breached (provisional)"});
  const ledger::Compensation* compensation =
      commitment.compensation == 0 ? nullptr : story.ledger.find(commitment.compensation);
  if (commitment.is_confirmed) {
    std::string note = "confirmed";
    if (!is_breach) note += fmt::format(" {}", model::format_verdict(commitment.cycle.verdict));
    if (is_breach && compensation != nullptr && compensation->owed_at == commitment.finalised_at) {
      note += ", " + money_note(*compensation);
      compensation = nullptr;
    } else if (is_breach && !was_provisional) {
      note += " breached";
    }
    rows.push_back({commitment.finalised_at, 2, "", note});
  }
  if (compensation != nullptr)
    rows.push_back({compensation->owed_at, 3, "", money_note(*compensation)});
}

bool is_expired(const model::Cycle& cycle) {
  return cycle.stopped_at && model::is_expiry(cycle.end);
}

/// The clauses that made the verdict and the money, each with its place.
std::string proof(Story& story, const Promise& promise, const Commitment& commitment) {
  const model::Cycle& cycle = commitment.cycle;
  std::string text;
  const auto add_line = [&](const std::string& line, const std::string& place) {
    text += "  " + line + (place.empty() ? "" : ", " + place) + "\n";
  };
  add_line(fmt::format("limit {}{} (revision {})", model::format_duration(cycle.limit),
                       promise.is_boundary_inclusive ? "" : ", exclusive", commitment.revision),
           format_place(promise.within_span));
  if (cycle.is_broken) {
    add_line(fmt::format("{}, {} beyond the limit", count_text(cycle),
                         format_clock(cycle.counted - cycle.limit)),
             "");
  } else if (cycle.verdict == Verdict::kept) {
    add_line(count_text(cycle) + ", within the limit", "");
  }
  const ledger::Compensation* compensation =
      commitment.compensation == 0 ? nullptr : story.ledger.find(commitment.compensation);
  if (compensation == nullptr) {
    if (cycle.is_broken && !promise.compensation)
      add_line("the promise pays nothing", format_place(promise.span));
    return text;
  }
  if (!compensation->tier_clause.empty()) add_line(compensation->tier_clause, "");
  for (const auto& draw : compensation->draws) {
    const model::Money drawn{compensation->computed.currency, draw.minor};
    add_line(fmt::format("{}: {} of it used by this one", draw.clause, model::format_money(drawn)),
             "");
  }
  if (compensation->amount) {
    auto& sum = story.owed
                    .try_emplace(compensation->amount->currency,
                                 model::Money{compensation->amount->currency, 0})
                    .first->second;
    if (const auto added = model::add(sum, *compensation->amount)) sum = *added;
  }
  return text;
}

/// Where the cycle's part of the ticket's story ends: at its own end, or where the next cycle
/// begins.
Instant block_end(const Story& story, const Commitment& commitment) {
  for (const Commitment& other : story.commitments) {
    if (other.line == commitment.line && other.number == commitment.number + 1) {
      return other.cycle.started_at;
    }
  }
  return model::kEndOfTime;
}

std::string tell(Story& story, const Commitment& commitment) {
  const Promise* promise = story.state.promise(commitment);
  model::ensure(promise != nullptr, "a commitment obeys a revision that the state knows");
  std::vector<Row> rows;
  const Instant end = block_end(story, commitment);
  const model::Cycle& cycle = commitment.cycle;
  for (const auto& event : story.image.events) {
    const bool is_before = event.at < cycle.started_at && commitment.number > 1;
    if (is_before || event.at > end || (event.at == end && cycle.stopped_at != end)) continue;
    rows.push_back({event.at, 0, event.type, event_note(story, *promise, commitment, event)});
  }
  if (is_expired(cycle)) rows.push_back({*cycle.stopped_at, 0, "expired", end_note(cycle)});
  add_verdict_rows(story, commitment, rows);
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.at, a.rank) < std::pair(b.at, b.rank);
  });
  std::string text = fmt::format("{}, {}, {}", promise->name, story.image.branch, story.name());
  if (commitment.number > 1) text += fmt::format(", cycle {}", commitment.number);
  text += "\n";
  const Instant first = story.image.events.front().at;
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, story.time(row.at, first).size());
  for (const Row& row : rows) {
    std::string line = fmt::format("{:<{}}  {:<{}}{}", story.time(row.at, first), width, row.event,
                                   kEventColumn, row.note);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  if (!cycle.stopped_at) text += fmt::format("  the clock runs, {}\n", count_text(cycle));
  return text + proof(story, *promise, commitment);
}

/// Why `promise` does not run on the ticket.
std::string absence(const Story& story, const Promise& promise) {
  const TicketImage::EventImage* start = nullptr;
  for (const auto& event : story.image.events) {
    if (story.effect(promise, event) != Effect::start) continue;
    start = &event;
    break;
  }
  if (start == nullptr) return "no event of the ticket starts its clock";
  const model::LocalDate day = calendar::local_date(story.zone, start->at);
  if (promise.from && day < *promise.from) {
    return fmt::format("it takes effect on {}, {}", model::format_local_date(*promise.from),
                       format_place(promise.span));
  }
  if (promise.until && *promise.until < day) {
    return fmt::format("it ended with {}, {}", model::format_local_date(*promise.until),
                       format_place(promise.span));
  }
  const std::vector<Attribute> merged = story.attributes_at(start->at);
  model::Scope scope;
  scope.branch_id = story.image.branch;
  scope.ticket = merged;
  scope.branch = story.branch_attributes;
  const model::Condition::Value value = promise.applies->evaluate(scope);
  if (value == model::Condition::Value::yes)
    return "it was not published yet, or retired, when the clock would start";
  std::string with;
  for (const Attribute& attribute : merged) {
    with += fmt::format("{}{} = \"{}\"", with.empty() ? "" : ", ", attribute.name, attribute.value);
  }
  return fmt::format("`{}` {} at {} with {}, {}", promise.applies->text(),
                     value == model::Condition::Value::no
                         ? "is false"
                         : "cannot be answered, which counts as false,",
                     story.time(start->at), with.empty() ? "no attributes" : with,
                     format_place(promise.applies_span));
}

/// "EUR 0.00" in the currency of the book's first tier.
std::string nothing_in(const model::Book& book) {
  for (const Promise& promise : book.promises) {
    if (!promise.compensation || promise.compensation->tiers.empty()) continue;
    return model::format_money({promise.compensation->currency.value_or(model::Currency{}), 0});
  }
  return "nothing";
}

Story begin_story(const engine::State& state, const ledger::Ledger& ledger, model::TicketSlot slot,
                  Instant now) {
  Story story{state, ledger, state.ticket(slot), {}, nullptr, {}, {}, {}, {}};
  state.image(slot, story.image);
  const model::BookPtr book = state.book();
  story.branch = book->find_branch(story.image.branch);
  if (const model::ZoneTable* zone = state.zone(story.image.branch)) story.zone = *zone;
  if (story.branch != nullptr) {
    for (const auto& [key, value] : story.branch->attributes)
      story.branch_attributes.push_back({key, value});
  }
  story.commitments = state.commitments_at(slot, {now, state.branch_watermark(story.image.branch)});
  std::sort(story.commitments.begin(), story.commitments.end(),
            [&](const Commitment& a, const Commitment& b) {
              return std::pair(state.promise_name(a.line), a.number) <
                     std::pair(state.promise_name(b.line), b.number);
            });
  return story;
}

}  // namespace

std::string format_clock(Duration counted) {
  const int64_t ms = counted.count();
  const int64_t hours = ms / 3'600'000;
  const int64_t minutes = ms / 60'000 % 60;
  const int64_t seconds = ms / 1000 % 60;
  if (hours != 0) return fmt::format("{}:{:02}:{:02}.{:03}", hours, minutes, seconds, ms % 1000);
  return fmt::format("{:02}:{:02}.{:03}", minutes, seconds, ms % 1000);
}

std::string format_place(const model::Span& span) {
  if (span.file.empty() || span.line == 0) return span.file;
  return fmt::format("{}:{}:{}", span.file, span.line, span.column);
}

Effect effect_of(const Promise& promise, std::string_view type, const model::Scope& scope) {
  const auto line = promise.on.find(std::string(type));
  if (line == promise.on.end()) return Effect::proceed;
  for (const auto& choice : line->second.cases) {
    if (choice.when->evaluate(scope) == model::Condition::Value::yes) return choice.then;
  }
  return line->second.otherwise;
}

std::string explain(const engine::State& state, const ledger::Ledger& ledger,
                    model::TicketSlot slot, Instant now) {
  Story story = begin_story(state, ledger, slot, now);
  std::string text;
  for (const Commitment& commitment : story.commitments) {
    if (!text.empty()) text += "\n";
    text += tell(story, commitment);
  }
  for (const Promise& promise : state.book()->promises) {
    const bool runs = std::any_of(
        story.commitments.begin(), story.commitments.end(),
        [&](const Commitment& c) { return state.promise_name(c.line) == promise.name; });
    if (runs) continue;
    if (!text.empty()) text += "\n";
    text += fmt::format("{}, {}, {}\n  does not run: {}\n", promise.name, story.image.branch,
                        story.name(), absence(story, promise));
  }
  std::string sum;
  for (const auto& [currency, money] : story.owed)
    sum += (sum.empty() ? "" : " + ") + model::format_money(money);
  text += fmt::format("\nowed on this ticket: {}\n", sum.empty() ? nothing_in(*state.book()) : sum);
  return text;
}

std::string explain(const ledger::State& state, model::TicketSlot slot, Instant now) {
  return explain(state.engine, state.ledger, slot, now);
}

}  // namespace lupaus::rules::scenario
