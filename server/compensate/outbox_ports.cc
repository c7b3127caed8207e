// How the outbox reaches a running loop.
#include <latch>
#include <utility>

#include "server/compensate/outbox.h"

namespace lupaus::server::compensate {

using rules::ledger::Compensation;
using rules::model::Error;
using rules::model::Instrument;
using rules::model::PaidState;
using rules::model::Result;
using rules::model::Settle;

namespace {

/// One query copies this many; more would hold up the engine loop.
constexpr size_t kUnsettledChunk = 1024;

}  // namespace

bool is_unsettled(const Compensation& compensation) {
  const PaidState state = compensation.state;
  const bool is_waiting =
      state == PaidState::owed || state == PaidState::approved || state == PaidState::dispatched;
  if (!is_waiting || rules::ledger::awaits_approval(state, compensation.reason)) return false;
  const bool has_content =
      compensation.amount.has_value() || compensation.instrument == Instrument::apology;
  // WHY: a void voucher is never issued again; another instrument may take its place.
  const bool is_handed_over =
      !compensation.voucher.empty() &&
      (!compensation.is_voucher_void || compensation.instrument == Instrument::voucher);
  return has_content && !is_handed_over;
}

std::optional<uint64_t> find_unsettled(const rules::ledger::State& state, uint64_t number,
                                       std::vector<Compensation>& found) {
  const auto& all = state.ledger.compensations();
  auto at = all.lower_bound(number);
  for (size_t i = 0; i < kUnsettledChunk && at != all.end(); ++i, ++at) {
    if (is_unsettled(at->second)) found.push_back(at->second);
  }
  return at == all.end() ? std::nullopt : std::optional<uint64_t>(at->first);
}

OutboxPorts ports_of(runtime::EngineLoop& loop, std::function<void(const std::string&)> tell) {
  OutboxPorts ports;
  const auto actor = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::system, true, "lupaus", ""});
  ports.settle = [&loop, actor](Settle settle, std::function<void(Result<void>)> answer) {
    const bool is_attempt = settle.outcome == Settle::Outcome::dispatched;
    loop.submit(std::move(settle), actor,
                [answer = std::move(answer), is_attempt](Result<rules::model::Facts> facts) {
                  if (!facts.ok()) return answer(facts.error());
                  // WHY: a repeated outcome is no error for the ledger, but an attempt that it did
                  // not record must not be made: the compensation was settled before.
                  if (is_attempt && facts->empty()) {
                    return answer(Error{"already_settled", "it was settled before", "", {}});
                  }
                  answer(Result<void>());
                });
  };
  ports.unsettled = [&loop] {
    std::vector<Compensation> found;
    std::optional<uint64_t> next = 0;
    while (next.has_value()) {
      const auto is_read = std::make_shared<std::latch>(1);
      loop.query(
          [&found, &next](const rules::ledger::State& state) {
            next = find_unsettled(state, *next, found);
          },
          [is_read] { is_read->count_down(); });
      is_read->wait();
    }
    return found;
  };
  ports.tell = std::move(tell);
  ports.look_up = [&loop](uint64_t number, std::function<void(std::optional<Compensation>)> found) {
    auto seen = std::make_shared<std::optional<Compensation>>();
    loop.query(
        [seen, number](const rules::ledger::State& state) {
          const Compensation* compensation = state.ledger.find(number);
          if (compensation != nullptr) *seen = *compensation;
        },
        [seen, found = std::move(found)] { found(std::move(*seen)); });
  };
  return ports;
}

}  // namespace lupaus::server::compensate
