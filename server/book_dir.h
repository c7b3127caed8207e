// The promise files of book.dir.
#pragma once

#include <string>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/result.h"

namespace lupaus::server {

/// All *.yaml and *.yml files in `path`, ascending by name; not those of folders in it, which may
/// be books of their own.
rules::model::Result<std::vector<rules::model::SourceFile>> read_book_dir(const std::string& path);

/// The whole of a small file: a certificate, a secret. Errors name it.
rules::model::Result<std::string> read_text_file(const std::string& path);

}  // namespace lupaus::server
