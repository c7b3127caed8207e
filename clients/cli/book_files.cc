// Finding, reading and compiling promise files.
#include "clients/cli/book_files.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace lupaus::clients::cli {

namespace fs = std::filesystem;
using rules::model::BookPtr;
using rules::model::Error;
using rules::model::Result;
using rules::model::SourceFile;

Result<std::vector<std::string>> expand_paths(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      const auto extension = entry->path().extension();
      const bool is_import_map =
          entry->path().stem() == "import" || entry->path().stem().extension() == ".import";
      if ((extension == ".yaml" || extension == ".yml") && !is_import_map)
        found.push_back(entry->path().string());
    }
    if (error)
      return Error{"", "the folder `" + path + "` cannot be read: " + error.message(), "", {}};
    if (found.empty())
      return Error{"", "expected promise files in `" + path + "`, but no *.yaml is there", "", {}};
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<std::vector<SourceFile>> read_sources(const Context& context,
                                             const std::vector<std::string>& paths) {
  auto files = expand_paths(paths);
  if (!files) return files.error();
  std::vector<SourceFile> sources;
  for (const auto& file : *files) {
    auto text = context.read_file(file);
    if (!text) return text.error();
    sources.push_back({file, std::move(*text)});
  }
  return sources;
}

std::map<std::string, std::string> name_within_book(std::vector<SourceFile>& files) {
  std::vector<fs::path> places;
  fs::path common;
  for (const SourceFile& file : files) {
    std::error_code error;
    const fs::path place = fs::absolute(file.name, error);
    places.push_back((error ? fs::path(file.name) : place).lexically_normal());
    if (file.name == "-") places.back().clear();  // stdin lies nowhere
    if (common.empty()) common = places.back().parent_path();
  }
  const auto holds = [&common](const fs::path& place) {
    if (place.empty()) return true;
    return std::mismatch(common.begin(), common.end(), place.begin(), place.end()).first ==
           common.end();
  };
  while (!std::all_of(places.begin(), places.end(), holds)) common = common.parent_path();
  std::map<std::string, std::string> typed;
  for (size_t i = 0; i < files.size(); ++i) {
    std::string name = places[i].empty() ? "-" : places[i].lexically_relative(common).string();
    typed.emplace(name, files[i].name);
    files[i].name = std::move(name);
  }
  return typed;
}

std::vector<SourceFile> read_neighbours(const Context& context, const std::string& file) {
  const auto holds_promise = [](std::string_view text) {
    constexpr std::string_view kKey = "kind:";
    for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
      std::string_view kind = text.substr(at + kKey.size());
      kind.remove_prefix(std::min(kind.find_first_not_of(" \t\"'"), kind.size()));
      if (kind.starts_with("Promise") && !kind.starts_with("PromiseTest")) return true;
    }
    return false;
  };
  std::vector<SourceFile> neighbours;
  const fs::path folder = fs::path(file).parent_path();
  const auto files = expand_paths({folder.empty() ? "." : folder.string()});
  if (!files) return neighbours;
  for (const std::string& path : *files) {
    std::error_code error;
    if (fs::equivalent(path, file, error)) continue;
    auto text = context.read_file(path);
    if (text && !holds_promise(*text)) neighbours.push_back({path, std::move(*text)});
  }
  return neighbours;
}

BookPtr load_book(Context& context, const std::vector<std::string>& paths) {
  auto sources = read_sources(context, paths);
  if (!sources) {
    context.fail(sources.error(), kUsage);
    return nullptr;
  }
  const auto typed = name_within_book(*sources);
  const auto print = [&](rules::language::Diagnostic diagnostic) {
    if (const auto path = typed.find(diagnostic.error.span.file); path != typed.end())
      diagnostic.error.span.file = path->second;
    context.err() << rules::language::format_diagnostic(diagnostic) << "\n";
  };
  const auto compiled = rules::language::compile(*sources);
  if (compiled.book == nullptr) {
    for (const auto& diagnostic : compiled.diagnostics) {
      if (diagnostic.severity == rules::language::Severity::error) print(diagnostic);
    }
    context.exit_code = kNo;
    return nullptr;
  }
  const auto refused =
      rules::language::unsupported(*compiled.book, rules::language::Judge::backtest);
  for (const auto& diagnostic : refused) print(diagnostic);
  if (!refused.empty()) {
    context.exit_code = kNo;
    return nullptr;
  }
  return compiled.book;
}

}  // namespace lupaus::clients::cli
