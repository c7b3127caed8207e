#include "server/compensate/webhook.h"

#include <algorithm>

#include "server/compensate/http_client.h"
#include "server/compensate/signature.h"

namespace lupaus::server::compensate {
namespace {

using rules::ledger::Compensation;
using rules::model::Error;
using rules::model::Instrument;
using rules::model::Result;

constexpr std::string_view kKeyMark = "{key}";

std::string with_key(std::string text, const std::string& key) {
  return text.replace(text.find(kKeyMark), kKeyMark.size(), key);
}

HttpSettings http_settings(const WebhookSettings& settings) {
  return {settings.limit, settings.authorities, settings.allowed_hosts, settings.allow_private};
}

class WebhookChannel : public Channel {
 public:
  WebhookChannel(WebhookSettings settings, Url url, Instrument instrument, runtime::Clock& clock)
      : settings_(std::move(settings)),
        url_(std::move(url)),
        instrument_(instrument),
        clock_(clock),
        client_(http_settings(settings_)) {}

  std::string_view name() const override { return rules::model::format_instrument(instrument_); }
  Instrument instrument() const override { return instrument_; }
  bool is_remote() const override { return true; }

  Outcome deliver(const Compensation& compensation, const Wording& wording) override {
    bool may_be_taken = compensation.attempts > 0;
    if (may_be_taken && !settings_.status_url.empty()) {
      const Standing standing = ask(compensation);
      if (!standing.is_unseen) return standing.outcome;
      may_be_taken = false;
    }
    HttpRequest request;
    request.body = instrument_ == Instrument::apology ? apology_body(compensation, wording)
                                                      : webhook_body(compensation);
    request.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                       {"Idempotency-Key", delivery_key(compensation)},
                       {"Lupaus-Signature", sign(secrets(), clock_.now(), request.body)}};
    const auto answer = client_.exchange(url_, request);
    if (!answer) return {Outcome::Kind::unknown, answer.error().message};
    return judge_answer(compensation, answer->status, answer->body, may_be_taken, settings_.proof);
  }

 private:
  Standing ask(const Compensation& compensation) {
    const auto url = read_url(with_key(settings_.status_url, delivery_key(compensation)));
    if (!url) return {false, {Outcome::Kind::unknown, url.error().message}};
    HttpRequest request;
    request.is_get = true;
    // WHY: a question has no body; its signature covers the address, so that it answers no other.
    request.headers = {{"Lupaus-Signature", sign(secrets(), clock_.now(), url->target)}};
    const auto answer = client_.exchange(*url, request);
    if (!answer) return {false, {Outcome::Kind::unknown, answer.error().message}};
    return judge_standing(compensation, answer->status, answer->body);
  }

  std::vector<std::string> secrets() const {
    return settings_.rotated == nullptr ? settings_.secrets : settings_.rotated->current();
  }

  const WebhookSettings settings_;
  const Url url_;
  const Instrument instrument_;
  runtime::Clock& clock_;
  HttpClient client_;
};

Result<Url> read_allowed(const std::string& text, const std::vector<std::string>& hosts) {
  auto url = read_url(text);
  if (!url || std::find(hosts.begin(), hosts.end(), url->host) != hosts.end()) return url;
  return Error{"host_not_allowed",
               "expected a webhook to an allowed host, but `" + url->host + "` is not in the list",
               "add it to `allow_hosts` of the webhook",
               {}};
}

Result<void> check_status_url(const WebhookSettings& settings) {
  if (settings.status_url.empty()) return {};
  if (settings.status_url.find(kKeyMark) == std::string::npos) {
    return Error{"bad_url",
                 "expected a `status_url` with `{key}` for the compensation's id, but it is `" +
                     settings.status_url + "`",
                 "for example https://bank.example/payments/{key}",
                 {}};
  }
  // WHY: the mark's place is checked filled in: a key must not become part of the host.
  const auto url = read_allowed(with_key(settings.status_url, "C-1-1"), settings.allowed_hosts);
  return url.ok() ? Result<void>() : Result<void>(url.error());
}

Result<std::unique_ptr<Channel>> make_channel(WebhookSettings settings, Instrument instrument,
                                              runtime::Clock& clock) {
  auto url = read_allowed(settings.url, settings.allowed_hosts);
  if (!url) return url.error();
  if (auto checked = check_status_url(settings); !checked) return checked.error();
  const auto secrets = settings.rotated == nullptr ? settings.secrets : settings.rotated->current();
  if (auto checked = check_secrets(secrets); !checked) return checked.error();
  return std::unique_ptr<Channel>(
      std::make_unique<WebhookChannel>(std::move(settings), std::move(*url), instrument, clock));
}

}  // namespace

Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookSettings settings,
                                                      runtime::Clock& clock) {
  return make_channel(std::move(settings), Instrument::webhook, clock);
}

Result<std::unique_ptr<Channel>> make_apology_channel(WebhookSettings settings,
                                                      runtime::Clock& clock) {
  return make_channel(std::move(settings), Instrument::apology, clock);
}

}  // namespace lupaus::server::compensate
