// A batch of four lines whose texts are as unpleasant as customers' and branches' can be, with its
// payees and what finance configures.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "server/finance/render.h"

namespace lupaus::server::finance {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::from_unix_ms;
using rules::model::Money;
using ::testing::HasSubstr;
using ::testing::Not;

inline const rules::model::Currency kEuro{{'E', 'U', 'R'}};

inline rules::model::Instant at(const std::string& text) {
  return *rules::model::parse_instant(text);
}

inline Compensation line(uint64_t number, std::string customer, int64_t minor,
                         std::string reason = "") {
  Compensation compensation;
  compensation.number = number;
  compensation.key = {"helsinki-1", "20260105-A0" + std::to_string(number), "served-in-15", 3, 1};
  compensation.customer = std::move(customer);
  compensation.amount = Money{kEuro, minor};
  compensation.owed_at = from_unix_ms(1767596400123 + static_cast<int64_t>(number));
  compensation.reason = compensation.owed_reason = std::move(reason);
  return compensation;
}

struct Sample {
  std::vector<Compensation> lines = {
      line(7, "c-1", 1000), line(8, "=SUM(A1:A9)", 2000, "cap \"customer/day\", part"),
      line(9, "c;3\r\nx", 123456789), line(12, "-c", 5, "@home; now")};
  PayoutBatch batch;
  FinanceSettings settings;
  std::map<std::string, payees::Payee, std::less<>> payees = {
      {"c-1", {"c-1", "Åsa Weiß-Łukasz", "SE4550000000058398257466", "sv"}},
      {"=SUM(A1:A9)", {"", "Þóra Ægisdóttir & Søn", "NO9386011117947", ""}},
      {"c;3\r\nx", {"", "O’Brien; <Pat>", "GB29NWBK60161331926819", "en"}},
      {"-c", {"", "=Юлия Щербакова", "EE382200221020145685", "fi"}}};
  std::map<uint64_t, LineDetail> details;

  Sample() {
    batch.id = "B-20260105-0001";
    batch.state = PayoutBatch::State::approved;
    batch.numbers = {7, 8, 9, 12};
    batch.total = {kEuro, 123459794};
    batch.until = batch.created_at = from_unix_ms(1767600000000);
    batch.approved_at = at("2026-01-05T22:30:00Z");  // the 6th in Helsinki
    settings.debtor = {"Esimerkki Säästöpankki Oy", "FI2112345600000785", ""};
    settings.accounts = {"4711", "2950", "1910", "OUT", "RED"};
    for (const uint64_t number : batch.numbers) details[number].nature = "damages";
  }

  /// As a server without payees asks.
  FileRequest bare() const { return {batch, lines}; }
  /// As a server with all of it asks; refers to this sample.
  FileRequest whole() const {
    FileRequest request{batch, lines};
    request.settings = settings;
    request.find_payee = [this](std::string_view customer) -> std::optional<payees::Payee> {
      const auto found = payees.find(customer);
      if (found == payees.end()) return std::nullopt;
      return found->second;
    };
    request.find_detail = [this](const Compensation& asked) { return details.at(asked.number); };
    return request;
  }
  void set_amount(size_t index, int64_t minor) {
    batch.total.minor += minor - lines[index].amount->minor;
    lines[index].amount->minor = minor;
  }
  void set_currency(const char (&code)[4]) {
    batch.total.currency = {{code[0], code[1], code[2]}};
    for (Compensation& each : lines) each.amount->currency = batch.total.currency;
  }
};

/// Compares with the golden file; with LUPAUS_WRITE_GOLDEN set, writes it instead, to be read in
/// the diff.
inline void expect_golden(const std::string& name, const std::string& bytes) {
  const std::string path = std::string(LUPAUS_GOLDEN_DIR) + "/" + name;
  if (std::getenv("LUPAUS_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << bytes;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(bytes, text.str()) << name;
}

}  // namespace lupaus::server::finance
