#include "server/compensate/webhook.h"

#include <algorithm>
#include <boost/json.hpp>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "server/compensate/http_client.h"
#include "server/compensate/signature.h"

namespace lupaus::server::compensate {
namespace {

namespace json = boost::json;
using rules::ledger::Compensation;
using rules::model::Error;
using rules::model::Result;

constexpr size_t kReferenceBytesMax = 200;

std::string id_of(const Compensation& compensation) {
  return rules::ledger::compensation_id(kPartition, compensation.number);
}

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string().c_str(), value->get_string().size());
}

/// "EUR 10.00" as the answer names it; empty when it names none.
std::string named_amount(const json::object& answer) {
  const json::value* amount = answer.if_contains("amount");
  if (amount == nullptr || amount->is_null()) return {};
  if (!amount->is_object()) return "something else";
  return text_at(amount->get_object(), "currency") + " " + text_at(amount->get_object(), "amount");
}

Outcome judge_paid(const Compensation& compensation, std::string_view body) {
  boost::system::error_code error;
  const json::value answer = json::parse(body, error);
  if (error || !answer.is_object()) return {Outcome::Kind::paid, ""};
  const std::string reference =
      text_at(answer.get_object(), "reference").substr(0, kReferenceBytesMax);
  const std::string named = named_amount(answer.get_object());
  const std::string asked =
      compensation.amount ? rules::model::format_money(*compensation.amount) : "";
  if (!named.empty() && named != asked) {
    return {Outcome::Kind::failed, "the receiver answered with " +
                                       named.substr(0, kReferenceBytesMax) + " where " + asked +
                                       " was asked, reference `" + reference + "`"};
  }
  return {Outcome::Kind::paid, reference};
}

class WebhookChannel : public Channel {
 public:
  WebhookChannel(WebhookSettings settings, Url url, runtime::Clock& clock)
      : settings_(std::move(settings)), url_(std::move(url)), clock_(clock) {}

  std::string_view name() const override { return "webhook"; }
  rules::model::Instrument instrument() const override { return rules::model::Instrument::webhook; }
  bool is_remote() const override { return true; }

  Outcome deliver(const Compensation& compensation) override {
    HttpRequest request;
    request.body = webhook_body(compensation);
    request.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                       {"Idempotency-Key", id_of(compensation)},
                       {"Lupaus-Signature", sign(settings_.secrets, clock_.now(), request.body)}};
    const auto answer = post(url_, request, settings_.limit, settings_.authorities);
    if (!answer) return {Outcome::Kind::unknown, answer.error().message};
    return judge_answer(compensation, answer->status, answer->body);
  }

 private:
  const WebhookSettings settings_;
  const Url url_;
  runtime::Clock& clock_;
};

}  // namespace

std::string webhook_body(const Compensation& compensation) {
  const rules::model::CommitmentKey& key = compensation.key;
  json::object data;
  data["compensation"] = id_of(compensation);
  data["branch"] = key.branch;
  data["ticket"] = key.ticket;
  data["promise"] = key.promise;
  data["revision"] = std::to_string(key.revision);
  data["cycle"] = key.cycle;
  data["customer"] = compensation.customer;
  if (compensation.amount) {
    data["amount"] = json::object{{"currency", compensation.amount->currency.text()},
                                  {"amount", rules::model::format_amount(*compensation.amount)}};
  }
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = id_of(compensation);
  event["source"] = "/lupaus/partitions/" + std::to_string(kPartition);
  event["type"] = "lupaus.compensation.owed.v1";
  event["subject"] = rules::model::format_commitment(key);
  event["time"] = rules::model::format_instant(compensation.owed_at);
  event["datacontenttype"] = "application/json";
  event["data"] = std::move(data);
  return json::serialize(event);
}

Outcome judge_answer(const Compensation& compensation, int status, std::string_view body) {
  if (status >= 200 && status < 300) return judge_paid(compensation, body);
  const std::string said = "the receiver answered " + std::to_string(status);
  const bool may_pass = status == 408 || status == 409 || status == 425 || status == 429;
  if (status >= 400 && status < 500 && !may_pass) return {Outcome::Kind::failed, said};
  return {Outcome::Kind::unknown, said};
}

Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookSettings settings,
                                                      runtime::Clock& clock) {
  auto url = read_url(settings.url);
  if (!url) return url.error();
  const auto& hosts = settings.allowed_hosts;
  if (std::find(hosts.begin(), hosts.end(), url->host) == hosts.end()) {
    return Error{
        "host_not_allowed",
        "expected a webhook to an allowed host, but `" + url->host + "` is not in the list",
        "add it to the webhook's allowed_hosts",
        {}};
  }
  const bool has_blank = std::any_of(settings.secrets.begin(), settings.secrets.end(),
                                     [](const std::string& secret) { return secret.empty(); });
  if (settings.secrets.empty() || settings.secrets.size() > 2 || has_blank) {
    return Error{"no_secret",
                 "expected one secret, or two while they are rotated, but there are " +
                     std::to_string(settings.secrets.size()) +
                     (has_blank ? ", one of them empty" : ""),
                 "without a secret the receiver cannot tell our requests from others'",
                 {}};
  }
  return std::unique_ptr<Channel>(
      std::make_unique<WebhookChannel>(std::move(settings), std::move(*url), clock));
}

}  // namespace lupaus::server::compensate
