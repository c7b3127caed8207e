// Who may pay, and once: batches, four eyes, vouchers.
#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

std::string code(const Result<void>& result) { return result.ok() ? "" : result.error().code; }

World world_that_pays(Instrument instrument) {
  PromiseForm form;
  form.instrument = instrument;
  return World(make_book({form}));
}

/// A ticket that is served a minute late and owes EUR 10.00 from then on.
void break_promise(World& world, const std::string& ticket, Duration from,
                   const std::string& customer = "c-1") {
  for (const auto& [type, offset] :
       {std::pair{"issued", Duration(0)}, std::pair{"service_started", Duration(16min)}}) {
    OwnedEvent event;
    event.ticket = ticket;
    event.type = type;
    event.at = World::at(from + offset);
    if (!customer.empty()) event.attributes.push_back({"customer", customer});
    world.observe(event, event.at);
  }
  world.hear_all(World::at(from + 17min), World::at(from + 17min));
}

TEST(PayoutBatch, NeverSharesACompensationWithAnother) {
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s);
  break_promise(world, "A2", 1h);
  EXPECT_EQ(code(world.command(CloseBatch{World::at(30min)}, World::at(2h))), "");
  break_promise(world, "A3", 2h);
  EXPECT_EQ(code(world.command(CloseBatch{World::at(4h)}, World::at(4h))), "");
  EXPECT_EQ(code(world.command(CloseBatch{World::at(4h)}, World::at(4h))), "nothing_to_pay");
  const auto batches = world.all<BatchClosed>();
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_NE(batches[0].id, batches[1].id);
  EXPECT_EQ(batches[0].numbers, std::vector<uint64_t>{1}) << "owed until 30 minutes";
  EXPECT_EQ(batches[1].numbers, (std::vector<uint64_t>{2, 3}));
  EXPECT_EQ(batches[1].total.minor, 2'000);
}

TEST(PayoutBatch, LeavesOutWhatHasNoPayee) {
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s, "");
  EXPECT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h))), "nothing_to_pay");
  EXPECT_EQ(world.all<Owed>().at(0).state, PaidState::owed) << "it is owed all the same";
}

TEST(PayoutBatch, HoldsTransfersAlone) {
  World world = world_that_pays(Instrument::voucher);
  break_promise(world, "A1", 0s);
  EXPECT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h))), "nothing_to_pay");
}

TEST(PayoutBatch, IsNeverApprovedByWhoDrewItUp) {
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h), "anna")), "");
  const std::string id = world.all<BatchClosed>()[0].id;
  EXPECT_EQ(code(world.command(ExportBatch{id, "csv"}, World::at(1h), "berit")), "wrong_state");
  EXPECT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "anna")), "four_eyes");
  EXPECT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "")), "who");
  EXPECT_TRUE(world.all<BatchApproved>().empty());
  EXPECT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "berit")), "");
  EXPECT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "carl")), "wrong_state");
  EXPECT_EQ(code(world.command(ExportBatch{id, "csv"}, World::at(1h), "anna")), "");
  EXPECT_EQ(code(world.command(ExportBatch{id, "csv"}, World::at(1h), "anna")), "");
  EXPECT_EQ(world.all<BatchExported>().size(), 1u) << "exported again is no new fact";
}

TEST(PayoutBatch, LeavesAsTheSameBytesInEveryFormat) {
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h), "anna")), "");
  const std::string id = world.all<BatchClosed>()[0].id;
  ASSERT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "berit")), "");
  const auto leave = [&](const char* format, const char* sha256) {
    return code(world.command(ExportBatch{id, format, sha256}, World::at(2h), "anna"));
  };
  EXPECT_EQ(leave("csv", "1a"), "");
  EXPECT_EQ(leave("csv", "1a"), "");
  EXPECT_EQ(leave("csv", "2b"), "changed_file");
  EXPECT_EQ(leave("posting", ""), "") << "books go on";
  EXPECT_EQ(leave("xlsx", "3c"), "");
  const auto* line = world.state().ledger.find(1);
  ASSERT_EQ(code(world.command(Settle{1, Settle::Outcome::paid, "r", 0}, World::at(3h))), "");
  EXPECT_EQ(leave("json", "4d"), "");
  EXPECT_EQ(line->state, PaidState::paid) << "another form of a file pays nothing again";
  EXPECT_EQ(leave("xlsx", "5e"), "changed_file");
  EXPECT_EQ(world.all<BatchExported>().size(), 3u);
  rules::ledger::State replayed;
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().hash());
  EXPECT_EQ(replayed.ledger.find_batch(id)->exports.size(), 3u);
}

