// TicketService: walks tickets in chunks, explains one from memory or from the archive.
#include "server/api/ticket_service.h"

#include <algorithm>
#include <map>
#include <span>

#include "fmt/format.h"
#include "lupaus/v1/ticket.grpc.pb.h"
#include "rules/scenario/trace.h"
#include "server/api/board_feed.h"
#include "server/api/call.h"
#include "server/api/known_names.h"
#include "server/api/published.h"
#include "server/api/ticket_lines.h"
#include "server/api/ticket_message.h"
#include "server/api/ticket_watch.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::engine::Commitment;
using rules::engine::TicketImage;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Instant;
using rules::model::Result;
using rules::model::TicketSlot;

using Key = report::TicketKey;

/// Keeps the first `size + 1` tickets after `after` that the request asks for.
class Page {
 public:
  Page(const v1::ListTicketsRequest& request, Key after, size_t size, Instant now)
      : request_(request), after_(std::move(after)), size_(size), now_(now) {}

  /// Of a walk over all tickets.
  void visit(const State& state, TicketSlot slot) {
    std::string_view branch = state.engine.name(state.engine.branch_of(slot));
    if (!request_.branch().empty() && branch != request_.branch()) return;
    add_held_verdicts(state, slot, now_, held_);
    offer(state, slot);
  }
  void set_held(const HeldBySource& held) { held_ = held; }

  /// Takes the ticket when it is asked for.
  void offer(const State& state, TicketSlot slot) {
    const rules::engine::Ticket& ticket = state.engine.ticket(slot);
    std::string_view branch = state.engine.name(ticket.branch);
    Key key(branch, ticket.id);
    if (key <= after_ || (tickets_.size() > size_ && key > tickets_.rbegin()->first)) return;
    rules::engine::Horizon horizon{now_, state.engine.branch_watermark(branch)};
    std::vector<Commitment> commitments = state.engine.commitments_at(slot, horizon);
    bool is_wanted = !request_.at_risk() && !request_.open();
    for (const Commitment& commitment : commitments) {
      is_wanted |= request_.at_risk() ? is_at_risk(commitment) : is_running(commitment);
    }
    if (!is_wanted) return;
    to_message(state, slot, now_, commitments, tickets_[key]);
    if (tickets_.size() > size_ + 1) tickets_.erase(std::prev(tickets_.end()));
  }

  const Key& after() const { return after_; }
  /// It has all that it will give, and knows that there is more.
  bool is_full() const { return tickets_.size() > size_; }

  void write(v1::ListTicketsResponse& response) {
    if (tickets_.size() > size_) {
      tickets_.erase(std::prev(tickets_.end()));
      const Key& last = tickets_.rbegin()->first;
      response.set_next_page_token(wire::to_page_token(last.first + '\0' + last.second));
    }
    for (auto& [key, ticket] : tickets_) *response.add_tickets() = std::move(ticket);
    wire::to_timestamp(now_, *response.mutable_as_of());
    for (const auto& [id, held] : held_) {
      if (held.told_until <= now_ - kSilent) to_message(id, held, *response.add_silent_sources());
    }
  }

 private:
  const v1::ListTicketsRequest& request_;
  const Key after_;
  const size_t size_;
  const Instant now_;
  std::map<Key, v1::Ticket> tickets_;
  HeldBySource held_;
};

Result<Key> key_of_token(const std::string& token) {
  Result<std::string> bytes = wire::from_page_token(token);
  if (!bytes) return bytes.error();
  size_t zero = bytes->find('\0');
  if (token.empty() || zero == std::string::npos) return Key{};
  return Key(bytes->substr(0, zero), bytes->substr(zero + 1));
}

/// The ticket of that id, else the only one of that label; nullopt when there is none in memory.
Result<std::optional<Key>> find_key(runtime::EngineLoop& loop, const std::string& branch,
                                    const std::string& text) {
  std::optional<Key> found;
  Result<void> seen = wire::look(loop, [&](const State& state) {
    if (state.engine.find_ticket(branch, text)) found = Key(branch, text);
  });
  if (!seen) return seen.error();
  if (found) return found;
  size_t count = 0;
  runtime::visit_tickets(loop, [&](const State& state, TicketSlot slot) {
    const rules::engine::Ticket& ticket = state.engine.ticket(slot);
    if (ticket.label != text || state.engine.name(ticket.branch) != branch) return;
    found = Key(branch, ticket.id);
    ++count;
  });
  if (count > 1) {
    return Error{"ambiguous",
                 fmt::format("{} tickets of `{}` carry the label `{}`", count, branch, text),
                 "name the ticket by its id",
                 {}};
  }
  return found;
}

}  // namespace

