// What people decide of one compensation: who may let it pass, what stops it, and what is refused
// with which words.
#include "tests/rules/ledger/desk.h"

namespace lupaus::tests {
namespace {

TEST(Approval, IsBySomebodyWhoDidNotChangeIt) {
  Desk d = desk(Instrument::voucher, approve_over_5);
  EXPECT_EQ(d.settle(Settle::Outcome::voucher_issued).substr(0, 11), "wrong_state");
  EXPECT_EQ(d.decide(Action::hold, 1, "anna"), "");
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "wrong_state: C-1-1 is held (because)");
  EXPECT_EQ(d.decide(Action::release, 1, "anna"), "");
  EXPECT_EQ(d.state(), "owed (approval)") << "what was changed waits for people again";
  EXPECT_EQ(d.decide(Action::approve, 1, "ANNA"),
            "four_eyes: `ANNA` entered or changed C-1-1 and cannot approve it");
  EXPECT_EQ(d.decide(Action::approve, 1, ""), "who: this needs to know who acts");
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
  EXPECT_EQ(d.state(), "approved (approval)");
  EXPECT_EQ(d.decide(Action::approve, 1, "carl"), "wrong_state: C-1-1 is approved (approval)");
  EXPECT_EQ(d.settle(Settle::Outcome::voucher_issued), "");
}

TEST(Approval, IsNeverByWhoEnteredTheEvents) {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  auto book = std::make_shared<Book>(*make_book({form}));
  approve_over_5(*book->promises[0].compensation);
  World world(book);
  OwnedEvent event;
  event.ticket = "A1";
  event.type = "issued";
  event.at = World::at(0min);
  event.attributes.push_back({"customer", "c-1"});
  world.observe(event, World::at(16min));
  event.type = "service_started";
  event.at = World::at(16min);
  world.enter(event, World::at(16min), "carl");
  world.hear_all(World::at(1h), World::at(1h));
  Desk d{std::move(world)};
  EXPECT_EQ(d.all<Owed>().at(0).entered_by, std::vector<std::string>{"carl"});
  EXPECT_EQ(d.decide(Action::approve, 1, "Carl"),
            "four_eyes: `Carl` entered or changed C-1-1 and cannot approve it");
  rules::engine::TicketImage image;
  const auto& engine = d.world().state().engine;
  engine.image(*engine.find_ticket("b", "A1"), image);
  EXPECT_EQ(image.entered_by, std::vector<std::string>{"carl"}) << "snapshots know it too";
  EXPECT_EQ(d.decide(Action::approve, 1, "anna"), "");
  EXPECT_EQ(d.tell(CloseBatch{}), "");
}

TEST(Approval, TakesAsManyAsThePromiseSays) {
  Desk d = desk(Instrument::transfer, approve_by_two);
  EXPECT_EQ(d.tell(CloseBatch{}).substr(0, 14), "nothing_to_pay");
  EXPECT_EQ(d.decide(Action::approve, 1, "anna"), "");
  EXPECT_EQ(d.state(), "owed (approval)");
  EXPECT_EQ(d.decide(Action::approve, 1, "Anna"), "four_eyes: `Anna` has approved C-1-1 already");
  EXPECT_EQ(d.tell(CloseBatch{}).substr(0, 14), "nothing_to_pay");
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
  EXPECT_EQ(d.state(), "approved (approval)");
  const std::string id = d.batch(Batch::approved);
  EXPECT_EQ(d.all<BatchClosed>()[0].numbers, std::vector<uint64_t>{1});
  EXPECT_EQ(d.tell(DiscardBatch{id, "wrong day"}), "");
  EXPECT_EQ(d.state(), "approved (approval)") << "people let it pass already";
  EXPECT_EQ(d.at(1).batch, "");
}

TEST(Approval, IsNeededAgainAfterAnotherInstrument) {
  Desk d = desk(Instrument::webhook, approve_over_5);
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
  EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::transfer, "asked"}, "berit"), "");
  EXPECT_EQ(d.state(), "owed (approval)");
  EXPECT_EQ(d.decide(Action::approve, 1, "berit").substr(0, 9), "four_eyes");
  EXPECT_EQ(d.decide(Action::approve, 1, "anna"), "");
}

