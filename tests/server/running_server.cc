// The server of tests.
#include "tests/server/running_server.h"

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "server/wire/values.h"

namespace lupaus::tests {

using rules::model::Duration;
using rules::model::Instant;

std::string sample_book() {
  std::string promises;
  auto promise = [&](const std::string& name, const std::string& service, const std::string& rest) {
    promises +=
        "---\napiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: " + name + "}\nspec:\n" +
        "  wording: {en: Served in time or we pay.}\n  applies: ticket.service == \"" + service +
        "\"\n" +
        "  clock:\n    measure: elapsed\n"
        "    on: {issued: start, called: continue, recalled: continue, service_started: stop,\n"
        "         service_ended: continue, transferred: continue, parked: pause, unparked: resume, "
        "away: pause,\n"
        "         back: resume, no_show: forfeit, left: stop, cancelled: void, expired: review}\n"
        "    on_silence: review\n" +
        rest;
  };
  promise("p15", "cash",
          "  target: {within: 15m}\n  warn: [{left: 5m}]\n"
          "  compensation: {settle: end, stack: replace, tiers: [{over: 15m, pay: EUR 10.00}], "
          "instrument: voucher}\n");
  promise("p30", "loan",
          "  target: {within: 30m}\n"
          "  compensation: {settle: end, stack: replace, tiers: [{over: 30m, pay: EUR 25.00}], "
          "instrument: transfer}\n"
          "  excuses: [{id: manual, approvers: 2}]\n");
  return "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b1}\n"
         "spec: {timezone: Europe/Helsinki, sources: [{id: b1/counter}]}\n"
         "---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b2}\nspec: {timezone: "
         "Europe/Helsinki}\n" +
         promises;
}

RunningServer::RunningServer(bool has_book,
                             const std::function<void(server::config::Config&)>& change) {
  std::string pattern = (std::filesystem::temp_directory_path() / "lupaus-test-XXXXXX").string();
  directory_ = mkdtemp(pattern.data());
  clock_ = server::runtime::make_virtual_clock(at(Duration(0)));
  auto storage = std::make_unique<support::MemoryStorage>();
  storage_ = storage.get();
  server::config::Config config;
  config.data_dir = directory_;
  config.grpc_listen = {"127.0.0.1", 0};
  config.http_listen = {"127.0.0.1", 0};
  if (change) change(config);
  auto started = server::Server::start(config, *clock_, std::move(storage));
  if (!started) {
    ADD_FAILURE() << rules::model::format_error(started.error());
    std::abort();
  }
  server_ = std::move(*started);
  if (!has_book) return;
  v1::ApplyPromisesResponse response;
  grpc::Status status = apply(sample_book(), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_GT(response.position(), 0u) << response.ShortDebugString();
}

RunningServer::~RunningServer() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::shared_ptr<grpc::Channel> RunningServer::channel() const {
  return grpc::CreateChannel(server_->grpc_address(), grpc::InsecureChannelCredentials());
}

void RunningServer::move_to(Instant instant) {
  clock_->move_to(instant);
  server_->loop().drain();
}

Instant RunningServer::at(Duration offset) {
  return rules::model::parse_instant("2026-01-05T09:00:00+02:00").value() + offset;
}

grpc::Status RunningServer::apply(const std::string& text, v1::ApplyPromisesResponse* response,
                                  const std::vector<std::string>& retire) {
  v1::ApplyPromisesRequest request;
  v1::PromiseFile& file = *request.add_files();
  file.set_name("book.yaml");
  file.set_text(text);
  for (const std::string& name : retire) request.add_retire(name);
  if (!retire.empty()) request.set_reason("no longer promised");
  v1::ApplyPromisesResponse unused;
  return v1::PromiseService::NewStub(channel())->ApplyPromises(
      make_context("anna").get(), request, response == nullptr ? &unused : response);
}

std::unique_ptr<grpc::ClientContext> make_context(const std::string& actor) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  if (!actor.empty()) context->AddMetadata("lupaus-actor", actor);
  return context;
}

v1::Event make_event(const std::string& ticket, const std::string& type, Duration offset,
                     const std::string& service) {
  v1::Event event;
  event.set_branch("b1");
  event.set_ticket(ticket);
  event.set_type(type);
  event.set_label("L-" + ticket);
  server::wire::to_timestamp(RunningServer::at(offset), *event.mutable_occurred_at());
  if (!service.empty()) (*event.mutable_attributes())["service"] = service;
  return event;
}

SourceStream::SourceStream(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(v1::EventService::NewStub(channel)), stream_(stub_->StreamEvents(context_.get())) {}

SourceStream::~SourceStream() {
  if (is_finished_) return;
  context_->TryCancel();
  stream_->Finish();
}

v1::Welcome SourceStream::hello(const std::string& source, uint64_t epoch) {
  v1::StreamEventsRequest request;
  v1::Hello::Source& speaker = *request.mutable_hello()->add_sources();
  speaker.set_source(source);
  speaker.set_epoch(epoch);
  stream_->Write(request);
  v1::StreamEventsResponse response;
  if (!stream_->Read(&response)) return {};
  if (!response.welcome().sources().empty()) epoch_ = response.welcome().sources(0).epoch();
  return response.welcome();
}

bool SourceStream::send(const std::string& source, uint64_t first_sequence,
                        const std::vector<v1::Event>& events) {
  v1::StreamEventsRequest request;
  v1::Batch& batch = *request.mutable_batch();
  batch.set_source(source);
  batch.set_epoch(epoch_);
  batch.set_first_sequence(first_sequence);
  for (const v1::Event& event : events) *batch.add_events() = event;
  return stream_->Write(request);
}

void SourceStream::heartbeat(const std::string& source, uint64_t last_sequence, Duration offset) {
  v1::StreamEventsRequest request;
  v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
  heartbeat.set_source(source);
  heartbeat.set_epoch(epoch_);
  heartbeat.set_last_sequence(last_sequence);
  server::wire::to_timestamp(RunningServer::at(offset), *heartbeat.mutable_at());
  stream_->Write(request);
}

bool SourceStream::read_ack(v1::Ack& ack) {
  v1::StreamEventsResponse response;
  if (!stream_->Read(&response)) return false;
  ack = response.ack();
  return true;
}

grpc::Status SourceStream::finish() {
  is_finished_ = true;
  stream_->WritesDone();
  v1::StreamEventsResponse response;
  while (stream_->Read(&response)) {
  }
  return stream_->Finish();
}

}  // namespace lupaus::tests
