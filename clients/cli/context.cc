// Printing, failing and reading on behalf of the verbs.
#include "clients/cli/context.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <ostream>

namespace lupaus::clients::cli {

using rules::model::Error;
using rules::model::Result;

std::string Context::paint(Paint paint, std::string_view text) const {
  if (has_no_colour || !streams.is_out_terminal || paint == Paint::plain) return std::string(text);
  std::string_view code;
  switch (paint) {
    case Paint::plain:
      break;
    case Paint::bold:
      code = "1";
      break;
    case Paint::red:
      code = "31";
      break;
    case Paint::green:
      code = "32";
      break;
    case Paint::yellow:
      code = "33";
      break;
    case Paint::faint:
      code = "2";
      break;
  }
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

void Context::fail(const Error& error, int code) {
  streams.err << rules::model::format_error(error) << "\n";
  exit_code = code;
}

void Context::fail(std::string_view message, int code) {
  streams.err << "lupaus: " << message << "\n";
  exit_code = code;
}

Result<std::string> Context::read_file(const std::string& path) const {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(streams.in),
                       std::istreambuf_iterator<char>());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{"",
                 "expected a file that can be read, but `" + path +
                     "` cannot be opened: " + std::strerror(errno),
                 "",
                 {}};
  }
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return Error{"", "`" + path + "` could not be read to its end", "", {}};
  return text;
}

}  // namespace lupaus::clients::cli
