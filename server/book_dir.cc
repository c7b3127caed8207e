// Reading files.
#include "server/book_dir.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fmt/format.h"

namespace lupaus::server {

using rules::model::Error;
using rules::model::Result;
using rules::model::SourceFile;

Result<std::string> read_text_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || text.fail()) {
    return Error{"unreadable_file",
                 fmt::format("the file `{}` cannot be read: {}", path, std::strerror(errno)),
                 "",
                 {}};
  }
  return text.str();
}

Result<std::vector<SourceFile>> read_book_dir(const std::string& path) {
  std::vector<SourceFile> files;
  std::error_code failure;
  std::filesystem::directory_iterator entries(path, failure);
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    std::filesystem::path extension = entries->path().extension();
    if (!entries->is_regular_file(failure) || (extension != ".yaml" && extension != ".yml"))
      continue;
    // WHY: the map of `events import` lies beside the book that it feeds and is no part of it.
    const std::filesystem::path stem = entries->path().stem();
    if (stem == "import" || stem.extension() == ".import") continue;
    Result<std::string> text = read_text_file(entries->path().string());
    if (!text) return text.error();
    files.push_back({entries->path().lexically_relative(path).generic_string(), std::move(*text)});
  }
  if (failure) {
    return Error{
        "unreadable_file",
        fmt::format("the folder of the book, `{}`, cannot be read: {}", path, failure.message()),
        "",
        {}};
  }
  if (files.empty()) {
    return Error{"empty_book",
                 fmt::format("the folder of the book, `{}`, has no *.yaml file", path),
                 "name another with `book.dir` or --book, or fill it",
                 {}};
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace lupaus::server
