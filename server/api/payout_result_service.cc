// PayoutResultService: a file in pieces, read as it comes, recorded once it is whole.
#include "server/api/payout_result_service.h"

#include <deque>
#include <mutex>

#include "fmt/format.h"
#include "lupaus/v1/payout_results.grpc.pb.h"
#include "server/api/answer_recording.h"
#include "server/api/call.h"
#include "server/api/roles.h"
#include "server/finance/bank_answer.h"
#include "server/finance/payment_ids.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using finance::BankAnswer;
using finance::Mismatch;
using finance::Statement;
using rules::model::Error;
using rules::model::RecordAnswer;
using rules::model::Result;

/// More would not fit into one message of a client's usual limit; the counts are complete.
constexpr int kResultsMax = 10'000;
constexpr size_t kResultBytesMax = 3 * 1024 * 1024;

std::string_view format_result(RecordAnswer::Answer answer) {
  constexpr std::string_view kNames[] = {"noted", "paid", "rejected", "returned"};
  return kNames[static_cast<size_t>(answer)];
}

/// FNV-1a, so that another file under an old request id is seen.
uint64_t fold(uint64_t hash, std::string_view bytes) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return hash;
}

/// The statement's side of a result.
v1::PayoutResult to_result(const Statement& statement, uint64_t number) {
  v1::PayoutResult result;
  result.set_line_number(statement.line);
  if (number != 0) result.set_payout(finance::end_to_end_id(number));
  result.set_message_id(statement.message_id);
  result.set_end_to_end_id(statement.end_to_end_id);
  result.set_code(statement.reasons.empty() ? statement.status : statement.reasons.front());
  if (statement.amount) wire::to_money(*statement.amount, *result.mutable_amount());
  result.set_payee_check(std::string(finance::format_payee_check(statement.payee_check)));
  return result;
}

/// Puts counts and lines together.
class Summary {
 public:
  Summary(const BankAnswer& answer, v1::ImportPayoutResultsResponse& response)
      : answer_(answer), response_(response) {
    response.set_form(answer.form);
    response.set_message_id(answer.message_id);
    response.set_statement_count(static_cast<uint32_t>(answer.statements.size()));
  }

  void add(const RecordedAnswers& recorded) {
    for (const auto& missed : recorded.matches.unmatched)
      add_unmatched(missed.statement, missed.number, finance::format_mismatch(missed.why));
    for (const RefusedAnswer& refused : recorded.refused) {
      const auto& answer = recorded.matches.answers[refused.index];
      add_unmatched(answer.statement, answer.command.number, refused.error.message);
    }
    auto refused = recorded.refused.begin();
    auto unchanged = recorded.unchanged.begin();
    auto discarded = recorded.discarded.begin();
    for (size_t i = 0; i < recorded.matches.answers.size(); ++i) {
      if (refused != recorded.refused.end() && refused->index == i) {
        ++refused;
      } else if (unchanged != recorded.unchanged.end() && *unchanged == i) {
        ++unchanged;
        add_known(recorded.matches.answers[i].statement,
                  recorded.matches.answers[i].command.number);
      } else {
        const bool is_after = discarded != recorded.discarded.end() && discarded->index == i;
        add_recorded(recorded.matches.answers[i], is_after ? &*discarded++ : nullptr);
      }
    }
    for (const auto& known : recorded.matches.known) add_known(known.statement, known.number);
  }

