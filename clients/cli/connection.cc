// Channel, actor and answers of the server.
#include "clients/cli/connection.h"

#include <grpcpp/grpcpp.h>

namespace lupaus::clients::cli {

namespace {

/// A summary of many groups is larger than what gRPC takes where nobody says otherwise.
constexpr int kAnswerBytesMax = 64 * 1024 * 1024;

/// Metadata is ASCII: what is not goes as %XX of its UTF-8 bytes, and the server turns it back.
std::string in_ascii(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char byte : name) {
    if (byte >= 0x20 && byte < 0x7F && byte != '%') {
      text += static_cast<char>(byte);
    } else {
      text += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return text;
}

}  // namespace

using rules::model::Result;

Result<std::shared_ptr<grpc::Channel>> connect(const Context& context) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  if (context.tls_ca.empty() && context.tls_cert.empty() && context.tls_key.empty()) {
    return grpc::CreateCustomChannel(context.server, grpc::InsecureChannelCredentials(), arguments);
  }
  grpc::SslCredentialsOptions options;
  const auto read = [&](const std::string& path, std::string& text) -> Result<void> {
    if (path.empty()) return {};
    auto content = context.read_file(path);
    if (!content) return content.error();
    text = std::move(*content);
    return {};
  };
  if (auto result = read(context.tls_ca, options.pem_root_certs); !result) return result.error();
  if (auto result = read(context.tls_cert, options.pem_cert_chain); !result) return result.error();
  if (auto result = read(context.tls_key, options.pem_private_key); !result) return result.error();
  return grpc::CreateCustomChannel(context.server, grpc::SslCredentials(options), arguments);
}

void name_actor(const Context& context, grpc::ClientContext& call) {
  if (!context.actor.empty()) call.AddMetadata(kActorMetadata, in_ascii(context.actor));
}

void fail_with(Context& context, const grpc::Status& status) {
  int code = kNo;
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:    // a gap in what a source sends
    case grpc::StatusCode::ALREADY_EXISTS:  // a known identity with other content
      code = kNotFound;
      break;
    case grpc::StatusCode::INVALID_ARGUMENT:
      code = kUsage;
      break;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      code = kRefused;
      break;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      code = kUnreachable;
      break;
    default:
      break;
  }
  if (code == kUnreachable) {
    const std::string& why = status.error_message();
    const bool has_tls = !context.tls_ca.empty() || !context.tls_cert.empty();
    const bool is_handshake = has_tls && (why.find("handshake") != std::string::npos ||
                                          why.find("certificate") != std::string::npos);
    context.fail(
        (is_handshake ? "no connection with TLS to " : "no server answers at ") + context.server +
            ": " + why +
            (is_handshake ? "\n  --tls-ca must have signed the server's certificate, and its "
                            "`tls.client_ca` the one of --tls-cert"
             : has_tls && context.tls_cert.empty()
                 ? "\n  one with TLS wants to know who calls: --tls-cert and --tls-key"
             : has_tls ? "\n  start one with `lupausd serve`, or name one with --server"
                       : "\n  start one with `lupausd dev`, or name one with --server; one "
                         "with TLS needs --tls-ca, --tls-cert and --tls-key"),
        code);
    return;
  }
  context.fail(status.error_message(), code);
}

}  // namespace lupaus::clients::cli
