// Settings as the payout files take them, and the payees behind two functions.
#include "server/finance_ports.h"

#include <filesystem>
#include <system_error>

#include "server/payees/payees.h"

namespace lupaus::server {

namespace {

/// Where the folder cannot be made, the writer says so.
std::string make_scratch_dir(const std::string& data_dir) {
  std::filesystem::path folder = std::filesystem::path(data_dir) / "scratch";
  std::error_code unmade;
  std::filesystem::create_directories(folder, unmade);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, unmade);
  return folder.string();
}

}  // namespace

api::PayoutPorts payout_ports(const config::Config& config, const payees::Payees* payees) {
  const config::Finance& finance = config.finance;
  api::PayoutPorts ports;
  ports.settings.scratch_dir = make_scratch_dir(config.data_dir);
  ports.settings.debtor = {finance.debtor.name, finance.debtor.iban, finance.debtor.bic};
  ports.settings.names = finance.names == config::Finance::Names::nordic
                             ? finance::NameLetters::nordic
                             : finance::NameLetters::sepa;
  const config::Accounts& accounts = finance.accounts;
  ports.settings.accounts = {accounts.expense,     accounts.liability,           accounts.bank,
                             accounts.vat_damages, accounts.vat_price_reduction, accounts.vouchers};
  if (payees == nullptr) return ports;
  ports.has_payee = [payees](std::string_view customer) { return payees->has(customer); };
  ports.find_payee = [payees](std::string_view customer) { return payees->find(customer); };
  ports.payees_digest = [payees](std::span<const std::string> customers) {
    return payees->digest_of(customers);
  };
  return ports;
}

}  // namespace lupaus::server
