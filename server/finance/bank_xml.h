// One XML document of a bank, read in pieces by libxml2's push parser: no network, no files, no
// document type, bounded in depth and text. Inside of server/finance only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::server::finance {

/// An element at its end.
struct BankElement {
  std::string_view path;      ///< below `Document`, by local names: "BkToCstmr…/Ntfctn/Ntry/Amt"
  std::string_view text;      ///< trimmed; "" when elements are inside
  std::string_view currency;  ///< its attribute Ccy, or ""
  uint32_t line = 0;
};

/// Who makes sense of the elements. An error stops the reading.
class BankElements {
 public:
  virtual ~BankElements() = default;
  /// The namespace of the document, once, first.
  virtual rules::model::Result<void> begin_document(std::string_view name_space, uint32_t line) = 0;
  virtual rules::model::Result<void> begin(std::string_view path) = 0;
  virtual rules::model::Result<void> end(const BankElement& element) = 0;
};

/// An error at a line of the file.
rules::model::Error bad_answer(std::string message, uint32_t line, std::string hint = "");

class BankXml {
 public:
  explicit BankXml(BankElements& elements);
  ~BankXml();
  rules::model::Result<void> feed(std::string_view bytes);
  rules::model::Result<void> finish();

  /// Above them a file is none of the forms' own making.
  static constexpr size_t kDepthMax = 32;
  static constexpr size_t kTextBytesMax = 1024;
  static constexpr size_t kAttributesMax = 16;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::finance
