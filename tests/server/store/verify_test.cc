// `verify` calls a database sound that a server left, and names each row that is not what the facts
// give.
#include "server/store/verify.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "server/store/entity_codec.h"
#include "tests/server/store/lived_database.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::server::store {
namespace {

namespace fs = std::filesystem;
using runtime::Row;
using runtime::Table;
using tests::lived_options;
using tests::support::TemporaryDirectory;

std::map<std::string, std::string> bytes_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

class Verified : public ::testing::Test {
 protected:
  void SetUp() override { lived_ = tests::live_in(path_); }

  Verification verified() const {
    auto found = verify(path_, lived_options());
    EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().message);
    return found.ok() ? std::move(*found) : Verification();
  }
  std::unique_ptr<Store> reopened() const {
    auto store = make_store(path_, lived_options());
    EXPECT_TRUE(store.ok());
    return std::move(*store);
  }

  /// The last row of a table by key.
  Row last_row(Table table) const {
    Row row{table, "", ""};
    const auto scanned = reopened()->scan(table, "", "", [&](auto key, auto value) {
      row.key = key;
      row.value = value;
      return true;
    });
    EXPECT_TRUE(scanned.ok());
    return row;
  }
  template <typename Change>
  void change_last(Table table, Change change) {
    const Row before = last_row(table);
    const auto store = reopened();
    const Row row = change(store->codec(), *before.value);
    ASSERT_EQ(row.key, before.key);
    ASSERT_TRUE(store->put_derived(std::span(&row, 1)).ok());
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.file("store");
  tests::Lived lived_;
};

TEST_F(Verified, ASoundDatabaseGivesTheStateThatTheServerHad) {
  const auto found = verified();
  for (const auto& damage : found.damage) ADD_FAILURE() << damage.where << ": " << damage.what;
  EXPECT_FALSE(found.is_cut_short);
  EXPECT_EQ(found.facts, lived_.facts);
  EXPECT_EQ(found.last_position, lived_.facts);
  EXPECT_EQ(found.state_hash, lived_.state_hash);
  EXPECT_GT(found.rows, 50u);
  EXPECT_GT(found.table_rows, 50u);
}

TEST_F(Verified, NothingInTheDirectoryIsChanged) {
  const auto before = bytes_of(path_);
  verified();
  EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(Verified, TheDatabaseHasARowInEveryTableThatIsCompared) {
  const auto store = reopened();
  for (const Table table :
       {Table::tickets, Table::sources, Table::branches, Table::compensations, Table::caps,
        Table::books, Table::archive, Table::rejected, Table::breaches}) {
    size_t count = 0;
    ASSERT_TRUE(store->scan(table, "", "", [&](auto, auto) { return ++count > 0; }).ok());
    EXPECT_GT(count, 0u) << "table " << static_cast<int>(table);
  }
}

/// What is done to one row of a table, and found again.
class Changed : public Verified, public ::testing::WithParamInterface<Table> {
 protected:
  void expect_damage(const Row& row) {
    ASSERT_TRUE(reopened()->put_derived(std::span(&row, 1)).ok());
    const auto found = verified();
    ASSERT_FALSE(found.damage.empty());
    EXPECT_NE(found.damage.front().where.find("table `"), std::string::npos)
        << found.damage.front().where << ": " << found.damage.front().what;
  }
};

TEST_P(Changed, AMissingRowIsNamed) {
  Row row = last_row(GetParam());
  row.value.reset();
  expect_damage(row);
}

TEST_P(Changed, ARowUnderAnotherKeyIsNamed) {
  Row row = last_row(GetParam());
  row.key.back() = static_cast<char>(row.key.back() ^ 1);
  expect_damage(row);
}

INSTANTIATE_TEST_SUITE_P(Tables, Changed,
                         ::testing::Values(Table::compensations, Table::caps, Table::archive,
                                           Table::rejected, Table::breaches));

TEST_F(Verified, AMoneyRowOfAnotherSumIsNamed) {
  change_last(Table::compensations, [](const runtime::Codec& codec, std::string_view value) {
    auto compensation = codec.compensation(value).value();
    compensation.amount = rules::model::parse_money("EUR 1000.00").value();
    return codec.row(compensation);
  });
  const auto found = verified();
  ASSERT_FALSE(found.damage.empty());
  EXPECT_NE(found.damage.front().where.find("compensations"), std::string::npos);
}

TEST_F(Verified, NumbersThatWouldGoOnElsewhereThanTheFactsSayAreNamed) {
  const auto changed = restored_row({1, {}, nullptr, rules::model::Restored{7, 7}});
  for (const Row& row : {changed, Row{changed.table, changed.key, std::nullopt}}) {
    ASSERT_TRUE(reopened()->get(row.table, row.key)->has_value());
    ASSERT_TRUE(reopened()->put_derived(std::span(&row, 1)).ok());
    const auto found = verified();
    ASSERT_FALSE(found.damage.empty());
    EXPECT_NE(found.damage.front().where.find("restored"), std::string::npos);
  }
}

TEST_F(Verified, ABreachRowOfBeforeItNamedItsServiceIsSound) {
  change_last(Table::breaches, [](const runtime::Codec& codec, const std::string& value) {
    auto line = codec.breach(value);
    EXPECT_NE(line->service + line->label, "");
    line->service.clear();
    line->label.clear();
    return breach_row(*line);
  });
  EXPECT_TRUE(verified().damage.empty());
  change_last(Table::breaches, [](const runtime::Codec& codec, const std::string& value) {
    auto line = codec.breach(value);
    line->service = "another";
    return breach_row(*line);
  });
  EXPECT_FALSE(verified().damage.empty());
}

TEST_F(Verified, ASnapshotRowThatForgotAnEventIsNamed) {
  ASSERT_EQ(reopened()->replay_from(), lived_.facts + 1) << "after an orderly stop";
  change_last(Table::tickets, [](const runtime::Codec& codec, std::string_view value) {
    auto ticket = codec.ticket(value).value();
    ticket.events.pop_back();
    return codec.row(ticket);
  });
  const auto found = verified();
  ASSERT_FALSE(found.damage.empty());
  EXPECT_NE(found.damage.front().where.find("tickets"), std::string::npos);
}

TEST(Verify, ADirectoryWithoutADatabaseIsAnError) {
  const TemporaryDirectory directory;
  const auto found = verify(directory.file("nothing"), lived_options());
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, "database_path");
}

}  // namespace
}  // namespace lupaus::server::store
