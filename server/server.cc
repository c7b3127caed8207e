// The composition: what the server consists of, in the order in which it is made.
#include "server/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "fmt/format.h"
#include "server/api/backtest_service.h"
#include "server/api/backup_service.h"
#include "server/api/breach_service.h"
#include "server/api/doctor_service.h"
#include "server/api/known_names.h"
#include "server/api/payee_service.h"
#include "server/api/payout_result_service.h"
#include "server/api/payout_service.h"
#include "server/api/period_service.h"
#include "server/api/promise_service.h"
#include "server/api/report_service.h"
#include "server/api/review_service.h"
#include "server/api/signal_service.h"
#include "server/api/source_service.h"
#include "server/api/ticket_service.h"
#include "server/api/voucher_service.h"
#include "server/book_dir.h"
#include "server/breaker_alarm.h"
#include "server/channels.h"
#include "server/compensate/outbox.h"
#include "server/console/gateway.h"
#include "server/console/http_server.h"
#include "server/console/openapi.h"
#include "server/databases.h"
#include "server/finance_ports.h"
#include "server/ingest/event_service.h"
#include "server/payees/payees.h"
#include "server/recorded_book.h"
#include "server/report/rollups.h"
#include "server/restoration.h"
#include "server/store/backup.h"
#include "server/store/store.h"
#include "server/telemetry/log.h"
#include "server/telemetry/metrics.h"
#include "server/vitals.h"

namespace lupaus::server {
namespace {

using rules::model::Error;
using rules::model::Result;

/// How long open calls may go on after the order to stop.
constexpr std::chrono::milliseconds kCallsEndWithin(500);

/// Largest book that can be published in one call; above it gRPC refuses the message.
constexpr size_t kBookBytesMax = 4 * 1024 * 1024;

/// Largest answer of one call to the console; its lists come in pages far below it.
constexpr int kAnswerBytesMax = 64 * 1024 * 1024;

runtime::LoopSettings loop_settings(const config::Config& config) {
  runtime::LoopSettings settings;
  settings.queued_events_max = config.limits.queued_events;
  settings.batch_events_max = config.limits.batch_events;
  settings.tail_facts_max = config.limits.tail_facts;
  settings.breaker = {config.breaker.count, config.breaker.factor, config.breaker.fixed};
  settings.phase_board_path = config.phase_board;
  settings.on_clock_jump = tell_clock_jump;
  return settings;
}

Result<std::shared_ptr<grpc::ServerCredentials>> make_credentials(const config::Config& config) {
  if (!config.tls) return grpc::InsecureServerCredentials();
  Result<std::string> cert = read_text_file(config.tls->cert);
  Result<std::string> key = read_text_file(config.tls->key);
  Result<std::string> client_ca = read_text_file(config.tls->client_ca);
  for (const Result<std::string>* file : {&cert, &key, &client_ca}) {
    if (!*file) return file->error();
  }
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = *client_ca;
  options.pem_key_cert_pairs.push_back({*key, *cert});
  return grpc::SslServerCredentials(options);
}

}  // namespace

/// Members are in the order in which they are made; `stop` goes backwards.
class Server::Body {
 public:
  Body(config::Config config, runtime::Clock& clock, Databases databases, Channels channels,
       OnFailure on_failure)
      : config_(std::move(config)),
        clock_(clock),
        storage_(std::move(databases.journal)),
        payees_(std::move(databases.payees)),
        loop_(loop_settings(config_), clock_, *storage_,
              [on_failure = std::move(on_failure)](const std::string& why) {
                telemetry::error(why);
                if (on_failure) on_failure(why);
              }),
        rollups_({}, clock_, *storage_),
        outbox_({}, clock_, outbox_ports(loop_, *storage_, payees_.get()), std::move(channels.all)),
        secrets_(std::move(channels.secrets)),
        events_(
            loop_, *storage_,
            {config_.limits.window_batches, static_cast<uint32_t>(config_.limits.max_message_bytes),
             config_.limits.streams, config_.limits.streams_catching_up},
            metrics_),
        names_(loop_),
        promises_(loop_, *storage_, names_, {config_.webhook.has_value()}),
        tickets_(loop_, *storage_, names_),
        breaches_(loop_, *storage_, names_, rollups_),
        reports_(loop_, *storage_, names_, rollups_, config_.budgets),
        payouts_(loop_, *storage_, payout_ports(config_, payees_.get())),
        payout_results_(loop_),
        payee_calls_(payees_.get()),
        signals_(loop_, *storage_, names_),
        backtests_(loop_, *storage_),
        sources_(loop_,
                 [this](auto source, auto epoch) { return events_.announced(source, epoch); }),
        reviews_(loop_),
        periods_(loop_, *storage_, payout_ports(config_, nullptr).settings.accounts),
        breaker_alarm_(metrics_),
        backups_([this](const std::string& folder) { return make_backup(folder); }),
        vouchers_(loop_, voucher_codes()),
        doctor_([this] {
          return take_vitals({config_, loop_, outbox_, last_backup_, started_at_, bytes_at_start_});
        }) {
    loop_.follow([this](const runtime::CommittedPtr& committed) { rollups_.follow(committed); });
    loop_.follow([this](const runtime::CommittedPtr& committed) { outbox_.follow(committed); });
    loop_.follow([this](const auto& committed) { breaker_alarm_.follow(*committed); });
    show_figures();
  }

