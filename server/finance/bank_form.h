// The forms that banks answer in, one file each, and what their fields have in common. Inside of
// server/finance only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/finance/bank_answer.h"
#include "server/finance/bank_xml.h"

namespace lupaus::server::finance {

/// Makes statements of one form's elements. Appends to an answer that outlives it.
class BankForm {
 public:
  virtual ~BankForm() = default;
  virtual rules::model::Result<void> begin(std::string_view path) = 0;
  virtual rules::model::Result<void> end(const BankElement& element) = 0;
};

std::unique_ptr<BankForm> make_pain002(BankAnswer& answer);
std::unique_ptr<BankForm> make_camt054(BankAnswer& answer);

/// An id or code of 1 to 35 characters into a field that must still be empty.
rules::model::Result<void> put_id(const BankElement& element, std::string& field);

/// A code of at most four letters and digits, as ISO's external code lists have them.
rules::model::Result<std::string> read_code(const BankElement& element);
rules::model::Result<void> put_code(const BankElement& element, std::string& field);

/// "12.5" with the currency beside it; at most the currency's decimals but zeros.
rules::model::Result<rules::model::Money> read_amount(const BankElement& element);
rules::model::Result<void> put_amount(const BankElement& element,
                                      std::optional<rules::model::Money>& field);

/// The date of "2026-01-05" or of "2026-01-05T12:00:00+02:00".
rules::model::Result<void> put_date(const BankElement& element,
                                    std::optional<rules::model::LocalDate>& field);

/// The last name of a path.
std::string_view name_of(const BankElement& element);

/// Adds to the text what may be kept of the element's.
void add_words(const BankElement& element, std::string& text);
/// Adds a bank's own code, where it reads like one.
void add_own_code(const BankElement& element, std::vector<std::string>& reasons);

/// Below a prefix: the rest of `path`, "" when it is not below it.
std::string_view below(std::string_view path, std::string_view prefix);

}  // namespace lupaus::server::finance
