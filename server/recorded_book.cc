#include "server/recorded_book.h"

#include "rules/language/compile.h"

namespace lupaus::server {

rules::model::BookPtr compile_recorded(std::span<const rules::model::SourceFile> files,
                                       std::span<const rules::model::ZoneTable> zones,
                                       const std::string& tz_version) {
  return rules::language::compile(files, {zones, tz_version}).book;
}

}  // namespace lupaus::server
