// Files with names and account numbers: whole or not at all, and nobody else's to read.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "clients/cli/online_file.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::clients::cli {
namespace {

class WholeFile : public testing::Test {
 protected:
  // As permissive as a user can have it.
  void SetUp() override { before_ = ::umask(0); }
  void TearDown() override { ::umask(before_); }

  std::string path() const { return directory_.file("pay.xml"); }
  mode_t mode() const {
    struct stat status = {};
    EXPECT_EQ(::stat(path().c_str(), &status), 0);
    return status.st_mode & 07777U;
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }

  tests::support::TemporaryDirectory directory_;
  mode_t before_ = 0;
};

TEST_F(WholeFile, IsItsOwnersAlone) {
  ASSERT_TRUE(write_whole(path(), "FI2112345600000785"));
  EXPECT_EQ(content(), "FI2112345600000785");
  EXPECT_EQ(mode(), 0600u);
}

TEST_F(WholeFile, NeverReplacesAStricterOneByALooserOne) {
  const std::pair<mode_t, mode_t> modes[] = {
      {0666, 0600}, {0640, 0600}, {0755, 0600}, {0400, 0400}, {0200, 0200}};
  for (const auto& [before, after] : modes) {
    std::ofstream(path()) << "of before";
    ASSERT_EQ(::chmod(path().c_str(), before), 0);
    ASSERT_TRUE(write_whole(path(), "new"));
    EXPECT_EQ(mode(), after) << std::oct << before;
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
    EXPECT_EQ(content(), "new");
  }
}

}  // namespace
}  // namespace lupaus::clients::cli
