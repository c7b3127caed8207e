// The rows of the key table and the readers of their values.
#include "server/config/keys.h"

#include <algorithm>
#include <charconv>

#include "fmt/format.h"

namespace lupaus::server::config {
namespace {

using rules::model::Error;
using rules::model::Result;
using Values = std::vector<std::string>;

Error wrong(std::string message, std::string hint = "") {
  return Error{"CONFIG", std::move(message), std::move(hint), {}};
}

Result<uint64_t> parse_count(std::string_view text) {
  uint64_t count = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || end != text.data() + text.size() || count == 0) {
    return wrong(fmt::format("expected a whole number above 0, but got `{}`", text));
  }
  return count;
}

auto text_into(std::string Config::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    if (values.front().empty()) return wrong("expected a text, but it is empty");
    config.*member = values.front();
    return {};
  };
}

auto address_into(Address Config::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    Result<Address> address = parse_address(values.front());
    if (!address) return address.error();
    config.*member = *address;
    return {};
  };
}

auto tls_into(std::string Tls::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    if (!config.tls) config.tls.emplace();
    (*config.tls).*member = values.front();
    return {};
  };
}

template <typename Number>
auto count_into(Number Limits::*member, uint64_t most) {
  return [member, most](Config& config, const Values& values) -> Result<void> {
    Result<uint64_t> count = parse_count(values.front());
    if (!count) return count.error();
    if (*count > most) return wrong(fmt::format("expected at most {}, but got {}", most, *count));
    config.limits.*member = static_cast<Number>(*count);
    return {};
  };
}

auto breaker_into(uint32_t Breaker::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    constexpr uint64_t kMost = 1'000'000;
    Result<uint64_t> count = parse_count(values.front());
    if (!count) return count.error();
    if (*count > kMost) return wrong(fmt::format("expected at most {}, but got {}", kMost, *count));
    config.breaker.*member = static_cast<uint32_t>(*count);
    return {};
  };
}

Result<void> set_max_message_bytes(Config& config, const Values& values) {
  // WHY: a hello of a few sources must fit below, one message must stay far from memory limits
  // above.
  constexpr size_t kLeast = 1024;
  constexpr size_t kMost = 64 * 1024 * 1024;
  Result<size_t> bytes = parse_bytes(values.front());
  if (!bytes) return bytes.error();
  if (*bytes < kLeast || *bytes > kMost) {
    return wrong(fmt::format("expected 1 KiB to 64 MiB, but got `{}`", values.front()));
  }
  config.limits.max_message_bytes = *bytes;
  return {};
}

auto webhook_into(Values Webhook::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    if (!config.webhook) config.webhook.emplace();
    (*config.webhook).*member = values;
    return {};
  };
}

Result<void> set_webhook_url(Config& config, const Values& values) {
  const std::string& url = values.front();
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return wrong(fmt::format("expected a URL that begins with https://, but got `{}`", url));
  }
  if (!config.webhook) config.webhook.emplace();
  config.webhook->url = url;
  return {};
}

Result<void> set_status_url(Config& config, const Values& values) {
  const std::string& url = values.front();
  const bool is_web = url.starts_with("https://") || url.starts_with("http://");
  if (!is_web || url.find("{key}") == std::string::npos)
    return wrong(fmt::format(
        "expected a URL with `{{key}}`, as in https://bank.example/payments/{{key}}, but got `{}`",
        url));
  if (!config.webhook) config.webhook.emplace();
  config.webhook->status_url = url;
  return {};
}

auto webhook_switch(bool Webhook::*member) {
  return [member](Config& config, const Values& values) -> Result<void> {
    const std::string& text = values.front();
    if (text != "true" && text != "false")
      return wrong(fmt::format("expected true or false, but got `{}`", text));
    if (!config.webhook) config.webhook.emplace();
    (*config.webhook).*member = text == "true";
    return {};
  };
}

Result<void> set_book_dir(Config& config, const Values& values) {
  config.book_dir = values.front();
  return {};
}

// What `get` of a key gives: its value in the form that `set` takes.
Result<void> set_http_hosts(Config& config, const Values& values) {
  for (const std::string& host : values) {
    const bool is_name =
        !host.empty() &&
        host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
    if (!is_name) {
      return wrong(
          fmt::format("expected a host's name in lower case without a port, but got `{}`", host));
    }
  }
  config.http_hosts = values;
  return {};
}
auto text_of(std::string Config::*member) {
  return [member](const Config& config) {
    return (config.*member).empty() ? Values{} : Values{config.*member};
  };
}
auto address_of(Address Config::*member) {
  return [member](const Config& config) { return Values{(config.*member).text()}; };
}
auto tls_of(std::string Tls::*member) {
  return [member](const Config& config) {
    return config.tls ? Values{(*config.tls).*member} : Values{};
  };
}
template <typename Number>
auto count_of(Number Limits::*member) {
  return [member](const Config& config) { return Values{std::to_string(config.limits.*member)}; };
}
auto breaker_of(uint32_t Breaker::*member) {
  return [member](const Config& config) {
    const uint32_t value = config.breaker.*member;
    return value == 0 ? Values{} : Values{std::to_string(value)};
  };
}
auto webhook_of(Values Webhook::*member) {
  return [member](const Config& config) {
    return config.webhook ? (*config.webhook).*member : Values{};
  };
}
Values webhook_url_of(const Config& config) {
  return config.webhook ? Values{config.webhook->url} : Values{};
}
Values status_url_of(const Config& config) {
  return config.webhook && !config.webhook->status_url.empty() ? Values{config.webhook->status_url}
                                                               : Values{};
}
auto webhook_switch_of(bool Webhook::*member) {
  return [member](const Config& config) {
    return config.webhook ? Values{(*config.webhook).*member ? "true" : "false"} : Values{};
  };
}
Values book_dir_of(const Config& config) {
  return config.book_dir ? Values{*config.book_dir} : Values{};
}

