// The command line as a whole: global flags, the verbs, and CLI11's complaints turned into our
// words and exit codes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <ostream>
#include <utility>

#include "clients/cli/context.h"
#include "rules/calendar/zone.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

#ifndef LUPAUS_VERSION
constexpr std::string_view kVersion = "development";
#else
constexpr std::string_view kVersion = LUPAUS_VERSION;
#endif

size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<size_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t above = row[j];
      row[j] =
          std::min({above + 1, row[j - 1] + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[right.size()];
}

/// The candidate nearest to `word`, or "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::vector<std::string> verb_names(CLI::App& app) {
  std::vector<std::string> names;
  for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

void add_flag_names(CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
}

struct Misspelling {
  std::string word, suggestion, verb_path;
};

/// Whether `word` is a flag whose value is the next word.
bool takes_next_word(const CLI::App* here, const std::string& word) {
  if (word.find('=') != std::string::npos) return false;
  for (; here != nullptr; here = here->get_parent()) {
    const CLI::Option* option = here->get_option_no_throw(word);
    if (option != nullptr) return option->get_items_expected_min() > 0;
  }
  return false;
}

/// The first word that neither names a verb nor a flag where it stands.
Misspelling find_misspelling(CLI::App& app, const std::vector<std::string>& words) {
  CLI::App* here = &app;
  std::vector<std::string> flags;
  add_flag_names(app, flags);
  Misspelling found{"", "", "lupaus"};
  bool is_value = false;
  for (const auto& word : words) {
    if (std::exchange(is_value, false)) continue;
    if (word == "--") break;
    if (word.size() > 1 && word[0] == '-') {
      const std::string name = word.substr(0, word.find('='));
      if (name.rfind("--", 0) == 0 && std::find(flags.begin(), flags.end(), name) == flags.end() &&
          found.word.empty()) {
        found.word = name;
        found.suggestion = nearest(name, flags);
      }
      is_value = takes_next_word(here, word);
      continue;
    }
    const auto verbs = verb_names(*here);
    if (verbs.empty()) continue;
    if (std::find(verbs.begin(), verbs.end(), word) == verbs.end()) {
      const std::string suggestion = nearest(word, verbs);
      if (found.word.empty()) {
        found.word = word;
        found.suggestion = suggestion;
      }
      break;
    }
    here = here->get_subcommand(word);
    found.verb_path += " " + word;
    add_flag_names(*here, flags);
  }
  return found;
}

/// What is wrong with the address of a server, "" for HOST:PORT.
std::string address_complaint(const std::string& address) {
  if (address.starts_with("unix:")) return "";
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon == std::string::npos ? 0 : colon);
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const bool is_host = !host.empty() && host.find_first_of(" /") == std::string::npos &&
                       (is_bracketed || host.find(':') == std::string::npos);
  const bool is_number = !port.empty() && port.size() <= 5 &&
                         port.find_first_not_of("0123456789") == std::string::npos;
  const int number = is_number ? std::stoi(port) : 0;
  if (is_host && number >= 1 && number <= 65535) return "";
  return "expected HOST:PORT with a port from 1 to 65535, but it is `" + address + "`";
}

int usage_error(CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& error,
                const Context& context) {
  const Misspelling found = find_misspelling(app, words);
  // WHY: by code, since CLI11 puts the verb's name where the error's should be.
  const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
  const bool is_unknown =
      code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError;
  if (is_unknown && !found.word.empty()) {
    context.err() << "lupaus: expected a verb or flag of `" << found.verb_path << "`, but `"
                  << found.word << "` is none\n";
    if (!found.suggestion.empty())
      context.err() << "  did you mean `" << found.suggestion << "`?\n";
  } else {
    context.err() << "lupaus: " << error.what() << "\n";
  }
  context.err() << "  `" << found.verb_path << " --help` shows how it is used\n";
  return kUsage;
}

