// From files to a book, in passes: texts, documents, vocabularies, then everything that refers to
// them.
#include "rules/language/compile.h"

#include <algorithm>
#include <deque>
#include <set>

#include "rules/calendar/zone.h"
#include "rules/language/book_check.h"
#include "rules/language/digest.h"
#include "rules/language/findings.h"
#include "rules/language/node.h"

namespace lupaus::rules::language {
namespace {

/// One compilation. Borrows the files and the options.
class Compilation {
 public:
  Compilation(std::span<const model::SourceFile> files, const CompileOptions& options)
      : files_(files), options_(options) {}

  Compiled run() {
    read_files();
    read_parts();
    check_book(parts_, vocabularies_);
    collect_zones();
    Compiled compiled;
    if (!diagnostics_.has_errors()) compiled.book = make_book();
    // WHY: what was published once stays readable, whatever newer checks think of it.
    if (compiled.book != nullptr && !is_recorded()) {
      find_in_book(*compiled.book, wording_places(), diagnostics_);
    }
    if (diagnostics_.has_errors()) compiled.book = nullptr;
    compiled.diagnostics = diagnostics_.take(files_);
    return compiled;
  }

 private:
  struct Opened {
    Context context;
    Document document;
  };

  /// A book that was published before brings its zones' version.
  bool is_recorded() const { return !options_.tz_version.empty() || !options_.zones.empty(); }

  void read_files() {
    for (const model::SourceFile& file : files_) {
      const Context context{file.name, diagnostics_, &zone_finder_};
      const size_t errors_before = diagnostics_.error_count();
      const size_t documents_before = documents_.size();
      trees_.push_back(read_documents(file.name, file.text, diagnostics_,
                                      is_recorded() ? Reading::recorded : Reading::fresh));
      for (const Node& root : trees_.back()) {
        if (root.kind == Node::Kind::null) continue;
        if (auto document = read_envelope(context, root)) {
          documents_.push_back({context, std::move(*document)});
        }
      }
      const bool is_silent = documents_.size() == documents_before &&
                             diagnostics_.error_count() == errors_before && !is_recorded();
      if (!is_silent) continue;
      diagnostics_.error(kNoDocument, {file.name, 1, 1},
                         "expected a document, but the file holds " +
                             std::string(file.text.empty() ? "nothing" : "none"),
                         "begin one with `apiVersion: lupaus/v1` and `kind: Promise`, or leave "
                         "the file out");
    }
  }
  void read_parts() {
    vocabularies_.push_back(queue_vocabulary());
    for (const auto& [context, document] : documents_) {
      if (document.kind != DocumentKind::vocabulary) continue;
      parts_.vocabularies.push_back({context, document, read_vocabulary(context, document)});
      const model::Vocabulary& vocabulary = parts_.vocabularies.back().part;
      if (vocabulary.name != "queue") vocabularies_.push_back(vocabulary);
    }
    for (const auto& [context, document] : documents_) {
      if (document.kind == DocumentKind::calendar) {
        parts_.calendars.push_back({context, document, read_calendar(context, document)});
      } else if (document.kind == DocumentKind::branch) {
        parts_.branches.push_back({context, document, read_branch(context, document)});
      } else if (document.kind == DocumentKind::promise) {
        parts_.promises.push_back(
            {context, document, read_promise(context, document, vocabularies_)});
      }
    }
  }

  WordingPlaces wording_places() const {
    WordingPlaces places;
    for (const auto& [context, document] : documents_) {
      const bool is_promise = document.kind == DocumentKind::promise && document.spec != nullptr;
      const Node* wording = is_promise ? document.spec->find("wording") : nullptr;
      if (wording == nullptr) continue;
      auto& of_promise = places[document.metadata.name];
      for (size_t i = 0; i < wording->children.size() && i < wording->keys.size(); ++i) {
        of_promise[wording->keys[i].text] = context.span(wording->children[i]);
      }
    }
    return places;
  }

  const model::ZoneTable* find_zone(std::string_view name) const {
    if (options_.zones.empty()) return calendar::find_built_in_zone(name);
    for (const model::ZoneTable& zone : options_.zones) {
      if (zone.name == name) return &zone;
    }
    return nullptr;
  }
  /// The zone, which the book then carries under that name, be it a link.
  const model::ZoneTable* carry_zone(std::string_view name) {
    const model::ZoneTable* zone = find_zone(name);
    if (zone == nullptr || !zone_names_.insert(std::string(name)).second) return zone;
    zones_.push_back(*zone);
    zones_.back().name = name;
    return zone;
  }
  void need_zone(const Context& context, const Document& document, const std::string& name) {
    if (name.empty()) return;
    if (carry_zone(name) == nullptr) {
      context.error(kUnknownZone, *document.spec->find("timezone"),
                    "expected an IANA time zone, but `" + name + "` is none",
                    "write it as Europe/Helsinki or Etc/UTC");
    }
  }
  void collect_zones() {
    for (const auto& read : parts_.calendars) {
      need_zone(read.context, read.document, read.part.timezone);
    }
    for (const auto& read : parts_.branches) {
      need_zone(read.context, read.document, read.part.timezone);
    }
  }

  model::BookPtr make_book() {
    auto book = std::make_shared<model::Book>();
    const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    book->files.assign(files_.begin(), files_.end());
    book->hash = book_hash(files_);
    for (auto& read : parts_.promises) book->promises.push_back(std::move(read.part.promise));
    for (auto& read : parts_.calendars) book->calendars.push_back(std::move(read.part));
    for (auto& read : parts_.branches) book->branches.push_back(std::move(read.part));
    book->vocabularies = std::move(vocabularies_);
    book->zones = std::move(zones_);
    std::sort(book->promises.begin(), book->promises.end(), by_name);
    std::sort(book->calendars.begin(), book->calendars.end(), by_name);
    std::sort(book->branches.begin(), book->branches.end(), by_name);
    std::sort(book->vocabularies.begin(), book->vocabularies.end(), by_name);
    std::sort(book->zones.begin(), book->zones.end(), by_name);
    book->tz_version =
        options_.zones.empty() ? std::string(calendar::built_in_tz_version()) : options_.tz_version;
    for (model::Promise& promise : book->promises) promise.digest = promise_digest(promise, *book);
    return book;
  }

  std::span<const model::SourceFile> files_;
  const CompileOptions& options_;
  Diagnostics diagnostics_;
  const ZoneFinder zone_finder_ = [this](std::string_view name) { return carry_zone(name); };
  std::deque<std::vector<Node>> trees_;
  std::vector<Opened> documents_;
  std::vector<model::Vocabulary> vocabularies_;
  BookParts parts_;
  std::set<std::string> zone_names_;
  std::vector<model::ZoneTable> zones_;
};

}  // namespace

Compiled compile(std::span<const model::SourceFile> files, const CompileOptions& options) {
  return Compilation(files, options).run();
}

std::vector<Diagnostic> unsupported(const model::Book& book, Judge judge) {
  Diagnostics diagnostics;
  for (const model::Promise& promise : book.promises) {
    for (const model::Unsupported& clause : promise.unsupported) {
      if (judge == Judge::backtest && clause.is_live_only) continue;
      diagnostics.error(kNotSupported, clause.span, clause.what + " is read, but not supported yet",
                        "leave the clause out of `" + promise.name +
                            "`: nothing is judged while a promise says more than is obeyed");
    }
  }
  return diagnostics.take(book.files);
}

}  // namespace lupaus::rules::language
