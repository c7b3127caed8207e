// `kind: PromiseTest` documents, read and checked: events on a virtual clock and what must come of
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/compile.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "rules/model/result.h"

namespace lupaus::rules::scenario {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// "A1 issued +2m: {service: loan}"; for a branch event the subject is the branch.
struct ScriptedEvent {
  std::string subject;
  std::string type;
  model::Instant at{};
  std::optional<model::Instant> arrives_at;  ///< its source is silent until then
  NamedValues attributes;
  model::Span span;
};

/// What must be true of a ticket. Left-out parts are not compared.
struct Expectation {
  std::string ticket;
  std::string promise;  ///< "": each promise that runs on the ticket
  std::string state;  ///< open, at_risk, kept, breached, void, excused, indeterminate, none; "" is
                      ///< not compared
  std::optional<model::Duration> counted;
  std::optional<model::Instant> due_at, breached_at, detected_at, stopped_at;
  std::string paid_state;
  std::optional<uint32_t> cycle;  ///< nullopt: the last
  model::Span span;
};

struct Check {
  std::optional<model::Instant> at;  ///< nullopt: once everything was heard
  std::vector<Expectation> tickets;
  bool has_owed = false;
  std::optional<model::Money> owed;  ///< nullopt with has_owed: nothing
  model::Span owed_span;
};

/// A book that takes effect while the test runs.
struct Publication {
  model::Instant at{};
  std::vector<std::string> files;
  model::Span span;
};

struct PromiseTest {
  std::string name;
  model::Span span;
  model::Instant start{};
  std::string branch;
  NamedValues defaults;  ///< attributes of each ticket's first event
  std::vector<ScriptedEvent> events;
  std::vector<Check> checks;
  std::vector<Publication> publications;
  uint32_t deliveries =
      1;  ///< of each event; from 2 on the whole list is sent once more at the end
  std::optional<std::pair<model::Instant, model::Instant>> server_down;
};

struct TestFile {
  std::string name;
  std::vector<std::string> files;  ///< of the book, as written
  std::vector<PromiseTest> tests;
};

/// The PromiseTest documents of a text (others are skipped), which share nothing but the file, and
/// all that is wrong with them. The form is told in rules/scenario/README.md.
struct ReadTests {
  std::vector<TestFile> files;  ///< to be used only where no diagnostic is an error
  std::vector<language::Diagnostic> diagnostics;
};
ReadTests read_tests(std::string_view file, std::string_view text);

/// As read_tests; the first error alone.
model::Result<std::vector<TestFile>> parse_tests(std::string_view file, std::string_view text);

}  // namespace lupaus::rules::scenario
