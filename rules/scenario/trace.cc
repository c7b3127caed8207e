// Tells the story of a ticket from its image, its judged commitments and the ledger.
#include "rules/scenario/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "rules/scenario/trace_story.h"

namespace lupaus::rules::scenario {

using engine::Commitment;
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

/// What an event did that came after the breach was final and says that there was none.
constexpr std::string_view kAssumedEnd =
    "clock stops, after the breach was final (how late is not known)";

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

std::string start_note(const Story& story, const Commitment& commitment, Instant first) {
  std::string note = commitment.number == 1
                         ? "clock starts"
                         : fmt::format("clock starts (cycle {})", commitment.number);
  if (commitment.cycle.due_at) {
    note += ", due " + story.time(*commitment.cycle.due_at, first);
  }
  return note;
}

/// Why a start before the cycle began nothing; "" when it is not that.
std::string refused_note(const Story& story, const Promise& promise, Instant at, Instant first) {
  for (const auto& start : story.not_bound) {
    if (start.promise->name == promise.name && start.unbound.at == at)
      return "clock does not start: " + refusal(story, start, first);
  }
  return "";
}

/// What `effect` did to the cycle.
std::string effect_note(const Story& story, const Commitment& commitment, const EventImage& event,
                        Effect effect, Instant first) {
  const model::Cycle& cycle = commitment.cycle;
  std::string note;
  if (event.at == cycle.started_at &&
      (effect == Effect::start || (commitment.number > 1 && effect == Effect::restart))) {
    note = start_note(story, commitment, first);
    if (effect == Effect::start) return note;
  }
  const bool is_at_end = cycle.stopped_at && event.at == *cycle.stopped_at;
  if (is_at_end && is_end_effect(effect) && find_assumed(story, commitment))
    return note + (note.empty() ? "" : "; ") + std::string(kAssumedEnd);
  if (is_at_end && is_end_effect(effect))
    return note + (note.empty() ? "" : "; ") + end_note(cycle);
  if (!note.empty() || effect == Effect::proceed) return note;
  if (event.at < cycle.started_at || (cycle.stopped_at && event.at > *cycle.stopped_at))
    return "ignored: the clock is not running";
  if (effect == Effect::pause) return "clock pauses";
  if (effect == Effect::resume) return "clock resumes";
  if (effect == Effect::start) return "ignored: the clock runs already";
  return "";
}

/// `note` with the condition that a conditional line was decided by.
std::string decided_note(std::string note, const MatchedLine& matched, const Scene& scene) {
  if (matched.line == nullptr || matched.line->cases.empty()) return note;
  if (note.empty()) note = "clock goes on";
  std::string read;
  for (const auto& choice : matched.line->cases) {
    read += std::string(choice.when->text()) + " ";
    if (&choice == matched.choice) break;
  }
  const std::string why = matched.choice != nullptr
                              ? fmt::format("`{}` holds", matched.choice->when->text())
                              : "no `when` holds";
  return fmt::format("{}: {} with {}, {}", note, why, values_read(read, scene),
                     format_place(matched.line->span));
}

/// "kiosk-1 said 09:07:30.000, its clock is 10:00.000 behind".
std::string corrected_note(const Story& story, const EventImage& event, Instant first) {
  const bool is_behind = event.skew > Duration::zero();
  return fmt::format(
      "{} said {}, its clock is {} {}", event.source, story.time(event.at - event.skew, first),
      format_clock(is_behind ? event.skew : -event.skew), is_behind ? "behind" : "ahead");
}

std::string event_note(const Story& story, const Commitment& commitment, const EventImage& event,
                       Instant first) {
  const engine::Revision& revision = story.revision_of(commitment);
  const Scene scene = story.scene_at(revision, event.at, &event, commitment.cycle.started_at);
  const MatchedLine matched = match_line(*revision.promise, event.type, scene.scope);
  if (matched.effect == Effect::start) {
    auto refused = refused_note(story, *revision.promise, event.at, first);
    if (!refused.empty()) return refused;
  }
  return decided_note(effect_note(story, commitment, event, matched.effect, first), matched, scene);
}

/// What expiry did to the cycle that it ended.
std::string expiry_note(const Story& story, const Commitment& commitment) {
  const engine::Revision& revision = story.revision_of(commitment);
  const Scene scene =
      story.scene_at(revision, *commitment.cycle.stopped_at, nullptr, commitment.cycle.started_at);
  const MatchedLine matched = match_line(*revision.promise, "expired", scene.scope);
  return decided_note(end_note(commitment.cycle), matched, scene);
}

/// Who retired the promise and why, where that ended the cycle; null: it did not.
const engine::Retirement* find_retirement(const Story& story, const Commitment& commitment) {
  const model::Cycle& cycle = commitment.cycle;
  if (!cycle.stopped_at || cycle.end != End::voided) return nullptr;
  const Promise& promise = *story.revision_of(commitment).promise;
  const bool is_by_event =
      std::any_of(story.image.events.begin(), story.image.events.end(), [&](const auto& event) {
        if (event.at != *cycle.stopped_at) return false;
        const Scene scene =
            story.scene_at(story.revision_of(commitment), event.at, &event, cycle.started_at);
        return match_line(promise, event.type, scene.scope).effect == Effect::voided;
      });
  if (is_by_event) return nullptr;
  const auto& retirements = story.state.lines()[commitment.line].retirements;
  const auto found =
      std::find_if(retirements.begin(), retirements.end(),
                   [&](const auto& retirement) { return retirement.at == *cycle.stopped_at; });
  return found == retirements.end() ? nullptr : &*found;
}

std::string retirement_note(const engine::Retirement& retirement, const model::Cycle& cycle) {
  std::string note = "the promise is retired by " +
                     (retirement.by.empty() ? std::string("a new book") : retirement.by);
  if (!retirement.reason.empty()) note += ": " + retirement.reason;
  return note + "; " + end_note(cycle);
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
    const bool is_apology = compensation.instrument == model::Instrument::apology &&
                            compensation.state != model::PaidState::recorded &&
                            compensation.state != model::PaidState::forfeited;
    note = is_apology ? "owed an apology" : "nothing owed";
    if (compensation.state != model::PaidState::none &&
        compensation.state != model::PaidState::owed) {
      note += fmt::format(" ({})", model::format_paid_state(compensation.state));
    }
  }
  if (!compensation.reason.empty()) note += ": " + compensation.reason;
  return note;
}

