// Events from JSON lines: the protobuf JSON of lupaus.v1.Event, one object a line. Reads in bounded
// memory, so a file may be larger than the machine's.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "rules/model/event.h"
#include "rules/model/result.h"

namespace lupaus::clients::cli {

/// The longest line that is read; a longer one is an error, not an event.
inline constexpr size_t kEventLineBytesMax = size_t{1} << 20;

/// Field names in camelCase and in snake_case; `epoch` and `sequence` as strings or numbers; null
/// is "absent". Empty lines are skipped but counted.
class JsonEventReader {
 public:
  /// `name` is the file in complaints. The stream outlives the reader.
  JsonEventReader(std::istream& in, std::string name);
  ~JsonEventReader();

  /// Reads the next event; false at the end. The views in `event` live until the next call. Errors
  /// name line and field; after one the reader goes on with the next line.
  rules::model::Result<bool> next(rules::model::Event& event);

  /// The line of the last event, from 1.
  uint64_t line() const;
  /// Bytes taken so far, for progress.
  uint64_t bytes() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

/// `event` as such a line, without the newline.
std::string to_json_line(const rules::model::Event& event);

}  // namespace lupaus::clients::cli