TEST(Payout, IsDecidedOnlyWithAReason) {
  Desk d = desk(Instrument::transfer);
  for (const Action action : {Action::hold, Action::decline}) {
    EXPECT_EQ(d.tell(DecidePayout{1, action, ""}),
              "bad_reason: expected a reason for the decision, but it is empty");
  }
  EXPECT_EQ(d.decide(Action::hold, 9), "not_found: there is no compensation `C-1-9`");
  EXPECT_EQ(d.decide(Action::release), "wrong_state: C-1-1 is owed, and not held");
  EXPECT_EQ(d.decide(Action::approve), "wrong_state: C-1-1 is owed, and needs nobody's approval");
  EXPECT_EQ(d.decide(Action::decline), "");
  for (const Action action : {Action::hold, Action::decline, Action::release, Action::approve})
    EXPECT_EQ(d.decide(action), "wrong_state: C-1-1 is declined (because)");
}

TEST(Payout, IsStoppedByNobodyOnceItMayHaveLeft) {
  Desk d = desk(Instrument::transfer);
  const std::string id = d.batch(Batch::draft);
  EXPECT_EQ(d.decide(Action::hold), "wrong_state: C-1-1 lies in batch " + id + ", which is draft");
  EXPECT_EQ(d.tell(ApproveBatch{id, "h"}, "berit"), "");
  EXPECT_EQ(d.decide(Action::decline),
            "wrong_state: C-1-1 lies in batch " + id + ", which is approved");
  EXPECT_EQ(d.tell(ExportBatch{id, "csv"}), "");
  EXPECT_EQ(d.decide(Action::decline), "wrong_state: C-1-1 has left with batch " + id);
  Desk hook = desk(Instrument::webhook);
  EXPECT_EQ(hook.settle(Settle::Outcome::dispatched), "");
  EXPECT_EQ(hook.tell(ChangeInstrument{1, Instrument::transfer, "asked"}),
            "wrong_state: C-1-1 was handed to the webhook, and its outcome is not known");
}

TEST(Declined, GivesRoomToLaterOnesOnly) {  // R48
  Desk d = desk(Instrument::transfer, cap_the_day);
  ASSERT_EQ(d.at(2).amount, money("EUR 5.00")) << "what the first one left";
  const auto used = [&] { return d.world().state().ledger.caps().begin()->second.used_minor; };
  EXPECT_EQ(used(), 1'500);
  EXPECT_EQ(d.decide(Action::hold), "");
  EXPECT_EQ(used(), 1'500) << "kept back, and still owed";
  EXPECT_EQ(d.decide(Action::decline), "");
  EXPECT_EQ(used(), 500);
  EXPECT_EQ(d.at(2).amount, money("EUR 5.00")) << "what was recorded is not reopened";
}

TEST(Declined, OfWhatIsOwedAgainGivesRoomToo) {
  Desk d = desk(Instrument::transfer, cap_the_day);
  d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::returned, "AC04"), "");
  const auto used = [&] { return d.world().state().ledger.caps().begin()->second.used_minor; };
  EXPECT_EQ(used(), 1'500) << "owed again, drawn once";
  EXPECT_EQ(d.decide(Action::decline, 3), "");
  EXPECT_EQ(used(), 500);
}

TEST(Held, VoucherIsNotRedeemedAndADeclinedOneNever) {
  Desk d = desk(Instrument::voucher);
  ASSERT_EQ(d.settle(Settle::Outcome::voucher_issued), "");
  const RedeemVoucher redeem{"V-1", "b"};
  EXPECT_EQ(d.decide(Action::hold), "");
  EXPECT_EQ(d.tell(redeem),
            "wrong_state: the voucher `V-1` cannot be redeemed while its compensation is held");
  EXPECT_EQ(d.decide(Action::release), "");
  EXPECT_EQ(d.state(), "dispatched") << "it is out already";
  EXPECT_EQ(d.decide(Action::decline), "");
  EXPECT_EQ(d.all<VoucherVoided>().size(), 1u);
  EXPECT_EQ(d.tell(redeem), "wrong_state: the voucher `V-1` is void");
}

TEST(Instrument, VoidsTheVoucherBeforeAnotherIsUsed) {
  Desk d = desk(Instrument::voucher);
  ASSERT_EQ(d.settle(Settle::Outcome::voucher_issued), "");
  EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::transfer, "asked"}), "");
  EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::transfer, "asked"}), "") << "said again";
  EXPECT_EQ(d.all<InstrumentChanged>().size(), 1u);
  EXPECT_EQ(d.tell(RedeemVoucher{"V-1", "b"}), "wrong_state: the voucher `V-1` is void");
  EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::voucher, "asked"}),
            "wrong_state: the voucher of C-1-1 is void, and it gets no second one");
  d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::paid), "");
  EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::webhook, "asked"}),
            "wrong_state: C-1-1 is paid");
  ASSERT_EQ(d.settle(Settle::Outcome::voucher_issued, 2), "");
  ASSERT_EQ(d.tell(RedeemVoucher{"V-2", "b"}), "");
  EXPECT_EQ(d.tell(ChangeInstrument{2, Instrument::transfer, "asked"}).substr(0, 24),
            "wrong_state: C-1-2 is pa");
}

