// The clauses that made a verdict and its money, each with its place.
#include <fmt/format.h>

#include <algorithm>

#include "rules/scenario/trace_counted.h"

namespace lupaus::rules::scenario {

using engine::Commitment;
using model::Duration;
using model::Instant;
using model::Promise;
using model::Verdict;

namespace {

constexpr std::string_view kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};

/// Lives for one block.
class Proof {
 public:
  Proof(Story& story, const Commitment& commitment, Instant first)
      : story_(story),
        commitment_(commitment),
        cycle_(commitment.cycle),
        revision_(story.revision_of(commitment)),
        context_(story.context_at(revision_, cycle_.started_at)),
        promise_(*revision_.promise),
        first_(first),
        reading_(story.state, story.ticket, commitment) {}

  std::string tell() {
    for (const auto& line : binding_lines(story_, commitment_, first_)) add(line);
    add_limit();
    add_counted();
    add_excuses();
    add_money();
    return std::move(text_);
  }

 private:
  void add(const std::string& line, const std::string& place = "") {
    text_ += "  " + line + (place.empty() ? "" : ", " + place) + "\n";
  }

  // ---- the limit
  void add_limit_line(const std::string& limit, const model::Span& span) {
    add(fmt::format("limit {}{} (revision {})", limit,
                    promise_.is_boundary_inclusive ? "" : ", exclusive", commitment_.revision),
        format_place(span));
  }

