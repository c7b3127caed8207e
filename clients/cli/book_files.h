// Promise files from the disk to a checked book, with the complaints printed as people read them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/context.h"
#include "rules/language/compile.h"

namespace lupaus::clients::cli {

/// The files themselves, and of each folder its *.yaml and *.yml (sorted, without subfolders), but
/// for maps of the importer (import.yaml, *.import.yaml).
rules::model::Result<std::vector<std::string>> expand_paths(const std::vector<std::string>& paths);

/// The texts of the files that `paths` name; "-" is stdin.
rules::model::Result<std::vector<rules::model::SourceFile>> read_sources(
    const Context& context, const std::vector<std::string>& paths);

/// Names the files below the deepest folder that holds them all, as the server names those of
/// `book.dir`: the same files are then the same book, wherever they lie and however their path was
/// typed. Gives the path as typed of each name.
std::map<std::string, std::string> name_within_book(std::vector<rules::model::SourceFile>& files);

/// Of a file's folder what it may refer to: the other files that hold no promise. What cannot be
/// read is left out.
std::vector<rules::model::SourceFile> read_neighbours(const Context& context,
                                                      const std::string& file);

/// The book for a verb that judges by itself: refuses errors, and each clause that a backtest does
/// not obey yet, on stderr with its line, and sets exit code 1 (2 when a file cannot be read).
/// Warnings are not printed. nullptr when refused.
rules::model::BookPtr load_book(Context& context, const std::vector<std::string>& paths);

}  // namespace lupaus::clients::cli