/// Why a final verdict was not proved by what was known; "" when it was.
std::string doubt_note(const model::Cycle& cycle) {
  switch (cycle.doubt) {
    case model::Doubt::clock:
      return ": a clock was wrong, and by the times as they were sent it would be another";
    case model::Doubt::silence:
      return ": a source was silent for as long as the promise waits";
    case model::Doubt::lost:
      return ": a source lost events for good";
    case model::Doubt::none:
      break;
  }
  return cycle.verdict == Verdict::indeterminate ? ": the promise leaves it to a person" : "";
}

/// What a person decided, and on what proof.
std::string decision_note(const engine::Decision& decision, bool is_of_money) {
  std::string note =
      fmt::format("{} decides {}: {}", decision.by.empty() ? "a person" : decision.by,
                  model::format_verdict(decision.verdict), decision.reason);
  if (is_of_money) note += ", of its money alone";
  if (!decision.evidence.empty()) note += fmt::format(" (evidence: {})", decision.evidence);
  return note;
}

/// What came after the verdict was final and says something else; "" when nothing did.
std::string late_line(const Story& story, const Commitment& commitment) {
  if (commitment.late_verdict == Verdict::open) return "";
  const auto* compensation =
      commitment.compensation == 0 ? nullptr : story.ledger.find(commitment.compensation);
  const bool is_error = compensation != nullptr && compensation->is_paid_in_error;
  return fmt::format("  events that came after it was final say {}; what is final stays{}\n",
                     model::format_verdict(commitment.late_verdict),
                     is_error ? ", and what is paid is paid in error" : "");
}

/// Who excused the breach by hand once it was final, and what became of its money; "" when nobody
/// has.
std::string excuse_line(const Story& story, const Commitment& commitment) {
  const auto* owed = story.ledger.find(story.state.key_of(story.ticket, commitment));
  if (owed == nullptr || owed->excused_by.empty()) return "";
  std::string who;
  for (const std::string& name : owed->excused_by) who += (who.empty() ? "" : ", ") + name;
  std::string line = fmt::format("  excused as {} by {} after it was final", owed->excuse, who);
  if (!owed->is_excused) return line + ", which takes more people than that\n";
  const bool is_declined = owed->state == model::PaidState::declined && owed->amount;
  return line + (is_declined ? fmt::format("; {} is declined\n", model::format_money(*owed->amount))
                             : "; what was on its way or paid stays\n");
}

/// Of a breach that the end of its clock excused (R93): what its confirmation says of that. Where
/// that end was still to come, nothing: it has a row of its own.
std::optional<std::string> excused_note(const Story& story, const Commitment& commitment,
                                        std::vector<Row>& rows) {
  const Promise& promise = *story.revision_of(commitment).promise;
  const model::Cycle& cycle = commitment.cycle;
  const bool is_at_breach = promise.compensation && promise.compensation->is_settled_at_breach;
  if (cycle.verdict != Verdict::excused || !cycle.stopped_at || cycle.excuse < 0 || is_at_breach)
    return std::nullopt;
  // WHY: when the end was known to be final nothing says; only that it was not before.
  if (*cycle.stopped_at < commitment.finalised_at) return ", excused once its end was final";
  const auto& excuse = promise.excuses[static_cast<size_t>(cycle.excuse)];
  rows.push_back({*cycle.stopped_at, 3, "", "excused by " + excuse.id});
  return "";
}