  void add_limit() {
    const std::string plain = model::format_duration(cycle_.limit);
    if (promise_.by) {
      add_deadline(plain);
      return;
    }
    const Scene scene = day_scene();
    const auto& entries = promise_.within;
    const auto chosen = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.when == nullptr ||
             entry.when->evaluate(scene.scope) == model::Condition::Value::yes;
    });
    // WHY: a final cycle keeps its limit, whatever came to be known of its start afterwards.
    if (chosen == entries.end() || reading_.length(chosen->within) != cycle_.limit) {
      add_limit_line(plain, promise_.within_span);
      return;
    }
    const bool is_list = entries.size() > 1;
    add_limit_line(limit_text(chosen->within), is_list ? chosen->span : promise_.within_span);
    if (is_list) add_choice(static_cast<size_t>(chosen - entries.begin()), scene);
  }

  void add_deadline(const std::string& plain) {
    const Scene scene = story_.scene_at(revision_, cycle_.started_at);
    const Instant deadline = cycle_.started_at + cycle_.limit;
    add_limit_line(fmt::format("{} = until {}, {}", plain, story_.time(deadline, first_),
                               deadline_text(*promise_.by, scene)),
                   promise_.by->span);
  }

  /// "15m"; "2 business days = until 2026-01-07 24:00 = 13h counted".
  std::string limit_text(const model::Limit& limit) const {
    if (limit.unit == model::Limit::Unit::duration) return model::format_limit(limit);
    const auto* measured_by = reading_.measure().calendar;
    const auto& zone = engine::day_zone(measured_by, context_);
    const auto end = calendar::end_of_nth_day(zone, engine::day_calendar(measured_by, context_),
                                              cycle_.started_at, limit.days, limit.unit);
    if (!end) return model::format_limit(limit) + ", which never end";
    return fmt::format("{} = until {} 24:00 = {} counted", model::format_limit(limit),
                       model::format_local_date(calendar::local_date(zone, *end - Duration(1))),
                       model::format_duration(cycle_.limit));
  }

  Scene day_scene() const {
    Scene scene = story_.scene_at(revision_, cycle_.started_at);
    set_day(scene, reading_.measure().calendar, context_, cycle_.started_at);
    return scene;
  }

  void add_choice(size_t index, const Scene& scene) {
    const auto& entries = promise_.within;
    std::string read;
    for (size_t i = 0; i <= index; ++i) {
      if (entries[i].when != nullptr) read += std::string(entries[i].when->text()) + " ";
    }
    std::string why;
    if (entries[index].when != nullptr) {
      const auto text = entries[index].when->text();
      why = fmt::format("`{}` holds with {}", text, values_read(text, scene));
    } else {
      why = "no `when` before it holds with " + values_read(read, scene);
    }
    if (read.find("day.") != std::string::npos) why += " (" + day_entry() + ")";
    add(fmt::format("entry {} of {}: {}", index + 1, entries.size(), why));
  }

  /// The calendar's entry for the day of the start: "bank-hours, 2026-03-06: class payday".
  std::string day_entry() const {
    const auto* days = engine::day_calendar(reading_.measure().calendar, context_);
    const auto date = calendar::local_date(engine::day_zone(reading_.measure().calendar, context_),
                                           cycle_.started_at);
    const auto weekday = static_cast<size_t>(calendar::weekday(date) - 1);
    std::string day = fmt::format("{} {}", kWeekdays[weekday], model::format_local_date(date));
    const auto& book = days == context_.hours ? *context_.book : revision_.book->book();
    const auto* spec = days == nullptr ? nullptr : book.find_calendar(days->name());
    if (spec == nullptr) return day;
    for (const auto& exception : spec->exceptions) {
      if (exception.date == date)
        return fmt::format("{}, exception of {}: {}, {}", spec->name, day,
                           exception_text(exception), format_place(exception.span));
    }
    const auto& day_class = spec->week[weekday].day_class;
    return fmt::format("{}, {}: {}", spec->name, day,
                       day_class.empty() ? "no class" : "class " + day_class + " by weekday");
  }

  // ---- what was counted
  void add_counted() {
    if (const auto assumed = find_assumed(story_, commitment_)) {
      add(
          fmt::format("counted at least {}, the least of a breach: it was final before its end was "
                      "told, and how late it was is not known",
                      format_clock(cycle_.counted)));
      add(assumed->counted ? fmt::format("the events known now give {}, no breach",
                                         format_clock(*assumed->counted))
                           : "the events known now give no such clock");
      return;
    }
    const std::string counted = "counted " + format_clock(cycle_.counted);
    const bool is_least =
        cycle_.counted >= engine::least_breach(cycle_, promise_.is_boundary_inclusive);
    if (cycle_.is_broken && is_least) {
      add(fmt::format("{}, {} beyond the limit", counted,
                      format_clock(cycle_.counted - cycle_.limit)));
    } else if (cycle_.is_broken || cycle_.verdict == Verdict::kept) {
      add(counted + ", within the limit");
    }
    if (!is_least && commitment_.decided == Verdict::breached)
      add("decided as a breach, it owes what the least of one does");
    for (const auto& line : counted_lines(story_, commitment_, reading_, first_)) add(line);
  }

  // ---- excuses
  /// The branch's attributes change; the ticket's are as at settlement (R93).
  Scene excuse_scene(Instant at) const {
    Scene scene = story_.scene_at(revision_, engine::settled_at(promise_, cycle_));
    Scene then = story_.scene_at(revision_, at, nullptr, cycle_.started_at);
    scene.branch = std::move(then.branch);
    scene.scope.branch = scene.branch;
    return scene;
  }

  void add_excuses() {
    if (!cycle_.is_broken) return;
    for (size_t i = 0; i < promise_.excuses.size(); ++i) {
      const model::Excuse& excuse = promise_.excuses[i];
      if (excuse.when == nullptr) continue;
      const bool is_excused = cycle_.excuse == static_cast<int16_t>(i);
      if (is_excused || cycle_.excuse < 0)
        add(excuse_text(excuse, is_excused), format_place(excuse.span));
    }
  }

  std::string excuse_text(const model::Excuse& excuse, bool is_excused) const {
    const auto text = excuse.when->text();
    if (engine::settled_at(promise_, cycle_) == model::kEndOfTime)
      return fmt::format("excuse {} is decided when the clock ends: `{}`", excuse.id, text);
    const auto held = held_at(excuse);
    const std::string said =
        fmt::format("{}excused by {}: `{}`", is_excused ? "" : "not ", excuse.id, text);
    // WHY: what is final stays, whatever came to be known afterwards.
    if (held.has_value() != is_excused)
      return said + (is_excused ? " held" : " did not hold") + " as was known when it was final";
    if (!held && reads(text, "branch"))
      return said + " holds at no time up to the breach, at the start with " +
             excuse_values(text, cycle_.started_at);
    const Instant at = held.value_or(cycle_.started_at);
    return fmt::format("{} {} at {} with {}", said, held ? "holds" : "does not hold",
                       excuse_time(text, at), excuse_values(text, at));
  }

  static bool is_of_ticket_alone(std::string_view text) {
    return reads(text, "ticket") && !reads(text, "branch");
  }
  std::string settled_time() const {
    return story_.time(engine::settled_at(promise_, cycle_), first_);
  }
  std::string excuse_time(std::string_view text, Instant at) const {
    return is_of_ticket_alone(text) ? settled_time() + ", when it is settled,"
                                    : story_.time(at, first_);
  }
  std::string excuse_values(std::string_view text, Instant at) const {
    const std::string values = values_read(text, excuse_scene(at));
    return reads(text, "ticket") && reads(text, "branch")
               ? values + ", of the ticket as at " + settled_time()
               : values;
  }

  /// nullopt: by what is known now it holds at no time that counts.
  std::optional<Instant> held_at(const model::Excuse& excuse) const {
    const engine::Branch* branch = story_.state.find_branch(story_.image.branch);
    const auto holds = [&](Instant at) {
      return excuse.when->evaluate(excuse_scene(at).scope) == model::Condition::Value::yes;
    };
    if (holds(cycle_.started_at)) return cycle_.started_at;
    if (branch == nullptr) return std::nullopt;
    for (const auto& change : branch->changes) {
      if (change.at <= cycle_.started_at || change.at > engine::breached_at(cycle_)) continue;
      if (holds(change.at)) return change.at;
    }
    return std::nullopt;
  }

  // ---- money
  void add_money() {
    const ledger::Compensation* compensation =
        commitment_.compensation == 0 ? nullptr : story_.ledger.find(commitment_.compensation);
    if (compensation == nullptr) {
      if (cycle_.is_broken && !promise_.compensation)
        add("the promise pays nothing", format_place(promise_.span));
      return;
    }
    if (!compensation->tier_clause.empty()) add(compensation->tier_clause);
    add_group(*compensation);
    const bool is_owed = !is_declined(*compensation);
    for (const auto& draw : compensation->draws) {
      const model::Money drawn{compensation->computed.currency, draw.minor};
      add(fmt::format("{}: {} of it used by this one{}", draw.clause, model::format_money(drawn),
                      is_owed ? "" : ", and given back"));
    }
    add_due(*compensation);
    add_again(*compensation);
    if (compensation->amount && is_owed) story_.add_owed(*compensation->amount);
    add_late(*compensation);
  }

  /// WHY: older facts go on with another word.
  static bool is_behind(const ledger::Compensation& loser, const std::string& group,
                        const model::CommitmentKey& winner) {
    return loser.reason.starts_with(
        fmt::format("group {}: {}/{} ", group, winner.promise, winner.cycle));
  }

  void add_group(const ledger::Compensation& mine) {
    if (!promise_.compensation || promise_.compensation->group.empty()) return;
    const auto& terms = *promise_.compensation;
    for (const Commitment& other : story_.commitments) {
      const auto* found =
          other.compensation == 0 ? nullptr : story_.ledger.find(other.compensation);
      if (found == nullptr || found == &mine) continue;
      if (is_behind(*found, terms.group, mine.key)) {
        add(fmt::format("group {}: {} here goes before {} of {}/{}", terms.group,
                        model::format_money(mine.computed), model::format_money(found->computed),
                        found->key.promise, found->key.cycle),
            format_place(terms.span));
      } else if (is_behind(mine, terms.group, found->key)) {
        add(fmt::format("group {}: {} here stands behind {} of {}/{}", terms.group,
                        model::format_money(mine.computed), model::format_money(found->computed),
                        found->key.promise, found->key.cycle),
            format_place(terms.span));
      }
    }
  }

  void add_due(const ledger::Compensation& compensation) {
    if (!compensation.due_on || !promise_.compensation) return;
    const auto& terms = *promise_.compensation;
    std::string line = "to be paid by the end of " + model::format_local_date(*compensation.due_on);
    if (terms.due) line += fmt::format(", {} from finality", model::format_limit(*terms.due));
    add(line, format_place(terms.span));
  }

  /// What was declined is not owed.
  bool is_declined(const ledger::Compensation& first) const {
    return story_.ledger.last_of(first).state == model::PaidState::declined;
  }

  void add_again(const ledger::Compensation& first) {
    for (const auto* again = story_.ledger.find(first.reversed_by); again != nullptr;
         again = story_.ledger.find(again->reversed_by)) {
      add(fmt::format("owed again at {} ({}{})", story_.time(again->owed_at, first_),
                      model::format_paid_state(again->state),
                      again->reason.empty() ? "" : ": " + again->reason));
    }
  }

  void add_late(const ledger::Compensation& compensation) {
    if (!story_.ledger.has_late(compensation.number)) return;
    for (const auto& [number, late] : story_.ledger.compensations()) {
      const bool is_first = late.late_of == compensation.number && late.reverses == 0;
      if (!is_first || !late.amount) continue;
      add(fmt::format("not paid by then: {} more owed at {}{}", model::format_money(*late.amount),
                      story_.time(late.owed_at, first_), is_declined(late) ? " (declined)" : ""),
          format_place(promise_.compensation ? promise_.compensation->span : promise_.span));
      if (!is_declined(late)) story_.add_owed(*late.amount);
    }
  }

  Story& story_;
  const Commitment& commitment_;
  const model::Cycle& cycle_;
  const engine::Revision& revision_;
  const engine::BranchContext& context_;
  const Promise& promise_;
  const Instant first_;
  const engine::CycleReading reading_;
  std::string text_;
};

}  // namespace

std::string proof(Story& story, const Commitment& commitment, Instant first) {
  return Proof(story, commitment, first).tell();
}

}  // namespace lupaus::rules::scenario
