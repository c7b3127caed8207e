// Scenes in which a source falls silent, people decide what nobody could prove, before the clocks
// end and after, and then the source tells what it knew: whatever they said, the engine and the
// naive clerk agree on every verdict, on what is owed and what is held, and on what waits for a
// person.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fmt/format.h"
#include "rules/ledger/reviews.h"
#include "tests/rules/scenario/scene_runs.h"
#include "tests/rules/scenario/scene_trials.h"
#include "tests/support/naive_clerk.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using naive::Clerk;
using naive::Judged;

/// One commitment, followed through the journal.
class Followed {
 public:
  Followed(const naive::History& history, const CommitmentKey& key, const Promise& promise)
      : history_{history.editions, {}, history.first},
        key_(key),
        clerk_(promise.compensation && promise.compensation->is_settled_at_breach,
               [this] { return claim(); }) {
    has_money_ = promise.compensation.has_value();
    is_at_breach_ = has_money_ && promise.compensation->is_settled_at_breach;
  }
  Followed(const Followed&) = delete;
  Followed& operator=(const Followed&) = delete;

  void follow(const Facts& facts, std::string& wrong) {
    for (size_t i = 0; i < facts.size(); ++i) {
      now_ = std::max(now_, facts[i].at);
      next_owed_ = find_owed(facts, i);
      if (const auto* observed = std::get_if<Observed>(&facts[i].body)) hear(*observed);
      if (const auto* late = std::get_if<LateEvidence>(&facts[i].body);
          late && late->key == key_ && is_renumbered_)
        clerk_.doubt();
      if (const auto* confirmed = std::get_if<Confirmed>(&facts[i].body))
        note_sibling(confirmed->key, confirmed->cycle);
      if (const auto* ended = std::get_if<Ended>(&facts[i].body))
        note_sibling(ended->key, ended->cycle);
      if (const auto* confirmed = std::get_if<Confirmed>(&facts[i].body);
          confirmed && confirmed->key == key_) {
        end_ = confirmed->cycle.end;
        clerk_.confirm(confirmed->cycle.verdict, confirmed->is_end_final);
        stopped_at_ = confirmed->cycle.stopped_at;
      }
      if (const auto* ended = std::get_if<Ended>(&facts[i].body); ended && ended->key == key_) {
        end_ = ended->cycle.end;
        stopped_at_ = ended->cycle.stopped_at;
        clerk_.end(ended->cycle.verdict);
      }
      if (const auto* decided = std::get_if<ReviewDecided>(&facts[i].body);
          decided && decided->key == key_) {
        ++decisions_;
        if (!clerk_.decide(decided->verdict)) wrong += say("was decided, and nothing waited");
      }
    }
  }

  const Clerk& clerk() const { return clerk_; }
  size_t decisions() const { return decisions_; }
  std::string say(const std::string& what) const {
    return fmt::format("  {}: {}\n", format_commitment(key_), what);
  }

 private:
  const Owed* find_owed(const Facts& facts, size_t from) const {
    for (size_t i = from; i < facts.size(); ++i) {
      const auto* owed = std::get_if<Owed>(&facts[i].body);
      if (owed != nullptr && owed->key == key_ && owed->late_of == 0) return owed;
    }
    return nullptr;
  }

  void note_sibling(const CommitmentKey& key, const Cycle& cycle) {
    if (key.branch != key_.branch || key.ticket != key_.ticket || key.promise != key_.promise)
      return;
    siblings_[key.cycle] = cycle.stopped_at.value_or(kEndOfTime);
  }

  void hear(const Observed& observed) {
    const Event& event = observed.event;
    if (event.branch != key_.branch || (!event.ticket.empty() && event.ticket != key_.ticket))
      return;
    const bool may_change = clerk_.is_final() && (!clerk_.is_ended() || !stopped_at_ ||
                                                  observed.corrected_at() <= *stopped_at_);
    // R78: final cycles keep their numbers, and all that follows goes on from there.
    is_disturbed_ |= std::any_of(siblings_.begin(), siblings_.end(), [&](const auto& sibling) {
      return observed.corrected_at() <= sibling.second;
    });
    // Which of several cycles the naive model's numbers mean is then not known any more.
    is_renumbered_ |= std::any_of(siblings_.begin(), siblings_.end(), [&](const auto& sibling) {
      return sibling.first != key_.cycle && observed.corrected_at() <= sibling.second;
    });
    now_ = std::max(now_, observed.corrected_at());
    const auto before = may_change ? judge() : std::nullopt;
    naive::Event plain{observed.corrected_at(),
                       std::string(event.source),
                       event.epoch,
                       event.sequence,
                       std::string(event.branch),
                       std::string(event.ticket),
                       std::string(event.type),
                       {}};
    for (const auto& attribute : event.attributes)
      plain.attributes[std::string(attribute.name)] = attribute.value;
    history_.events.push_back(std::move(plain));
    if (is_renumbered_ || !may_change || is_same(before, judge())) return;
    clerk_.doubt();
  }

  /// As all that was heard so far says.
  std::optional<Judged> judge() const {
    for (auto& judged : naive::judge(history_, now_)) {
      if (judged.line.key.ticket == key_.ticket && judged.line.key.promise == key_.promise &&
          judged.line.key.cycle == key_.cycle)
        return std::move(judged);
    }
    return std::nullopt;
  }

  static bool is_broken(const std::optional<Judged>& judged) {
    return judged &&
           (judged->line.verdict == Verdict::breached || judged->line.verdict == Verdict::excused);
  }

  static std::string customer(const std::optional<Judged>& judged) {
    if (!judged || !judged->claimed) return "";
    const auto found = judged->captured.find("customer");
    return found == judged->captured.end() ? "" : found->second;
  }

