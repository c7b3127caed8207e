// The history that an earlier program recorded folds to the same state for ever: from its first
// fact, and from snapshot rows with the tail that follows them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "rules/ledger/step.h"
#include "server/store/row_codec.h"
#include "tests/golden/hex.h"
#include "tests/golden/history.h"
#include "tests/support/owned_facts.h"

namespace lupaus::tests {
namespace {

namespace model = rules::model;
using rules::ledger::State;
using server::store::BookShelf;
using server::store::RowDecoder;
using server::store::RowEncoder;

const std::string kFolder = LUPAUS_GOLDEN_DIR;

/// A history and the file in which it was recorded once.
struct History {
  std::string name;
  std::string book;
  decltype(&play_history) play;
};
const std::vector<History> kHistories = {{"replay_v1.hex", "history.yaml", play_history},
                                         {"replay_v2.hex", "history.yaml", play_disorder},
                                         {"replay_v3.hex", "history_money.yaml", play_money},
                                         {"replay_v4.hex", "history_money.yaml", play_books},
                                         {"replay_v5.hex", "history_money.yaml", play_restore}};

/// What the file says: "hash HEX", then rows.
struct Recorded {
  uint64_t hash = 0;
  std::vector<support::OwnedFacts> rows;

  size_t count() const {
    size_t sum = 0;
    for (const auto& row : rows) sum += row.facts.size();
    return sum;
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& row : rows) {
      for (const auto& fact : row.facts) visit(fact);
    }
  }
};

void write_golden(const History& history, const std::string& path) {
  std::ifstream in(kFolder + "/" + history.book);
  const std::string yaml((std::istreambuf_iterator<char>(in)), {});
  std::string rows;
  RowEncoder encoder;
  uint32_t chain = 0;
  State state;
  history.play(yaml, [&](std::span<const model::Fact> facts) {
    rows += to_hex(encoder.encode(facts, chain)) + "\n";
    chain = encoder.checksum();
    for (const auto& fact : facts) state.evolve(fact);
  });
  std::ofstream(path) << "hash " << std::hex << state.hash() << "\n" << rows;
}

Recorded read_golden(const History& history) {
  const std::string path = kFolder + "/" + history.name;
  if (std::getenv("LUPAUS_WRITE_GOLDEN") != nullptr && !std::filesystem::exists(path))
    write_golden(history, path);
  Recorded recorded;
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return recorded;
  recorded.hash = std::stoull(line.substr(5), nullptr, 16);
  BookShelf books(compile_history_book);
  RowDecoder decoder(books);
  while (std::getline(in, line)) {
    const std::string bytes = from_hex(line);
    const auto facts = decoder.decode(bytes);
    if (!facts.ok()) {
      ADD_FAILURE() << facts.error().message;
      break;
    }
    recorded.rows.push_back(support::own_facts(*facts));
  }
  return recorded;
}

/// What a checkpoint of `state` holds: everything, or every second ticket.
void restore_rows(State& from, State& to, uint32_t every) {
  std::vector<const rules::engine::Source*> sources;
  from.engine.sweep_sources(sources);
  for (const auto* source : sources) to.engine.restore(*source);
  std::vector<const rules::engine::Branch*> branches;
  from.engine.sweep_branches(branches);
  for (const auto* branch : branches) to.engine.restore(*branch);
  rules::engine::TicketImage image;
  for (model::TicketSlot slot = 0; slot < from.engine.slot_count(); slot += every) {
    if (!from.engine.ticket(slot).is_in_use) continue;
    from.engine.image(slot, image);
    to.engine.restore(image);
  }
  for (const auto& [number, compensation] : from.ledger.compensations())
    to.ledger.restore(compensation);
  for (const auto& [key, cap] : from.ledger.caps()) to.ledger.restore(cap);
  for (const auto& [id, batch] : from.ledger.batches()) to.ledger.restore(batch);
  for (const auto& [month, period] : from.ledger.periods()) to.ledger.restore(period);
  to.ledger.evolve(
      {0, {}, nullptr, model::Restored{from.ledger.next_number(), from.ledger.first_ordinal()}});
}

class RecordedHistory : public testing::TestWithParam<History> {};

TEST_P(RecordedHistory, FoldsToTheStateThatItHadWhenItWasRecorded) {
  const Recorded recorded = read_golden(GetParam());
  ASSERT_GT(recorded.count(), 25u);
  State state;
  recorded.for_each([&](const model::Fact& fact) { state.evolve(fact); });
  EXPECT_EQ(state.hash(), recorded.hash);
}

TEST(RecordedHistories, HaveEveryKindOfFact) {
  std::set<size_t> kinds;
  for (const auto& history : kHistories)
    read_golden(history).for_each([&](const auto& fact) { kinds.insert(fact.body.index()); });
  for (size_t kind = 0; kind < std::variant_size_v<model::FactBody>; ++kind)
    EXPECT_TRUE(kinds.contains(kind)) << "no fact of kind " << kind << " is recorded";
}

/// The state after rows taken at `position` and the tail behind them.
uint64_t restored_hash(const Recorded& recorded, model::Position position, bool is_partial) {
  State before, after;
  after.engine.begin_restore();
  recorded.for_each([&](const model::Fact& fact) {
    if (fact.position > position) return;
    before.evolve(fact);
    if (std::holds_alternative<model::Published>(fact.body)) after.evolve(fact);
  });
  restore_rows(before, after, is_partial ? 2 : 1);
  model::Instant last{};
  recorded.for_each([&](const model::Fact& fact) {
    if (is_partial || fact.position > position) after.evolve(fact);
    last = fact.at;
  });
  after.engine.finish_restore(last);
  return after.hash();
}

TEST_P(RecordedHistory, FoldsToTheSameFromRowsAndTheTailBehindThem) {
  const Recorded recorded = read_golden(GetParam());
  for (model::Position position = 1; position <= recorded.count(); ++position)
    ASSERT_EQ(restored_hash(recorded, position, false), recorded.hash) << "rows at " << position;
}

TEST_P(RecordedHistory, FoldsToTheSameFromSomeRowsAndAllFacts) {
  const Recorded recorded = read_golden(GetParam());
  for (model::Position position = 1; position <= recorded.count(); position += 3)
    ASSERT_EQ(restored_hash(recorded, position, true), recorded.hash) << "rows at " << position;
}

INSTANTIATE_TEST_SUITE_P(Versions, RecordedHistory, testing::ValuesIn(kHistories),
                         [](const auto& history) { return history.param.name.substr(0, 9); });

}  // namespace
}  // namespace lupaus::tests
