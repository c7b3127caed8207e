// A verdict line on the wire, for the services that list them.
#pragma once

#include "rules/model/verdict.h"

namespace lupaus::v1 {
class VerdictLine;
}

namespace lupaus::server::api {

void to_message(const rules::model::VerdictLine& line, v1::VerdictLine& message);

}  // namespace lupaus::server::api
