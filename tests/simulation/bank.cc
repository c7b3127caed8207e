#include "tests/simulation/bank.h"

#include "fmt/format.h"
#include "server/compensate/webhook.h"

namespace lupaus::tests::simulation {

using server::compensate::Outcome;

void Bank::take(const rules::ledger::Compensation& compensation, const std::string& body) {
  ++requests_;
  const std::string key =
      rules::ledger::compensation_id(server::compensate::kPartition, compensation.number);
  const std::string commitment = rules::model::format_commitment(compensation.key);
  const auto [known, is_new] = paid_.emplace(key, body);
  if (!is_new && known->second != body) witness_.complain(key + " asks for something else now");
  const auto [other, is_first] = by_commitment_.emplace(commitment, key);
  if (!is_first && other->second != key)
    witness_.complain(commitment + " is paid as " + other->second + " and as " + key);
  if (is_new) paid_minor_ += compensation.amount->minor;
}

Outcome Bank::ask(const rules::ledger::Compensation& compensation) {
  witness_.heard_payment(compensation.number, compensation.amount.value());
  const std::string body = server::compensate::webhook_body(compensation);
  if (faults_.meets(FaultKind::bank_refusal, chance_))
    return server::compensate::judge_answer(compensation, 503, "", true);
  take(compensation, body);
  if (faults_.meets(FaultKind::bank_duplicate, chance_)) take(compensation, body);
  if (faults_.meets(FaultKind::bank_lost_reply, chance_))
    return {Outcome::Kind::unknown, "the connection broke"};
  const std::string paid =
      fmt::format(R"({{"reference":"B-1","amount":{{"currency":"{}","minor":{}}}}})",
                  compensation.amount->currency.text(), compensation.amount->minor);
  return server::compensate::judge_answer(compensation, 200, paid, true);
}

}  // namespace lupaus::tests::simulation