TEST(Voucher, ThatExpiresIsVoidAndItsDebtDeclined) {
  Desk d = desk(Instrument::voucher);
  auto& state = d.world().state();
  const auto issue = [&](uint64_t number, Duration expires) {
    Fact fact{state.next_position, World::at(2h), nullptr,
              VoucherIssued{number, "V-" + std::to_string(number), World::at(expires)}};
    state.evolve(fact);
  };
  issue(1, 5h);
  issue(2, 9h);
  EXPECT_EQ(state.ledger.next_overdue(), World::at(5h));
  EXPECT_EQ(d.tell(RedeemVoucher{"V-1", "b"}, "anna", 5h).substr(0, 37),
            "wrong_state: the voucher `V-1` expire")
      << "before anybody recorded it";
  rules::ledger::Ledger restored;
  for (const auto& [number, c] : state.ledger.compensations()) restored.restore(c);
  EXPECT_EQ(restored.next_overdue(), World::at(5h));
  ASSERT_EQ(d.tell(RedeemVoucher{"V-2", "b"}, "anna", 5h), "");
  Facts facts;
  rules::ledger::settle_overdue(state, World::at(5h), 10, facts);
  rules::ledger::settle_overdue(state, World::at(10h), 10, facts);
  ASSERT_EQ(facts.size(), 2u) << "the second was redeemed";
  EXPECT_EQ(std::get<VoucherVoided>(facts[0].body).reason, "expired");
  EXPECT_EQ(d.state(), "declined (voucher expired)");
  EXPECT_EQ(state.ledger.next_overdue(), kEndOfTime);
}

TEST(LateEvidence, HoldsWhatPeopleHadLetPass) {
  Desk d = desk(Instrument::transfer, approve_over_5, 1);
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
  OwnedEvent event;
  event.source = "phone";
  event.ticket = "A1";
  event.type = "service_started";
  event.at = World::at(14min);
  d.world().observe(event, World::at(3h));
  EXPECT_EQ(d.state(), "held (late evidence)");
  EXPECT_EQ(d.decide(Action::release, 1, "anna"), "");
  EXPECT_EQ(d.state(), "owed (approval)") << "let go by one, approved by another";
  EXPECT_EQ(d.all<ReviewDecided>().at(0).verdict, Verdict::breached);
  EXPECT_EQ(d.decide(Action::approve, 1, "anna").substr(0, 9), "four_eyes");
}

TEST(Payout, ThatWaitsForItsClaimIsDeclinedAndNotHeld) {
  Desk d = desk(Instrument::transfer, [](Promise::Compensation& terms) {
    terms.claim = Promise::Claim{"recalled", length(5h), {}};
  });
  EXPECT_EQ(d.decide(Action::hold), "wrong_state: C-1-1 is waiting for its claim");
  EXPECT_EQ(d.decide(Action::decline), "");
  EXPECT_EQ(d.state(), "declined (because)");
}

TEST(Approval, IsNeededAboveTheLimitAndNotAtIt) {
  const auto over_10 = [](Promise::Compensation& terms) {
    terms.approval_over = money("EUR 10.00");
  };
  Desk d = desk(Instrument::webhook, over_10);
  EXPECT_EQ(d.state(), "owed");
  EXPECT_EQ(d.decide(Action::hold), "");
  EXPECT_EQ(d.decide(Action::release), "");
  EXPECT_EQ(d.state(), "owed") << "let go";
  ASSERT_EQ(d.settle(Settle::Outcome::failed), "");
  ASSERT_EQ(d.decide(Action::release), "");
  EXPECT_EQ(d.state(3), "owed (failed before)") << "owed again";
}