/// The verdict's own rows: provisional breach, confirmation, what a person made of it, money.
void add_verdict_rows(const Story& story, const Commitment& commitment, std::vector<Row>& rows) {
  const Verdict verdict = commitment.cycle.verdict;
  const auto excused =
      commitment.is_confirmed ? excused_note(story, commitment, rows) : std::nullopt;
  const bool is_breach = commitment.is_confirmed
                             ? verdict == Verdict::breached || excused
                             : commitment.is_breach_recorded && verdict != Verdict::excused;
  const bool was_provisional =
      (is_breach || commitment.is_breach_recorded) &&
      (!commitment.is_confirmed || commitment.detected_at < commitment.finalised_at);
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
    note += excused.value_or("");
    note += doubt_note(commitment.cycle);
    rows.push_back({commitment.finalised_at, 2, "", note});
  }
  bool is_of_money = false;  // the verdict is decided once
  for (const auto* decision : story.state.decisions_of(story.slot, commitment)) {
    rows.push_back({decision->at, 3, "", decision_note(*decision, is_of_money)});
    is_of_money = true;
  }
  if (compensation != nullptr)
    rows.push_back({compensation->owed_at, 4, "", money_note(*compensation)});
}

bool is_expired(const model::Cycle& cycle) {
  return cycle.stopped_at && model::is_expiry(cycle.end);
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

/// Rows as columns: the time, the event, what it did.
std::string layout(const Story& story, const std::vector<Row>& rows, Instant first) {
  size_t time_width = 0;
  size_t event_width = kEventColumn;
  for (const Row& row : rows) {
    time_width = std::max(time_width, story.time(row.at, first).size());
    event_width = std::max(event_width, row.event.size() + 2);
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{:<{}}  {:<{}}{}", story.time(row.at, first), time_width,
                                   row.event, event_width, row.note);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string tell(Story& story, const Commitment& commitment) {
  std::vector<Row> rows;
  const Instant end = block_end(story, commitment);
  const model::Cycle& cycle = commitment.cycle;
  const Instant first = commitment.number > 1 ? cycle.started_at : story.image.events.front().at;
  for (const auto& event : story.image.events) {
    const bool is_before = event.at < cycle.started_at && commitment.number > 1;
    if (is_before || event.at > end || (event.at == end && cycle.stopped_at != end)) continue;
    std::string note = event_note(story, commitment, event, first);
    if (event.skew != Duration::zero())
      note += (note.empty() ? "" : "; ") + corrected_note(story, event, first);
    rows.push_back({event.at, 0, event.type, std::move(note)});
  }
  if (is_expired(cycle))
    rows.push_back({*cycle.stopped_at, 0, "expired", expiry_note(story, commitment)});
  if (const auto* retirement = find_retirement(story, commitment))
    rows.push_back({retirement->at, 0, "retired", retirement_note(*retirement, cycle)});
  add_verdict_rows(story, commitment, rows);
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.at, a.rank) < std::pair(b.at, b.rank);
  });
  std::string text =
      story.heading(story.revision_of(commitment).promise->name, commitment.number, first) +
      layout(story, rows, first);
  if (!cycle.stopped_at) text += fmt::format("  the clock runs, {}\n", count_text(cycle));
  text += late_line(story, commitment);
  text += excuse_line(story, commitment);
  return text + proof(story, commitment, first);
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
  Story story{state, ledger, state.ticket(slot), slot, now, {}, {}, {}, state.not_bound(slot), {}};
  state.image(slot, story.image);
  if (const model::ZoneTable* zone = state.zone(story.image.branch)) story.zone = *zone;
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
  return match_line(promise, type, scope).effect;
}

std::string explain(const engine::State& state, const ledger::Ledger& ledger,
                    model::TicketSlot slot, Instant now) {
  Story story = begin_story(state, ledger, slot, now);
  std::string text;
  for (const Commitment& commitment : story.commitments) {
    if (!text.empty()) text += "\n";
    text += tell(story, commitment);
  }
  const model::BookPtr book = state.book_at(now);
  for (const Promise& promise : book->promises) {
    const bool runs = std::any_of(
        story.commitments.begin(), story.commitments.end(),
        [&](const Commitment& c) { return state.promise_name(c.line) == promise.name; });
    if (runs) continue;
    if (!text.empty()) text += "\n";
    text += absence(story, promise);
  }
  std::string sum;
  for (const auto& [currency, money] : story.owed)
    sum += (sum.empty() ? "" : " + ") + model::format_money(money);
  text += fmt::format("\nowed on this ticket: {}\n", sum.empty() ? nothing_in(*book) : sum);
  return text;
}

std::string explain(const ledger::State& state, model::TicketSlot slot, Instant now) {
  return explain(state.engine, state.ledger, slot, now);
}

}  // namespace lupaus::rules::scenario
