// The promise files of book.dir.
#pragma once

#include <string>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/result.h"

namespace lupaus::server {

/// All *.yaml and *.yml files below `path`, ascending by name; names are relative to it.
rules::model::Result<std::vector<rules::model::SourceFile>> read_book_dir(const std::string& path);

/// The whole of a small file: a certificate, a secret. Errors name it.
rules::model::Result<std::string> read_text_file(const std::string& path);

}  // namespace lupaus::server
