// The keys below `finance`: whose account pays, what seals the payees, what the posting file books
// on. What is wrong with an account number is told without the number.
#include "fmt/format.h"
#include "rules/model/iban.h"
#include "rules/model/utf8.h"
#include "server/config/keys.h"

namespace lupaus::server::config {
namespace {

using rules::model::Error;
using rules::model::Result;
using Values = std::vector<std::string>;

/// Banks cut or refuse more.
constexpr size_t kNameCharactersMax = 70;

Error wrong(std::string message, std::string hint = "") {
  return Error{"CONFIG", std::move(message), std::move(hint), {}};
}

Values text_or_none(const std::string& text) { return text.empty() ? Values{} : Values{text}; }

auto finance_text(std::string Finance::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    if (values.front().empty()) return wrong("expected a text, but it is empty");
    config.finance.*member = values.front();
    return {};
  };
}
auto finance_text_of(std::string Finance::*member) {
  return [member](const Config& config) { return text_or_none(config.finance.*member); };
}

auto account(std::string Accounts::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    if (values.front().empty()) return wrong("expected an account, but it is empty");
    config.finance.accounts.*member = values.front();
    return {};
  };
}
auto account_of(std::string Accounts::*member) {
  return [member](const Config& config) { return text_or_none(config.finance.accounts.*member); };
}

Result<void> set_debtor_name(Config& config, const Values& values) {
  std::string_view rest = values.front();
  size_t count = 0;
  for (; !rest.empty(); ++count) {
    const size_t length = rules::model::utf8_length(rest);
    if (length == 0) return wrong("expected UTF-8, but there are other bytes");
    rest.remove_prefix(length);
  }
  if (count == 0) return wrong("expected a name, but it is empty");
  if (count > kNameCharactersMax) {
    return wrong(
        fmt::format("expected at most {} characters, but it has {}", kNameCharactersMax, count),
        "write it as the bank knows it");
  }
  config.finance.debtor.name = values.front();
  return {};
}

auto debtor_code(std::string Debtor::*member, Result<std::string> (*parse)(std::string_view)) {
  return [member, parse](Config& config, const Values& values) -> Result<void> {
    Result<std::string> code = parse(values.front());
    if (!code) return wrong(code.error().message, code.error().hint);
    config.finance.debtor.*member = std::move(*code);
    return {};
  };
}
auto debtor_of(std::string Debtor::*member) {
  return [member](const Config& config) { return text_or_none(config.finance.debtor.*member); };
}

Result<void> set_names(Config& config, const Values& values) {
  const std::string& name = values.front();
  if (name != "sepa" && name != "nordic")
    return wrong(fmt::format("expected `sepa` or `nordic`, but got `{}`", name));
  config.finance.names = name == "sepa" ? Finance::Names::sepa : Finance::Names::nordic;
  return {};
}
Values names_of(const Config& config) {
  return {config.finance.names == Finance::Names::sepa ? "sepa" : "nordic"};
}

}  // namespace

std::vector<Key> finance_keys() {
  std::vector<Key> keys = {
      {"finance.debtor.name", false, set_debtor_name, debtor_of(&Debtor::name)},
      {"finance.debtor.iban", false, debtor_code(&Debtor::iban, rules::model::parse_iban),
       debtor_of(&Debtor::iban)},
      {"finance.debtor.bic", false, debtor_code(&Debtor::bic, rules::model::parse_bic),
       debtor_of(&Debtor::bic)},
      {"finance.payee_key", false, finance_text(&Finance::payee_key),
       finance_text_of(&Finance::payee_key)},
      {"finance.payee_key_previous", false, finance_text(&Finance::payee_key_previous),
       finance_text_of(&Finance::payee_key_previous)},
      {"finance.names", false, set_names, names_of},
  };
  auto add = [&](std::string_view path, std::string Accounts::*member) {
    keys.push_back({path, false, account(member), account_of(member)});
  };
  add("finance.accounts.expense", &Accounts::expense);
  add("finance.accounts.liability", &Accounts::liability);
  add("finance.accounts.bank", &Accounts::bank);
  add("finance.accounts.vat_damages", &Accounts::vat_damages);
  add("finance.accounts.vat_price_reduction", &Accounts::vat_price_reduction);
  add("finance.accounts.vouchers", &Accounts::vouchers);
  return keys;
}

}  // namespace lupaus::server::config
