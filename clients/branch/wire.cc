#include "clients/branch/wire.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fstream>
#include <sstream>

namespace lupaus::clients::branch {
namespace {

/// A connection on which nothing came back for this long after a ping is dead.
constexpr int kKeepaliveMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) {
    return Error{"bad_option", "expected a PEM file at `" + path + "`, but it cannot be read",
                 "see to the path and its rights"};
  }
  return content.str();
}

}  // namespace

void set_instant(google::protobuf::Timestamp& out, Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<int32_t>((instant - seconds).count() * 1'000'000));
}

Instant to_instant(const google::protobuf::Timestamp& timestamp) {
  return Instant(
      std::chrono::milliseconds(timestamp.seconds() * 1'000 + timestamp.nanos() / 1'000'000));
}

Signal to_signal(const lupaus::v1::WatchSignalsResponse& response) {
  Signal signal;
  switch (response.kind()) {
    case lupaus::v1::SIGNAL_KIND_BREACHED_PROVISIONAL:
      signal.kind = Signal::Kind::breached_provisional;
      break;
    case lupaus::v1::SIGNAL_KIND_RETRACTED:
      signal.kind = Signal::Kind::retracted;
      break;
    case lupaus::v1::SIGNAL_KIND_CONFIRMED:
      signal.kind = Signal::Kind::confirmed;
      break;
    case lupaus::v1::SIGNAL_KIND_OWED:
      signal.kind = Signal::Kind::owed;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_ISSUED:
      signal.kind = Signal::Kind::voucher_issued;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_VOIDED:
      signal.kind = Signal::Kind::voucher_voided;
      break;
    default:
      signal.kind = Signal::Kind::at_risk;
  }
  signal.position = response.position();
  signal.branch = response.branch();
  signal.ticket = response.ticket();
  signal.label = response.label();
  signal.commitment = response.commitment();
  if (response.has_due_at()) signal.due_at = to_instant(response.due_at());
  signal.at = to_instant(response.at());
  signal.amount = response.amount().amount();
  signal.currency = response.amount().currency();
  signal.voucher = response.voucher();
  signal.verdict = response.verdict();
  return signal;
}

Result<std::shared_ptr<grpc::Channel>> make_channel(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // WHY: attempts are paced by Backoff alone; gRPC's own waits of up to two minutes would come on
  // top.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  if (!options.tls) {
    return grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments);
  }
  grpc::SslCredentialsOptions ssl;
  for (const auto& [path, into] : {std::pair{&options.tls->ca_file, &ssl.pem_root_certs},
                                   std::pair{&options.tls->cert_file, &ssl.pem_cert_chain},
                                   std::pair{&options.tls->key_file, &ssl.pem_private_key}}) {
    Result<std::string> content = read_file(*path);
    if (!content) return content.error();
    *into = std::move(*content);
  }
  return grpc::CreateCustomChannel(options.server, grpc::SslCredentials(ssl), arguments);
}

}  // namespace lupaus::clients::branch
