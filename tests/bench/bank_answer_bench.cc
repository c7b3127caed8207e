// What a bank's answer with 100,000 statuses costs before the ledger decides: reading and matching,
// medians over rounds in one run. bank_answer_bench [ROUNDS [FILE]]: with FILE the answer is also
// written there.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "rules/model/money.h"
#include "server/finance/answer_matching.h"
#include "server/finance/bank_answer.h"
#include "server/finance/payment_ids.h"
#include "tests/server/finance/bank_letters.h"

namespace {

using namespace lupaus;                   // NOLINT: a program
using namespace lupaus::server::finance;  // NOLINT

constexpr uint64_t kPayments = 100'000;

double median_ms(int rounds, const std::function<void()>& work) {
  std::vector<double> each;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    each.push_back(took.count());
  }
  std::nth_element(each.begin(), each.begin() + rounds / 2, each.end());
  return each[static_cast<size_t>(rounds / 2)];
}

std::string make_answer() {
  std::vector<tests::Letter> letters;
  for (uint64_t number = 1; number <= kPayments; ++number) {
    const bool is_rejected = number % 50 == 0;
    letters.push_back(
        {end_to_end_id(number), is_rejected ? "RJCT" : "ACSC", "10.00", is_rejected ? "AC04" : ""});
  }
  return tests::write_pain002("10", "B-20260105-0001", "PART", letters);
}

SentPayments make_payments() {
  rules::ledger::PayoutBatch batch;
  batch.id = "B-20260105-0001";
  batch.state = rules::ledger::PayoutBatch::State::exported;
  rules::ledger::Compensation line;
  line.batch = batch.id;
  line.amount = *rules::model::parse_money("EUR 10.00");
  line.state = rules::model::PaidState::dispatched;
  SentPayments payments;
  for (line.number = 1; line.number <= kPayments; ++line.number) payments.add(batch, line);
  return payments;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const std::string file = make_answer();
  if (argc > 2) std::ofstream(argv[2], std::ios::binary) << file;
  const auto answer = read_bank_answer(file);
  if (!answer) return 1;
  std::printf("pain.002 of %zu statuses, %.1f MB\n", answer->statements.size(),
              static_cast<double>(file.size()) / 1e6);
  const double read = median_ms(rounds, [&] {
    if (!read_bank_answer(file)) std::abort();
  });
  size_t answers = 0;
  const double matched =
      median_ms(rounds, [&] { answers = match(*answer, make_payments()).answers.size(); });
  std::printf("read   %7.0f ms\nmatch  %7.0f ms, %zu answers\n", read, matched, answers);
  return answers == kPayments ? 0 : 1;
}
