// The sealed payees: they come back as they were, under their own key and in their own place alone.
#include "server/payees/payees.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/server/payees/memory_vault.h"

namespace lupaus::server::payees {
namespace {

void keep(Payees& payees, const std::vector<Payee>& list) {
  std::vector<SealedPayee> sealed;
  for (const Payee& payee : list) sealed.push_back(payees.seal(payee));
  const auto kept = payees.keep(std::move(sealed));
  EXPECT_TRUE(kept.ok());
}

void expect_same(const std::optional<Payee>& read, const Payee& wanted) {
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->customer, wanted.customer);
  EXPECT_EQ(read->name, wanted.name);
  EXPECT_EQ(read->iban, wanted.iban);
  EXPECT_EQ(read->language, wanted.language);
}

std::string customer_row(const VaultContent& content) {
  for (const auto& [key, value] : content.rows) {
    if (key != "check") return key;
  }
  return "";
}

TEST(Payees, ComeBackAsTheyWereAfterARestart) {
  VaultContent content;
  {
    auto payees = reopened(content);
    EXPECT_FALSE(payees->has("c-1"));
    keep(*payees, {anna(), bengt()});
    expect_same(payees->find("c-1"), anna());
  }
  auto payees = reopened(content);
  EXPECT_TRUE(payees->has("c-1"));
  EXPECT_FALSE(payees->has("c-3"));
  expect_same(payees->find("c-1"), anna());
  expect_same(payees->find("c-2"), bengt());
  EXPECT_EQ(payees->find("c-3"), std::nullopt);
  EXPECT_EQ(payees->counts().by_language, (std::map<std::string, uint64_t>{{"", 1}, {"fi", 1}}));
}

TEST(Payees, TellNothingByTheirRows) {
  VaultContent content;
  auto payees = reopened(content);
  Payee first_payee = anna(), second_payee = bengt();
  first_payee.customer = "customer-0001";
  second_payee.customer = "customer-0002";
  keep(*payees, {first_payee, second_payee});
  std::set<size_t> sizes;
  for (const auto& [key, value] : content.rows) {
    // Each is long enough that sealed bytes do not hold it by chance.
    for (const char* secret :
         {"customer-000", "Anna Ö", "degård", "Bengt", "FI21123456", "DE89370400"})
      EXPECT_EQ((key + value).find(secret), std::string::npos) << secret;
    if (key != "check") sizes.insert(value.size());
  }
  EXPECT_EQ(sizes.size(), 1u) << "a longer name shows";
  const auto first = payees->seal(anna()), second = payees->seal(anna());
  EXPECT_EQ(first.row_key, second.row_key);
  EXPECT_NE(first.value, second.value) << "the nonce is not fresh";
}

TEST(Payees, WithAnyByteChangedAreNoneAndAreCounted) {
  VaultContent content;
  keep(*reopened(content), {anna()});
  const std::string row = customer_row(content);
  const std::string whole = content.rows[row];
  for (size_t i = 0; i <= whole.size(); ++i) {
    std::string& value = content.rows[row] = whole;
    if (i == whole.size()) {
      value.pop_back();
    } else {
      value[i] = static_cast<char>(value[i] ^ 1);
    }
    auto payees = reopened(content);
    EXPECT_FALSE(payees->has("c-1")) << i;
    EXPECT_EQ(payees->find("c-1"), std::nullopt) << i;
    EXPECT_EQ(payees->counts().unreadable, 1u) << i;
  }
}

TEST(Payees, InTheRowOfAnotherCustomerAreNone) {
  VaultContent content;
  auto payees = reopened(content);
  keep(*payees, {anna(), bengt()});
  std::string& first = content.rows[payees->seal(anna()).row_key];
  std::string& second = content.rows[payees->seal(bengt()).row_key];
  std::swap(first, second);
  payees = reopened(content);
  EXPECT_FALSE(payees->has("c-1"));
  EXPECT_FALSE(payees->has("c-2"));
  keep(*payees, {anna()});
  expect_same(payees->find("c-1"), anna());
  EXPECT_EQ(payees->counts().unreadable, 1u);
}

TEST(Payees, RefuseAnotherKeyAndChangeNothing) {
  VaultContent content;
  keep(*reopened(content), {anna()});
  const auto before = content.rows;
  for (const std::string& previous : {std::string(), std::string(32, 'c')}) {
    const auto opened = open_payees(content, kKeyB, previous);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "payee_key_wrong");
  }
  EXPECT_EQ(content.rows, before);
  expect_same(reopened(content)->find("c-1"), anna());
  content.rows.erase("check");
  EXPECT_EQ(open_payees(content, kKeyB).error().code, "payees_damaged");
}

TEST(Payees, AreSealedAnewWhenTheKeyChanges) {
  VaultContent content;
  keep(*reopened(content), {anna(), bengt()});
  const auto before = content.rows;
  expect_same(reopened(content, kKeyB, kKeyA)->find("c-1"), anna());
  EXPECT_EQ(content.scrubs, 1u);
  EXPECT_EQ(content.rows.size(), before.size());
  for (const auto& [key, value] : before) EXPECT_NE(content.rows[key], value);
  EXPECT_FALSE(open_payees(content, kKeyA).ok());
  content.rows.clear();
  EXPECT_TRUE(open_payees(content, kKeyB, kKeyA).ok());
}

