// Finds out which form a file has, and reads it whole.
#include "server/finance/bank_answer.h"

#include <array>

#include "fmt/format.h"
#include "server/finance/bank_codes.h"
#include "server/finance/bank_form.h"
#include "server/finance/bank_xml.h"

namespace lupaus::server::finance {
namespace {

using rules::model::Error;
using rules::model::Result;

struct Form {
  std::string_view name;
  std::unique_ptr<BankForm> (*make)(BankAnswer&);
};
constexpr std::array<Form, 3> kForms = {{{"pain.002.001.03", make_pain002},
                                         {"pain.002.001.10", make_pain002},
                                         {"camt.054.001.08", make_camt054}}};
constexpr std::string_view kNameSpacePrefix = "urn:iso:std:iso:20022:tech:xsd:";

/// A name like "pain.002.001.12", which may be shown; anything else may not.
std::string shown_form(std::string_view name) {
  if (name.size() > 24 ||
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz.0123456789") != std::string_view::npos)
    return "another";
  return fmt::format("`{}`", name);
}

}  // namespace

class BankAnswerReader::Body final : public BankElements {
 public:
  Body() : xml_(*this) {}

  Result<void> feed(std::string_view bytes) {
    byte_count_ += bytes.size();
    if (byte_count_ > kFileBytesMax) {
      return Error{
          "answer_too_large",
          fmt::format("expected a file of at most {} MiB, but it is larger", kFileBytesMax >> 20),
          "ask the bank to split it",
          {}};
    }
    return xml_.feed(bytes);
  }

  Result<BankAnswer> finish() {
    if (Result<void> read = xml_.finish(); !read) return read.error();
    if (answer_.message_id.empty())
      return bad_answer(
          fmt::format("expected a {} message in `Document`, but there is none", answer_.form), 1);
    return std::move(answer_);
  }

  Result<void> begin_document(std::string_view name_space, uint32_t line) override {
    const bool is_iso = name_space.starts_with(kNameSpacePrefix);
    const std::string_view name = is_iso ? name_space.substr(kNameSpacePrefix.size()) : "";
    for (const Form& form : kForms) {
      if (name != form.name) continue;
      answer_.form = name;
      form_ = form.make(answer_);
      return {};
    }
    return Error{"unknown_form",
                 fmt::format("expected an answer in one of the forms pain.002.001.03, "
                             "pain.002.001.10, camt.054.001.08, but it is in {}",
                             is_iso ? shown_form(name) : "another namespace"),
                 "ask the bank for one of these",
                 {"", line, 0}};
  }

  Result<void> begin(std::string_view path) override { return form_->begin(path); }
  Result<void> end(const BankElement& element) override { return form_->end(element); }

 private:
  BankXml xml_;
  BankAnswer answer_;
  std::unique_ptr<BankForm> form_;
  size_t byte_count_ = 0;
};

BankAnswerReader::BankAnswerReader() : body_(std::make_unique<Body>()) {}
BankAnswerReader::~BankAnswerReader() = default;
Result<void> BankAnswerReader::feed(std::string_view bytes) { return body_->feed(bytes); }
Result<BankAnswer> BankAnswerReader::finish() { return body_->finish(); }

Result<BankAnswer> read_bank_answer(std::string_view bytes) {
  BankAnswerReader reader;
  if (Result<void> read = reader.feed(bytes); !read) return read.error();
  return reader.finish();
}

std::string_view format_payee_check(Statement::PayeeCheck check) {
  constexpr std::array<std::string_view, 7> kNames = {
      "", "match", "close match", "no match", "not applicable", "not completed", "mismatches"};
  return kNames[static_cast<size_t>(check)];
}

}  // namespace lupaus::server::finance
