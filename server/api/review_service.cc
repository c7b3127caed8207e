// ReviewService: pages over the queue of reviews, and a person's decision.
#include "server/api/review_service.h"

#include "fmt/format.h"
#include "lupaus/v1/review.grpc.pb.h"
#include "rules/ledger/reviews.h"
#include "server/api/call.h"
#include "server/api/roles.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Review;
using rules::ledger::State;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;
using rules::model::TicketSlot;
using After = std::optional<std::pair<Instant, TicketSlot>>;

/// One partition a process.
constexpr uint32_t kPartition = 1;
/// Commitments in one look at the state: a query that takes longer holds up the loop.
constexpr size_t kReviewsAQuery = 1'000;

std::string token_of(const std::pair<Instant, TicketSlot>& next) {
  return wire::to_page_token(
      fmt::format("{} {}", next.first.time_since_epoch().count(), next.second));
}

Result<After> read_token(const std::string& token) {
  if (token.empty()) return After{};
  const Result<std::string> bytes = wire::from_page_token(token);
  if (!bytes) return bytes.error();
  const size_t space = bytes->find(' ');
  const auto read = [&](std::string_view digits) {
    return wire::position_of_token(std::string(digits));
  };
  if (space != std::string::npos) {
    const Result<uint64_t> since = read(std::string_view(*bytes).substr(0, space));
    const Result<uint64_t> slot = read(std::string_view(*bytes).substr(space + 1));
    if (since && slot)
      return After{{Instant(rules::model::Duration(static_cast<int64_t>(*since))),
                    static_cast<TicketSlot>(*slot)}};
  }
  return wire::invalid_field("page_token", "expected the next_page_token of the page before");
}

void to_message(const Review& review, v1::Review& message) {
  message.set_id(rules::model::format_commitment(review.key));
  message.set_kind(std::string(rules::ledger::format_review_kind(review.kind)));
  message.set_branch(review.key.branch);
  message.set_ticket(review.key.ticket);
  message.set_label(review.label);
  message.set_promise(review.key.promise);
  message.set_revision(review.key.revision);
  message.set_cycle(review.key.cycle);
  wire::to_timestamp(review.since, *message.mutable_since());
  message.set_reason(review.reason);
  message.set_verdict(std::string(rules::model::format_verdict(review.verdict)));
  if (review.late_verdict != rules::model::Verdict::open)
    message.set_late_verdict(std::string(rules::model::format_verdict(review.late_verdict)));
  if (review.decided != rules::model::Verdict::open)
    message.set_decided(std::string(rules::model::format_verdict(review.decided)));
  if (review.compensation != 0)
    message.set_payout(rules::ledger::compensation_id(kPartition, review.compensation));
  if (review.at_stake) wire::to_money(*review.at_stake, *message.mutable_at_stake());
}

/// The newest of the commitment's compensations that the facts are about; 0: none.
uint64_t compensation_in(const Facts& facts) {
  uint64_t number = 0;
  for (const rules::model::Fact& fact : facts) {
    if (const auto* owed = std::get_if<rules::model::Owed>(&fact.body)) number = owed->number;
    if (const auto* released = std::get_if<rules::model::Released>(&fact.body))
      number = released->number;
    if (const auto* declined = std::get_if<rules::model::Declined>(&fact.body))
      number = declined->number;
  }
  return number;
}

}  // namespace

class ReviewService::Body final : public v1::ReviewService::Service {
 public:
  explicit Body(runtime::EngineLoop& loop) : loop_(loop) {}

  grpc::Status ListReviews(grpc::ServerContext* context, const v1::ListReviewsRequest* request,
                           v1::ListReviewsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*request, *response); });
  }

  grpc::Status DecideReview(grpc::ServerContext* context, const v1::DecideReviewRequest* request,
                            v1::DecideReviewResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) -> Result<void> {
      // WHY: what is decided lets money go or keeps it back.
      if (auto allowed = require_any_role(who, {"manager", "finance", "operator"}); !allowed)
        return allowed;
      return decided_.once(who.name, *request, *response,
                           [&] { return decide(*request, who, *response); });
    });
  }

 private:
  Result<void> list(const v1::ListReviewsRequest& request, v1::ListReviewsResponse& response) {
    if (!request.kind().empty() && request.kind() != "indeterminate" && request.kind() != "held") {
      return wire::invalid_field(
          "kind", fmt::format("expected indeterminate or held, but got `{}`", request.kind()));
    }
    Result<size_t> size = wire::page_size(request.page_size(), 1000, 5000);
    if (!size) return size.error();
    Result<After> after = read_token(request.page_token());
    if (!after) return after.error();
    rules::ledger::ReviewPage page;
    do {
      Result<void> seen = wire::look(loop_, [&](const State& state) {
        page = rules::ledger::reviews(state, kReviewsAQuery, *after);
      });
      if (!seen) return seen;
      for (const Review& review : page.reviews) {
        const bool is_wanted =
            (request.branch().empty() || review.key.branch == request.branch()) &&
            (request.kind().empty() ||
             rules::ledger::format_review_kind(review.kind) == request.kind());
        if (is_wanted) to_message(review, *response.add_reviews());
      }
      *after = page.next;
    } while (page.next && static_cast<size_t>(response.reviews_size()) < *size);
    if (page.next) response.set_next_page_token(token_of(*page.next));
    return {};
  }

  Result<void> decide(const v1::DecideReviewRequest& request, const wire::Identity& who,
                      v1::DecideReviewResponse& response) {
    const auto verdict = rules::model::find_verdict(request.verdict());
    using rules::model::Verdict;
    if (!verdict || (*verdict != Verdict::breached && *verdict != Verdict::kept &&
                     *verdict != Verdict::voided)) {
      return wire::invalid_field(
          "verdict",
          fmt::format("expected breached, kept or void, but got `{}`", request.verdict()));
    }
    rules::model::DecideReview command;
    command.key = {request.branch(), request.ticket(), request.promise(), 1,
                   std::max(request.cycle(), 1U)};
    command.verdict = *verdict;
    command.reason = request.reason();
    command.evidence = request.evidence();
    Result<Facts> facts = wire::ask(loop_, std::move(command), who.actor());
    if (!facts) return facts.error();
    response.set_verdict(request.verdict());
    const uint64_t number = compensation_in(*facts);
    if (number == 0) return {};
    return wire::look(loop_, [&](const State& state) {
      const auto* compensation = state.ledger.find(number);
      if (compensation == nullptr) return;
      response.set_payout(rules::ledger::compensation_id(kPartition, number));
      response.set_payout_state(std::string(rules::model::format_paid_state(compensation->state)));
      if (compensation->amount) wire::to_money(*compensation->amount, *response.mutable_amount());
    });
  }

  runtime::EngineLoop& loop_;
  wire::RecentAnswers<v1::DecideReviewResponse> decided_;
};

ReviewService::ReviewService(runtime::EngineLoop& loop) : body_(std::make_unique<Body>(loop)) {}
ReviewService::~ReviewService() = default;
grpc::Service& ReviewService::service() { return *body_; }

}  // namespace lupaus::server::api
