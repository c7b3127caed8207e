// What every verb of `lupaus` shares: where to read and write, how to print, whom to call, and how
// the program ends. One Context lives as long as one run of the command line; single-threaded.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

// NOLINTNEXTLINE(readability-identifier-naming): the library is called so
namespace CLI {
class App;
}

namespace lupaus::clients::cli {

/// Exit codes are a contract with scripts.
constexpr int kYes = 0;
constexpr int kNo = 1;           ///< the answer is no: a file is wrong, a test fails
constexpr int kUsage = 2;        ///< the command line itself is wrong
constexpr int kWarnings = 3;     ///< warnings under --strict
constexpr int kNotFound = 4;     ///< not found, or in the wrong state
constexpr int kRefused = 5;      ///< the server refuses the actor
constexpr int kUnreachable = 6;  ///< no server there
constexpr int kInterrupted = 130;

/// How data is printed on stdout.
enum class Form { table, wide, json, ndjson, csv };

enum class Paint { plain, bold, red, green, yellow, faint };

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool is_out_terminal = false;
  bool is_err_terminal = false;
};

struct Context {
  explicit Context(Streams s) : streams(s) {}

  Streams streams;
  Form form = Form::table;
  std::string tz;    ///< IANA zone for times in tables; "" is UTC
  std::string lang;  ///< fi, sv, en; "" is en
  std::string server = "127.0.0.1:7443";
  std::string actor;  ///< --as or LUPAUS_ACTOR; only heard on loopback without TLS
  std::string tls_ca, tls_cert, tls_key;
  bool has_no_colour = false;
  int exit_code = kYes;  ///< set by the verb that ran

  std::ostream& out() const { return streams.out; }
  std::ostream& err() const { return streams.err; }

  /// `text` in colour when stdout is a terminal and NO_COLOR is not set.
  std::string paint(Paint paint, std::string_view text) const;

  /// Prints the error on stderr (code, place, hint) and remembers `code` as the program's answer.
  void fail(const rules::model::Error& error, int code = kNo);
  void fail(std::string_view message, int code = kNo);

  /// The whole text of a file, or of stdin for "-"; an error names the file.
  rules::model::Result<std::string> read_file(const std::string& path) const;
};

/// check, eval, test, backtest, events import.
void add_offline_verbs(CLI::App& app, Context& context);
/// Everything that asks a server.
void add_online_verbs(CLI::App& app, Context& context);

/// The group `name` (`events`, `payouts` …), made when it is not there yet; it wants one verb below
/// it.
CLI::App& verb_group(CLI::App& app, const std::string& name, const std::string& description);

/// Runs one command line (without the program's name) and returns its exit code. Throws nothing.
int run(const std::vector<std::string>& words, Streams streams);

}  // namespace lupaus::clients::cli
