// One book over one log of events: every event is checked as intake would, and every ticket judged
// once, with complete knowledge. Only judges; money and tables are made from it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/event_check.h"
#include "rules/engine/judge.h"
#include "rules/ledger/step.h"
#include "rules/model/book.h"
#include "rules/scenario/event_log.h"

namespace lupaus::rules::scenario {

/// Told now and then how many of `total` tickets are done; false stops the work.
using Proceed = std::function<bool(uint64_t done, uint64_t total)>;

/// Events of a journal that a book does not know, by reason: counted and shown, for the server took
/// them under the book of their time.
struct LeftOut {
  uint64_t count = 0;
  std::string example;  ///< why the first of them was
};

/// One cycle of one promise on one ticket.
struct Judged {
  uint32_t ticket = 0;  ///< index in EventLog::tickets()
  uint32_t line = 0;    ///< index in engine::State::lines()
  uint32_t revision = 1;
  uint32_t number = 1;
  model::Cycle cycle;
};

/// Borrows the log, which must be arranged. Use: publish, check, judge, each once. Single-threaded.
class Replay {
 public:
  Replay(const EventLog& log, model::BookPtr book);
  ~Replay();

  model::Result<void> publish();

  /// One bad event of a file refuses all of them, naming the first bad line and its field; those of
  /// a journal are left out.
  model::Result<void> check();
  const std::map<std::string, LeftOut>& left_out() const { return left_out_; }

  /// For `due_at` where nothing else is judged: takes the branch events up to `as_of`.
  void prepare(model::Instant as_of);
  /// The due instant under this book of a cycle that was judged under one with another limit.
  std::optional<model::Instant> due_at(const Judged& judged);

  /// Takes the events up to `as_of`, and judges every ticket. Errors: `stopped`, by `proceed`.
  model::Result<void> judge(model::Instant as_of, const Proceed& proceed);

  const EventLog& log() const { return log_; }
  const model::Book& book() const { return *book_; }
  /// Conditions that were an error, and so counted as false (R12).
  uint64_t condition_error_count() const { return findings_.condition_errors; }
  model::Instant as_of() const { return as_of_; }
  /// In the order of (branch, ticket, promise, cycle).
  const std::vector<Judged>& judged() const { return judged_; }
  /// What the ticket's `service` was when each of these cycles began, "" when nobody sent it.
  const std::vector<std::string_view>& services() const { return services_; }
  uint64_t event_count() const { return event_count_; }  ///< at or before as_of
  uint64_t later_count() const { return log_.size() - event_count_ - left_out_count_; }

  const model::Promise& promise(const Judged& judged) const;
  model::CommitmentKey key_of(const Judged& judged) const;
  const model::ZoneTable& zone(const Judged& judged) const;
  /// Books, names and branches as the engine knows them; of the tickets only what is asked for:
  const engine::State& state() const { return state_; }
  /// The ticket as the engine keeps it; valid until the next call.
  const engine::Ticket& ticket(uint32_t index) const;

 private:
  bool can_differ(const LoggedEvent& event, std::vector<uint8_t>& shapes) const;
  void leave_out(const LoggedEvent& event, const engine::EventComplaint& complaint);
  bool is_taken(const LoggedEvent& event) const {
    return event.at <= as_of_ &&
           (is_left_out_.empty() ||
            !is_left_out_[static_cast<size_t>(&event - log_.events().data())]);
  }
  void fetch(uint32_t index) const;
  /// The log's number of a name; an unused number when no event has it.
  uint32_t attribute_name(std::string_view name) const;
  /// The value of a ticket's attribute at `at` (R13), "" when nobody sent it.
  std::string_view attribute_at(uint32_t ticket, model::Instant at, uint32_t name) const;
  void judge_ticket(uint32_t index, const std::vector<uint32_t>& lines);
  void judge_line(uint32_t ticket, uint32_t line);

  const EventLog& log_;
  model::BookPtr book_;
  engine::State state_;
  std::vector<engine::NameIndex> indices_;       ///< of the log's names
  std::vector<engine::WordIndex> words_;         ///< of those that the book has as words
  std::vector<const engine::Branch*> branches_;  ///< by the log's number of its name
  std::vector<const model::ZoneTable*> zones_;   ///< by the log's number of the branch
  mutable engine::Ticket scratch_;
  std::vector<engine::JudgedCycle> cycles_;
  engine::Findings findings_;
  std::vector<Judged> judged_;
  std::vector<std::string_view> services_;  ///< parallel to judged_
  model::Instant as_of_{};
  uint64_t event_count_ = 0;
  std::map<std::string, LeftOut> left_out_;
  std::vector<bool> is_left_out_;  ///< parallel to the log's events; empty: none is
  uint64_t left_out_count_ = 0;
};

}  // namespace lupaus::rules::scenario
