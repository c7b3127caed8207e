// How answers of a call look in HTTP: one JSON object, server-sent events, lines of JSON, or a
// file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/console/exchange.h"
#include "server/console/refusal.h"

namespace google::protobuf {
class Message;
}

namespace lupaus::server::console {

struct Route;

/// The form of a stream of answers. Without state but for the first answer's head.
class AnswerForm {
 public:
  virtual ~AnswerForm() = default;
  /// The head, made of the first answer, or of none when the stream ended well without one.
  virtual Reply head(const google::protobuf::Message* first) const = 0;
  /// Bytes of the whole body, when the first answer tells.
  virtual std::optional<uint64_t> size(const google::protobuf::Message& first) const;
  virtual std::string piece(const google::protobuf::Message& answer) const = 0;
  /// Sent after the last answer of a stream that ended well.
  virtual std::string ending() const { return {}; }
  /// Sent when it did not; nullopt: the connection is cut, for there is no place for it.
  virtual std::optional<std::string> failure(const Refusal& refusal) const = 0;
};

/// A GET's stream is server-sent events, a POST's is lines of JSON; a file is a file.
std::unique_ptr<AnswerForm> form_of(const Route& route);

/// A whole file out of the one answer of a call that is no stream.
Reply file_reply(const google::protobuf::Message& answer);

}  // namespace lupaus::server::console
