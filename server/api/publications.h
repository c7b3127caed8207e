// What was published when and by whom, told from the facts of books alone.
#pragma once

#include "lupaus/v1/promise.pb.h"
#include "rules/model/result.h"

namespace lupaus::server::runtime {
class Storage;
}

namespace lupaus::server::api {

/// Any thread but the loop's.
rules::model::Result<void> list_publications(const runtime::Storage& storage,
                                             v1::ListPublicationsResponse& response);

}  // namespace lupaus::server::api
