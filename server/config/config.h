// What the server is told before it starts: file, environment and flags become one checked struct,
// read once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/money.h"
#include "rules/model/result.h"

namespace lupaus::server::config {

/// A host and a port; port 0 picks a free one.
struct Address {
  std::string host;
  uint16_t port = 0;
  bool is_loopback() const;  ///< 127.0.0.0/8, ::1 or localhost
  std::string text() const;  ///< "127.0.0.1:7443", "[::1]:7443"
};

/// Reads "host:port" or "[v6]:port".
rules::model::Result<Address> parse_address(std::string_view text);

/// Paths of PEM files. All three or none.
struct Tls {
  std::string cert;
  std::string key;
  std::string client_ca;
};

struct Limits {
  size_t max_message_bytes = 64 * 1024;  ///< of events; a larger message is refused
  uint32_t window_batches =
      16;                     ///< unacknowledged batches a stream; above it the stream is not read
  uint32_t streams = 20'000;  ///< open at once; a further one is told to come back later
  /// Streams that say hello or send a backlog at once; a further one is told to come back later, so
  /// that ten thousand which come back together take turns.
  uint32_t streams_catching_up = 1'024;
  size_t queued_events = 65'536;    ///< above it all streams stop reading
  size_t batch_events = 2'048;      ///< decided before facts are handed to the writer
  uint64_t tail_facts = 2'000'000;  ///< a restart replays at most about this many
};

/// When payouts of a branch and hour are held for a person (R97).
struct Breaker {
  uint32_t count = 10;  ///< so many never are too many …
  uint32_t factor = 5;  ///< … nor so many times the branch's habit
  uint32_t fixed = 0;   ///< more than so many always are; 0: no such limit
};

struct Webhook {
  std::string url;
  std::vector<std::string> secret_files;  ///< current, then previous
  std::vector<std::string> allow_hosts;   ///< empty: the host of `url` alone
  std::string status_url;      ///< asked what became of an attempt; with `{key}`; "": none
  bool allow_private = false;  ///< names may lead to addresses that are not public
  /// Any 2xx but 202 counts as paid, though it names neither reference nor amount.
  bool accept_bare_success = true;
};

/// Whose account transfers leave from. All empty: nobody's; else name and IBAN are there.
struct Debtor {
  std::string name;  ///< at most 70 characters
  std::string iban;  ///< checked, in electronic form
  std::string bic;   ///< checked; "" where the IBAN is enough
};

/// What the posting file books on; "" where nothing is said.
struct Accounts {
  std::string expense;
  std::string liability;
  std::string bank;
  std::string vat_damages;
  std::string vat_price_reduction;
  std::string vouchers = {};  ///< "": redeemed vouchers are booked on `bank`
};

struct Finance {
  /// How names are written for banks: å ä ö as a a o, or as the Nordic banks take them.
  enum class Names : uint8_t { sepa, nordic };
  Debtor debtor;
  std::string payee_key;           ///< a file, or `credential:NAME`; "" for no payees
  std::string payee_key_previous;  ///< the key before the last change; "" for none
  Names names = Names::sepa;
  Accounts accounts;
};

struct Config {
  std::string file;  ///< that it was read from; "" for none
  std::string data_dir;
  Address grpc_listen{"127.0.0.1", 7443};
  Address http_listen{"127.0.0.1", 8080};  ///< never beyond this machine
  std::string http_proxy_socket;  ///< path of a unix socket for a proxy that is trusted; "": none
  std::vector<std::string> http_hosts;  ///< what browsers may call this server besides loopback
  std::optional<Tls> tls;
  std::optional<std::string> book_dir;
  Limits limits;
  Breaker breaker;
  std::optional<Webhook> webhook;
  Finance finance;
  std::map<std::string, rules::model::Money> budgets;  ///< of a month, by promise; reports only
  std::string phase_board;  ///< a file for tests that kill the server; "" for none
  std::map<std::string, std::string>
      origins;  ///< key -> "default", "lupaus.yaml:3:11", "LUPAUS_DATA_DIR", "--data-dir"
};

/// What `load` reads from. Flags win over the environment, it over the file, it over the defaults.
struct Input {
  std::string file_name;
  std::string file_text;
  std::map<std::string, std::string> environment;
  std::vector<std::string>
      flags;  ///< "--grpc-listen=127.0.0.1:0" or "--grpc-listen", "127.0.0.1:0"
};

/// The checked configuration, or the first thing wrong with it: `lupaus.yaml:3:11: error CONFIG:
/// …`. Unknown keys and flags are errors that name the nearest known one. Listening beyond loopback
/// without `tls` is refused.
rules::model::Result<Config> load(const Input& input);

/// `load` with the file read from `path` ("" for none) and the environment of this program.
rules::model::Result<Config> load_file(const std::string& path,
                                       const std::vector<std::string>& flags);

}  // namespace lupaus::server::config
