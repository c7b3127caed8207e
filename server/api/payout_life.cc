// Which facts are about a compensation: those with its number, those of a batch that it was in, and
// what people and late events said of its commitment.
#include "server/api/payout_life.h"

#include <algorithm>
#include <set>
#include <variant>

#include "fmt/format.h"
#include "server/api/journal_seek.h"

namespace lupaus::server::api {
namespace {

namespace model = rules::model;
using rules::ledger::Compensation;
using Told = std::optional<std::pair<std::string, std::string>>;  ///< step and text

std::string joined(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return std::string(left.empty() ? right : left);
  return fmt::format("{}: {}", left, right);
}

std::string booked(const std::optional<model::LocalDate>& day) {
  return day ? "booked on " + model::format_local_date(*day) : "";
}

std::string sum_of(const std::optional<model::Money>& amount) {
  return amount ? model::format_money(*amount) : "";
}

std::string id_of(uint64_t number) { return rules::ledger::compensation_id(1, number); }

/// What one fact says of the compensation; nothing when it is about something else.
class Teller {
 public:
  explicit Teller(const Compensation& compensation) : c_(compensation) {}

  Told operator()(const model::Owed& fact) {
    if (fact.reverses == c_.number && fact.number != c_.number)
      return said("owed again", "as " + id_of(fact.number));
    if (fact.late_of == c_.number && fact.number != c_.number)
      return said("paid late", joined("owed for it", id_of(fact.number)));
    if (fact.number != c_.number) return {};
    return said(model::format_paid_state(fact.state), joined(sum_of(fact.amount), fact.reason));
  }
  Told operator()(const model::Released& fact) {
    if (fact.number != c_.number) return {};
    return said("released", joined(fmt::format("{} {}", model::format_paid_state(fact.state),
                                               sum_of(fact.amount)),
                                   fact.reason));
  }
  Told operator()(const model::Declined& fact) { return mine(fact, "declined", fact.reason); }
  Told operator()(const model::VoucherIssued& fact) {
    return mine(fact, "voucher issued",
                fact.expires_at ? "until " + model::format_instant(*fact.expires_at) : "");
  }
  Told operator()(const model::VoucherVoided& fact) {
    return mine(fact, "voucher voided", fact.reason);
  }
  Told operator()(const model::VoucherRedeemed& fact) {
    return mine(fact, "voucher redeemed", fact.at_branch.empty() ? "" : "at " + fact.at_branch);
  }
  Told operator()(const model::Dispatched& fact) {
    return mine(fact, "dispatched", fmt::format("{}, attempt {}", fact.channel, fact.attempt));
  }
  Told operator()(const model::Paid& fact) {
    return mine(fact, "paid", joined(fact.reference, booked(fact.booked_on)));
  }
  Told operator()(const model::Failed& fact) { return mine(fact, "failed", fact.reason); }
  Told operator()(const model::PayoutApproved& fact) {
    return mine(fact, fact.is_complete ? "approved" : "approved by one", fact.reason);
  }
  Told operator()(const model::PayoutHeld& fact) { return mine(fact, "held", fact.reason); }
  Told operator()(const model::Reversed& fact) {
    return mine(fact, "reversed", joined(joined(fact.code, fact.reason), booked(fact.booked_on)));
  }
  Told operator()(const model::BankAnswered& fact) {
    return mine(fact, "bank answered",
                joined(joined(fact.code, fact.message), booked(fact.booked_on)));
  }
  Told operator()(const model::InstrumentChanged& fact) {
    return mine(fact, "instrument changed",
                joined(model::format_instrument(fact.instrument), fact.reason));
  }
  Told operator()(const model::Claimed& fact) { return mine(fact, "claimed", ""); }
  Told operator()(const model::LateEvidence& fact) {
    if (fact.compensation != c_.number) return {};
    return said("late evidence", fmt::format("an event of {} now gives {}{}", fact.source,
                                             model::format_verdict(fact.verdict),
                                             fact.owed ? ", " + sum_of(fact.owed) : ""));
  }
  Told operator()(const model::ReviewDecided& fact) {
    if (fact.key != c_.key) return {};
    return said("review decided", joined(model::format_verdict(fact.verdict), fact.reason));
  }
  Told operator()(const model::Excused& fact) {
    if (fact.key != c_.key) return {};
    return said(fact.is_complete ? "excused" : "excused by one", joined(fact.excuse, fact.reason));
  }
  Told operator()(const model::BatchClosed& fact) {
    if (!std::binary_search(fact.numbers.begin(), fact.numbers.end(), c_.number)) return {};
    batches_.insert(fact.id);
    return said("in batch", fact.id);
  }
  Told operator()(const model::BatchApproved& fact) {
    return of_batch(fact.id, "batch approved", "");
  }
  Told operator()(const model::BatchExported& fact) {
    return of_batch(fact.id, "batch exported", fact.format);
  }
  Told operator()(const model::BatchDiscarded& fact) {
    Told told = of_batch(fact.id, "batch discarded", fact.reason);
    batches_.erase(fact.id);
    return told;
  }
  template <typename Other>
  Told operator()(const Other&) {
    return {};
  }

 private:
  static Told said(std::string_view step, std::string text) {
    return std::pair(std::string(step), std::move(text));
  }
  template <typename Fact>
  Told mine(const Fact& fact, std::string_view step, std::string text) const {
    return fact.number == c_.number ? said(step, std::move(text)) : Told{};
  }
  Told of_batch(const std::string& id, std::string_view step, std::string_view text) const {
    return batches_.contains(id) ? said(step, joined(id, text)) : Told{};
  }

  const Compensation& c_;
  std::set<std::string> batches_;  ///< that it is in
};

model::Result<std::vector<LifeStep>> read_from(const runtime::Storage& storage,
                                               model::Position from,
                                               const Compensation& compensation) {
  std::vector<LifeStep> steps;
  Teller teller(compensation);
  const auto read = storage.read_journal(from, [&](std::span<const model::Fact> facts) {
    for (const model::Fact& fact : facts) {
      if (fact.position > compensation.position) return false;
      Told told = std::visit(teller, fact.body);
      if (!told) continue;
      steps.push_back({fact.position, fact.at, fact.actor ? *fact.actor : model::Actor{},
                       std::move(told->first), std::move(told->second)});
    }
    return facts.empty() || facts.back().position < compensation.position;
  });
  if (!read) return read.error();
  return steps;
}

}  // namespace

model::Result<std::vector<LifeStep>> read_life(const runtime::Storage& storage,
                                               const Compensation& compensation) {
  const auto from = seek_journal(storage, compensation.owed_at);
  if (!from) return from.error();
  auto steps = read_from(storage, *from, compensation);
  // WHY: no life begins without a first step; a journal whose times were not in order has it
  // earlier.
  if (steps && steps->empty() && *from > 1) return read_from(storage, 1, compensation);
  return steps;
}

}  // namespace lupaus::server::api
