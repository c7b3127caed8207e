#include "tests/simulation/verdict_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tests/simulation/town.h"

namespace lupaus::tests::simulation {

using rules::model::PaidState;
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
    find_late();
    judge_complete();
    judge_late();
    compare_money();
    return std::move(result_);
  }

 private:
  using ToldList = std::vector<const Told*>;

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

  std::vector<naive::Judged> judge(const TicketName& name, Position before) {
    history_.events.clear();
    for (const auto* list : {&tickets_.at(name), &branches_[name.first]}) {
      for (const auto* one : *list) {
        if (one->position < before) history_.events.push_back(one->event);
      }
    }
    return naive::judge(history_, as_of_);
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
      const TicketName name{key.branch, key.ticket};
      if (!late_.contains(name) || story.confirmed == 0) continue;
      ++result_.late;
      const auto find = [&](std::vector<naive::Judged> all) -> std::optional<naive::Judged> {
        for (auto& one : all) {
          if (one.line.key == key) return std::move(one);
        }
        return std::nullopt;
      };
      auto at_confirmation = find(judge(name, story.confirmed));
      auto at_end = story.ended == 0 ? std::nullopt : find(judge(name, story.ended));
      // R78: what came between the two may have split cycles that were final already.
      if (!at_confirmation) {
        if (key.cycle == 1) differ(key, "final in the journal, unknown to the naive model");
        continue;
      }
      if (at_end && story.ended == story.confirmed) {
        compare(key, story, at_end->line, true);
      } else {
        compare(key, story, at_confirmation->line, false);
      }
      if (at_end) keep(story, std::move(*at_end));
    }
  }

  void keep(const Story& story, naive::Judged judged) {
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

  void compare_money() {
    std::vector<size_t> order;
    for (const auto& [number, place] : order_) order.push_back(place);
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
