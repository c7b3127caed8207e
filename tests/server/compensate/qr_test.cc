// QR codes of vouchers: read back, module by module, by a reader that shares nothing with their
// making.
#include "server/compensate/qr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace lupaus::server::compensate {
namespace {

constexpr char kCode[] = "7K3Q-XM9T-B2ZD-41";

/// What a code of version 1 to 3 with one block at level Q says; written from ISO/IEC 18004.
class Reader {
 public:
  explicit Reader(const QrCode& code) : code_(code), size_(code.width) {}

  /// The text of one byte segment; "" when the format cannot be read.
  std::string read() {
    if (!find_mask()) return "";
    read_bits();
    if (take(4) != 4) return "";  // byte mode
    std::string text(take(8), '\0');
    for (char& c : text) c = static_cast<char>(take(8));
    return text;
  }

 private:
  bool find_mask() {
    static constexpr size_t kColumns[] = {0, 1, 2, 3, 4, 5, 7, 8};
    unsigned format = 0;
    for (const size_t x : kColumns) format = format << 1 | (code_.is_dark(x, 8) ? 1u : 0u);
    format ^= 0x5412 >> 7;
    mask_ = format >> 3 & 7;
    return (format >> 6 & 3) == 3;  // level Q
  }
  bool is_masked(size_t x, size_t y) const {
    switch (mask_) {
      case 0:
        return (x + y) % 2 == 0;
      case 1:
        return y % 2 == 0;
      case 2:
        return x % 3 == 0;
      case 3:
        return (x + y) % 3 == 0;
      case 4:
        return (y / 2 + x / 3) % 2 == 0;
      case 5:
        return x * y % 2 + x * y % 3 == 0;
      case 6:
        return (x * y % 2 + x * y % 3) % 2 == 0;
      default:
        return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
  }
  bool is_function(size_t x, size_t y) const {
    const bool is_corner =
        (x < 9 && y < 9) || (x >= size_ - 8 && y < 9) || (x < 9 && y >= size_ - 8);
    const size_t align = size_ - 7;
    const bool is_aligning =
        size_ > 21 && x + 2 >= align && x <= align + 2 && y + 2 >= align && y <= align + 2;
    return is_corner || x == 6 || y == 6 || is_aligning;
  }
  void read_bits() {
    bool is_upward = true;
    for (size_t right = size_ - 1; right > 0; right -= 2) {
      if (right == 6) --right;
      for (size_t i = 0; i < size_; ++i) {
        const size_t y = is_upward ? size_ - 1 - i : i;
        for (const size_t x : {right, right - 1}) {
          if (!is_function(x, y)) bits_.push_back(code_.is_dark(x, y) != is_masked(x, y));
        }
      }
      is_upward = !is_upward;
      if (right == 1) break;
    }
  }
  unsigned take(int count) {
    unsigned value = 0;
    for (; count > 0; --count) value = value << 1 | (bits_.at(next_++) ? 1u : 0u);
    return value;
  }

  const QrCode& code_;
  const size_t size_;
  unsigned mask_ = 0;
  std::vector<bool> bits_;
  size_t next_ = 0;
};

/// The modules that an SVG of ours draws, quiet zone cut off.
QrCode read_svg(const std::string& svg) {
  QrCode code;
  size_t side = 0;
  std::sscanf(svg.c_str() + svg.find("viewBox=\"0 0 "), "viewBox=\"0 0 %zu", &side);
  code.width = side - 8;
  code.modules.assign(code.width * code.width, false);
  for (size_t at = svg.find(" d=\"") + 4; svg[at] == 'M'; at = svg.find('z', at) + 1) {
    size_t x = 0, y = 0, run = 0;
    std::sscanf(svg.c_str() + at, "M%zu %zuh%zu", &x, &y, &run);
    for (size_t i = 0; i < run; ++i) code.modules.at((y - 4) * code.width + x - 4 + i) = true;
  }
  return code;
}

/// The modules that a text of ours shows, quiet zone cut off; light is drawn.
QrCode read_text(const std::string& text) {
  std::vector<std::pair<bool, bool>> halves;  // upper and lower are light
  size_t side = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      side = side == 0 ? halves.size() : side;
      ++at;
    } else if (text[at] == ' ') {
      halves.emplace_back(false, false);
      ++at;
    } else {
      const std::string mark = text.substr(at, 3);
      halves.emplace_back(mark != "▄", mark != "▀");
      at += 3;
    }
  }
  QrCode code;
  code.width = side - 8;
  for (size_t y = 4; y < side - 4; ++y) {
    for (size_t x = 4; x < side - 4; ++x) {
      const auto& half = halves.at(y / 2 * side + x);
      code.modules.push_back(!(y % 2 == 0 ? half.first : half.second));
    }
  }
  return code;
}

TEST(Qr, SaysTheCode) {
  const auto code = make_qr(kCode);
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(code->width, 25u);
  EXPECT_EQ(Reader(*code).read(), kCode);
  auto damaged = *code;
  damaged.modules[damaged.modules.size() - 1].flip();
  EXPECT_NE(Reader(damaged).read(), kCode) << "the reader reads what is not there";
}

TEST(Qr, SvgAndTextShowTheSameModules) {
  for (const std::string& text :
       {std::string(kCode), std::string("C-1-42"), std::string(30, 'x')}) {
    const auto code = make_qr(text);
    ASSERT_TRUE(code.ok());
    EXPECT_EQ(read_svg(qr_svg(*code, "t")).modules, code->modules) << text;
    EXPECT_EQ(read_text(qr_text(*code)).modules, code->modules) << text;
  }
}

TEST(Qr, SvgStandsForItselfAndIsSaidAloud) {
  const std::string svg = qr_svg(*make_qr(kCode), "Voucher <7K3Q> & more");
  EXPECT_TRUE(
      svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                      "viewBox=\"0 0 33 33\""));
  EXPECT_THAT(svg, ::testing::HasSubstr("<title>Voucher &lt;7K3Q&gt; &amp; more</title>"));
  EXPECT_THAT(svg, ::testing::HasSubstr("<rect width=\"33\" height=\"33\" fill=\"#fff\"/>"));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
}

TEST(Qr, WhatCannotBeEncodedIsRefused) {
  EXPECT_EQ(make_qr("").error().code, "qr_empty");
  EXPECT_EQ(make_qr(std::string(5'000, 'x')).error().code, "qr_too_long");
}

}  // namespace
}  // namespace lupaus::server::compensate
