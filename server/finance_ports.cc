// Settings as the payout files take them, and the payees behind two functions.
#include "server/finance_ports.h"

#include "server/payees/payees.h"

namespace lupaus::server {

api::PayoutPorts payout_ports(const config::Finance& finance, const payees::Payees* payees) {
  api::PayoutPorts ports;
  ports.settings.debtor = {finance.debtor.name, finance.debtor.iban, finance.debtor.bic};
  ports.settings.names = finance.names == config::Finance::Names::nordic
                             ? finance::NameLetters::nordic
                             : finance::NameLetters::sepa;
  const config::Accounts& accounts = finance.accounts;
  ports.settings.accounts = {accounts.expense, accounts.liability, accounts.bank,
                             accounts.vat_damages, accounts.vat_price_reduction};
  if (payees == nullptr) return ports;
  ports.has_payee = [payees](std::string_view customer) { return payees->has(customer); };
  ports.find_payee = [payees](std::string_view customer) { return payees->find(customer); };
  return ports;
}

}  // namespace lupaus::server
