// The ten lines that a vendor copies compile without a warning, and are those of the README.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "clients/branch/terminal.h"

namespace lupaus::tests {
namespace {

void print(const std::string&, const std::string&) {}
void complain(const std::string&, const std::string& = "") {}

[[maybe_unused]] void example() {
  // [the README's lines]
  using namespace lupaus::clients::branch;

  auto terminal = Terminal::open({.server = "lupaus.bank.example:7443",
                                  .source = "helsinki-1/kiosk-1",
                                  .branch = "helsinki-1",
                                  .spool_dir = "/var/lib/kiosk/lupaus",
                                  .tls = Tls{"ca.pem", "kiosk.pem", "kiosk.key"},
                                  .on_signal = [](const Signal& s) {
                                    if (!s.voucher.empty()) print(s.label, s.voucher);
                                  }});
  if (!terminal) return complain(terminal.error().message, terminal.error().hint);
  const auto id = (*terminal)->make_ticket_id();
  const auto sequence = (*terminal)->report("issued", *id, {{"service", "cash"}}, "A017");
  if (!sequence) complain(sequence.error().message);  // the disk is full or broken
  // [end]
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands between the marks, without spaces and line ends: the formatter lays code out anew.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin);
  const size_t to = text.find(end, from + begin.size());
  if (from == std::string::npos || to == std::string::npos) return "no " + begin;
  std::string found;
  for (const char c : text.substr(from + begin.size(), to - from - begin.size()))
    if (c != ' ' && c != '\n') found += c;
  return found;
}

TEST(Terminal, IsUsedAsItsReadmeSays) {
  EXPECT_EQ(between(text_of(LUPAUS_BRANCH_README), "#include \"clients/branch/terminal.h\"", "```"),
            between(text_of(__FILE__), "// [the README's lines]", "// [end]"));
}

}  // namespace
}  // namespace lupaus::tests
