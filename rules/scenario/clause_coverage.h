// Which clauses of a book its promise tests have exercised, so that a promise is not published with
// a cap that no test has ever reached.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rules/scenario/promise_test.h"

namespace lupaus::rules::scenario {

/// One clause of a promise as its author sees it: "tiers[1]", "clock.on.transferred[0]".
struct Clause {
  std::string promise, name;
  model::Span span;
  bool is_exercised = false;
};

/// Collects over many runs of one book; single-threaded.
class ClauseCoverage {
 public:
  explicit ClauseCoverage(const model::BookPtr& book);
  ~ClauseCoverage();
  ClauseCoverage(ClauseCoverage&&) noexcept;

  /// The book to run: it is judged as the one given, and its conditions note their answers.
  const model::BookPtr& watched() const;
  /// Takes in what a run of the watched book recorded and left behind. The views in `facts` live.
  void note(const ledger::State& state, const model::Facts& facts);
  /// Every clause, by promise in the order of the book and then of the file.
  std::vector<Clause> clauses() const;

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

/// Watches every book that a file of tests asks for.
class WatchedBooks {
 public:
  explicit WatchedBooks(BookSource books) : books_(std::move(books)) {}

  /// For run_test: the watched book of those files.
  model::Result<model::BookPtr> load(const std::vector<std::string>& files);
  void note(const ledger::State& state, const model::Facts& facts);
  /// The clauses of all books that were asked for, those of the same place once.
  std::vector<Clause> clauses() const;

 private:
  BookSource books_;
  std::map<std::vector<std::string>, ClauseCoverage> watched_;
};

/// Joins what several files of tests exercised: clauses of the same place are one.
void join(std::vector<Clause>& all, const std::vector<Clause>& more);

}  // namespace lupaus::rules::scenario
