// `lupaus events lint`: what a server with these promises would say of a file of events, without
// one.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/json_events.h"
#include "clients/cli/offline.h"
#include "clients/cli/progress.h"
#include "rules/engine/event_check.h"
#include "rules/scenario/event_log.h"

namespace lupaus::clients::cli {
namespace {

namespace model = rules::model;

struct LintWords {
  std::vector<std::string> promises;
  std::string events;
};

/// A file may be wrong on every line; more than this only hides the first ones.
constexpr uint64_t kShownMax = 50;

class Lint {
 public:
  Lint(Context& context, model::BookPtr book, std::string name)
      : context_(context), book_(std::move(book)), name_(std::move(name)), log_(name_) {}

  void run(std::istream& in, uint64_t size) {
    JsonEventReader reader(in, name_);
    {
      Progress progress(context_, "reading bytes", size);
      model::Event event;
      while (true) {
        const auto read = reader.next(event);
        if (!read) {
          complain(read.error());
          continue;
        }
        if (!*read) break;
        ++count_;
        look_at(event, reader.line());
        progress.show(reader.bytes());
      }
    }
    // WHY: a line that could not be read leaves a gap that is none.
    if (bad_count_ == 0) {
      if (const auto arranged = log_.arrange(); !arranged) complain(arranged.error());
    }
    tell();
  }

 private:
  void look_at(const model::Event& event, uint64_t line) {
    // R9: who sent the events of a file without identities is not known.
    if (state_ == nullptr) publish(!event.source.empty());
    if (const auto added = log_.add(event, line); !added) complain(added.error());
    if (const auto complaint = rules::engine::check_event(*state_, event)) {
      complain({std::string(complaint->reason),
                complaint->message,
                "",
                {name_, static_cast<uint32_t>(line), 0}});
    }
  }

  void publish(bool has_sources) {
    auto book = std::make_shared<model::Book>(*book_);
    for (model::BranchSpec& branch : book->branches) {
      if (!has_sources) branch.sources.clear();
    }
    state_ = std::make_unique<rules::engine::State>();
    model::Fact fact;
    fact.position = 1;
    fact.at = model::kBeginningOfTime;
    fact.body = model::Published{std::move(book), model::kBeginningOfTime, "", {}};
    state_->evolve(fact);
  }

  void complain(const model::Error& error) {
    if (++bad_count_ <= kShownMax) context_.err() << model::format_error(error) << "\n";
  }

  void tell() {
    if (bad_count_ > kShownMax) context_.err() << "... and " << bad_count_ - kShownMax << " more\n";
    if (bad_count_ != 0) {
      context_.fail(std::to_string(bad_count_) + " complaints about " + name_);
      return;
    }
    context_.err() << count_ << " events are as the book knows them\n";
  }

  Context& context_;
  const model::BookPtr book_;
  const std::string name_;
  rules::scenario::EventLog log_;
  std::unique_ptr<rules::engine::State> state_;
  uint64_t count_ = 0, bad_count_ = 0;
};

void run_lint(Context& context, const LintWords& words) {
  const auto book = load_book(context, words.promises);
  if (book == nullptr) return;
  if (words.events == "-") return Lint(context, book, "stdin").run(context.streams.in, 0);
  std::error_code error;
  std::ifstream file(words.events, std::ios::binary);
  if (!file || std::filesystem::is_directory(words.events, error)) {
    return context.fail("expected a file of events, but `" + words.events + "` cannot be read",
                        kUsage);
  }
  const uint64_t size = std::filesystem::file_size(words.events, error);
  Lint(context, book, words.events).run(file, error ? 0 : size);
}

}  // namespace

void add_lint(CLI::App& events, Context& context) {
  auto words = std::make_shared<LintWords>();
  CLI::App* verb =
      events.add_subcommand("lint", "Checks JSON lines against a book, without a server");
  verb->add_option("file", words->events, "A file of events, or - for standard input")->required();
  verb->add_option("--promises", words->promises, "Promise files or folders of them")->required();
  verb->callback([words, &context] { run_lint(context, *words); });
}

}  // namespace lupaus::clients::cli
