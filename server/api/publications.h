// What was published when and by whom, and each of those books: as written, against another one,
// put to its tests. Told from the facts of books alone.
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

/// The book of the fact at `position`, 0: the newest. Error "not_found"; any thread but the loop's,
/// as the others below.
rules::model::Result<void> get_publication(const runtime::Storage& storage, uint64_t position,
                                           v1::GetPublicationResponse& response);
/// Where there is no book before, everything is new.
rules::model::Result<void> diff_publications(const runtime::Storage& storage,
                                             const v1::DiffPublicationsRequest& request,
                                             v1::DiffPublicationsResponse& response);
/// Runs the book's tests on the caller's thread.
rules::model::Result<void> test_publication(const runtime::Storage& storage, uint64_t position,
                                            v1::TestPublicationResponse& response);

}  // namespace lupaus::server::api
