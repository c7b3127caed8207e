// The life of one compensation after it was owed: what people decide of it, in which way it is
// paid, and what the bank says of it. Deciders only: each gives facts, or says in which state the
// compensation is and what to do instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/ledger/days.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// What it had used up of caps, each cap once, itself or as the one that it owes again.
std::vector<model::Owed::CapDraw> drawn(const Ledger& ledger, const Compensation& compensation);

/// Never paid, with the room that it gives back to caps.
model::Declined declined(const Ledger& ledger, const Compensation& compensation,
                         std::string reason);

/// As `declined`, with the end of what hangs on it: its review, the voucher that is out.
std::vector<model::FactBody> decline(const State& state, const Compensation& compensation,
                                     const std::string& reason);

/// Held because a review of the breach waits for a person, who decides that with the money.
bool is_in_review(const State& state, const Compensation& compensation);

/// Why it is not due as it stands: somebody excused the breach, or events say so that came when it
/// was on its way or that nobody who decided has seen; "" where nothing says so.
std::string doubt_of(const State& state, const Compensation& compensation);

/// What is doubted so is held, unless `doubt` is "": nothing goes out without another decision.
void hold_for(const std::string& doubt, model::Owed& owed);

/// What is owed because it came late (R57), where that is still unpaid and in nobody's hands; else
/// null.
const Compensation* find_unpaid_late(const Ledger& ledger, const Compensation& compensation);

/// Until when a voucher for it can be redeemed whose validity begins at `now`; nullopt: for ever.
std::optional<model::Instant> voucher_expiry(const State& state, const Compensation& compensation,
                                             model::Instant now);

/// A held compensation is owed from now on. One whose caps were not asked yet gets what they leave;
/// what is above `approval.over` waits for people again; a voucher that is out lives again, and its
/// validity begins anew: nobody could redeem it meanwhile.
std::vector<model::FactBody> let_go(const State& state, const Compensation& compensation,
                                    model::Instant now);

/// The amount is owed again, and nothing of caps is used up for it. The number is the next.
model::Owed owe_again(const Ledger& ledger, const Compensation& compensation);

/// A transfer came back: its amount is owed again for that reason, as `owed` or `held`, and held
/// where it is doubted.
std::vector<model::FactBody> come_back(const State& state, model::Reversed reversed,
                                       model::PaidState again, std::string reason);

/// The batch is given up; what is doubted of its lines is held.
std::vector<model::FactBody> give_up(const State& state, const PayoutBatch& batch,
                                     const std::string& reason);

/// A transfer that failed was paid after all: what was owed again for it is declined, and given up
/// with the batch that it lies in. Error "wrong_state": that has left, too.
model::Result<std::vector<model::FactBody>> pay_after_all(
    const State& state, const Compensation& failed, const std::string& reference,
    const std::optional<model::LocalDate>& booked_on);

/// Whether the bank's code says that no transfer can reach the account, until finance mends it.
bool is_account_wrong(std::string_view code);

/// Errors: "not_found", "wrong_state", "four_eyes", "bad_reason".
model::Result<std::vector<model::FactBody>> decide_payout(const State& state,
                                                          const model::Actor& who,
                                                          const model::DecidePayout& decision,
                                                          model::Instant now);

/// Errors: "not_found", "wrong_state", "bad_reason". The same instrument again is no change.
model::Result<std::vector<model::FactBody>> change_instrument(
    const State& state, const model::ChangeInstrument& change);

/// Errors: "not_found", "wrong_state", "amount_mismatch", "bad_date". The same answer again changes
/// nothing, nor does one that the bank has overtaken. A booking of what failed, and has left again
/// since, is kept as what the bank said of it.
model::Result<std::vector<model::FactBody>> record_answer(const State& state,
                                                          const model::RecordAnswer& answer,
                                                          model::Instant now);

}  // namespace lupaus::rules::ledger