TEST(Approval, IsNotNeededByWhatALatePayoutOwes) {
  Desk d = desk(
      Instrument::transfer,
      [](Promise::Compensation& terms) {
        approve_over_5(terms);
        terms.due = Limit{Limit::Unit::business_days, {}, 1};
        terms.late = money("EUR 7.00");
      },
      1);
  Facts facts;
  rules::ledger::settle_overdue(d.world().state(), World::at(40h), 10, facts);
  ASSERT_EQ(d.state(2), "owed (late: C-1-1 was due on 2026-01-06)");
  const auto tell = [&](CommandBody body) { return d.tell(std::move(body), "anna", 41h); };
  EXPECT_EQ(tell(Settle{2, Settle::Outcome::failed, "r", 1, {}}), "");
  EXPECT_EQ(tell(DecidePayout{2, Action::release, "again"}), "");
  EXPECT_EQ(d.state(3), "owed (failed before)");
}

/// A transfer above its limit; carl entered the stop that made it a breach.
Desk desk_of_carl() {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  auto book = std::make_shared<Book>(*make_book({form}));
  approve_over_5(*book->promises[0].compensation);
  World world(book);
  OwnedEvent event = event_of_a1("counter", "issued", 0min);
  event.attributes.push_back({"customer", "c-1"});
  world.observe(event, World::at(16min));
  world.enter(event_of_a1("counter", "service_started", 16min), World::at(16min), "carl");
  world.hear_all(World::at(1h), World::at(1h));
  return Desk(std::move(world));
}

TEST(Approval, IsNeverByWhoEnteredTheEventsHoweverOftenItIsOwedAgain) {
  for (const bool is_refused : {true, false}) {
    Desk d = desk_of_carl();
    EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
    d.batch(Batch::exported);
    EXPECT_EQ(d.answer(is_refused ? Answer::rejected : Answer::returned, "AC04"), "");
    EXPECT_EQ(d.decide(Action::release, is_refused ? 1 : 2, "dora"), "");
    EXPECT_EQ(d.state(2).substr(0, 14), "owed (approval");
    EXPECT_EQ(d.decide(Action::approve, 2, "carl"),
              "four_eyes: `carl` entered or changed C-1-2 and cannot approve it");
    EXPECT_EQ(d.decide(Action::approve, 2, "dora").substr(0, 9), "four_eyes");
    EXPECT_EQ(d.decide(Action::approve, 2, "berit"), "");
  }
}

TEST(Approval, BeginsAnewOnceItWasHeldOrChanged) {
  const auto change_nothing = [](Desk&) {};
  const auto hold = [](Desk& d) {
    EXPECT_EQ(d.decide(Action::hold, 1, "dora"), "");
    EXPECT_EQ(d.decide(Action::release, 1, "dora"), "");
  };
  const auto change = [](Desk& d) {
    EXPECT_EQ(d.tell(ChangeInstrument{1, Instrument::webhook, "asked"}, "dora"), "");
  };
  const auto come_late = [](Desk& d) {
    d.world().observe(event_of_a1("phone", "service_started", 14min), World::at(3h));
    EXPECT_EQ(d.decide(Action::release, 1, "dora"), "");
  };
  for (const auto& [meanwhile, needed] :
       std::vector<std::pair<std::function<void(Desk&)>, std::string>>{
           {change_nothing, "approved (approval)"},
           {hold, "owed (approval)"},
           {change, "owed (approval)"},
           {come_late, "owed (approval)"}}) {
    Desk d = desk(Instrument::transfer, approve_by_two, 1);
    EXPECT_EQ(d.decide(Action::approve, 1, "anna"), "");
    meanwhile(d);
    EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
    EXPECT_EQ(d.state(), needed);
    if (d.at(1).state == PaidState::approved) continue;
    EXPECT_EQ(d.decide(Action::approve, 1, "anna"), "");
    EXPECT_EQ(d.state(), "approved (approval)");
  }
}

