// The list of payees that finance imports: a CSV file with the columns customer, name, iban and
// optionally language, in any order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::clients::cli {

struct PayeeLine {
  uint32_t line = 0;
  std::string customer, name, iban, language;
};

/// A line that is no row, or a row that the server refuses.
struct BadLine {
  uint32_t line = 0;
  std::string what;  ///< never repeats what is in the line
  std::string hint;
};

/// Gives each row to `take`, until it says false, and each line that is none to `bad`. An error
/// where the file as a whole is none: another encoding, no header, a column missing, unknown or
/// twice.
rules::model::Result<void> read_payee_file(std::string_view text,
                                           const std::function<bool(PayeeLine)>& take,
                                           const std::function<void(BadLine)>& bad);

}  // namespace lupaus::clients::cli
