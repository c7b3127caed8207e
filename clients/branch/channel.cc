#include "clients/branch/channel.h"

#include <google/protobuf/io/coded_stream.h>
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

/// Calls `take` with number and content of each length-delimited field, and `number` with each
/// varint; false when the bytes are no message.
template <typename Take, typename Number>
bool read_fields(std::string_view bytes, const Take& take, const Number& number) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    uint64_t value = 0;
    std::string content;
    switch (tag & 7) {
      case 0:
        if (!in.ReadVarint64(&value)) return false;
        number(tag >> 3, value);
        break;
      case 2:
        if (!in.ReadVarint64(&value) || value > bytes.size() ||
            !in.ReadString(&content, static_cast<int>(value)))
          return false;
        take(tag >> 3, content);
        break;
      default:
        return false;
    }
  }
  return in.ConsumedEntireMessage();
}

/// A google.protobuf.Duration; nothing when it is negative or absurd.
std::optional<std::chrono::milliseconds> read_duration(std::string_view bytes) {
  constexpr uint64_t kSecondsMax = 1'000'000;
  uint64_t seconds = 0;
  uint64_t nanos = 0;
  const bool is_whole = read_fields(
      bytes, [](uint32_t, const std::string&) {},
      [&](uint32_t field, uint64_t value) { (field == 1 ? seconds : nanos) = value; });
  if (!is_whole || seconds > kSecondsMax || nanos >= 1'000'000'000) return std::nullopt;
  return std::chrono::milliseconds(seconds * 1'000 + nanos / 1'000'000);
}

}  // namespace

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

std::optional<std::chrono::milliseconds> retry_after_of(std::string_view details) {
  std::optional<std::chrono::milliseconds> delay;
  const auto skip = [](uint32_t, uint64_t) {};
  const auto take_info = [&](uint32_t field, const std::string& bytes) {
    if (field == 1) delay = read_duration(bytes);
  };
  const auto take_detail = [&](uint32_t field, const std::string& any) {
    if (field != 3) return;
    std::string type;
    std::string info;
    const bool is_whole = read_fields(
        any, [&](uint32_t part, const std::string& bytes) { (part == 1 ? type : info) = bytes; },
        skip);
    if (is_whole && type.ends_with("/google.rpc.RetryInfo"))
      static_cast<void>(read_fields(info, take_info, skip));
  };
  static_cast<void>(read_fields(details, take_detail, skip));
  return delay;
}

}  // namespace lupaus::clients::branch
