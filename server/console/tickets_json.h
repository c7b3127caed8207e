// Live tickets as the protobuf JSON of lupaus.v1.ListTicketsResponse: the console shows what the
// gRPC service answers.
#pragma once

#include "server/console/http_server.h"

namespace lupaus::v1 {
class ListTicketsRequest;
class ListTicketsResponse;
}  // namespace lupaus::v1

namespace lupaus::server::console {

/// The request that a query of GET /v1/tickets stands for.
void to_request(const TicketsQuery& query, lupaus::v1::ListTicketsRequest& request);

/// lowerCamelCase names, 64-bit integers as strings, fields at their default written out.
JsonAnswer to_answer(const lupaus::v1::ListTicketsResponse& response);

}  // namespace lupaus::server::console
