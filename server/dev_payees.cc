#include "server/dev_payees.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "clients/branch/simulator/day.h"
#include "fmt/format.h"
#include "lupaus/v1/payee.grpc.pb.h"
#include "rules/model/iban.h"

namespace lupaus::server {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kFinance = "frans";
constexpr size_t kKeyBytes = 32;
constexpr std::array<std::string_view, 12> kFirstNames = {"Aino",  "Eero",  "Helmi", "Ilmari",
                                                          "Kaisa", "Lauri", "Märta", "Olavi",
                                                          "Päivi", "Sten",  "Tyyne", "Väinö"};
constexpr std::array<std::string_view, 10> kLastNames = {
    "Ahonen",  "Björklund", "Hämäläinen", "Koskela", "Lindström",
    "Mäkinen", "Nurmi",     "Rantanen",   "Sjöberg", "Virtanen"};

/// A Finnish number that no bank has given out: its bank code is 0.
std::string sample_iban(uint32_t number) {
  const std::string account = fmt::format("{:014}", 1000 + number);
  for (int check = 2; check <= 98; ++check) {
    auto iban = rules::model::parse_iban(fmt::format("FI{:02}{}", check, account));
    if (iban) return *iban;
  }
  return "";
}

}  // namespace

Result<void> configure_payees(const std::string& folder, config::Config& config) {
  std::array<unsigned char, kKeyBytes> key{};
  const std::string path = folder + "/payee.key";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool is_written = file >= 0 && RAND_bytes(key.data(), key.size()) == 1 &&
                          ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size());
  if (file >= 0) ::close(file);
  if (!is_written)
    return Error{
        "no_data_dir", "cannot make a payee key in `" + folder + "`", "say --data-dir", {}};
  config.finance.payee_key = path;
  config.finance.debtor = {"Esimerkki Säästöpankki Oy", "FI2112345600000785", ""};
  return {};
}

Result<void> import_payees(const std::shared_ptr<grpc::Channel>& channel) {
  v1::ImportPayeesRequest request;
  request.set_request_id("dev-payees");
  request.set_is_last(true);
  const uint32_t count = clients::branch::simulator::Plan().customer_count;
  for (uint32_t i = 0; i < count; ++i) {
    v1::PayeeRow& row = *request.add_rows();
    row.set_line(i + 2);
    row.set_customer(fmt::format("c-{:04}", i));
    row.set_name(fmt::format("{} {}", kFirstNames[i % kFirstNames.size()],
                             kLastNames[i / kFirstNames.size() % kLastNames.size()]));
    row.set_iban(sample_iban(i));
    row.set_language(i % 12 == 6 ? "sv" : "fi");
  }
  grpc::ClientContext context;
  context.AddMetadata("lupaus-actor", std::string(kFinance));
  v1::ImportPayeesResponse response;
  const auto stub = v1::PayeeService::NewStub(channel);
  const auto writer = stub->ImportPayees(&context, &response);
  writer->Write(request);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok() && response.is_kept()) return {};
  return Error{"dev", "the sample payees were refused: " + status.error_message(), "", {}};
}

}  // namespace lupaus::server
