#include "server/console/tickets_json.h"

#include <google/protobuf/util/json_util.h>

#include "lupaus/v1/ticket.pb.h"
#include "server/console/routes.h"

namespace lupaus::server::console {

void to_request(const TicketsQuery& query, lupaus::v1::ListTicketsRequest& request) {
  request.set_branch(query.branch);
  request.set_at_risk(query.is_at_risk);
  request.set_open(query.is_open);
  request.set_page_size(query.page_size);
  request.set_page_token(query.page_token);
}

JsonAnswer to_answer(const lupaus::v1::ListTicketsResponse& response) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  JsonAnswer answer;
  const auto printed = google::protobuf::util::MessageToJsonString(response, &answer.json, options);
  if (!printed.ok()) {
    Reply refused = refuse(500, "expected tickets that can be written as JSON, but one cannot");
    return {refused.status, std::move(refused.body)};
  }
  return answer;
}

}  // namespace lupaus::server::console