  Result<void> reload() {
    return secrets_ == nullptr ? Result<void>() : read_secrets_again(*config_.webhook, *secrets_);
  }
  Result<void> start() {
    Restoration restoration(loop_, config_.data_dir);
    Result<void> recovered = loop_.start();
    if (!recovered) return recovered;
    is_loop_started_ = true;
    Result<void> numbered = restoration.finish();
    if (!numbered) return numbered;
    Result<void> caught_up = rollups_.start();
    if (!caught_up) return caught_up;
    outbox_.start();
    Result<void> named = names_.start();
    if (!named) return named;
    Result<void> published = publish_book();
    if (!published) return published;
    Result<void> warned = api::warn_of_unpayable(loop_, {config_.webhook.has_value()});
    if (!warned) return warned;
    Result<void> listening = listen_grpc();
    if (!listening) return listening;
    Result<void> serving = listen_http();
    if (!serving) return serving;
    if (const auto noted = noted_backup(config_.data_dir)) last_backup_ = *noted;
    started_at_ = loop_.now();
    bytes_at_start_ = bytes_on_disk(config_.data_dir);
    is_ready_ = true;
    telemetry::info(fmt::format("takes events on {}, the console is http://{}", grpc_address(),
                                http_address()));
    return {};
  }

  void stop() {
    is_ready_ = false;
    if (http_ != nullptr) http_->stop();
    gateway_.reset();
    events_.close();
    signals_.close();
    tickets_.close();
    backtests_.close();
    payouts_.close();
    periods_.close();
    if (grpc_ != nullptr) {
      grpc_->Shutdown(std::chrono::system_clock::now() + kCallsEndWithin);
      grpc_->Wait();
      grpc_.reset();
    }
    outbox_.stop();
    if (is_loop_started_) loop_.stop();
    is_loop_started_ = false;
    rollups_.stop();
    if (is_settled_) return;
    is_settled_ = true;
    if (auto settled = storage_->settle(); !settled)
      telemetry::warn("the database was not settled at the stop: " + settled.error().message);
  }

  std::string grpc_address() const {
    return config::Address{config_.grpc_listen.host, grpc_port_}.text();
  }
  std::string http_address() const {
    return config::Address{config_.http_listen.host, http_ == nullptr ? uint16_t{0} : http_->port()}
        .text();
  }
  runtime::EngineLoop& loop() { return loop_; }
  const runtime::Storage& storage() const { return *storage_; }

 private:
  Result<api::BackupMade> make_backup(const std::string& folder) {
    const auto copy_payees = [this](const std::string& to) {
      return copy_payees_to(to, payees_.get(), config_.data_dir);
    };
    const auto made = store::write_backup({*storage_, config_.data_dir, copy_payees}, folder,
                                          compile_recorded, loop_.now());
    if (!made) return made.error();
    telemetry::info(
        fmt::format("a backup up to position {} is in {}", made->last_position, folder));
    last_backup_ = made->made_at;
    note_backup(config_.data_dir, made->made_at);
    return api::BackupMade{made->made_at, made->last_position, made->journal_checksum,
                           made->bytes(), static_cast<uint32_t>(made->files.size())};
  }

  Result<void> publish_book() {
    if (!config_.book_dir) return {};
    Result<std::vector<rules::model::SourceFile>> files = read_book_dir(*config_.book_dir);
    if (!files) return files.error();
    Result<bool> published = api::publish_files(loop_, *storage_, *files);
    if (!published) return published.error();
    if (*published) telemetry::info(fmt::format("published the book in {}", *config_.book_dir));
    return {};
  }

