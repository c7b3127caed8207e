// `lupaus reviews list|decide`: verdicts that nobody could prove, compensations that are held.
#include <CLI/CLI.hpp>

#include "clients/cli/online.h"
#include "lupaus/v1/review.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::ReviewService::Stub;

void list(Context& context, const v1::ListReviewsRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::ReviewService>(context, [&](Stub& stub) {
    Rows rows(context, {{"kind", "KIND"},
                        {"branch", "BRANCH"},
                        {"ticket", "TICKET"},
                        {"label", "LABEL", true},
                        {"promise", "PROMISE"},
                        {"revision", "REVISION", true, true},
                        {"cycle", "CYCLE", true, true},
                        {"since", "SINCE"},
                        {"reason", "REASON"},
                        {"verdict", "VERDICT"},
                        {"late_verdict", "EVENTS NOW SAY"},
                        {"payout", "PAYOUT"},
                        {"at_stake", "AT STAKE", false, true}});
    const auto take = [&](const v1::ListReviewsResponse& page) {
      for (const auto& review : page.reviews()) {
        rows.add({Cell::text(review.kind()), Cell::text(review.branch()),
                  Cell::text(review.ticket()), text_or_null(review.label()),
                  Cell::text(review.promise()), Cell::text(std::to_string(review.revision())),
                  number_cell(review.cycle()),
                  time_cell(context, review.has_since(), review.since()),
                  Cell::text(review.reason()), Cell::text(review.verdict()),
                  text_or_null(review.late_verdict()), text_or_null(review.payout()),
                  money_cell(context, review.has_at_stake(), review.at_stake())});
      }
    };
    if (ask_all<Stub, v1::ListReviewsRequest, v1::ListReviewsResponse>(
            context, stub, &Stub::ListReviews, request, take)) {
      rows.finish();
    }
  });
}

void decide(Context& context, v1::DecideReviewRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::ReviewService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::DecideReview, request);
    if (!answer) return;
    Rows rows(context, {{"verdict", "VERDICT"},
                        {"payout", "PAYOUT"},
                        {"payout_state", "STATE"},
                        {"amount", "AMOUNT", false, true}});
    rows.add({Cell::text(answer->verdict()), text_or_null(answer->payout()),
              text_or_null(answer->payout_state()),
              money_cell(context, answer->has_amount(), answer->amount())});
    rows.finish();
  });
}

}  // namespace

void add_review_verbs(CLI::App& app, Context& context) {
  CLI::App& reviews = verb_group(app, "reviews", "What is left to a person");
  {
    auto request = std::make_shared<v1::ListReviewsRequest>();
    CLI::App* verb = reviews.add_subcommand("list", "What waits for a decision, oldest first");
    verb->add_option_function<std::string>(
        "--branch", [request](const auto& name) { request->set_branch(name); }, "Of one branch");
    verb->add_option_function<std::string>(
            "--kind", [request](const auto& kind) { request->set_kind(kind); },
            "indeterminate (a verdict) or held (a compensation)")
        ->check(CLI::IsMember({"indeterminate", "held"}));
    verb->callback([&context, request] { list(context, *request); });
  }
  auto request = std::make_shared<v1::DecideReviewRequest>();
  CLI::App* verb = reviews.add_subcommand("decide", "Decides one: the verdict once, for ever");
  verb->add_option_function<std::string>(
          "ticket", [request](const auto& id) { request->set_ticket(id); }, "The ticket's id")
      ->required();
  verb->add_option_function<std::string>("--branch",
                                         [request](const auto& name) { request->set_branch(name); })
      ->required();
  verb->add_option_function<std::string>(
          "--promise", [request](const auto& name) { request->set_promise(name); })
      ->required();
  verb->add_option_function<uint32_t>(
      "--cycle", [request](uint32_t number) { request->set_cycle(number); }, "Default 1");
  verb->add_option_function<std::string>(
          "--verdict", [request](const auto& word) { request->set_verdict(word); },
          "breached (pays), kept or void")
      ->check(CLI::IsMember({"breached", "kept", "void"}))
      ->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const auto& text) { request->set_reason(text); }, "Why; is kept")
      ->required();
  verb->add_option_function<std::string>(
      "--evidence", [request](const auto& text) { request->set_evidence(text); },
      "Where the proof is kept");
  verb->callback([&context, request] { decide(context, *request); });
}

}  // namespace lupaus::clients::cli