void add_global_flags(CLI::App& app, Context& context) {
  static const std::map<std::string, Form> kForms{{"table", Form::table},
                                                  {"wide", Form::wide},
                                                  {"json", Form::json},
                                                  {"ndjson", Form::ndjson},
                                                  {"csv", Form::csv}};
  std::vector<std::string> form_names;
  form_names.reserve(kForms.size());
  for (const auto& [name, form] : kForms) form_names.push_back(name);
  app.add_option_function<std::string>(
         "-o,--output", [&context](const std::string& name) { context.form = kForms.at(name); },
         "How data is printed")
      ->check(CLI::IsMember(form_names));
  app.add_option("--tz", context.tz, "Zone of the times in tables (default UTC)")
      ->type_name("ZONE");
  app.add_option("--lang", context.lang, "Language of promise wordings")
      ->check(CLI::IsMember({"fi", "sv", "en"}));
  app.add_option("--server", context.server, "Address of the server")
      ->envname("LUPAUS_SERVER")
      ->type_name("HOST:PORT")
      ->check(address_complaint)
      ->capture_default_str();
  app.add_option("--as", context.actor, "Who acts, on loopback without TLS")
      ->envname("LUPAUS_ACTOR");
  app.add_option("--tls-ca", context.tls_ca, "Certificate that signed the server's")
      ->envname("LUPAUS_TLS_CA");
  app.add_option("--tls-cert", context.tls_cert, "Client certificate")->envname("LUPAUS_TLS_CERT");
  app.add_option("--tls-key", context.tls_key, "Key of the client certificate")
      ->envname("LUPAUS_TLS_KEY");
  app.add_flag("--no-color", context.has_no_colour, "No colours (also NO_COLOR)");
}

/// What is wrong with the bytes of a word; "" for UTF-8 and for the path of a file. The word is
/// not repeated: a terminal cannot show it.
std::string bytes_complaint(const std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    std::error_code unknown;
    const std::string value = words[i].substr(words[i].find('=') + 1);
    if (rules::model::is_utf8(words[i]) || std::filesystem::exists(value, unknown)) continue;
    return "expected UTF-8, but argument " + std::to_string(i + 1) + " has other bytes";
  }
  return "";
}

int parse_and_run(const std::vector<std::string>& words, Context& context) {
  CLI::App app("Lupaus: promises to customers, proved and paid", "lupaus");
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", "lupaus " + std::string(kVersion) + " (tz " +
                                        std::string(rules::calendar::built_in_tz_version()) + ")");
  add_global_flags(app, context);
  add_offline_verbs(app, context);
  add_online_verbs(app, context);
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::Success& success) {
    return app.exit(success, context.out(), context.err());
  } catch (const CLI::ParseError& error) {
    return usage_error(app, words, error, context);
  }
  return context.exit_code;
}

}  // namespace

CLI::App& verb_group(CLI::App& app, const std::string& name, const std::string& description) {
  const auto is_wanted = [&](CLI::App* verb) { return verb->get_name() == name; };
  if (const auto known = app.get_subcommands(is_wanted); !known.empty()) return *known.front();
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return *group;
}

int run(const std::vector<std::string>& words, Streams streams) {
  Context context(streams);
  const char* no_colour = std::getenv("NO_COLOR");
  context.has_no_colour = no_colour != nullptr && *no_colour != '\0';
  if (const std::string wrong = bytes_complaint(words); !wrong.empty()) {
    context.err() << "lupaus: " << wrong
                  << "\n  set the terminal to UTF-8, for example LANG=C.UTF-8\n";
    return kUsage;
  }
  try {
    const int code = parse_and_run(words, context);
    context.out().flush();
    if (!context.out()) {
      context.err() << "lupaus: the output could not be written\n";
      return kNo;
    }
    return code;
  } catch (const std::exception& error) {
    context.err() << "lupaus: stopped by an unexpected failure: " << error.what() << "\n";
    return kNo;
  }
}

}  // namespace lupaus::clients::cli