  Result<void> listen_grpc() {
    Result<std::shared_ptr<grpc::ServerCredentials>> credentials = make_credentials(config_);
    if (!credentials) return credentials.error();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(config_.grpc_listen.text(), *credentials, &port);
    // WHY: event messages are held to their own limit by ingest; a book of promises may be larger.
    builder.SetMaxReceiveMessageSize(
        static_cast<int>(std::max(config_.limits.max_message_bytes, kBookBytesMax)));
    // Two servers on one port would share its streams by chance.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    // WHY: calls that wait have a thread each; a flood of them must not take the machine's.
    grpc::ResourceQuota quota("lupausd");
    quota.SetMaxThreads(512);
    builder.SetResourceQuota(quota);
    for (grpc::Service* service :
         {&events_.service(), &promises_.service(), &tickets_.service(), &breaches_.service(),
          &reports_.service(), &payouts_.service(), &payout_results_.service(),
          &payee_calls_.service(), &signals_.service(), &backtests_.service(), &backups_.service(),
          &vouchers_.service(), &sources_.service(), &reviews_.service(), &periods_.service(),
          &doctor_.service()}) {
      builder.RegisterService(service);
    }
    grpc_ = builder.BuildAndStart();
    if (grpc_ == nullptr || port == 0) {
      return Error{"cannot_listen",
                   fmt::format("cannot listen on {}", config_.grpc_listen.text()),
                   config_.tls ? "is the port in use (`grpc.listen` chooses another), or a file of "
                                 "`tls` not readable as PEM?"
                               : "is the port in use? `grpc.listen` chooses another",
                   {}};
    }
    grpc_port_ = static_cast<uint16_t>(port);
    return {};
  }

  Result<void> listen_http() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
    gateway_ = std::make_unique<console::Gateway>(grpc_->InProcessChannel(arguments));
    console::ConsoleSettings settings;
    settings.address =
        config_.http_listen.host == "localhost" ? "127.0.0.1" : config_.http_listen.host;
    settings.port = config_.http_listen.port;
    settings.proxy_socket = config_.http_proxy_socket;
    settings.hosts = config_.http_hosts;
    settings.version = LUPAUS_VERSION;
    // WHY: a server that asks people for certificates has no door beside them.
    settings.may_choose_names = !config_.tls.has_value();
    console::ConsoleSources sources;
    sources.ready = [this] { return is_ready_.load(); };
    sources.metrics = [this] { return metrics_.expose(); };
    sources.calls = gateway_.get();
    sources.openapi = console::write_openapi(gateway_->table(), LUPAUS_VERSION);
    http_ = std::make_unique<console::HttpServer>(std::move(settings), std::move(sources));
    return http_->start();
  }

  void show_loop(const char* name, const char* help, const char* kind,
                 uint64_t runtime::LoopFigures::*figure) {
    metrics_.computed(name, help, kind,
                      [this, figure] { return static_cast<double>(loop_.figures().*figure); });
  }

  void show_figures() {
    using Figures = runtime::LoopFigures;
    show_loop("lupaus_queued_events", "Events that wait for the engine", "gauge",
              &Figures::queued_events);
    show_loop("lupaus_journal_position", "Last durable fact", "gauge", &Figures::last_position);
    show_loop("lupaus_armed_commitments", "Open clocks", "gauge", &Figures::armed);
    show_loop("lupaus_tickets", "Tickets in memory", "gauge", &Figures::tickets);
    show_loop("lupaus_batches_total", "Batches decided", "counter", &Figures::batches);
    show_loop("lupaus_syncs_total", "Synced writes", "counter", &Figures::syncs);
    show_loop("lupaus_unswept_tickets", "Tickets changed since their last snapshot row", "gauge",
              &Figures::dirty);
    show_loop("lupaus_reviews", "Tickets with something for a person to decide", "gauge",
              &Figures::under_review);
    show_loop("lupaus_clock_jumps_total", "Times that the machine's clock was set", "counter",
              &Figures::clock_jumps);
    metrics_.computed("lupaus_oldest_overdue_seconds",
                      "Since when the oldest deadline waits to be served", "gauge", [this] {
                        const auto oldest = loop_.figures().oldest_overdue;
                        if (oldest == rules::model::kEndOfTime) return 0.0;
                        return std::max(
                            0.0, std::chrono::duration<double>(loop_.now() - oldest).count());
                      });
    metrics_.computed(
        "lupaus_clock_jump_seconds",
        "How far the machine's clock was set from the time of the engine; while it is "
        "not 0 nothing is confirmed",
        "gauge",
        [this] { return std::chrono::duration<double>(loop_.figures().clock_jump).count(); });
    auto tally = [this](const char* name, const char* help, uint64_t rules::engine::Tally::*count) {
      metrics_.computed(name, help, "counter", [this, count] {
        return static_cast<double>(loop_.figures().tally.*count);
      });
    };
    using Tally = rules::engine::Tally;
    tally("lupaus_observed_total", "Events taken", &Tally::observed);
    tally("lupaus_rejected_total", "Events kept but not applied", &Tally::rejected);
    tally("lupaus_breached_total", "Provisional breaches", &Tally::breached);
    tally("lupaus_retracted_total", "Provisional breaches taken back", &Tally::retracted);
    tally("lupaus_confirmed_total", "Final verdicts", &Tally::confirmed);
    tally("lupaus_twins_total", "Events that bear the identity of another one", &Tally::twins);
    tally("lupaus_late_evidence_total", "Final verdicts that a late event would have changed",
          &Tally::late_evidence);
    tally("lupaus_indeterminate_total", "Final verdicts left to a person", &Tally::indeterminate);
    tally("lupaus_condition_errors_total", "Conditions that were an error",
          &Tally::condition_errors);
    metrics_.computed("lupaus_last_backup_seconds",
                      "Unix time of the last backup since the start, 0 for none", "gauge", [this] {
                        const auto at = last_backup_.load().time_since_epoch();
                        return std::chrono::duration<double>(at).count();
                      });
    metrics_.computed("lupaus_rollups_position", "The journal up to here is in the figures",
                      "gauge", [this] { return static_cast<double>(rollups_.position()); });
    server::show_figures(outbox_, metrics_);
  }

