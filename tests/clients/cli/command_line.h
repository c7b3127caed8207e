// Runs one command line in the test's own process and keeps what it printed.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/context.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::clients::cli {

class CommandLine : public testing::Test {
 protected:
  int lupaus(const std::vector<std::string>& words, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int code = run(words, {in, out, err, false, false});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = directory_.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static std::string scenario(const std::string& name) {
    return std::string(LUPAUS_SOURCE_DIR) + "/tests/scenarios/" + name;
  }
  static size_t count_lines(const std::string& text, const std::string& needle) {
    size_t count = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      count += line.find(needle) != std::string::npos ? 1 : 0;
    return count;
  }

  tests::support::TemporaryDirectory directory_;
  std::string out_, err_;
};

}  // namespace lupaus::clients::cli
