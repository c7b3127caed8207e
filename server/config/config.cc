// Reads lupaus.yaml, lays environment and flags over it and checks the whole.
#include "server/config/config.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fmt/format.h"
#include "server/config/keys.h"
#include "yaml-cpp/yaml.h"

namespace lupaus::server::config {
namespace {

using rules::model::Error;
using rules::model::Result;
using rules::model::Span;

Error wrong(std::string message, std::string hint, Span span = {}) {
  return Error{"CONFIG", std::move(message), std::move(hint), std::move(span)};
}

Span place(const Input& input, const YAML::Mark& mark) {
  if (mark.is_null()) return Span{input.file_name, 0, 0};
  return Span{input.file_name, static_cast<uint32_t>(mark.line + 1),
              static_cast<uint32_t>(mark.column + 1)};
}

/// Keys that stand directly below `prefix` ("" is the top), for "did you mean".
std::vector<std::string> children(std::string_view prefix) {
  std::vector<std::string> names;
  auto add = [&](std::string_view path) {
    if (!path.starts_with(prefix)) return;
    std::string name(path.substr(prefix.size()));
    name = name.substr(0, name.find('.'));
    if (names.empty() || names.back() != name) names.push_back(name);
  };
  for (const Key& key : keys()) add(key.path);
  return names;
}

class FileReader {
 public:
  FileReader(const Input& input, Config& config) : input_(input), config_(config) {}

  Result<void> read(const YAML::Node& root) {
    if (root.IsNull()) return {};
    if (!root.IsMap())
      return wrong("expected a map of keys, but it is none", "", place(input_, root.Mark()));
    return section(root, "");
  }

 private:
  Result<void> section(const YAML::Node& node, const std::string& prefix) {
    std::map<std::string, int> seen;
    for (const auto& entry : node) {
      Span span = place(input_, entry.first.Mark());
      if (!entry.first.IsScalar())
        return wrong("expected a key, but it is no plain text", "", span);
      const std::string& name = entry.first.Scalar();
      if (++seen[name] > 1)
        return wrong(fmt::format("the key `{}{}` is there twice", prefix, name), "", span);
      Result<void> read = member(prefix + name, entry.first, entry.second, prefix);
      if (!read) return read;
    }
    return {};
  }

  Result<void> member(const std::string& path, const YAML::Node& key_node, const YAML::Node& node,
                      const std::string& prefix) {
    if (const Key* key = find_key(path)) return value(*key, node);
    bool is_section = false;
    for (const Key& key : keys()) is_section |= key.path.starts_with(path + ".");
    if (!is_section) {
      std::vector<std::string> known = children(prefix);
      std::string near = nearest(key_node.Scalar(), known);
      std::string hint = near.empty() ? fmt::format("known here: {}", fmt::join(known, ", "))
                                      : fmt::format("did you mean `{}{}`?", prefix, near);
      return wrong(fmt::format("unknown key `{}`", path), hint, place(input_, key_node.Mark()));
    }
    if (node.IsNull()) return {};
    if (!node.IsMap()) {
      return wrong(fmt::format("expected keys below `{}`, but it is a value", path), "",
                   place(input_, node.Mark()));
    }
    return section(node, path + ".");
  }

  Result<void> value(const Key& key, const YAML::Node& node) {
    Span span = place(input_, node.Mark());
    std::vector<std::string> values;
    if (key.is_list && node.IsSequence()) {
      for (const YAML::Node& item : node) {
        if (!item.IsScalar())
          return wrong(fmt::format("expected a list of texts in `{}`", key.path), "", span);
        values.push_back(item.Scalar());
      }
    } else if (key.is_map && node.IsMap()) {
      for (const auto& entry : node) {
        if (!entry.first.IsScalar() || !entry.second.IsScalar())
          return wrong(fmt::format("expected names with texts in `{}`", key.path), "", span);
        values.push_back(entry.first.Scalar() + "=" + entry.second.Scalar());
      }
    } else if (!key.is_list && node.IsScalar()) {
      values.push_back(node.Scalar());
    } else {
      return wrong(fmt::format("expected {} for `{}`",
                               key.is_map    ? "names with values"
                               : key.is_list ? "a list"
                                             : "one value",
                               key.path),
                   "", span);
    }
    Result<void> set = key.set(config_, values);
    if (!set)
      return wrong(fmt::format("{}: {}", key.path, set.error().message), set.error().hint, span);
    config_.origins[std::string(key.path)] =
        fmt::format("{}:{}:{}", span.file, span.line, span.column);
    return {};
  }