class TicketService::Body final
    : public v1::TicketService::WithRawCallbackMethod_WatchTickets<v1::TicketService::Service> {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names)
      : loop_(loop),
        storage_(storage),
        names_(names),
        boards_(std::make_shared<BoardFeed>(loop, storage)) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchTickets(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    return watch_tickets(boards_, names_, *context, *request);
  }

  void close() { boards_->close(); }

  grpc::Status ListTickets(grpc::ServerContext* context, const v1::ListTicketsRequest* request,
                           v1::ListTicketsResponse* response) override {
    return serve(*context, [&](const wire::Identity&) { return list(*request, *response); });
  }

  grpc::Status ExplainTicket(grpc::ServerContext* context, const v1::ExplainTicketRequest* request,
                             v1::ExplainTicketResponse* response) override {
    return serve(*context, [&](const wire::Identity&) { return explain(*request, *response); });
  }

  Result<void> list(const v1::ListTicketsRequest& request,
                    v1::ListTicketsResponse& response) const {
    Result<size_t> size = wire::page_size(request.page_size(), 1000, 5000);
    if (!size) return size.error();
    if (auto known = names_.check_branch(request.branch()); !known) return known;
    Result<Key> after = key_of_token(request.page_token());
    if (!after) return after.error();
    Page page(request, *after, *size, loop_.now());
    if (request.open() || request.at_risk()) {
      Result<BoardFeed::RunningPtr> running = boards_->running(request.branch());
      if (!running) return running.error();
      Result<void> visited = visit_running(**running, page);
      if (!visited) return visited;
    } else {
      runtime::visit_tickets(loop_,
                             [&](const State& state, TicketSlot slot) { page.visit(state, slot); });
    }
    page.write(response);
    return {};
  }

 private:
  /// Looks at no other ticket, so that many who ask each second cost the loop little.
  Result<void> visit_running(const BoardFeed::Running& running, Page& page) const {
    const auto& keys = running.tickets;
    auto next = std::upper_bound(keys.begin(), keys.end(), page.after());
    while (next != keys.end() && !page.is_full()) {
      const auto left = static_cast<size_t>(keys.end() - next);
      const std::span slice(next, std::min(kReadingsMax, left));
      Result<void> seen = wire::look(loop_, [&](const State& state) {
        for (const Key& key : slice) {
          if (auto slot = state.engine.find_ticket(key.first, key.second)) page.offer(state, *slot);
        }
      });
      if (!seen) return seen;
      next += static_cast<std::ptrdiff_t>(slice.size());
    }
    page.set_held(running.silent);
    return {};
  }

  Result<void> explain(const v1::ExplainTicketRequest& request,
                       v1::ExplainTicketResponse& response) {
    if (auto known = names_.check_branch(request.branch()); !known) return known;
    Result<std::optional<Key>> key = find_key(loop_, request.branch(), request.ticket());
    if (!key) return key.error();
    bool is_told = false;
    if (*key) {
      Result<void> seen = wire::look(loop_, [&](const State& state) {
        std::optional<TicketSlot> slot = state.engine.find_ticket((*key)->first, (*key)->second);
        if (!slot) return;
        response.set_trace(rules::scenario::explain(state, *slot, loop_.now()));
        add_lines(state, *slot, loop_.now(), response);
        is_told = true;
      });
      if (!seen) return seen;
    }
    return is_told ? Result<void>() : explain_archived(request, response);
  }

  Result<void> explain_archived(const v1::ExplainTicketRequest& request,
                                v1::ExplainTicketResponse& response) {
    std::string key = request.branch() + '\0' + request.ticket();
    Result<std::optional<std::string>> row = storage_.get(runtime::Table::archive, key);
    if (!row) return row.error();
    if (!row->has_value()) {
      return Error{
          "not_found",
          fmt::format("there is no ticket `{}` in branch `{}`", request.ticket(), request.branch()),
          "an archived ticket is found by its id alone",
          {}};
    }
    Result<TicketImage> image = storage_.codec().ticket(**row);
    if (!image) return image.error();
    State scratch;
    Result<void> folded =
        visit_published(storage_, [&](const Fact& fact) { scratch.evolve(fact); });
    if (!folded) return folded;
    Result<void> seen =
        wire::look(loop_, [&](const State& state) { copy_context(state, *image, scratch); });
    if (!seen) return seen;
    scratch.engine.restore(*image);
    scratch.engine.finish_restore(loop_.now());
    std::optional<TicketSlot> slot = scratch.engine.find_ticket(image->branch, image->ticket);
    rules::model::ensure(slot.has_value(), "a restored ticket is found by its name");
    response.set_trace(rules::scenario::explain(scratch, *slot, loop_.now()));
    add_lines(scratch, *slot, loop_.now(), response);
    return {};
  }

  static void copy_context(const State& state, const TicketImage& image, State& scratch) {
    if (const rules::engine::Branch* branch = state.engine.find_branch(image.branch))
      scratch.engine.restore(*branch);
    for (const TicketImage::CommitmentImage& commitment : image.commitments) {
      // With what is owed again for it.
      for (const auto* one = state.ledger.find(commitment.commitment.compensation); one != nullptr;
           one = state.ledger.find(one->reversed_by))
        scratch.ledger.restore(*one);
    }
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const KnownNames& names_;
  const std::shared_ptr<BoardFeed> boards_;
};

TicketService::TicketService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             const KnownNames& names)
    : body_(std::make_unique<Body>(loop, storage, names)) {}
TicketService::~TicketService() = default;
grpc::Service& TicketService::service() { return *body_; }
void TicketService::close() { body_->close(); }
Result<void> TicketService::list(const v1::ListTicketsRequest& request,
                                 v1::ListTicketsResponse& response) const {
  return body_->list(request, response);
}

}  // namespace lupaus::server::api