TEST(Voucher, ThatWasHeldIsValidAnewOnceItIsLetGo) {
  const auto for_three_hours = [](Promise::Compensation& terms) {
    terms.voucher_valid = length(3h);
  };
  Desk d = desk(Instrument::voucher, for_three_hours, 1);
  auto& state = d.world().state();
  ASSERT_EQ(d.settle(Settle::Outcome::voucher_issued), "");
  ASSERT_EQ(d.at(1).voucher_expires_at, World::at(5h));
  const auto decide = [&](Action action, Duration at) {
    return d.tell(DecidePayout{1, action, "because"}, "anna", at);
  };
  const auto settle = [&](Duration at) {
    Facts facts;
    rules::ledger::settle_overdue(state, World::at(at), 10, facts);
    return facts.size();
  };
  EXPECT_EQ(decide(Action::hold, 3h), "");
  EXPECT_EQ(settle(6h), 0u) << "a person has it in hand";
  EXPECT_EQ(d.tell(RedeemVoucher{"V-1", "b"}, "anna", 6h),
            "wrong_state: the voucher `V-1` cannot be redeemed while its compensation is held");
  EXPECT_EQ(decide(Action::release, 7h), "");
  EXPECT_EQ(d.state(), "dispatched");
  EXPECT_EQ(d.at(1).voucher_expires_at, World::at(10h));
  EXPECT_EQ(settle(9h), 0u) << "it is out again, for all of its three hours";
  const rules::ledger::State replayed = [&] {
    rules::ledger::State folded;
    for (const auto& fact : d.world().facts()) folded.evolve(fact);
    return folded;
  }();
  EXPECT_EQ(replayed.ledger.hash(), state.ledger.hash());
  EXPECT_EQ(decide(Action::hold, 9h), "");
  EXPECT_EQ(decide(Action::release, 9h), "");
  EXPECT_EQ(settle(11h), 0u);
  EXPECT_EQ(settle(12h), 2u) << "and nobody redeemed it";
  EXPECT_EQ(d.state(), "declined (voucher expired)");
}

/// A channel that gave no outcome in all the time there is.
Desk unanswered() {
  Desk d = desk(Instrument::webhook);
  EXPECT_EQ(d.settle(Settle::Outcome::dispatched), "");
  EXPECT_EQ(d.tell(Settle{1, Settle::Outcome::unknown, "the receiver answered 502", 9, {}}), "");
  EXPECT_EQ(d.state(), "failed (outcome unknown: the receiver answered 502)");
  return d;
}

TEST(UnknownOutcome, IsConfirmedByWhoAskedTheReceiver) {
  Desk d = unanswered();
  EXPECT_EQ(d.tell(DecidePayout{1, Action::confirm, ""}).substr(0, 10), "bad_reason");
  EXPECT_EQ(d.tell(DecidePayout{1, Action::confirm, "TX-7"}), "");
  EXPECT_EQ(d.at(1).state, PaidState::paid);
  EXPECT_EQ(d.at(1).reference, "TX-7");
  EXPECT_EQ(d.decide(Action::confirm).substr(0, 11), "wrong_state") << "once";
  EXPECT_EQ(d.decide(Action::release).substr(0, 11), "wrong_state");
  EXPECT_EQ(d.decide(Action::confirm, 2).substr(0, 11), "wrong_state") << "it has a channel";
}

TEST(UnknownOutcome, IsPaidAgainOnlyWithAReason) {
  Desk d = unanswered();
  EXPECT_EQ(d.tell(DecidePayout{1, Action::release, ""}).substr(0, 10), "bad_reason");
  EXPECT_EQ(d.tell(DecidePayout{1, Action::release, "the bank knows nothing of it"}), "");
  ASSERT_EQ(d.at(1).reversed_by, 3u);
  EXPECT_EQ(d.at(3).reverses, 1u);
  EXPECT_EQ(d.at(3).state, PaidState::owed);
  EXPECT_EQ(d.decide(Action::confirm).substr(0, 11), "wrong_state") << "it is owed again";
}

TEST(UnknownOutcome, IsDeclinedByAPersonAndByNoExcuse) {
  Desk d = unanswered();
  EXPECT_EQ(d.decide(Action::hold).substr(0, 11), "wrong_state");
  EXPECT_EQ(d.decide(Action::decline), "");
  EXPECT_EQ(d.at(1).state, PaidState::declined);
}

TEST(UnknownOutcome, CountsFromTheFirstAttempt) {
  Desk d = desk(Instrument::webhook);
  ASSERT_EQ(d.tell(Settle{1, Settle::Outcome::dispatched, "webhook", 1, {}}, "lupaus", 2h), "");
  ASSERT_EQ(d.tell(Settle{1, Settle::Outcome::dispatched, "webhook", 2, {}}, "lupaus", 3h), "");
  EXPECT_EQ(d.at(1).dispatched_at, World::at(2h));
}

}  // namespace
}  // namespace lupaus::tests
