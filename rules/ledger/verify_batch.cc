// One pass over the lines, and one over each other batch that lives.
#include "rules/ledger/verify_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lupaus::rules::ledger {
namespace {

using model::PaidState;
using State = PayoutBatch::State;

/// The states that a line may have while the batch has its own.
bool is_fitting(State batch, const Compensation& line) {
  switch (batch) {
    case State::draft:
      return line.state == PaidState::owed || line.state == PaidState::approved;
    case State::approved:
      return line.state == PaidState::approved;
    case State::exported:
      return line.state == PaidState::dispatched || is_final_line(line.state);
    case State::settled:
      return is_final_line(line.state);
    case State::discarded:
      return true;
  }
  return false;
}

class Check {
 public:
  Check(const Batches& all, const FindLine& find, uint32_t partition, const PayoutBatch& batch)
      : all_(all), find_(find), partition_(partition), batch_(batch) {}

  std::vector<std::string> run() {
    check_order();
    std::optional<model::Money> sum = model::Money{batch_.total.currency, 0};
    for (const uint64_t number : batch_.numbers) {
      const Compensation* line = find_(number);
      if (line == nullptr) {
        say(number, "is not known");
        continue;
      }
      check_line(*line);
      if (sum && line->amount && line->amount->currency == sum->currency)
        sum = model::add(*sum, *line->amount);
    }
    if (!sum || *sum != batch_.total) {
      found_.push_back(fmt::format("the lines make {}, and the total says {}",
                                   sum ? model::format_money(*sum) : std::string("no sum"),
                                   model::format_money(batch_.total)));
    }
    if (batch_.state != State::discarded) check_others();
    return std::move(found_);
  }

 private:
  void say(uint64_t number, std::string_view what) {
    found_.push_back(fmt::format("{} {}", compensation_id(partition_, number), what));
  }

  void check_order() {
    if (batch_.numbers.empty()) found_.emplace_back("there is no line");
    for (size_t i = 1; i < batch_.numbers.size(); ++i) {
      if (batch_.numbers[i - 1] >= batch_.numbers[i])
        say(batch_.numbers[i], "stands twice, or out of order");
    }
  }

  void check_line(const Compensation& line) {
    if (!line.amount || line.amount->minor <= 0) {
      say(line.number, "has no sum");
    } else if (line.amount->currency != batch_.total.currency) {
      say(line.number, "is in another currency");
    } else if (line.amount->minor > line.computed.minor) {
      say(line.number, "is above what the tariff computed");
    }
    if (line.owed_at > batch_.until || line.owed_at > batch_.created_at)
      say(line.number, "was not owed yet");
    if (batch_.state == State::discarded) return;
    if (line.batch != batch_.id) say(line.number, "says that it lies elsewhere");
    if (line.instrument != model::Instrument::transfer) say(line.number, "is no transfer");
    if (line.customer.empty()) say(line.number, "names no customer");
    if (awaits_approval(line.state, line.reason)) say(line.number, "awaits approval");
    if (!is_fitting(batch_.state, line)) {
      say(line.number,
          fmt::format("is {}, and the batch is {}", model::format_paid_state(line.state),
                      format_batch_state(batch_.state)));
    }
  }

  void check_others() {
    for (const auto& [id, other] : all_) {
      if (id == batch_.id || other.state == State::discarded) continue;
      std::vector<uint64_t> shared;
      std::set_intersection(batch_.numbers.begin(), batch_.numbers.end(), other.numbers.begin(),
                            other.numbers.end(), std::back_inserter(shared));
      for (const uint64_t number : shared) say(number, fmt::format("lies in batch {} as well", id));
    }
  }

  const Batches& all_;
  const FindLine& find_;
  const uint32_t partition_;
  const PayoutBatch& batch_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> check_batch(const Ledger& ledger, uint32_t partition,
                                     const PayoutBatch& batch) {
  return check_batch(
      ledger.batches(), [&ledger](uint64_t number) { return ledger.find(number); }, partition,
      batch);
}

std::vector<std::string> check_batch(const Batches& all, const FindLine& find, uint32_t partition,
                                     const PayoutBatch& batch) {
  return Check(all, find, partition, batch).run();
}

}  // namespace lupaus::rules::ledger