  const Input& input_;
  Config& config_;
};

Result<void> read_file(const Input& input, Config& config) {
  try {
    std::vector<YAML::Node> documents = YAML::LoadAll(input.file_text);
    if (documents.size() > 1) {
      return wrong("expected one document, but there are several", "",
                   place(input, documents[1].Mark()));
    }
    if (documents.empty()) return {};
    return FileReader(input, config).read(documents.front());
  } catch (const YAML::Exception& failure) {
    return wrong(fmt::format("not readable as YAML: {}", failure.msg), "",
                 place(input, failure.mark));
  }
}

Result<void> set_from_text(const Key& key, const std::string& text, const std::string& origin,
                           Config& config) {
  std::vector<std::string> values;
  if (key.is_list) {
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) values.push_back(part);
  } else {
    values.push_back(text);
  }
  Result<void> set = key.set(config, values);
  if (!set) return wrong(fmt::format("{}: {}", origin, set.error().message), set.error().hint);
  config.origins[std::string(key.path)] = origin;
  return {};
}

Result<void> read_environment(const Input& input, Config& config) {
  for (const Key& key : keys()) {
    auto found = input.environment.find(environment_name(key));
    if (found == input.environment.end()) continue;
    Result<void> set = set_from_text(key, found->second, found->first, config);
    if (!set) return set;
  }
  return {};
}

Result<void> read_flags(const Input& input, Config& config) {
  std::vector<std::string> names;
  for (const Key& key : keys()) names.push_back(flag_name(key));
  for (size_t i = 0; i < input.flags.size(); ++i) {
    std::string name = input.flags[i].substr(0, input.flags[i].find('='));
    const Key* found = nullptr;
    for (const Key& key : keys()) {
      if (flag_name(key) == name) found = &key;
    }
    if (found == nullptr) {
      std::string near = nearest(name, names);
      return wrong(fmt::format("unknown flag `{}`", name),
                   near.empty() ? "" : fmt::format("did you mean `{}`?", near));
    }
    bool is_joined = name.size() < input.flags[i].size();
    if (!is_joined && i + 1 == input.flags.size())
      return wrong(fmt::format("{} needs a value", name), "");
    std::string text = is_joined ? input.flags[i].substr(name.size() + 1) : input.flags[++i];
    Result<void> set = set_from_text(*found, text, name, config);
    if (!set) return set;
  }
  return {};
}

Result<void> check_whole(const Config& config) {
  if (config.data_dir.empty()) {
    return wrong("expected `data_dir`, but it is not set",
                 "add a line like `data_dir: /var/lib/lupaus`");
  }
  if (config.tls &&
      (config.tls->cert.empty() || config.tls->key.empty() || config.tls->client_ca.empty())) {
    return wrong("`tls` needs `cert`, `key` and `client_ca`, but one is missing",
                 "all three name PEM files; client_ca is who may sign the clients' certificates");
  }
  if (!config.grpc_listen.is_loopback() && !config.tls) {
    return wrong(fmt::format("grpc.listen is {}, which is beyond this machine, but `tls` with "
                             "`client_ca` is not set",
                             config.grpc_listen.text()),
                 "set tls.cert, tls.key and tls.client_ca, or listen on 127.0.0.1");
  }
  if (!config.http_listen.is_loopback()) {
    return wrong(fmt::format("http.listen is {}, but HTTP is never served beyond this machine",
                             config.http_listen.text()),
                 "listen on 127.0.0.1, and let a proxy with TLS connect to http.proxy_socket");
  }
  if (config.webhook && config.webhook->url.empty())
    return wrong("`compensate.webhook` needs `url`", "");
  if (config.webhook &&
      (config.webhook->secret_files.empty() || config.webhook->secret_files.size() > 2)) {
    return wrong(
        "`compensate.webhook` needs `secret_files` with one file or two: the current secret, then "
        "the previous",
        "for example `secret_files: [/etc/lupaus/webhook.secret]`");
  }
  const Debtor& debtor = config.finance.debtor;
  const bool has_debtor = !debtor.name.empty() || !debtor.iban.empty() || !debtor.bic.empty();
  if (has_debtor && (debtor.name.empty() || debtor.iban.empty())) {
    return wrong("`finance.debtor` needs `name` and `iban`, but one is missing",
                 "whose account transfers leave from; `bic` may be left out");
  }
  if (!config.finance.payee_key_previous.empty() && config.finance.payee_key.empty()) {
    return wrong("`finance.payee_key_previous` needs `finance.payee_key`, but that is not set",
                 "name the file of the new key there");
  }
  return {};
}

}  // namespace

bool Address::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string Address::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

Result<Address> parse_address(std::string_view text) {
  Error error = wrong(fmt::format("expected `host:port`, but got `{}`", text),
                      "for example `127.0.0.1:7443`");
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return error;
  std::string_view host = text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 3) return error;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return error;
  }
  Address address{std::string(host), 0};
  auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failure != std::errc() || end != port.data() + port.size() || port.empty()) return error;
  // WHY: "127.evil.example" is a name, not a loopback address.
  bool is_numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (host.starts_with("127.") && !is_numeric) return error;
  return address;
}

Result<Config> load(const Input& input) {
  Config config;
  config.file = input.file_name;
  for (const Key& key : keys()) config.origins[std::string(key.path)] = "default";
  for (auto read : {read_file, read_environment, read_flags}) {
    Result<void> done = read(input, config);
    if (!done) return done.error();
  }
  Result<void> checked = check_whole(config);
  if (!checked) {
    Error error = checked.error();
    error.span.file = input.file_name;
    return error;
  }
  return config;
}

Result<Config> load_file(const std::string& path, const std::vector<std::string>& flags) {
  Input input;
  input.file_name = path;
  input.flags = flags;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return wrong(fmt::format("expected a configuration file, but `{}` is a directory", path),
                 "name the file in it, such as `lupaus.yaml`", Span{path, 0, 0});
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!path.empty() && (!file || !(text << file.rdbuf()).good())) {
    bool is_empty = file.is_open() && text.str().empty() && !file.bad();
    if (!is_empty)
      return wrong(fmt::format("the configuration file `{}` cannot be read", path), "",
                   Span{path, 0, 0});
  }
  input.file_text = text.str();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view pair(*entry);
    size_t equals = pair.find('=');
    if (!pair.starts_with("LUPAUS_") || equals == std::string_view::npos) continue;
    input.environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return load(input);
}

}  // namespace lupaus::server::config
