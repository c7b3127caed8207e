// The file of the sealing key: its forms, who may read it, and what is said when it is wrong.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "server/payees/sealing_key.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::server::payees {
namespace {

class KeyFile : public testing::Test {
 protected:
  std::string write(const std::string& bytes, mode_t mode = 0600) {
    const std::string path = directory_.file("payee.key");
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static std::string code(const std::string& source) {
    const auto key = load_sealing_key(source, "finance.payee_key");
    if (key) return "";
    EXPECT_NE(key.error().message.find("finance.payee_key"), std::string::npos);
    return key.error().code;
  }

  tests::support::TemporaryDirectory directory_;
};

TEST_F(KeyFile, HasBytesOrTheirDigits) {
  const std::string raw = std::string("\x00\x01\x7f\x80\xfe\xff", 6) + std::string(26, 'k');
  std::string digits = "00017f80feFF";
  for (int i = 0; i < 26; ++i) digits += "6b";
  const std::string name = SealingKey(raw).name_of("c-1");
  for (const std::string& text : {raw, digits, digits + "\n", digits + "\r\n"}) {
    const auto key = load_sealing_key(write(text), "finance.payee_key");
    ASSERT_TRUE(key.ok()) << key.error().message;
    EXPECT_EQ(key->name_of("c-1"), name);
  }
}

TEST_F(KeyFile, OfAnotherFormIsRefused) {
  for (const std::string& text :
       {std::string(), std::string(31, 'k'), std::string(33, 'k'), std::string(64, 'g'),
        std::string(66, 'a'), std::string(500, 'a')})
    EXPECT_EQ(code(write(text)), "payee_key_bad") << text.size();
  EXPECT_EQ(code(directory_.path()), "payee_key_bad");
}

TEST_F(KeyFile, ThatOthersMayReadIsRefused) {
  for (const mode_t mode : {0640, 0604, 0620, 0644})
    EXPECT_EQ(code(write(std::string(32, 'k'), mode)), "payee_key_exposed") << mode;
}

TEST_F(KeyFile, IsFoundAmongCredentials) {
  write(std::string(32, 'k'), 0400);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(code("credential:payee.key"), "payee_key_missing");
  ::setenv("CREDENTIALS_DIRECTORY", directory_.path().c_str(), 1);
  EXPECT_EQ(code("credential:payee.key"), "");
  EXPECT_EQ(code("credential:other.key"), "payee_key_missing");
  EXPECT_EQ(code("credential:../payee.key"), "payee_key_missing");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

}  // namespace
}  // namespace lupaus::server::payees
