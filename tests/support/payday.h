// A whole house that owes money, without its network: real store, loop, outbox and channels over
// one folder; owes as much as a test asks for, and dies when told to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/compensate/outbox.h"
#include "server/compensate/webhook.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::tests::support {

struct PaydaySettings {
  std::string folder;  ///< of the database
  server::compensate::WebhookSettings webhook;
  server::compensate::OutboxSettings outbox = {};
  std::string instrument = "webhook";  ///< or "voucher", "apology", "transfer"
  std::string language = {};           ///< attribute of the tickets; "" leaves it out
  server::runtime::LoopSettings loop = {};
};

/// One life of the house; the next one takes up the same folder. Real time.
class Payday {
 public:
  explicit Payday(PaydaySettings settings);
  ~Payday();

  /// Makes `count` more compensations owed: EUR 10.00, or an apology. With `is_drained`, returns
  /// once they are durable.
  void owe(uint64_t count, bool is_drained);
  /// What is recorded from now on is lost, and everything stops as if it had been killed. Attempts
  /// under way still reach the receiver. The object is of no use afterwards.
  void kill();
  /// Waits until `count` are recorded as paid, or as vouchers, in all lives together; false when
  /// the house died.
  bool wait_until_settled(uint64_t count);

  /// Of all lives: compensations by state, as the ledger has them.
  std::map<rules::model::PaidState, uint64_t> by_state();
  /// Of all lives: compensations.
  uint64_t owed_count();
  /// Sum of all attempts that the ledger has recorded.
  uint64_t attempts();
  server::compensate::OutboxFigures figures() const;
  server::runtime::EngineLoop& loop();
  const server::runtime::Storage& storage() const;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::tests::support