Values http_hosts_of(const Config& config) { return config.http_hosts; }

std::vector<Key> make_table() {
  std::vector<Key> rows = {
      {"data_dir", false, text_into(&Config::data_dir), text_of(&Config::data_dir)},
      {"grpc.listen", false, address_into(&Config::grpc_listen), address_of(&Config::grpc_listen)},
      {"http.listen", false, address_into(&Config::http_listen), address_of(&Config::http_listen)},
      {"http.proxy_socket", false, text_into(&Config::http_proxy_socket),
       text_of(&Config::http_proxy_socket)},
      {"http.hosts", true, set_http_hosts, http_hosts_of},
      {"tls.cert", false, tls_into(&Tls::cert), tls_of(&Tls::cert)},
      {"tls.key", false, tls_into(&Tls::key), tls_of(&Tls::key)},
      {"tls.client_ca", false, tls_into(&Tls::client_ca), tls_of(&Tls::client_ca)},
      {"book.dir", false, set_book_dir, book_dir_of},
      {"limits.max_message_bytes", false, set_max_message_bytes,
       count_of(&Limits::max_message_bytes)},
      {"limits.window_batches", false, count_into(&Limits::window_batches, 1024),
       count_of(&Limits::window_batches)},
      {"limits.streams", false, count_into(&Limits::streams, 1'000'000),
       count_of(&Limits::streams)},
      {"limits.streams_catching_up", false, count_into(&Limits::streams_catching_up, 1'000'000),
       count_of(&Limits::streams_catching_up)},
      {"limits.queued_events", false, count_into(&Limits::queued_events, 16'777'216),
       count_of(&Limits::queued_events)},
      {"limits.batch_events", false, count_into(&Limits::batch_events, 1'048'576),
       count_of(&Limits::batch_events)},
      {"limits.tail_facts", false, count_into(&Limits::tail_facts, 1'000'000'000),
       count_of(&Limits::tail_facts)},
      {"breaker.count", false, breaker_into(&Breaker::count), breaker_of(&Breaker::count)},
      {"breaker.factor", false, breaker_into(&Breaker::factor), breaker_of(&Breaker::factor)},
      {"breaker.fixed", false, breaker_into(&Breaker::fixed), breaker_of(&Breaker::fixed)},
      {"phase_board", false, text_into(&Config::phase_board), text_of(&Config::phase_board)},
      {"compensate.webhook.url", false, set_webhook_url, webhook_url_of},
      {"compensate.webhook.secret_files", true, webhook_into(&Webhook::secret_files),
       webhook_of(&Webhook::secret_files)},
      {"compensate.webhook.allow_hosts", true, webhook_into(&Webhook::allow_hosts),
       webhook_of(&Webhook::allow_hosts)},
      {"compensate.webhook.status_url", false, set_status_url, status_url_of},
      {"compensate.webhook.allow_private", false, webhook_switch(&Webhook::allow_private),
       webhook_switch_of(&Webhook::allow_private)},
      {"compensate.webhook.accept_bare_success", false,
       webhook_switch(&Webhook::accept_bare_success),
       webhook_switch_of(&Webhook::accept_bare_success)},
  };
  for (Key& key : finance_keys()) rows.push_back(std::move(key));
  for (Key& key : report_keys()) rows.push_back(std::move(key));
  return rows;
}

const std::vector<Key>& table() {
  static const std::vector<Key> rows = make_table();
  return rows;
}

/// Levenshtein distance.
size_t distance(std::string_view left, std::string_view right) {
  std::vector<size_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      size_t above = row[j];
      size_t change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, change});
      diagonal = above;
    }
  }
  return row.back();
}

std::string spelled(std::string_view path, char separator) {
  std::string text(path);
  for (char& letter : text) {
    if (letter == '.' || letter == '_') letter = separator;
  }
  return text;
}

}  // namespace

std::span<const Key> keys() { return table(); }

const Key* find_key(std::string_view path) {
  for (const Key& key : table()) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

std::string environment_name(const Key& key) {
  std::string name = "LUPAUS_" + spelled(key.path, '_');
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  });
  return name;
}

std::string flag_name(const Key& key) { return "--" + spelled(key.path, '-'); }

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    size_t far = distance(word, candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

Result<size_t> parse_bytes(std::string_view text) {
  uint64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  uint64_t factor = unit.empty() ? 1 : unit == "KiB" ? 1024 : unit == "MiB" ? 1024 * 1024 : 0;
  if (failure != std::errc() || factor == 0 || number > (uint64_t{1} << 40)) {
    return wrong(fmt::format(
        "expected a number of bytes like `65536`, `64 KiB` or `1 MiB`, but got `{}`", text));
  }
  return static_cast<size_t>(number * factor);
}

}  // namespace lupaus::server::config
