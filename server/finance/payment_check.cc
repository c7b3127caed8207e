// The grammar is a table: the elements of our profile in the schema's order, and for each that has
// text the rule it obeys.
#include "server/finance/payment_check.h"

#include <algorithm>
#include <span>

#include "rules/calendar/target_days.h"
#include "rules/model/instant.h"
#include "server/finance/account.h"
#include "server/finance/bank_text.h"

namespace lupaus::server::finance {

using rules::model::Error;
using rules::model::Result;

namespace {

enum class Rule : uint8_t {
  none,  ///< has children instead
  id,
  instruction_id,
  end_to_end_id,
  instant,
  count,
  sum,
  name,
  remittance,
  debtor_iban,
  creditor_iban,
  bic,
  bank_day,
  amount,
  exactly,  ///< the text in `value`
};

}  // namespace

struct PaymentElement {
  std::string_view name;
  Rule rule = Rule::none;
  std::span<const PaymentElement> children = {};
  std::string_view value = {};
  bool is_optional = false;
  bool is_repeated = false;
};

namespace {

constexpr std::string_view kNamespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
constexpr size_t kIdMax = 35, kNameMax = 70, kRemittanceMax = 140;
constexpr int64_t kAmountMax = 99'999'999'999;  // EUR 999,999,999.99 (SCT rulebook AT-T002)

using Element = PaymentElement;
constexpr Element kName[] = {{"Nm", Rule::name}};
constexpr Element kHeader[] = {{"MsgId", Rule::id},
                               {"CreDtTm", Rule::instant},
                               {"NbOfTxs", Rule::count},
                               {"CtrlSum", Rule::sum},
                               {"InitgPty", Rule::none, kName}};
constexpr Element kService[] = {{"Cd", Rule::exactly, {}, "SEPA"}};
constexpr Element kType[] = {{"SvcLvl", Rule::none, kService}};
constexpr Element kDay[] = {{"Dt", Rule::bank_day}};
constexpr Element kDebtorIban[] = {{"IBAN", Rule::debtor_iban}};
constexpr Element kDebtorAccount[] = {{"Id", Rule::none, kDebtorIban}};
constexpr Element kUnknownBank[] = {{"Id", Rule::exactly, {}, "NOTPROVIDED"}};
constexpr Element kBank[] = {{"BICFI", Rule::bic, {}, {}, true},
                             {"Othr", Rule::none, kUnknownBank, {}, true}};
constexpr Element kAgent[] = {{"FinInstnId", Rule::none, kBank}};
constexpr Element kPaymentId[] = {{"InstrId", Rule::instruction_id},
                                  {"EndToEndId", Rule::end_to_end_id}};
constexpr Element kAmount[] = {{"InstdAmt", Rule::amount}};
constexpr Element kCreditorIban[] = {{"IBAN", Rule::creditor_iban}};
constexpr Element kCreditorAccount[] = {{"Id", Rule::none, kCreditorIban}};
constexpr Element kRemittance[] = {{"Ustrd", Rule::remittance}};
constexpr Element kTransfer[] = {{"PmtId", Rule::none, kPaymentId},
                                 {"Amt", Rule::none, kAmount},
                                 {"Cdtr", Rule::none, kName},
                                 {"CdtrAcct", Rule::none, kCreditorAccount},
                                 {"RmtInf", Rule::none, kRemittance}};
constexpr Element kPayment[] = {{"PmtInfId", Rule::id},
                                {"PmtMtd", Rule::exactly, {}, "TRF"},
                                {"NbOfTxs", Rule::count},
                                {"CtrlSum", Rule::sum},
                                {"PmtTpInf", Rule::none, kType},
                                {"ReqdExctnDt", Rule::none, kDay},
                                {"Dbtr", Rule::none, kName},
                                {"DbtrAcct", Rule::none, kDebtorAccount},
                                {"DbtrAgt", Rule::none, kAgent},
                                {"ChrgBr", Rule::exactly, {}, "SLEV"},
                                {"CdtTrfTxInf", Rule::none, kTransfer, {}, false, true}};
constexpr Element kInitiation[] = {{"GrpHdr", Rule::none, kHeader},
                                   {"PmtInf", Rule::none, kPayment}};
constexpr Element kDocument[] = {{"CstmrCdtTrfInitn", Rule::none, kInitiation}};
constexpr Element kRoot[] = {{"Document", Rule::none, kDocument}};
constexpr Element kFile = {"file", Rule::none, kRoot};

/// Why an element that the schema knows is not in our profile.
std::string_view reason_against(std::string_view name) {
  if (name == "CdtrAgt") return "a creditor's BIC goes stale; the bank finds it by the IBAN";
  if (name == "PstlAdr") return "unstructured addresses are refused since November 2026";
  return "";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

/// Decimal digits, at most 18; nullopt otherwise.
std::optional<uint64_t> read_count(std::string_view text) {
  constexpr size_t kDigitsMax = 18;
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  uint64_t count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + static_cast<uint64_t>(c - '0');
  }
  return count;
}

/// "10.00" in cents: exactly two decimals.
std::optional<int64_t> read_cents(std::string_view text) {
  if (text.size() < 4 || text[text.size() - 3] != '.') return std::nullopt;
  std::string digits(text.substr(0, text.size() - 3));
  digits += text.substr(text.size() - 2);
  const auto read = read_count(digits);
  if (!read) return std::nullopt;
  return static_cast<int64_t>(*read);
}

}  // namespace

PaymentCheck::PaymentCheck() { path_.push_back({&kFile}); }

void PaymentCheck::refuse(std::string message, std::string hint) {
  if (error_) return;
  error_ = Error{"bad_payment_file", where() + ": " + std::move(message), std::move(hint), {}};
}

/// "CdtTrfTxInf/PmtId of transfer 2 (C-1-8)".
std::string PaymentCheck::where() const {
  std::string text;
  bool is_transfer = false;
  for (size_t i = 1; i < path_.size(); ++i) {
    const std::string_view name = path_[i].element->name;
    is_transfer = is_transfer || name == "CdtTrfTxInf";
    if (i + 3 < path_.size() || name == "Document") continue;
    if (!text.empty()) text += '/';
    text += name;
  }
  if (text.empty()) text = "file";
  if (!is_transfer) return text;
  text += " of transfer " + std::to_string(transfers_);
  const bool is_named = end_to_end_ids_.size() == transfers_ && is_id(end_to_end_ids_.back());
  return is_named ? text + " (" + end_to_end_ids_.back() + ")" : text;
}

void PaymentCheck::feed(std::string_view piece) {
  if (error_) return;
  rest_ += piece;
  size_t at = 0;
  while (!error_ && at < rest_.size()) {
    if (rest_[at] != '<') {
      const size_t end = std::min(rest_.find('<', at), rest_.size());
      text_.append(rest_, at, end - at);
      at = end;
      continue;
    }
    const size_t end = rest_.find('>', at);
    if (end == std::string::npos) break;
    take_tag(std::string_view(rest_).substr(at + 1, end - at - 1));
    at = end + 1;
  }
  rest_.erase(0, at);
}

void PaymentCheck::take_tag(std::string_view tag) {
  if (path_.size() > 1 && text_.find('&') != std::string::npos)
    return refuse("expected letters that a bank takes, but there is an entity");
  if (tag.starts_with('?')) {
    if (path_.size() > 1 || is_over_ || !is_blank(text_))
      refuse("expected an XML declaration at the beginning only");
    return;
  }
  if (tag.starts_with('!')) return refuse("expected elements only, but there is a `<!`");
  if (tag.ends_with('/')) return refuse("expected no empty element, but there is one");
  if (tag.starts_with('/')) return close(tag.substr(1));
  if (!is_blank(text_)) return refuse("expected an element, but there is text beside one");
  text_.clear();
  const size_t space = std::min(tag.find(' '), tag.size());
  open(tag.substr(0, space), tag.substr(space));
}

void PaymentCheck::open(std::string_view name, std::string_view attributes) {
  Open& parent = path_.back();
  const auto children = parent.element->children;
  const auto* found = std::find_if(children.data(), children.data() + children.size(),
                                   [&](const Element& child) { return child.name == name; });
  if (found == children.data() + children.size()) {
    return refuse("expected no `" + std::string(name) + "`, but there is one",
                  std::string(reason_against(name)));
  }
  const std::string expected = name == "Document"   ? " xmlns=\"" + std::string(kNamespace) + "\""
                               : name == "InstdAmt" ? " Ccy=\"EUR\""
                                                    : "";
  if (attributes != expected) {
    return refuse("expected `" + std::string(name) + "` with the attributes `" + expected +
                  "`, but it has `" + std::string(attributes) + "`");
  }
  enter(parent, *found);
}

void PaymentCheck::enter(Open& parent, const Element& child) {
  const auto index = static_cast<size_t>(&child - parent.element->children.data());
  if (index < parent.next) {
    return refuse("expected `" + std::string(child.name) + "` before `" +
                  std::string(parent.element->children[parent.next].name) +
                  "`, but it stands after it");
  }
  if (index == parent.next && parent.count > 0 && !child.is_repeated)
    return refuse("expected one `" + std::string(child.name) + "`, but there are two");
  if (!has_all(parent, parent.next, index)) return;
  parent.count = index == parent.next ? parent.count + 1 : 1;
  parent.next = index;
  if (child.name == "CdtTrfTxInf") ++transfers_;
  path_.push_back({&child});
}

/// Whether no child that is needed is missing in [from, to).
bool PaymentCheck::has_all(const Open& parent, size_t from, size_t to) {
  for (size_t i = from; i < to; ++i) {
    const Element& child = parent.element->children[i];
    const bool is_there = i == parent.next && parent.count > 0;
    if (is_there || child.is_optional) continue;
    refuse("expected `" + std::string(child.name) + "`, but it is missing");
    return false;
  }
  return true;
}

void PaymentCheck::close(std::string_view name) {
  const Open& current = path_.back();
  if (path_.size() == 1 || current.element->name != name)
    return refuse("expected elements that close in order, but `" + std::string(name) +
                  "` does not");
  const Element& element = *current.element;
  if (!has_all(current, current.next, element.children.size())) return;
  if (element.children.empty()) {
    take_text(element);
  } else if (!is_blank(text_)) {
    refuse("expected elements, but there is text");
  } else if (element.name == "FinInstnId" && current.count == 0) {
    refuse("expected a BIC or NOTPROVIDED, but there is neither");
  }
  text_.clear();
  if (error_) return;
  path_.pop_back();
  is_over_ = path_.size() == 1;
}

void PaymentCheck::take_text(const Element& element) {
  switch (element.rule) {
    case Rule::none:
      return;
    case Rule::id:
    case Rule::instruction_id:
    case Rule::end_to_end_id:
      return take_id(element);
    case Rule::debtor_iban:
    case Rule::creditor_iban:
    case Rule::bic:
      return take_account(element);
    case Rule::count:
    case Rule::sum:
    case Rule::amount:
      return take_amount(element);
    case Rule::instant:
      if (!rules::model::parse_instant(text_)) refuse("expected an instant, but it is none");
      return;
    case Rule::bank_day: {
      const auto day = rules::model::parse_local_date(text_);
      if (!day || !rules::calendar::is_target_day(*day))
        refuse("expected a bank day of the TARGET calendar, but `" + text_ + "` is none");
      return;
    }
    case Rule::name:
    case Rule::remittance: {
      const size_t most = element.rule == Rule::name ? kNameMax : kRemittanceMax;
      if (count_characters(text_) > most) {
        refuse("expected at most " + std::to_string(most) + " characters, but there are " +
               std::to_string(count_characters(text_)));
      } else if (!is_bank_text(text_)) {
        refuse("expected letters that a bank takes, but there are others");
      }
      return;
    }
    case Rule::exactly:
      if (text_ != element.value)
        refuse("expected " + std::string(element.value) + ", but it is something else");
      return;
  }
}

void PaymentCheck::take_id(const Element& element) {
  if (!is_id(text_)) {
    return refuse("expected 1 to 35 of `A-Za-z0-9-`, but it is `" + text_.substr(0, kIdMax + 1) +
                  "`");
  }
  if (element.rule == Rule::instruction_id) instruction_ids_.push_back(text_);
  if (element.rule == Rule::end_to_end_id) end_to_end_ids_.push_back(text_);
}

void PaymentCheck::take_account(const Element& element) {
  if (element.rule == Rule::bic) {
    if (!is_bic(text_)) return refuse("expected a BIC that is in use, but `" + text_ + "` is none");
    debtor_bic_ = text_;
    if (!is_bic_of(debtor_bic_, debtor_iban_)) {
      refuse("expected the BIC of the debtor's bank, but `" + text_ + "` is of another country",
             "leave it out: the bank knows its own");
    }
    return;
  }
  if (!is_iban(text_)) return refuse("expected an IBAN with right check digits, but it is none");
  if (!is_in_sepa(text_)) return refuse("expected an account in SEPA, but it is elsewhere");
  if (element.rule == Rule::debtor_iban) debtor_iban_ = text_;
}

void PaymentCheck::take_amount(const Element& element) {
  if (element.rule == Rule::count) {
    const auto count = read_count(text_);
    if (!count) return refuse("expected a number of transfers, but it is none");
    stated_counts_.push_back(*count);
    return;
  }
  const auto cents = read_cents(text_);
  if (!cents) return refuse("expected an amount with two decimals, but it is `" + text_ + "`");
  if (element.rule == Rule::sum) {
    stated_sums_.push_back(*cents);
    return;
  }
  if (*cents < 1 || *cents > kAmountMax)
    return refuse("expected 0.01 to 999999999.99, but the amount is " + text_);
  if (__builtin_add_overflow(sum_, *cents, &sum_)) refuse("expected a sum that fits");
}

void PaymentCheck::check_totals() {
  for (const uint64_t stated : stated_counts_) {
    if (stated != transfers_) {
      return refuse("expected `NbOfTxs` of " + std::to_string(transfers_) + ", but it says " +
                    std::to_string(stated));
    }
  }
  for (const int64_t stated : stated_sums_) {
    if (stated != sum_) {
      return refuse("expected a `CtrlSum` of " + std::to_string(sum_) + " cents, but it says " +
                    std::to_string(stated));
    }
  }
}

void PaymentCheck::check_unique(std::vector<std::string>& ids, std::string_view element) {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) {
    refuse("expected each `" + std::string(element) + "` once, but " + *twice + " is there twice");
  }
}

Result<void> PaymentCheck::finish() {
  if (!error_ && (!is_over_ || !rest_.empty() || !is_blank(text_)))
    refuse("expected one document that is complete");
  if (!error_) check_totals();
  if (!error_) check_unique(instruction_ids_, "InstrId");
  if (!error_) check_unique(end_to_end_ids_, "EndToEndId");
  if (error_) return *error_;
  return {};
}

Result<void> check_payment_file(std::string_view file) {
  PaymentCheck check;
  check.feed(file);
  return check.finish();
}

}  // namespace lupaus::server::finance
