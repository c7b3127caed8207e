// Voucher codes: the same for ever, safe to type, and made from a secret that nobody else can read.
#include "server/compensate/voucher.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/server/compensate/sample.h"

namespace lupaus::server::compensate {
namespace {

class VoucherSecret : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string form = (std::filesystem::temp_directory_path() / "lupaus-voucher-XXXXXX").string();
    ASSERT_NE(::mkdtemp(form.data()), nullptr);
    dir_ = form;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::string path() const { return dir_ + "/voucher.secret"; }

  std::string dir_;
};

TEST_F(VoucherSecret, IsMadeOnceForTheOwnerAlone) {
  const auto first = make_voucher_secret(dir_);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size(), 32u);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  for (const auto& second : {make_voucher_secret(dir_), load_voucher_secret(dir_)}) {
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(*second, *first);
  }
}

TEST_F(VoucherSecret, ThatIsGoneIsNotMadeAgain) {
  EXPECT_EQ(load_voucher_secret(dir_).error().code, "secret_missing");
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(VoucherSecret, ThatOthersCanReadIsRefused) {
  ASSERT_TRUE(make_voucher_secret(dir_).ok());
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  EXPECT_EQ(load_voucher_secret(dir_).error().code, "secret_exposed");
}

TEST_F(VoucherSecret, OfAnotherSizeIsRefusedAndKept) {
  std::ofstream(path()) << "short";
  ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
  EXPECT_EQ(load_voucher_secret(dir_).error().code, "secret_damaged");
  EXPECT_EQ(std::filesystem::file_size(path()), 5u);
}

TEST_F(VoucherSecret, WithoutAFolderIsRefused) {
  EXPECT_EQ(make_voucher_secret(dir_ + "/nowhere").error().code, "secret_unreadable");
}

TEST(VoucherCode, IsTheSameForEverAndDiffersByIdAndSecret) {
  const std::string code = voucher_code("secret", "C-1-42");
  EXPECT_EQ(code.size(), 17u);
  EXPECT_EQ(voucher_code("secret", "C-1-42"), code);
  EXPECT_NE(voucher_code("Secret", "C-1-42"), code);
  std::set<std::string> codes;
  for (int i = 0; i < 10'000; ++i) codes.insert(voucher_code("secret", "C-1-" + std::to_string(i)));
  EXPECT_EQ(codes.size(), 10'000u);
}

// What is printed on paper must be made again by every later version: HMAC-SHA-256 and ISO 7064 by
// other programs.
TEST(VoucherCode, IsTheOneThatWasHandedOut) {
  EXPECT_EQ(voucher_code("secret", "C-1-42"), "53BC-Q06F-RXP9-27");
}

TEST(VoucherCode, IsReadAsPeopleTypeIt) {
  const std::string code = voucher_code("secret", "C-1-42");
  std::string typed;
  for (const char c : code) {
    if (c == '-') typed += ' ';
    if (c == '-') continue;
    typed += c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  }
  const auto read = read_voucher_code(typed);
  ASSERT_TRUE(read.ok()) << typed;
  EXPECT_EQ(*read, code);
}

TEST(VoucherCode, OneWrongDigitIsAlwaysFound) {
  const std::string code = voucher_code("secret", "C-1-7");
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    for (const char c : std::string("0123456789ABCDEFGHJKMNPQRSTVWXYZ")) {
      if (c == code[i]) continue;
      std::string wrong = code;
      wrong[i] = c;
      EXPECT_FALSE(read_voucher_code(wrong).ok()) << wrong;
    }
  }
}

TEST(VoucherCode, TwoSwappedNeighboursAreAlwaysFound) {
  for (int number = 0; number < 200; ++number) {
    const std::string code =
        *read_voucher_code(voucher_code("secret", "C-1-" + std::to_string(number)));
    for (size_t i = 0; i + 1 < code.size(); ++i) {
      std::string swapped = code;
      std::swap(swapped[i], swapped[i + 1]);
      if (code[i] == code[i + 1] || code[i] == '-' || code[i + 1] == '-') continue;
      EXPECT_FALSE(read_voucher_code(swapped).ok()) << code << " as " << swapped;
    }
  }
}

TEST(VoucherCode, NonsenseIsRefusedWithTheCodeForm) {
  for (const std::string text :
       {"", "----", "hello", "7K3Q-XM9T-B2ZD-4", "7K3Q-XM9T-B2ZD-411", "7K3Q-XM9U-B2ZD-41"}) {
    EXPECT_EQ(read_voucher_code(text).error().code, "bad_voucher") << text;
  }
}

TEST(VoucherChannel, IssuesTheCodeOfTheCompensationsId) {
  const auto channel = make_voucher_channel("secret");
  EXPECT_FALSE(channel->is_remote());
  const Outcome outcome = channel->deliver(sample(42, rules::model::Instrument::voucher), {});
  EXPECT_EQ(outcome.kind, Outcome::Kind::issued);
  EXPECT_EQ(outcome.text, voucher_code("secret", "C-1-42"));
}

}  // namespace
}  // namespace lupaus::server::compensate
