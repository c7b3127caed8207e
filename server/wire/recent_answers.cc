// What makes two requests the same.
#include "server/wire/recent_answers.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include <string_view>

#include "fmt/format.h"

namespace lupaus::server::wire {

uint64_t content_of(const google::protobuf::MessageLite& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // attributes are a map, which has no order
    request.SerializeToCodedStream(&coded);
  }
  return std::hash<std::string_view>()(bytes);
}

rules::model::Error reused_request_id(const std::string& request_id) {
  return invalid_field(
      "request_id",
      fmt::format("expected a new one, but another request had `{}` before", request_id));
}

}  // namespace lupaus::server::wire
