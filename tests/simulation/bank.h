// The bank behind the webhook channel, and the channel that reaches it without a network: requests
// and answers are the real ones. The bank pays once for a key, as its contract says; what it must
// never see is two keys for one debt, or another sum under a known key.
#pragma once

#include <map>
#include <string>

#include "server/compensate/channel.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/witness.h"

namespace lupaus::tests::simulation {

class Bank {
 public:
  Bank(Faults& faults, Witness& witness, Chance chance)
      : faults_(faults), witness_(witness), chance_(chance) {}

  /// One request for one compensation, and what its sender hears.
  server::compensate::Outcome ask(const rules::ledger::Compensation& compensation);

  size_t payout_count() const { return paid_.size(); }
  uint64_t request_count() const { return requests_; }
  int64_t paid_minor() const { return paid_minor_; }

 private:
  void take(const rules::ledger::Compensation& compensation, const std::string& body);

  Faults& faults_;
  Witness& witness_;
  Chance chance_;
  std::map<std::string, std::string> paid_;           ///< key: the request's body
  std::map<std::string, std::string> by_commitment_;  ///< commitment: key
  uint64_t requests_ = 0;
  int64_t paid_minor_ = 0;
};

/// The webhook channel's place in the outbox.
class BankChannel : public server::compensate::Channel {
 public:
  explicit BankChannel(Bank& bank) : bank_(bank) {}
  std::string_view name() const override { return "webhook"; }
  rules::model::Instrument instrument() const override { return rules::model::Instrument::webhook; }
  bool is_remote() const override { return true; }
  server::compensate::Outcome deliver(const rules::ledger::Compensation& compensation,
                                      const server::compensate::Wording&) override {
    return bank_.ask(compensation);
  }

 private:
  Bank& bank_;
};

}  // namespace lupaus::tests::simulation