  /// While the end is not final, only the breach is.
  bool is_same(const std::optional<Judged>& before, const std::optional<Judged>& after) const {
    const auto sum = [](const auto& judged) { return judged ? judged->claimed : std::nullopt; };
    const bool is_same_sum = sum(before) == sum(after);
    if (!clerk_.is_ended()) {
      return is_broken(before) == is_broken(after) && (!clerk_.is_charged() || is_same_sum);
    }
    if (before.has_value() != after.has_value()) return false;
    const bool is_same_verdict = !before || before->line.verdict == after->line.verdict;
    return is_same_verdict && is_same_sum && customer(before) == customer(after);
  }

  /// By the naive tariff where the events say what was decided; where they do not, the least breach
  /// is owed, and only whether it is held is asked.
  Judged::Claim claim() const {
    using Claim = Judged::Claim;
    if (!has_money_) return Claim::none;
    if (!is_disturbed_) {
      const auto judged = judge();
      if (judged && judged->claim != Claim::none) return judged->claim;
    }
    if (next_owed_ == nullptr || next_owed_->state == PaidState::none) return Claim::none;
    if (next_owed_->state == PaidState::forfeited) return Claim::forfeited;
    if (next_owed_->state == PaidState::recorded) return Claim::nothing;
    if (!next_owed_->amount) return Claim::no_sum;
    const bool is_review = end_ == End::review || end_ == End::expired_review;
    return is_review && !is_at_breach_ ? Claim::review : Claim::sum;
  }

  naive::History history_;
  const CommitmentKey key_;
  Clerk clerk_;
  bool has_money_ = false, is_at_breach_ = false, is_disturbed_ = false, is_renumbered_ = false;
  Instant now_ = kBeginningOfTime;
  std::optional<Instant> stopped_at_;
  std::map<uint32_t, Instant> siblings_;  ///< ends of the ticket's final cycles, by number
  End end_ = End::none;
  const Owed* next_owed_ = nullptr;
  size_t decisions_ = 0;
};

struct Counts {
  size_t decided = 0, again = 0, early_held = 0;
};

std::string compare(const LiveRun& live, const naive::History& history, Counts& counts) {
  std::map<CommitmentKey, Verdict> finals;
  for (const auto& fact : live.facts()) {
    if (const auto* confirmed = std::get_if<Confirmed>(&fact.body))
      finals.emplace(confirmed->key, confirmed->cycle.verdict);
  }
  std::set<CommitmentKey> waiting;
  for (const auto& review : rules::ledger::reviews(live.state(), SIZE_MAX).reviews)
    waiting.insert(review.key);
  std::map<CommitmentKey, const rules::engine::Commitment*> commitments;
  const auto& engine = live.state().engine;
  std::string wrong;
  for (const auto& [key, verdict] : finals) {
    const auto& ticket = engine.ticket(engine.find_ticket(key.branch, key.ticket).value());
    const auto found = std::find_if(ticket.commitments.begin(), ticket.commitments.end(),
                                    [&](const auto& c) { return engine.key_of(ticket, c) == key; });
    const Promise* promise = engine.promise(*found);
    Followed followed(history, key, *promise);
    followed.follow(live.facts(), wrong);
    const Clerk& clerk = followed.clerk();
    counts.decided += followed.decisions() > 0 ? 1 : 0;
    counts.again += followed.decisions() > 1 ? 1 : 0;
    const auto said = rules::engine::settled_verdict(*found);
    if (said != clerk.verdict())
      wrong += followed.say(fmt::format("is {} by the rulings, {} by the product",
                                        format_verdict(clerk.verdict()), format_verdict(said)));
    if (verdict == Verdict::indeterminate && found->cycle.verdict != verdict)
      wrong += followed.say("was final and is another");
    const auto* money = live.state().ledger.find(key);
    const PaidState state = money == nullptr ? PaidState::none : money->state;
    if (state == PaidState::held && found->decided != Verdict::open) ++counts.early_held;
    if (state != clerk.money())
      wrong +=
          followed.say(fmt::format("its money is `{}` by the rulings, `{}` by the product",
                                   format_paid_state(clerk.money()), format_paid_state(state)));
    if (waiting.contains(key) != clerk.is_waiting())
      wrong += followed.say(clerk.is_waiting() ? "waits for a person, and is in no list"
                                               : "is listed as waiting, and does not");
  }
  return wrong;
}

TEST(Decisions, AndLateEventsMeanWhatTheRulingsSay) {
  Counts counts;
  const auto check = [&](const Scene& full, uint64_t disorder) -> std::string {
    std::mt19937_64 random(disorder);
    if (full.events.empty()) return "";
    const Duration hold = random() % 2 == 0 ? 3s : Duration(1h);
    const Scene scene = held_for(full, hold);
    const auto& somewhere = scene.events[random() % scene.events.size()];
    LiveRun::Silence silence{kSceneSources[random() % kSceneSources.size()],
                             somewhere.at + Duration(static_cast<int64_t>(random() % 3))};
    silence.until = silence.from + hold + Duration(static_cast<int64_t>(random() % 100'000'000));
    const LiveRun live(scene, silence, &random);
    return compare(live, history_of(scene), counts) + live.check_replay();
  };
  hold("decisions", check, 1'500, {6, 3, 1});
  std::printf("decided: %zu, of them a second time: %zu, held still: %zu\n", counts.decided,
              counts.again, counts.early_held);
  if (std::getenv("LUPAUS_ROUNDS") == nullptr) {
    EXPECT_GT(counts.decided, 500u);
    EXPECT_GT(counts.again, 10u) << "late events held what was decided";
  }
}

}  // namespace
}  // namespace lupaus::tests