  const config::Config config_;
  runtime::Clock& clock_;
  telemetry::Registry metrics_;
  const std::unique_ptr<runtime::Storage> storage_;
  const std::unique_ptr<payees::Payees> payees_;  ///< nullptr: none are configured
  runtime::EngineLoop loop_;
  report::Rollups rollups_;
  compensate::Outbox outbox_;
  const std::shared_ptr<compensate::SigningSecrets> secrets_;
  ingest::EventService events_;
  api::KnownNames names_;
  api::PromiseService promises_;
  api::TicketService tickets_;
  api::BreachService breaches_;
  api::ReportService reports_;
  api::PayoutService payouts_;
  api::PayoutResultService payout_results_;
  api::PayeeService payee_calls_;
  api::SignalService signals_;
  api::BacktestService backtests_;
  api::SourceService sources_;
  api::ReviewService reviews_;
  api::PeriodService periods_;
  BreakerAlarm breaker_alarm_;
  api::BackupService backups_;
  api::VoucherService vouchers_;
  api::DoctorService doctor_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<console::Gateway> gateway_;
  std::unique_ptr<console::HttpServer> http_;
  uint16_t grpc_port_ = 0;
  bool is_loop_started_ = false;
  bool is_settled_ = false;
  std::atomic<bool> is_ready_{false};
  std::atomic<rules::model::Instant> last_backup_{rules::model::Instant{}};  ///< 1970: none yet
  rules::model::Instant started_at_{};
  uint64_t bytes_at_start_ = 0;
};

Result<std::unique_ptr<Server>> Server::start(config::Config config, runtime::Clock& clock,
                                              OnFailure on_failure) {
  Result<std::unique_ptr<runtime::Storage>> storage = open_store(config);
  if (!storage) return storage.error();
  return start(std::move(config), clock, std::move(*storage), std::move(on_failure));
}

Result<std::unique_ptr<Server>> Server::start(config::Config config, runtime::Clock& clock,
                                              std::unique_ptr<runtime::Storage> storage,
                                              OnFailure on_failure) {
  auto channels = make_channels(config, clock, storage->last_position() == 0);
  if (!channels) return channels.error();
  auto payees = open_payees(config);
  if (!payees) return payees.error();
  auto body = std::make_unique<Body>(std::move(config), clock,
                                     Databases{std::move(storage), std::move(*payees)},
                                     std::move(*channels), std::move(on_failure));
  std::unique_ptr<Server> server(new Server(std::move(body)));
  Result<void> started = server->body_->start();
  if (!started) return started.error();
  return server;
}

Server::Server(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Server::~Server() { stop(); }
void Server::stop() { body_->stop(); }
Result<void> Server::reload() { return body_->reload(); }
std::string Server::grpc_address() const { return body_->grpc_address(); }
std::string Server::http_address() const { return body_->http_address(); }
runtime::EngineLoop& Server::loop() { return body_->loop(); }
const runtime::Storage& Server::storage() const { return body_->storage(); }

Result<void> write_ready_file(const std::string& path, const Server& server) {
  std::string written = path + ".new";
  std::ofstream file(written, std::ios::trunc);
  file << fmt::format(R"({{"grpc":"{}","http":"{}"}})", server.grpc_address(),
                      server.http_address())
       << "\n";
  file.close();
  if (!file || std::rename(written.c_str(), path.c_str()) != 0) {
    return Error{
        "ready_file",
        fmt::format("the ready file `{}` cannot be written: {}", path, std::strerror(errno)),
        "",
        {}};
  }
  return {};
}

}  // namespace lupaus::server