TEST(PayoutBatch, KeepsWhenEachOfItsFilesWasFirstMade) {
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h), "anna")), "");
  const std::string id = world.all<BatchClosed>()[0].id;
  ASSERT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "berit")), "");
  const auto leave = [&](const char* format, const char* sha256, Instant made_at) {
    return code(world.command(ExportBatch{id, format, sha256, made_at}, World::at(90h), "anna"));
  };
  EXPECT_EQ(leave("csv", "1a", {}), "");
  EXPECT_EQ(leave("pain", "2b", World::at(80h)), "");
  EXPECT_EQ(leave("pain", "2b", World::at(90h)), "");
  EXPECT_EQ(leave("pain", "3c", World::at(90h)), "changed_file");
  rules::ledger::State replayed;
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().hash());
  const auto& exports = replayed.ledger.find_batch(id)->exports;
  ASSERT_EQ(exports.size(), 2u);
  EXPECT_EQ(exports[0].made_at, Instant{});
  EXPECT_EQ(exports[1].made_at, World::at(80h));
}

TEST(Voucher, IsRedeemedOnce) {
  World world = world_that_pays(Instrument::voucher);
  break_promise(world, "A1", 0s);
  const auto issue = Settle{1, Settle::Outcome::voucher_issued, "LP-1", 0};
  EXPECT_EQ(code(world.command(issue, World::at(1h))), "");
  EXPECT_EQ(code(world.command(issue, World::at(1h))), "");
  EXPECT_EQ(world.all<VoucherIssued>().size(), 1u) << "issued again under the same code";
  EXPECT_EQ(
      code(world.command(Settle{1, Settle::Outcome::voucher_issued, "LP-2", 0}, World::at(1h))),
      "wrong_state");
  EXPECT_EQ(code(world.command(RedeemVoucher{"LP-2", "b"}, World::at(2h))), "not_found");
  EXPECT_EQ(code(world.command(RedeemVoucher{"LP-1", "b"}, World::at(2h))), "");
  EXPECT_EQ(code(world.command(RedeemVoucher{"LP-1", "b"}, World::at(3h))), "already_redeemed");
  EXPECT_EQ(world.all<VoucherRedeemed>().size(), 1u);
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::paid);
}

// The answer to the first call may be lost with the server that gave it.
TEST(Voucher, IsAnsweredAgainToTheCallThatRedeemedIt) {
  World world = world_that_pays(Instrument::voucher);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(
      code(world.command(Settle{1, Settle::Outcome::voucher_issued, "LP-1", 0}, World::at(1h))),
      "");
  const auto redeem = [&](const RedeemVoucher& body, const std::string& who = "clerk") {
    return code(world.command(body, World::at(2h), who));
  };
  EXPECT_EQ(redeem({"LP-1", "b", "r1"}), "");
  EXPECT_EQ(redeem({"LP-1", "b", "r1"}), "") << "the same call";
  EXPECT_EQ(redeem({"LP-1", "b", "r2"}), "already_redeemed") << "another call";
  EXPECT_EQ(redeem({"LP-1", "b", "r1"}, "other"), "already_redeemed") << "somebody else";
  EXPECT_EQ(redeem({"LP-1", "", "r1"}), "already_redeemed") << "elsewhere";
  EXPECT_EQ(redeem({"LP-1", "b", ""}), "already_redeemed");
  ASSERT_EQ(world.all<VoucherRedeemed>().size(), 1u);
  EXPECT_EQ(world.all<VoucherRedeemed>()[0].request_id, "r1");
}

TEST(Nobody, RedeemsExportsOrPublishes) {
  World world = world_that_pays(Instrument::voucher);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(
      code(world.command(Settle{1, Settle::Outcome::voucher_issued, "LP-1", 0}, World::at(1h))),
      "");
  const size_t facts = world.facts().size();
  for (const CommandBody& body : std::initializer_list<CommandBody>{
           RedeemVoucher{"LP-1", "b", "r1"}, ExportBatch{"B-1", "csv"},
           Publish{make_book({PromiseForm{}}), {}, {}, ""}}) {
    EXPECT_EQ(code(world.command(body, World::at(2h), "")), "who");
  }
  EXPECT_EQ(world.facts().size(), facts);
}

TEST(Person, IsTheSameInCapitals) {
  EXPECT_TRUE(rules::ledger::is_same_person("frans", "Frans"));
  EXPECT_TRUE(rules::ledger::is_same_person("ÅSA (finance)", "åsa (FINANCE)"));
  EXPECT_FALSE(rules::ledger::is_same_person("frans", "frans2"));
  EXPECT_FALSE(rules::ledger::is_same_person("a.c", "abc")) << "a name is no pattern";
  World world = world_that_pays(Instrument::transfer);
  break_promise(world, "A1", 0s);
  ASSERT_EQ(code(world.command(CloseBatch{World::at(1h)}, World::at(1h), "anna")), "");
  const std::string id = world.all<BatchClosed>()[0].id;
  EXPECT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "ANNA")), "four_eyes");
}

}  // namespace
}  // namespace lupaus::tests
