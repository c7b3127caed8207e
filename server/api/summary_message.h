// Rollup figures on the wire, for the services that show them.
#pragma once

#include <string>

#include "server/report/rollups.h"

namespace google::protobuf {
class Message;
}
namespace lupaus::v1 {
class SummaryRow;
class Waits;
}  // namespace lupaus::v1

namespace lupaus::server::api {

void to_message(const report::RollupLine& line, v1::SummaryRow& row);
void to_message(const report::RollupTotals& totals, v1::SummaryRow& row);
void to_message(const report::WaitCounts& waits, v1::Waits& message);

/// Hex SHA-256 of the message: equal for equal content.
std::string digest_of(const google::protobuf::Message& message);

/// "2026-01-05" of the field; an error where it is none.
rules::model::Result<rules::model::LocalDate> read_day(std::string_view field,
                                                       const std::string& text);

}  // namespace lupaus::server::api
