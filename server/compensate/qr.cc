#include "server/compensate/qr.h"

#include <qrencode.h>

#include <memory>

namespace lupaus::server::compensate {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr size_t kQuiet = 4;  // modules on each side, by the standard

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    switch (c) {
      case '&':
        made += "&amp;";
        break;
      case '<':
        made += "&lt;";
        break;
      case '>':
        made += "&gt;";
        break;
      default:
        made += c;
    }
  }
  return made;
}

/// False outside of the code, where the quiet zone is.
bool is_dark_at(const QrCode& code, size_t x, size_t y) {
  if (x < kQuiet || y < kQuiet || x >= code.width + kQuiet || y >= code.width + kQuiet)
    return false;
  return code.is_dark(x - kQuiet, y - kQuiet);
}

}  // namespace

Result<QrCode> make_qr(std::string_view text) {
  if (text.empty()) return Error{"qr_empty", "expected a text to encode, but it is empty", "", {}};
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_Q),
      &QRcode_free);
  if (made == nullptr) {
    return Error{
        "qr_too_long",
        "expected a text that fits a QR code, but it has " + std::to_string(text.size()) + " bytes",
        "",
        {}};
  }
  QrCode code;
  code.width = static_cast<size_t>(made->width);
  code.modules.reserve(code.width * code.width);
  for (size_t i = 0; i < code.width * code.width; ++i)
    code.modules.push_back((made->data[i] & 1) != 0);
  return code;
}

std::string qr_svg(const QrCode& code, std::string_view title) {
  const std::string side = std::to_string(code.width + 2 * kQuiet);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 " + side +
                    " " + side + "\" shape-rendering=\"crispEdges\"><title>" + escaped(title) +
                    "</title><rect width=\"" + side + "\" height=\"" + side +
                    "\" fill=\"#fff\"/><path fill=\"#000\" d=\"";
  for (size_t y = 0; y < code.width; ++y) {
    for (size_t x = 0; x < code.width;) {
      size_t end = x;
      while (end < code.width && code.is_dark(end, y)) ++end;
      if (end > x) {
        const std::string run = std::to_string(end - x);
        svg += "M" + std::to_string(x + kQuiet) + " " + std::to_string(y + kQuiet) + "h" + run +
               "v1h-" + run + "z";
      }
      x = end + 1;
    }
  }
  return svg + "\"/></svg>\n";
}

std::string qr_text(const QrCode& code) {
  const size_t side = code.width + 2 * kQuiet;
  std::string text;
  for (size_t y = 0; y < side; y += 2) {
    for (size_t x = 0; x < side; ++x) {
      const bool is_upper_light = !is_dark_at(code, x, y);
      const bool is_lower_light = y + 1 < side && !is_dark_at(code, x, y + 1);
      if (is_upper_light && is_lower_light) {
        text += "█";
      } else if (is_upper_light) {
        text += "▀";
      } else if (is_lower_light) {
        text += "▄";
      } else {
        text += " ";
      }
    }
    text += "\n";
  }
  return text;
}

}  // namespace lupaus::server::compensate
