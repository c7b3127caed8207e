// The port through which a compensation leaves the house. One file a channel; the outbox alone
// calls it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/ledger/entities.h"

namespace lupaus::server::compensate {

/// What one attempt came to.
struct Outcome {
  enum class Kind : uint8_t {
    issued,        ///< `text` is the voucher's code
    paid,          ///< `text` is the channel's reference, may be empty
    failed,        ///< never to be tried again; `text` says why
    unknown,       ///< nobody can say whether it was paid; to be tried again with the same key
    contradicted,  ///< an answer about another sum or another compensation: as `unknown`, and told
  };
  Kind kind = Kind::unknown;
  std::string text;
};

/// What a promise says to its customer. Empty but for apologies.
struct Wording {
  std::string language;  ///< "fi"
  std::string text;      ///< "Palvelemme sinut viidessätoista minuutissa."
};

/// Thread-safe: the outbox calls `deliver` from several of its threads at once. Outlives the
/// outbox.
class Channel {
 public:
  virtual ~Channel() = default;
  /// "webhook": recorded with each attempt.
  virtual std::string_view name() const = 0;
  virtual rules::model::Instrument instrument() const = 0;
  /// True when an attempt may have an effect outside this process: it is recorded before it is
  /// made.
  virtual bool is_remote() const = 0;
  /// Makes one attempt; `compensation.attempts` were made before it. May block up to the channel's
  /// own time limit. Never throws.
  virtual Outcome deliver(const rules::ledger::Compensation& compensation,
                          const Wording& wording) = 0;
};

/// The partition whose numbers make compensation ids; one partition a process.
inline constexpr uint32_t kPartition = 1;

}  // namespace lupaus::server::compensate
