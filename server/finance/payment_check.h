// Reads a pain.001.001.09 file as a strict bank would, before it reaches one: the schema's order
// and, beyond it, what banks refuse although the schema takes it. Every file that `render` writes
// has passed here; no XML library is involved, and no entity, comment or document type is taken.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::server::finance {

struct PaymentElement;

/// Fed a file piece by piece, in order; holds one element's text at a time and the ids. Belongs to
/// one thread.
class PaymentCheck {
 public:
  PaymentCheck();

  /// After the first error the rest is ignored.
  void feed(std::string_view piece);

  /// Error `bad_payment_file`: the first rule broken, with the place by element and payout id; no
  /// name and no IBAN is in it. To be asked once, after the last piece.
  rules::model::Result<void> finish();

 private:
  struct Open {
    const PaymentElement* element;
    size_t next = 0;   ///< child expected now
    size_t count = 0;  ///< how often that child was there
  };

  void take_tag(std::string_view tag);
  void open(std::string_view name, std::string_view attributes);
  void enter(Open& parent, const PaymentElement& child);
  void close(std::string_view name);
  bool has_all(const Open& parent, size_t from, size_t to);
  void take_text(const PaymentElement& element);
  void take_id(const PaymentElement& element);
  void take_account(const PaymentElement& element);
  void take_amount(const PaymentElement& element);
  void check_totals();
  void check_unique(std::vector<std::string>& ids, std::string_view element);
  void refuse(std::string message, std::string hint = "");
  std::string where() const;

  std::string rest_;  ///< not yet understood
  std::string text_;  ///< of the innermost element
  std::vector<Open> path_;
  std::optional<rules::model::Error> error_;
  bool is_over_ = false;

  std::string debtor_bic_, debtor_iban_;
  std::vector<std::string> instruction_ids_, end_to_end_ids_;
  std::vector<uint64_t> stated_counts_;
  std::vector<int64_t> stated_sums_;
  uint64_t transfers_ = 0;
  int64_t sum_ = 0;  ///< cents
};

/// The same for a file in one piece.
rules::model::Result<void> check_payment_file(std::string_view file);

}  // namespace lupaus::server::finance