TEST(Payees, AreErasedFromMemoryAndFiles) {
  VaultContent content;
  auto payees = reopened(content);
  keep(*payees, {anna(), bengt()});
  EXPECT_EQ(content.scrubs, 0u) << "a first import leaves nothing to scrub";
  EXPECT_TRUE(payees->erase("c-1").value());
  EXPECT_EQ(content.scrubs, 1u);
  EXPECT_FALSE(payees->has("c-1"));
  EXPECT_FALSE(payees->erase("c-1").value());
  EXPECT_FALSE(reopened(content)->has("c-1"));
  Payee moved = bengt();
  moved.name = "Bengt Other";
  keep(*payees, {moved});
  EXPECT_EQ(content.scrubs, 2u) << "what was replaced is gone too";
}

TEST(Payees, AreScrubbedLaterWhenItFailsInTheMiddle) {
  VaultContent content;
  for (const bool is_restarted : {false, true}) {
    auto payees = reopened(content);
    keep(*payees, {anna()});
    const size_t before = content.scrubs;
    content.does_scrub_fail = true;
    EXPECT_FALSE(payees->erase("c-1").ok());
    EXPECT_FALSE(payees->has("c-1"));
    content.does_scrub_fail = false;
    if (is_restarted) {
      payees = reopened(content);
    } else {
      EXPECT_FALSE(payees->erase("c-1").value());
    }
    EXPECT_EQ(content.scrubs, before + 1);
    EXPECT_EQ(content.rows.size(), 1u) << "more than the check row";
    payees = reopened(content);
    EXPECT_EQ(content.scrubs, before + 1) << "scrubbed at every start";
  }
}

TEST(Payees, ThatCouldNotBeWrittenAreNotThere) {
  VaultContent content;
  auto payees = reopened(content);
  keep(*payees, {anna()});
  content.does_fail = true;
  EXPECT_FALSE(payees->keep({payees->seal(bengt())}).ok());
  EXPECT_FALSE(payees->has("c-2"));
  EXPECT_FALSE(payees->erase("c-1").ok());
  EXPECT_TRUE(payees->has("c-1"));
}

TEST(Payees, AreListedPageByPageMasked) {
  VaultContent content;
  auto payees = reopened(content);
  std::vector<Payee> list;
  for (int i = 0; i < 10; ++i) {
    list.push_back(anna());
    list.back().customer = "c-" + std::to_string(i);
  }
  keep(*payees, list);
  std::set<std::string> seen;
  std::string after;
  size_t pages = 0;
  do {
    after = payees->list(after, 3, [&](const PayeeListing& listing) {
      seen.insert(listing.customer);
      EXPECT_EQ(listing.masked_iban, "FI…85");
    });
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(pages, 4u);
}

TEST(Payees, AreFoundWhileOthersChange) {
  VaultContent content;
  auto payees = reopened(content);
  keep(*payees, {anna()});
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      keep(*payees, {bengt()});
      EXPECT_TRUE(payees->erase("c-2").ok());
    }
  });
  for (int i = 0; i < 200; ++i) {
    expect_same(payees->find("c-1"), anna());
    if (const auto found = payees->find("c-2")) expect_same(found, bengt());
  }
  writer.join();
}

TEST(Payees, ThatCannotBeReadAreErasedAndReplacedToo) {
  VaultContent content;
  auto payees = reopened(content);
  keep(*payees, {anna(), bengt()});
  for (auto& [key, value] : content.rows) {
    if (key != "check") value.back() = static_cast<char>(value.back() ^ 1);
  }
  payees = reopened(content);
  ASSERT_EQ(payees->counts().unreadable, 2u);
  EXPECT_TRUE(payees->erase("c-1").value());
  EXPECT_EQ(payees->counts().unreadable, 1u);
  EXPECT_EQ(content.scrubs, 1u);
  keep(*payees, {bengt()});
  EXPECT_EQ(payees->counts().unreadable, 0u);
  EXPECT_EQ(content.scrubs, 2u) << "the row that could not be read is gone from the files";
  expect_same(payees->find("c-2"), bengt());
}

/// "0aff" as two bytes.
std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// Made by another program: HKDF and HMAC of SHA-256, AES-256-GCM. What is sealed today must be read
// by every later version.
TEST(SealingKey, IsWhatItWas) {
  std::string bytes;
  for (char i = 0; i < 32; ++i) bytes += i;
  const SealingKey key(bytes);
  EXPECT_EQ(key.name_of("c-1"),
            bytes_of("1e7488afc3e6590960a7042a1ea2330cb5a4ec7dc5159414a3aebaabe545d3b8"));
  const std::string sealed =
      bytes_of("01000102030405060708090a0bd1b8f2f8f5d7a125817f034c6c863a61ce85769c3faa");
  EXPECT_EQ(key.open(sealed, "row"), "lupaus");
  EXPECT_EQ(key.open(sealed, "another row"), std::nullopt);
}

}  // namespace
}  // namespace lupaus::server::payees
