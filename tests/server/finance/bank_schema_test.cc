// The reader against a naive one: a walk over libxml2's tree of the same file. And the samples
// against ISO's schemas, where those are at hand: LUPAUS_SHARED_XSD names their folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>

#include "server/finance/bank_answer.h"
#include "tests/server/finance/bank_letters.h"

namespace lupaus::server::finance {
namespace {

using tests::Entry;
using tests::Letter;
using tests::write_camt054;
using tests::write_pain002;

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

Document parse(const std::string& file) {
  return {
      xmlReadMemory(file.data(), static_cast<int>(file.size()), nullptr, nullptr, XML_PARSE_NONET),
      xmlFreeDoc};
}

const xmlNode* child(const xmlNode* node, const std::string& name) {
  for (const xmlNode* at = node == nullptr ? nullptr : node->children; at != nullptr; at = at->next)
    if (at->type == XML_ELEMENT_NODE && name == reinterpret_cast<const char*>(at->name)) return at;
  return nullptr;
}

/// Text at a path like "Refs/EndToEndId"; "" where there is none.
std::string at(const xmlNode* node, std::string path) {
  while (!path.empty()) {
    const size_t slash = path.find('/');
    node = child(node, path.substr(0, slash));
    path = slash == std::string::npos ? "" : path.substr(slash + 1);
  }
  if (node == nullptr) return "";
  xmlChar* text = xmlNodeGetContent(node);
  std::string result(reinterpret_cast<const char*>(text));
  xmlFree(text);
  return result;
}

void collect(const xmlNode* node, const std::string& name, std::vector<const xmlNode*>& found) {
  for (; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (name == reinterpret_cast<const char*>(node->name)) found.push_back(node);
    collect(node->children, name, found);
  }
}

/// "C-1-1 ACSC AC04 10.00" of each payment.
std::vector<std::string> naive(const std::string& file, bool is_booking) {
  const Document document = parse(file);
  EXPECT_NE(document, nullptr);
  std::vector<const xmlNode*> payments;
  collect(xmlDocGetRootElement(document.get()), is_booking ? "TxDtls" : "TxInfAndSts", payments);
  std::vector<std::string> lines;
  for (const xmlNode* payment : payments) {
    const xmlNode* entry = payment->parent->parent;
    lines.push_back(is_booking ? at(payment, "Refs/EndToEndId") + " " + at(entry, "Sts/Cd") + " " +
                                     at(payment, "RtrInf/Rsn/Cd") + " " + at(payment, "Amt")
                               : at(payment, "OrgnlEndToEndId") + " " + at(payment, "TxSts") + " " +
                                     at(payment, "StsRsnInf/Rsn/Cd") + " " +
                                     at(payment, "OrgnlTxRef/Amt/InstdAmt"));
  }
  return lines;
}

std::vector<std::string> read(const std::string& file) {
  const auto answer = read_bank_answer(file);
  EXPECT_TRUE(answer.ok());
  std::vector<std::string> lines;
  if (!answer) return lines;
  for (const Statement& statement : answer->statements) {
    if (statement.level != Statement::Level::transaction) continue;
    lines.push_back(statement.end_to_end_id + " " + statement.status + " " +
                    (statement.reasons.empty() ? "" : statement.reasons[0]) + " " +
                    (statement.amount ? rules::model::format_amount(*statement.amount) : ""));
  }
  return lines;
}

std::vector<Letter> random_letters(std::mt19937& random, bool is_booking) {
  const auto pick = [&](const std::vector<std::string>& list) {
    return list[random() % list.size()];
  };
  std::vector<Letter> letters;
  for (size_t n = 1 + random() % 6; n > 0; --n) {
    letters.push_back({"C-1-" + std::to_string(random() % 1000),
                       is_booking ? "" : pick({"ACSC", "RJCT", "ACSP", "PDNG", "ACCP"}),
                       pick({"0.01", "10.00", "999999999.99"}), pick({"", "AC04", "MD07"})});
  }
  return letters;
}

TEST(BankAnswer, ReadsWhatANaiveReaderFinds) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    const std::string report =
        write_pain002(round % 2 == 0 ? "03" : "10", "B-1", "PART", random_letters(random, false));
    EXPECT_EQ(read(report), naive(report, false));
    const std::string notes = write_camt054(
        {Entry{random_letters(random, true)}, Entry{random_letters(random, true), "CRDT"}});
    EXPECT_EQ(read(notes), naive(notes, true));
  }
}

std::string schema_folder() {
  const char* given = std::getenv("LUPAUS_SHARED_XSD");
  const std::filesystem::path place = given != nullptr ? given : LUPAUS_NEAR_XSD;
  return std::filesystem::is_directory(place) ? place.string() : "";
}

bool is_valid(const std::string& file, const std::string& schema_file) {
  xmlSchemaParserCtxt* reading = xmlSchemaNewParserCtxt(schema_file.c_str());
  xmlSchema* schema = xmlSchemaParse(reading);
  xmlSchemaValidCtxt* checking = xmlSchemaNewValidCtxt(schema);
  const Document document = parse(file);
  const bool is_valid = document && xmlSchemaValidateDoc(checking, document.get()) == 0;
  xmlSchemaFreeValidCtxt(checking);
  xmlSchemaFree(schema);
  xmlSchemaFreeParserCtxt(reading);
  return is_valid;
}

TEST(BankAnswer, IsTestedWithValidSamples) {
  const std::string folder = schema_folder();
  if (folder.empty()) GTEST_SKIP() << "set LUPAUS_SHARED_XSD to the folder of ISO's schemas";
  std::mt19937 random(1);
  for (const std::string version : {"03", "10"}) {
    EXPECT_TRUE(is_valid(write_pain002(version, "B-1", "PART", random_letters(random, false)),
                         folder + "/pain.002.001." + version + ".xsd"));
  }
  Entry whole{{}, "DBIT", "BOOK", "60.00"};
  whole.is_batch = true;
  whole.count = "3";
  const std::string schema = folder + "/camt.054.001.08.xsd";
  EXPECT_TRUE(is_valid(write_camt054({Entry{random_letters(random, true)}, whole}), schema));
  EXPECT_FALSE(is_valid(write_camt054({Entry{{}, "DBIT", ""}}), schema));
}

}  // namespace
}  // namespace lupaus::server::finance
