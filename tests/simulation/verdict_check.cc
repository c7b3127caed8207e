#include "tests/simulation/verdict_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tests/simulation/naive_breaker.h"
#include "tests/simulation/town.h"

namespace lupaus::tests::simulation {

using rules::model::PaidState;
using rules::model::Verdict;
using rules::model::VerdictLine;

namespace {

using TicketName = std::pair<std::string, std::string>;

class Check {
 public:
  Check(const Witness& witness, const rules::model::BookPtr& book, Instant as_of)
      : witness_(witness), as_of_(as_of) {
    history_.editions.push_back({kBegin - std::chrono::hours(24), book});
    history_.first = kBegin - std::chrono::hours(48);
    for (const auto& told : witness.told()) {
      auto& list = told.event.ticket.empty() ? branches_[told.event.branch]
                                             : tickets_[{told.event.branch, told.event.ticket}];
      list.push_back(&told);
    }
  }

  VerdictCheck run() {
    find_corrected();
    find_late();
    judge_complete();
    judge_late();
    compare_money();
    return std::move(result_);
  }

 private:
  using ToldList = std::vector<const Told*>;

  /// Tickets of which a clock was wrong: their verdicts hang on what was known, as those of late
  /// evidence do.
  void find_corrected() {
    for (const auto& [name, heard] : tickets_) {
      if (is_corrected(heard)) late_.insert(name);
    }
  }

  static bool is_corrected(const ToldList& heard, Position before = ~Position{0}) {
    return std::any_of(heard.begin(), heard.end(), [&](const Told* one) {
      return one->position < before && one->skew != Duration(0);
    });
  }

  /// Tickets of which something was heard after one of their verdicts was final, or of a closing of
  /// their branch while their clocks ran.
  void find_late() {
    for (const auto& [key, story] : witness_.stories()) {
      const auto ticket = tickets_.find({key.branch, key.ticket});
      if (ticket == tickets_.end() || story.confirmed == 0) continue;
      const Instant until = story.cycle.stopped_at.value_or(as_of_);
      const auto& closings = branches_[key.branch];
      const auto is_late = [&](const Told* one) {
        return one->position > story.confirmed && one->event.at <= until;
      };
      const auto& heard = ticket->second;
      if (std::any_of(closings.begin(), closings.end(), is_late) ||
          std::any_of(heard.begin(), heard.end(), is_late))
        late_.insert(ticket->first);
    }
  }

  enum class Times : uint8_t { corrected, as_said };

  /// The cycle as known before the position; nullopt: there is none.
  std::optional<naive::Judged> judge(const CommitmentKey& key, Position before, Times times) {
    const TicketName name{key.branch, key.ticket};
    history_.events.clear();
    for (const auto* one : branches_[name.first]) {
      if (one->position < before) history_.events.push_back(one->event);
    }
    for (const auto* one : tickets_.at(name)) {
      if (one->position >= before) continue;
      history_.events.push_back(one->event);
      if (times == Times::as_said) history_.events.back().at -= one->skew;
    }
    for (auto& one : naive::judge(history_, as_of_)) {
      if (one.line.key == key) return std::move(one);
    }
    return std::nullopt;
  }

  /// The witness has seen to it that it was left to a person, and not too early.
  bool is_by_silence(const Story& story) {
    if (story.cycle.doubt != rules::model::Doubt::silence) return false;
    ++result_.silent;
    return true;
  }

  static bool is_broken(const VerdictLine& line) {
    return line.verdict == Verdict::breached || line.verdict == Verdict::excused;
  }

  /// A final breach that later events undo has the least lateness of one: the first tier pays it,
  /// as far as it is owed at all. What is held as it is owed has asked no cap.
  void keep_least(const CommitmentKey& key, const Story& story, naive::Judged judged) {
    if (story.compensation == 0) return;
    const auto& body = witness_.claims().at(story.compensation).body;
    judged.claimed = *rules::model::flat_sum(judged.promise->compensation->tiers.front().pay);
    if (body.state == PaidState::held && !is_kept_back(body)) {
      if (body.amount != judged.claimed) differ(key, "another sum is held than the first tier's");
      return;
    }
    if (body.state == PaidState::owed || is_kept_back(body))
      judged.claim = naive::Judged::Claim::sum;
    keep(story, std::move(judged));
  }

  /// A verdict that would be another by the times as they were said is left to a person (R76).
  bool hangs_on_a_clock(const CommitmentKey& key, const Story& story, const VerdictLine& line) {
    if (!is_corrected(tickets_.at({key.branch, key.ticket}), story.confirmed)) return false;
    const auto said = judge(key, story.confirmed, Times::as_said);
    if (!said) return true;
    if (is_broken(line) || is_broken(said->line)) return is_broken(line) != is_broken(said->line);
    return said->line.verdict != line.verdict && line.verdict != Verdict::indeterminate;
  }

  void judge_complete() {
    history_.events.clear();
    for (const auto& [name, told] : branches_) {
      for (const auto* one : told) history_.events.push_back(one->event);
    }
    for (const auto& [name, told] : tickets_) {
      if (late_.contains(name)) continue;
      for (const auto* one : told) history_.events.push_back(one->event);
    }
    for (auto& judged : naive::judge(history_, as_of_)) {
      const auto story = witness_.stories().find(judged.line.key);
      const bool is_final = story != witness_.stories().end() && story->second.confirmed != 0;
      if (is_final && is_by_silence(story->second)) continue;
      if (is_final) {
        compare(story->first, story->second, judged.line, true);
        keep(story->second, std::move(judged));
      } else if (judged.line.is_final) {
        differ(judged.line.key, "the naive model has a final verdict, the journal none");
      }
    }
  }

