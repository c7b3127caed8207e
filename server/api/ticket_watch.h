// One watcher of a live board, by the callback API.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "server/api/board_feed.h"
#include "server/api/known_names.h"

namespace lupaus::server::api {

/// TicketService.WatchTickets. Blocks nothing; the reactor owns itself. The answers are bytes that
/// all watchers of a board share: nothing is copied or serialised for one of them.
grpc::ServerWriteReactor<grpc::ByteBuffer>* watch_tickets(
    const std::shared_ptr<BoardFeed>& feed, const KnownNames& names,
    const grpc::CallbackServerContext& context, const grpc::ByteBuffer& request);

}  // namespace lupaus::server::api
