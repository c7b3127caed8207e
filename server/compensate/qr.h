// A voucher's code as a QR code, for screens and printers: drawn here from the modules that the
// library computes, as SVG or as text for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::server::compensate {

/// The modules of a QR code without its quiet zone; square.
struct QrCode {
  size_t width = 0;           ///< in modules: 21, 25, 29 …
  std::vector<bool> modules;  ///< true is dark; row by row from the top
  bool is_dark(size_t x, size_t y) const { return modules[y * width + x]; }
};

/// The smallest code that holds `text` with a quarter of it damaged (level Q). Errors: `qr_empty`,
/// `qr_too_long` (about 1,600 characters; codes have 17).
rules::model::Result<QrCode> make_qr(std::string_view text);

/// One SVG document, black on white with a quiet zone of four modules; scales without a blur.
/// `title` is what a screen reader says.
std::string qr_svg(const QrCode& code, std::string_view title);

/// For a terminal: two modules a character, one above the other, with a quiet zone of four. Light
/// is drawn, so that it can be read on a dark ground. Ends with a line break.
std::string qr_text(const QrCode& code);

}  // namespace lupaus::server::compensate
