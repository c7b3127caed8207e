// The configuration: what wins, what is refused, and where it says that the fault lies.
#include "server/config/config.h"

#include <gtest/gtest.h>

namespace lupaus::server::config {
namespace {

using rules::model::Result;

Input file(std::string text) { return {"lupaus.yaml", std::move(text), {}, {}}; }

TEST(Config, ReadsEveryKeyOfTheFile) {
  Result<Config> read = load(file(R"(
data_dir: /var/lib/lupaus
grpc: {listen: "[::1]:0"}
http: {listen: localhost:8080, proxy_socket: /run/lupaus/http, hosts: [console.bank.example]}
tls: {cert: a.pem, key: a.key, client_ca: ca.pem}
book: {dir: /etc/lupaus/book}
limits: {max_message_bytes: 1 MiB, window_batches: 4, queued_events: 100, batch_events: 10}
compensate: {webhook: {url: https://bank.example/pay, secret_files: [now, before], allow_hosts: [bank.example],
  status_url: "https://bank.example/payments/{key}", allow_private: true, accept_bare_success: false}}
finance:
  debtor: {name: Esimerkki Säästöpankki Oy, iban: fi21 1234 5600 0007 85, bic: ndeafihh}
  payee_key: credential:payee.key
  payee_key_previous: /etc/lupaus/old.key
  names: nordic
  accounts: {expense: "4100", liability: "2950", bank: "1910", vat_damages: none, vat_price_reduction: "2939", vouchers: "1990"}
reports:
  budgets: {served-in-15: EUR 500.00, served-in-30: SEK 90.50}
)"));
  ASSERT_TRUE(read.ok()) << format_error(read.error());
  EXPECT_EQ(read->grpc_listen.text(), "[::1]:0");
  EXPECT_EQ(read->http_listen.port, 8080);
  EXPECT_EQ(read->http_proxy_socket, "/run/lupaus/http");
  EXPECT_EQ(read->http_hosts, std::vector<std::string>{"console.bank.example"});
  EXPECT_EQ(read->tls->client_ca, "ca.pem");
  EXPECT_EQ(read->book_dir, "/etc/lupaus/book");
  EXPECT_EQ(read->limits.max_message_bytes, 1024u * 1024);
  EXPECT_EQ(read->limits.window_batches, 4u);
  EXPECT_EQ(read->webhook->secret_files, (std::vector<std::string>{"now", "before"}));
  EXPECT_EQ(read->finance.debtor.iban, "FI2112345600000785");
  EXPECT_EQ(read->finance.debtor.bic, "NDEAFIHH");
  EXPECT_EQ(read->finance.payee_key, "credential:payee.key");
  EXPECT_EQ(read->finance.names, Finance::Names::nordic);
  EXPECT_EQ(read->finance.accounts.vat_price_reduction, "2939");
  EXPECT_EQ(read->webhook->status_url, "https://bank.example/payments/{key}");
  EXPECT_TRUE(read->webhook->allow_private);
  EXPECT_FALSE(read->webhook->accept_bare_success);
  EXPECT_EQ(read->finance.accounts.vouchers, "1990");
  EXPECT_EQ(format_money(read->budgets.at("served-in-15")), "EUR 500.00");
  EXPECT_EQ(format_money(read->budgets.at("served-in-30")), "SEK 90.50");
  EXPECT_EQ(read->origins.at("data_dir"), "lupaus.yaml:2:11");
  EXPECT_EQ(read->origins.at("limits.queued_events"), "lupaus.yaml:7:70");
}

TEST(Config, LetsFlagsWinOverTheEnvironmentAndItOverTheFile) {
  Input input =
      file("data_dir: from-file\ngrpc: {listen: 127.0.0.1:1}\nhttp: {listen: 127.0.0.1:1}\n");
  input.environment = {{"LUPAUS_GRPC_LISTEN", "127.0.0.1:2"},
                       {"LUPAUS_HTTP_LISTEN", "127.0.0.1:2"},
                       {"LUPAUS_SERVER", "elsewhere:1"}};
  input.flags = {"--http-listen", "127.0.0.1:3"};
  Result<Config> read = load(input);
  ASSERT_TRUE(read.ok()) << format_error(read.error());
  EXPECT_EQ(read->data_dir, "from-file");
  EXPECT_EQ(read->grpc_listen.port, 2);
  EXPECT_EQ(read->http_listen.port, 3);
  EXPECT_EQ(read->origins.at("grpc.listen"), "LUPAUS_GRPC_LISTEN");
  EXPECT_EQ(read->origins.at("http.listen"), "--http-listen");
  EXPECT_EQ(read->origins.at("book.dir"), "default");
}

struct BadFile {
  const char* text;
  const char* place;
  const char* says;
};

class BadConfig : public testing::TestWithParam<BadFile> {};

TEST_P(BadConfig, IsRefusedWithItsPlaceAndAWayOut) {
  Result<Config> read = load(file(GetParam().text));
  ASSERT_FALSE(read.ok());
  std::string printed = format_error(read.error());
  EXPECT_TRUE(printed.starts_with(GetParam().place)) << printed;
  EXPECT_NE(printed.find(GetParam().says), std::string::npos) << printed;
}

INSTANTIATE_TEST_SUITE_P(
    Config, BadConfig,
    testing::Values(
        BadFile{"data_dri: x\n", "lupaus.yaml:1:1:", "did you mean `data_dir`?"},
        BadFile{"data_dir: x\ngrpc: {lisen: 127.0.0.1:1}\n",
                "lupaus.yaml:2:8:", "did you mean `grpc.listen`?"},
        BadFile{"data_dir: x\ndata_dir: y\n", "lupaus.yaml:2:1:", "twice"},
        BadFile{"data_dir: [x]\n", "lupaus.yaml:1:11:", "expected one value"},
        BadFile{"data_dir: x\ngrpc: 7443\n", "lupaus.yaml:2:7:", "expected keys below `grpc`"},
        BadFile{"data_dir: x\ngrpc: {listen: 7443}\n", "lupaus.yaml:2:16:", "expected `host:port`"},
        BadFile{"data_dir: x\ngrpc: {listen: 127.0.0.1:99999}\n",
                "lupaus.yaml:2:16:", "expected `host:port`"},
        BadFile{"data_dir: x\ngrpc: {listen: 0.0.0.0:7443}\n",
                "lupaus.yaml:", "set tls.cert, tls.key and tls.client_ca"},
        BadFile{"data_dir: x\ngrpc: {listen: 127.0.0.1.evil.example:1}\n",
                "lupaus.yaml:2:16:", "expected `host:port`"},
        BadFile{"data_dir: x\nhttp: {hosts: [Console:80]}\n", "lupaus.yaml:2:", "lower case"},
        BadFile{"data_dir: x\nhttp: {listen: 0.0.0.0:80}\n",
                "lupaus.yaml:", "never served beyond this machine"},
        BadFile{"data_dir: x\ntls: {cert: a, key: b}\n", "lupaus.yaml:", "one is missing"},
        BadFile{"data_dir: x\nlimits: {max_message_bytes: 64 KB}\n",
                "lupaus.yaml:2:29:", "`64 KiB`"},
        BadFile{"data_dir: x\nlimits: {max_message_bytes: 10}\n",
                "lupaus.yaml:2:29:", "1 KiB to 64 MiB"},
        BadFile{"data_dir: x\nlimits: {window_batches: 0}\n", "lupaus.yaml:2:26:", "above 0"},
        BadFile{"data_dir: x\nfinance: {debtor: {name: N}}\n", "lupaus.yaml:", "one is missing"},
        BadFile{"data_dir: x\nfinance: {debtor: {iben: N}}\n",
                "lupaus.yaml:2:20:", "did you mean `finance.debtor.iban`?"},
        BadFile{"data_dir: x\nfinance: {debtor: {name: N, iban: FI2112345600000786}}\n",
                "lupaus.yaml:2:35:", "check digits"},
        BadFile{"data_dir: x\nfinance: {debtor: {name: N, bic: NDEAFI}}\n",
                "lupaus.yaml:2:34:", "expected a BIC"},
        BadFile{"data_dir: x\nfinance: {names: finnish}\n",
                "lupaus.yaml:2:18:", "`sepa` or `nordic`"},
        BadFile{"data_dir: x\nfinance: {payee_key_previous: old.key}\n",
                "lupaus.yaml:", "needs `finance.payee_key`"},
        BadFile{"data_dir: x\ncompensate: {webhook: {url: https://h/}}\n",
                "lupaus.yaml:", "secret_files"},
        BadFile{"data_dir: x\ncompensate: {webhook: {status_url: \"https://h/\"}}\n",
                "lupaus.yaml:2:36:", "expected a URL with `{key}`"},
        BadFile{"data_dir: x\ncompensate: {webhook: {allow_private: maybe}}\n",
                "lupaus.yaml:2:39:", "expected true or false"},
        BadFile{"data_dir: x\ncompensate: {webhook: {url: ftp://h/}}\n",
                "lupaus.yaml:2:29:", "https://"},
        BadFile{"grpc: {listen: 127.0.0.1:1}\n", "lupaus.yaml:", "data_dir"},
        BadFile{"data_dir: [\n", "lupaus.yaml:", "not readable as YAML"}));

TEST(Config, NeverRepeatsAnAccountNumberThatItRefuses) {
  const std::string printed = format_error(
      load(file("data_dir: x\nfinance: {debtor: {name: N, iban: FI2112345600000786}}\n")).error());
  EXPECT_EQ(printed.find("12345600000786"), std::string::npos) << printed;
}

TEST(Config, AcceptsAnAddressBeyondThisMachineWithMutualTls) {
  Result<Config> read = load(
      file("data_dir: x\ngrpc: {listen: 0.0.0.0:7443}\ntls: {cert: a, key: b, client_ca: c}\n"));
  EXPECT_TRUE(read.ok()) << format_error(read.error());
}

TEST(Config, OfTheSampleHasTheDefaults) {
  const Result<Config> sample = load_file(LUPAUS_SAMPLE_CONFIG, {});
  ASSERT_TRUE(sample.ok()) << format_error(sample.error());
  const Config defaults;
  EXPECT_EQ(sample->data_dir, "/var/lib/lupaus");
  EXPECT_EQ(sample->grpc_listen.text(), defaults.grpc_listen.text());
  EXPECT_EQ(sample->http_listen.text(), defaults.http_listen.text());
  EXPECT_EQ(sample->limits.max_message_bytes, defaults.limits.max_message_bytes);
  EXPECT_EQ(sample->limits.window_batches, defaults.limits.window_batches);
  EXPECT_EQ(sample->limits.queued_events, defaults.limits.queued_events);
  EXPECT_EQ(sample->limits.batch_events, defaults.limits.batch_events);
  EXPECT_EQ(sample->limits.tail_facts, defaults.limits.tail_facts);
  EXPECT_EQ(sample->breaker.count, defaults.breaker.count);
  EXPECT_EQ(sample->breaker.factor, defaults.breaker.factor);
  EXPECT_EQ(sample->breaker.fixed, 0u);
}

TEST(Config, ReadsWhenTheBreakerTrips) {
  const Result<Config> read =
      load(file("data_dir: x\nbreaker: {count: 20, factor: 3, fixed: 100}\n"));
  ASSERT_TRUE(read.ok()) << format_error(read.error());
  EXPECT_EQ(read->breaker.count, 20u);
  EXPECT_EQ(read->breaker.factor, 3u);
  EXPECT_EQ(read->breaker.fixed, 100u);
  EXPECT_FALSE(load(file("data_dir: x\nbreaker: {fixed: 0}\n")).ok());
  EXPECT_FALSE(load(file("data_dir: x\nbreaker: {factor: 0.5}\n")).ok());
}

TEST(Config, RefusesABudgetThatIsNoSum) {
  for (const char* budgets : {"{p: EUR 5}", "{p: 500}", "{p: EUR 0.00}", "{p: [EUR 5.00]}",
                              "EUR 5.00", "{\"\": EUR 5.00}"}) {
    SCOPED_TRACE(budgets);
    EXPECT_FALSE(
        load(file("data_dir: x\nreports: {budgets: " + std::string(budgets) + "}\n")).ok());
  }
  Input input = file("data_dir: x\nreports: {budgets: {p: EUR 5.00}}\n");
  EXPECT_TRUE(load(input).ok());
  input.flags = {"--reports-budgets", "q=EUR 7.00,r=EUR 8.00"};
  const auto read = load(input);
  ASSERT_TRUE(read.ok()) << format_error(read.error());
  EXPECT_EQ(read->budgets.size(), 2u);
}

TEST(Config, RefusesADirectoryInPlaceOfItsFile) {
  const Result<Config> read = load_file("/", {"--data-dir=x"});
  ASSERT_FALSE(read.ok());
  EXPECT_NE(format_error(read.error()).find("is a directory"), std::string::npos)
      << format_error(read.error());
}

TEST(Config, NamesTheNearestFlag) {
  Input input = file("data_dir: x\n");
  input.flags = {"--grpc-listne=127.0.0.1:1"};
  Result<Config> read = load(input);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(format_error(read.error()).find("did you mean `--grpc-listen`?"), std::string::npos);
  input.flags = {"--grpc-listen"};
  EXPECT_NE(format_error(load(input).error()).find("needs a value"), std::string::npos);
}

}  // namespace
}  // namespace lupaus::server::config
