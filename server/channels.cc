#include "server/channels.h"

#include "server/book_dir.h"
#include "server/compensate/apology.h"
#include "server/compensate/qr.h"
#include "server/compensate/url.h"
#include "server/compensate/voucher.h"
#include "server/compensate/webhook.h"
#include "server/payees/payees.h"
#include "server/telemetry/log.h"

namespace lupaus::server {

using rules::model::Result;

namespace {

Result<std::vector<std::string>> read_secrets(const config::Webhook& webhook) {
  std::vector<std::string> secrets;
  for (const std::string& path : webhook.secret_files) {
    Result<std::string> text = read_text_file(path);
    if (!text) return text.error();
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    secrets.push_back(std::move(*text));
  }
  return secrets;
}

Result<compensate::WebhookSettings> webhook_settings(const config::Webhook& webhook) {
  compensate::WebhookSettings settings;
  settings.url = webhook.url;
  settings.status_url = webhook.status_url;
  settings.allow_private = webhook.allow_private;
  settings.proof = webhook.accept_bare_success ? compensate::Proof::bare : compensate::Proof::named;
  settings.allowed_hosts = webhook.allow_hosts;
  if (settings.allowed_hosts.empty()) {
    auto url = compensate::read_url(settings.url);
    if (!url) return url.error();
    settings.allowed_hosts = {url->host};
  }
  return settings;
}

}  // namespace

Result<Channels> make_channels(const config::Config& config, runtime::Clock& clock,
                               bool is_first_start) {
  Channels channels;
  Result<std::string> secret = is_first_start ? compensate::make_voucher_secret(config.data_dir)
                                              : compensate::load_voucher_secret(config.data_dir);
  if (!secret) return secret.error();
  channels.all.push_back(compensate::make_voucher_channel(std::move(*secret)));
  if (!config.webhook) return channels;
  auto settings = webhook_settings(*config.webhook);
  if (!settings) return settings.error();
  auto secrets = read_secrets(*config.webhook);
  if (!secrets) return secrets.error();
  channels.secrets = std::make_shared<compensate::SigningSecrets>(std::move(*secrets));
  settings->rotated = channels.secrets;
  auto webhook = compensate::make_webhook_channel(*settings, clock);
  if (!webhook) return webhook.error();
  channels.all.push_back(std::move(*webhook));
  auto apology = compensate::make_apology_channel(std::move(*settings), clock);
  if (!apology) return apology.error();
  channels.all.push_back(std::move(*apology));
  return channels;
}

Result<void> read_secrets_again(const config::Webhook& webhook,
                                compensate::SigningSecrets& secrets) {
  auto read = read_secrets(webhook);
  if (!read) return read.error();
  return secrets.replace(std::move(*read));
}

compensate::OutboxPorts outbox_ports(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                     const payees::Payees* payees) {
  auto ports =
      compensate::ports_of(loop, [](const std::string& sentence) { telemetry::warn(sentence); });
  ports.wording_of =
      compensate::wordings_of(loop, storage, [payees](std::string_view customer) -> std::string {
        auto payee = payees == nullptr ? std::nullopt : payees->find(customer);
        if (!payee) return {};
        payees::wipe(*payee);
        return payee->language;
      });
  return ports;
}

api::VoucherCodes voucher_codes() {
  return {compensate::read_voucher_code,
          [](const std::string& code, bool is_svg) -> Result<std::string> {
            const auto qr = compensate::make_qr(code);
            if (!qr) return qr.error();
            return is_svg ? compensate::qr_svg(*qr, "Voucher " + code) : compensate::qr_text(*qr);
          }};
}

void show_figures(const compensate::Outbox& outbox, telemetry::Registry& metrics) {
  const auto count = [&](const char* name, const char* what,
                         uint64_t compensate::OutboxFigures::*figure) {
    metrics.computed(name, what, "counter",
                     [&outbox, figure] { return static_cast<double>(outbox.figures().*figure); });
  };
  using Figures = compensate::OutboxFigures;
  metrics.computed("lupaus_outbox_waiting", "Compensations that no channel has settled", "gauge",
                   [&outbox] {
                     const auto figures = outbox.figures();
                     return static_cast<double>(figures.waiting + figures.in_flight +
                                                figures.without_webhook + figures.without_apology);
                   });
  count("lupaus_outbox_attempts_total", "Attempts of channels", &Figures::attempts);
  count("lupaus_outbox_settled_total", "Vouchers issued, webhooks paid", &Figures::settled);
  count("lupaus_outbox_failed_total", "Compensations that a receiver refused", &Figures::failed);
  count("lupaus_outbox_unknown_total", "Attempts whose outcome nobody knows", &Figures::unknown);
  count("lupaus_outbox_contradicted_total",
        "Answers about another sum or another compensation: never counted as paid",
        &Figures::contradicted);
  count("lupaus_outbox_given_up_total", "Compensations without an outcome after three days",
        &Figures::given_up);
}

}  // namespace lupaus::server
