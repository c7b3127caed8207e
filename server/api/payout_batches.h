// Payout batches for finance: drawn up, looked at, approved, given up, and made into files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api/payout_message.h"
#include "server/api/payout_ports.h"
#include "server/finance/render.h"
#include "server/wire/identity.h"

namespace lupaus::v1 {
class CreatePayoutBatchRequest;
class PayoutBatch;
}  // namespace lupaus::v1
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// A batch with its lines, as they are at one position.
struct LoadedBatch {
  rules::ledger::PayoutBatch batch;
  std::vector<rules::ledger::Compensation> lines;
};

/// `not_found` where there is none.
rules::model::Result<LoadedBatch> load_batch(runtime::EngineLoop& loop, const std::string& id);

/// Owed transfers in no batch.
struct BatchCandidates {
  struct Sum {
    uint32_t count = 0;
    rules::model::Money total;
  };
  std::vector<uint64_t> without_payee;                ///< ascending
  std::map<rules::model::Currency, Sum> by_currency;  ///< of the others
};

/// A file that may leave, and is never whole in memory.
struct PayoutFile {
  std::string name;
  uint64_t size_bytes = 0;
  std::string sha256;  ///< of all of it
  /// In pieces of at most some 100 KB: the same bytes however often it is called. Fails, before the
  /// first byte, only where the disk has no room for what the XLSX writer puts aside.
  std::function<rules::model::Result<void>(const finance::Sink&)> write;
};

/// Lives as long as the loop; any thread.
class PayoutBatches {
 public:
  PayoutBatches(runtime::EngineLoop& loop, PayoutPorts ports)
      : loop_(loop), ports_(std::move(ports)) {}

  /// `nothing_to_pay` says how many wait for a payee.
  rules::model::Result<void> create(const v1::CreatePayoutBatchRequest& request,
                                    const wire::Identity& who, v1::PayoutBatch& response);
  /// With the hash of its content and what its lines are by now.
  rules::model::Result<void> show(const std::string& id, v1::PayoutBatch& response);
  rules::model::Result<void> approve(const std::string& id, const wire::Identity& who,
                                     v1::PayoutBatch& response);
  rules::model::Result<void> discard(const std::string& id, const std::string& reason,
                                     const wire::Identity& who, v1::PayoutBatch& response);
  /// Refused, and nothing recorded, unless the whole file could be made of what was approved, and
  /// is the one that left before in this format (`changed_file`), and its payees are those of the
  /// approval (`changed_payee`).
  rules::model::Result<PayoutFile> make_file(const std::string& id, const std::string& format,
                                             const wire::Identity& who);

 private:
  /// What may come into a batch of transfers owed at or before `until`.
  rules::model::Result<BatchCandidates> find_candidates(rules::model::Instant until);
  /// Whether a bank would take the payment file, where one is configured to get it. WHY before it
  /// is approved: nothing in it changes afterwards, and once it left in one form it is never given
  /// up.
  rules::model::Result<void> check_payable(LoadedBatch loaded) const;
  /// "": the server keeps no payees.
  std::string payees_digest(const std::vector<std::string>& customers) const;
  /// As it was approved; the ledger's refusal where nobody has.
  rules::model::Result<LoadedBatch> load_approved(const std::string& id, const std::string& format,
                                                  const wire::Identity& who);
  rules::model::Result<PayoutFile> draw(const std::string& format, rules::model::Instant made_at,
                                        LoadedBatch loaded);

  runtime::EngineLoop& loop_;
  const PayoutPorts ports_;
};

}  // namespace lupaus::server::api