 private:
  void add_unmatched(size_t statement, uint64_t number, std::string_view why) {
    response_.set_unmatched_count(response_.unmatched_count() + 1);
    add_line(statement, number, "unmatched", why);
  }
  void add_known(size_t statement, uint64_t number) {
    response_.set_known_count(response_.known_count() + 1);
    add_line(statement, number, "known", "");
  }
  void add_recorded(const finance::MatchedAnswer& answer, const DiscardedBatch* discarded) {
    const RecordAnswer& command = answer.command;
    switch (command.answer) {
      case RecordAnswer::Answer::noted:
        response_.set_noted_count(response_.noted_count() + 1);
        break;
      case RecordAnswer::Answer::paid:
        response_.set_paid_count(response_.paid_count() + 1);
        break;
      case RecordAnswer::Answer::rejected:
        response_.set_rejected_count(response_.rejected_count() + 1);
        break;
      case RecordAnswer::Answer::returned:
        response_.set_returned_count(response_.returned_count() + 1);
        break;
    }
    std::string reason = command.reason;
    if (discarded != nullptr) {
      reason += fmt::format("{}batch {} is given up: {}", reason.empty() ? "" : "; ",
                            discarded->batch, discarded->reason);
    }
    add_line(answer.statement, command.number, format_result(command.answer), reason,
             discarded == nullptr ? "" : discarded->batch);
  }
  void add_line(size_t statement, uint64_t number, std::string_view result, std::string_view reason,
                std::string_view discarded_batch = "") {
    if (response_.results_size() == kResultsMax || result_bytes_ > kResultBytesMax) return;
    v1::PayoutResult line = to_result(answer_.statements[statement], number);
    line.set_result(std::string(result));
    line.set_reason(std::string(reason));
    line.set_discarded_batch(std::string(discarded_batch));
    result_bytes_ += line.ByteSizeLong();
    *response_.add_results() = std::move(line);
  }

  const BankAnswer& answer_;
  v1::ImportPayoutResultsResponse& response_;
  size_t result_bytes_ = 0;
};

Error at_line(Error error) {
  if (error.span.line != 0)
    error.message = fmt::format("line {}: {}", error.span.line, error.message);
  return error;
}

}  // namespace

class PayoutResultService::Body final : public v1::PayoutResultService::Service {
 public:
  explicit Body(runtime::EngineLoop& loop) : loop_(loop) {}

  grpc::Status ImportPayoutResults(grpc::ServerContext* context,
                                   grpc::ServerReader<v1::ImportPayoutResultsRequest>* pieces,
                                   v1::ImportPayoutResultsResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) -> Result<void> {
      if (auto allowed = require_role(who, "finance"); !allowed) return allowed;
      finance::BankAnswerReader reader;
      v1::ImportPayoutResultsRequest piece;
      std::string request_id;
      uint64_t content = fold(0xcbf29ce484222325ULL, "");
      while (pieces->Read(&piece)) {
        if (request_id.empty()) request_id = piece.request_id();
        content = fold(content, piece.chunk());
        if (Result<void> read = reader.feed(piece.chunk()); !read) return at_line(read.error());
      }
      if (context->IsCancelled()) return Error{"cancelled", "the caller is gone", "", {}};
      Result<BankAnswer> answer = reader.finish();
      if (!answer) return at_line(answer.error());
      return record(*answer, {who.name + "\n" + request_id, content, !request_id.empty()}, who,
                    *response);
    });
  }

 private:
  struct Call {
    std::string key;
    uint64_t content = 0;
    bool is_remembered = false;
  };
  struct Answered {
    Call call;
    v1::ImportPayoutResultsResponse response;
  };

  Result<void> record(const BankAnswer& answer, const Call& call, const wire::Identity& who,
                      v1::ImportPayoutResultsResponse& response) {
    std::lock_guard lock(mutex_);
    for (const Answered& answered : answered_) {
      if (!call.is_remembered || answered.call.key != call.key) continue;
      if (answered.call.content != call.content)
        return wire::reused_request_id(call.key.substr(call.key.find('\n') + 1));
      response = answered.response;
      return {};
    }
    Result<RecordedAnswers> recorded = record_answers(loop_, answer, who.actor());
    if (!recorded) return recorded.error();
    Summary(answer, response).add(*recorded);
    if (!call.is_remembered) return {};
    answered_.push_back({call, response});
    if (answered_.size() > kAnsweredMax) answered_.pop_front();
    return {};
  }

  static constexpr size_t kAnsweredMax = 8;  // each holds up to some megabytes
  runtime::EngineLoop& loop_;
  std::mutex mutex_;
  std::deque<Answered> answered_;
};

PayoutResultService::PayoutResultService(runtime::EngineLoop& loop)
    : body_(std::make_unique<Body>(loop)) {}
PayoutResultService::~PayoutResultService() = default;
grpc::Service& PayoutResultService::service() { return *body_; }

}  // namespace lupaus::server::api
