// `order_by`, and the token with which the next page goes on where the last one ended.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/model/result.h"
#include "server/api/line_values.h"

namespace lupaus::server::api {

/// "late_by desc, started_at"; the line's key decides ties.
class LineOrder {
 public:
  static rules::model::Result<LineOrder> parse(const std::string& text);

  /// Where a line stands: fields in this order, then its key. Bytes that compare as lines do.
  std::string place_of(const rules::model::VerdictLine& line, const BranchZones& zones) const;
  bool is_by_key() const { return parts_.empty(); }

 private:
  struct Part {
    LineField field = LineField::branch;
    bool is_descending = false;
  };
  std::vector<Part> parts_;
};

/// Where a page ended.
struct PageEnd {
  uint64_t collection = 0;  ///< that it was of
  uint64_t given = 0;       ///< lines of it on all pages so far
  std::string place;        ///< of the last line, for when the collection is gone
};
/// `request` says what is listed: a token is good for that alone, and only as it was given.
std::string to_token(const PageEnd& end, const std::string& request);
rules::model::Result<PageEnd> from_token(const std::string& token, const std::string& request);

}  // namespace lupaus::server::api