  /// R4: a final verdict is pure in what was known when it became final.
  void judge_late() {
    for (const auto& [key, story] : witness_.stories()) {
      if (!late_.contains({key.branch, key.ticket}) || story.confirmed == 0) continue;
      if (is_by_silence(story)) continue;
      auto at_confirmation = judge(key, story.confirmed, Times::corrected);
      auto at_end = story.ended == 0 ? std::nullopt : judge(key, story.ended, Times::corrected);
      // R78: what came between the two may have split cycles that were final already.
      if (!at_confirmation) {
        if (key.cycle == 1) differ(key, "final in the journal, unknown to the naive model");
        continue;
      }
      if (hangs_on_a_clock(key, story, at_confirmation->line)) {
        ++result_.doubted;
        if (story.cycle.doubt != rules::model::Doubt::clock ||
            story.cycle.verdict != Verdict::indeterminate)
          differ(key, "its verdict hangs on a clock that was wrong, and is final without a doubt");
        continue;
      }
      ++result_.late;
      if (at_end && story.ended == story.confirmed) {
        compare(key, story, at_end->line, true);
      } else {
        compare(key, story, at_confirmation->line, false);
      }
      if (at_end) {
        const bool is_undone = is_broken(at_confirmation->line) && !is_broken(at_end->line);
        if (is_undone) {
          keep_least(key, story, std::move(*at_confirmation));
        } else {
          keep(story, std::move(*at_end));
        }
      }
    }
  }

  void keep(const Story& story, naive::Judged judged) {
    // WHY: what a person made of it the naive model cannot know; the witness sees to that.
    if (story.decided != Verdict::open && story.cycle.verdict == Verdict::indeterminate) return;
    if (story.compensation != 0) order_[story.compensation] = judged_.size();
    judged_.push_back(std::move(judged));
  }

  void compare(const CommitmentKey& key, const Story& story, const VerdictLine& naive,
               bool is_end_known) {
    ++result_.verdicts;
    const auto ours = rules::model::to_line(key, story.cycle, true);
    if (ours.verdict != naive.verdict || ours.started_at != naive.started_at ||
        ours.breached_at != naive.breached_at)
      return differ(key, fmt::format("{} in the journal, {} by the naive model",
                                     rules::model::to_json(ours), rules::model::to_json(naive)));
    if (!is_end_known || story.ended == 0) return;
    if (ours.stopped_at != naive.stopped_at || ours.counted != naive.counted)
      differ(key, fmt::format("{} in the journal ended as {}", rules::model::to_json(ours),
                              rules::model::to_json(naive)));
  }

  /// By the breaker, which the naive model of promises does not know.
  static bool is_kept_back(const rules::model::Owed& body) {
    return body.state == PaidState::held && body.reason == "breaker";
  }

  /// All that was owed, in its order: what the breaker keeps back is what is far above the habit.
  void check_breaker() {
    NaiveBreaker breaker;
    for (const auto& [number, claim] : witness_.claims()) {
      const auto& body = claim.body;
      const bool is_further = body.late_of != 0 || body.reverses != 0;
      if (is_further || body.state == PaidState::recorded || body.state == PaidState::forfeited)
        continue;
      // WHY: one that caps took whole once a person let it go counts no more.
      if (body.state == PaidState::held && claim.state == PaidState::recorded) return;
      const bool is_kept = is_kept_back(body);
      if ((is_kept || body.state == PaidState::owed) &&
          is_kept != breaker.trips(claim.key.branch, claim.owed_at))
        differ(claim.key, fmt::format("C-1-{} {} kept back by the breaker", number,
                                      is_kept ? "is" : "is not"));
      breaker.count(claim.key.branch, claim.owed_at);
    }
  }

  void compare_money() {
    check_breaker();
    std::vector<size_t> order;
    for (const auto& [number, place] : order_) {
      order.push_back(place);
      judged_[place].is_kept_back = is_kept_back(witness_.claims().at(number).body);
    }
    naive::charge(judged_, order);
    for (const auto& [number, place] : order_) {
      const auto& line = judged_[place].line;
      const auto& body = witness_.claims().at(number).body;
      if (line.owed != body.amount || line.paid_state != body.state) {
        differ(line.key, fmt::format("C-1-{} is {} {}, the naive model says {} {}", number,
                                     rules::model::format_paid_state(body.state),
                                     body.amount ? rules::model::format_money(*body.amount) : "-",
                                     rules::model::format_paid_state(line.paid_state),
                                     line.owed ? rules::model::format_money(*line.owed) : "-"));
      }
    }
    for (const auto& one : judged_) {
      const auto& story = witness_.stories().at(one.line.key);
      if (one.claim != naive::Judged::Claim::none && story.compensation == 0)
        differ(one.line.key, "the naive model charges it, the journal does not");
    }
  }

  void differ(const CommitmentKey& key, const std::string& how) {
    if (result_.differences.size() >= 10) return;
    result_.differences.push_back(rules::model::format_commitment(key) + ": " + how);
  }

  const Witness& witness_;
  const Instant as_of_;
  naive::History history_;
  std::map<TicketName, ToldList> tickets_;
  std::map<std::string, ToldList> branches_;  ///< closings and openings
  std::set<TicketName> late_;
  std::vector<naive::Judged> judged_;
  std::map<uint64_t, size_t> order_;  ///< compensation: place in judged_
  VerdictCheck result_;
};

}  // namespace

VerdictCheck check_verdicts(const Witness& witness, const rules::model::BookPtr& book,
                            Instant as_of) {
  return Check(witness, book, as_of).run();
}

}  // namespace lupaus::tests::simulation
