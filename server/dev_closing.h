// The end of a simulated day, asked over gRPC as the people of a bank would ask: the manager's
// report, a redeemed voucher, the proof of its ticket, and finance's payout file, drawn up by one
// person and approved by another.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <span>
#include <string>

#include "rules/model/book.h"
#include "rules/model/result.h"

namespace lupaus::server {

/// Publishes the book as `author`. The error carries the diagnostics.
rules::model::Result<void> publish_book(const std::shared_ptr<grpc::Channel>& channel,
                                        std::span<const rules::model::SourceFile> book,
                                        const std::string& author);

/// Prints all of it to stdout; the first call that fails is the error.
rules::model::Result<void> close_day(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace lupaus::server
