// Brings what a bank said to the ledger: looks up the payments that it is about, matches, and has
// the loop decide each answer, many at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/event.h"
#include "rules/model/result.h"
#include "server/finance/answer_matching.h"

namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// Why the ledger did not take an answer.
struct RefusedAnswer {
  size_t index = 0;  ///< in Matches::answers
  rules::model::Error error;
};

/// An answer after which a batch that had not left was given up.
struct DiscardedBatch {
  size_t index = 0;  ///< in Matches::answers
  std::string batch;
  std::string reason;
};

struct RecordedAnswers {
  finance::Matches matches;
  std::vector<RefusedAnswer> refused;     ///< ascending
  std::vector<DiscardedBatch> discarded;  ///< ascending
  std::vector<size_t> unchanged;          ///< indices of answers that changed nothing, ascending
};

/// Waits until all that is recorded is durable. An error only when the server is stopping: part of
/// the answers may be recorded then, and the same file again records the rest.
rules::model::Result<RecordedAnswers> record_answers(
    runtime::EngineLoop& loop, const finance::BankAnswer& answer,
    const std::shared_ptr<const rules::model::Actor>& actor);

}  // namespace lupaus::server::api
