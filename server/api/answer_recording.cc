// The loop is asked in bounded pieces: lookups of 4,096 payments, and as many answers under way.
#include "server/api/answer_recording.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <span>
#include <utility>

#include "server/finance/payment_ids.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::ledger::State;
using rules::model::Facts;
using rules::model::Result;

/// A query that visits more holds up the loop; more commands under way help nobody.
constexpr size_t kAtOnceMax = 4096;

/// Counts the answers that the loop still owes. Shared with the loop's callbacks, which may
/// outlive the call.
class UnderWay {
 public:
  struct Outcome {
    bool is_answered = false;
    bool is_unchanged = false;
    std::optional<rules::model::Error> error;
    std::optional<rules::model::BatchDiscarded> discarded;
  };
  explicit UnderWay(size_t count) : outcomes_(count) {}

  /// Waits for room for one more.
  void begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ < kAtOnceMax; });
    ++count_;
  }
  void end(size_t index, Outcome outcome) {
    std::lock_guard lock(mutex_);
    outcomes_[index] = std::move(outcome);
    --count_;
    if (count_ == 0 || count_ == kAtOnceMax / 2) changed_.notify_all();
  }
  std::vector<Outcome> finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0; });
    return std::move(outcomes_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t count_ = 0;
  std::vector<Outcome> outcomes_;
};

bool has_payment(const Facts& facts) {
  return std::any_of(facts.begin(), facts.end(), [](const auto& fact) {
    return std::holds_alternative<rules::model::Paid>(fact.body);
  });
}

std::optional<rules::model::BatchDiscarded> find_discarded(const Facts& facts) {
  for (const auto& fact : facts)
    if (const auto* body = std::get_if<rules::model::BatchDiscarded>(&fact.body)) return *body;
  return std::nullopt;
}

/// Kept as what the bank said, and no more.
rules::model::Error paid_twice() {
  return {"paid_twice",
          "booked, although it had failed; what was owed again for it has left, too: it may be "
          "paid twice",
          "ask the bank, or the customer, for one of them",
          {}};
}

/// One answer's place: a loop that stops lets go of it, which ends the wait too.
class Place {
 public:
  Place(std::shared_ptr<UnderWay> all, size_t index) : all_(std::move(all)), index_(index) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { all_->end(index_, std::move(outcome_)); }
  void take(const Result<Facts>& facts, bool is_payment) {
    outcome_.is_answered = true;
    if (!facts) outcome_.error = facts.error();
    if (facts) outcome_.discarded = find_discarded(*facts);
    outcome_.is_unchanged = facts && facts->empty();
    if (is_payment && facts && !facts->empty() && !has_payment(*facts))
      outcome_.error = paid_twice();
  }

 private:
  const std::shared_ptr<UnderWay> all_;
  const size_t index_;
  UnderWay::Outcome outcome_;
};

Result<finance::SentPayments> look_up(runtime::EngineLoop& loop, finance::Wanted wanted) {
  std::vector<uint64_t>& numbers = wanted.numbers;
  Result<void> seen = wire::look(loop, [&](const State& state) {
    for (const std::string& id : wanted.message_ids) {
      const PayoutBatch* batch = state.ledger.find_batch(finance::batch_of_message_id(id));
      if (batch != nullptr)
        numbers.insert(numbers.end(), batch->numbers.begin(), batch->numbers.end());
    }
  });
  if (!seen) return seen.error();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  finance::SentPayments payments;
  for (size_t at = 0; at < numbers.size(); at += kAtOnceMax) {
    const auto piece = std::span(numbers).subspan(at, std::min(kAtOnceMax, numbers.size() - at));
    seen = wire::look(loop, [&](const State& state) {
      for (const uint64_t number : piece) {
        const Compensation* line = state.ledger.find(number);
        if (line == nullptr || line->batch.empty()) continue;
        const PayoutBatch* batch = state.ledger.find_batch(line->batch);
        rules::model::ensure(batch != nullptr, "a compensation's batch is in the ledger");
        payments.add(*batch, *line);
      }
    });
    if (!seen) return seen.error();
  }
  return payments;
}

}  // namespace

Result<RecordedAnswers> record_answers(runtime::EngineLoop& loop, const finance::BankAnswer& answer,
                                       const std::shared_ptr<const rules::model::Actor>& actor) {
  Result<finance::SentPayments> payments = look_up(loop, finance::wanted_by(answer));
  if (!payments) return payments.error();
  RecordedAnswers recorded;
  recorded.matches = finance::match(answer, std::move(*payments));
  const auto& answers = recorded.matches.answers;
  auto under_way = std::make_shared<UnderWay>(answers.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    under_way->begin();
    loop.submit(
        answers[i].command, actor,
        [place = std::make_shared<Place>(under_way, i),
         is_payment = answers[i].command.answer == rules::model::RecordAnswer::Answer::paid](
            const Result<Facts>& facts) { place->take(facts, is_payment); });
  }
  std::vector<UnderWay::Outcome> outcomes = under_way->finish();
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].is_answered) return wire::stopping();
    if (outcomes[i].error) recorded.refused.push_back({i, std::move(*outcomes[i].error)});
    if (const auto& given_up = outcomes[i].discarded)
      recorded.discarded.push_back({i, given_up->id, given_up->reason});
    if (outcomes[i].is_unchanged) recorded.unchanged.push_back(i);
  }
  return recorded;
}

}  // namespace lupaus::server::api
