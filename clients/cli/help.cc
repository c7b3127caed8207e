// `lupaus help CODE`: what a code of `lupaus check` means, with an example and the same one mended.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "rules/language/explanations.h"
#include "rules/language/suggestion.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

using rules::language::Explanation;

/// Example texts as a terminal can show them: bytes that are no UTF-8 as `\xE4`, and the lines of a
/// part of a file without the break behind the last one.
std::string shown(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (size_t i = 0; i < text.size();) {
    const size_t length = rules::model::utf8_length(text.substr(i));
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(text[i]);
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      result += text.substr(i, length);
    }
    i += std::max<size_t>(length, 1);
  }
  while (result.ends_with('\n')) result.pop_back();
  return result;
}

std::string indented(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    result += "    " + std::string(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return result;
}

/// At most 96 characters a line.
std::string wrapped(std::string_view text) {
  constexpr size_t kWidth = 96;
  std::string result, line;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (!line.empty() && line.size() + 1 + (end - at) > kWidth) {
      result += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(text.substr(at, end - at));
    at = end + 1;
  }
  return result + line + "\n";
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

void print_rows(const Context& context, const std::vector<Explanation>& list, bool has_examples) {
  std::vector<Column> columns{{"code", "CODE"}, {"title", "TITLE"}};
  if (has_examples) {
    columns.push_back({"meaning", "MEANING"});
    columns.push_back({"wrong", "WRONG"});
    columns.push_back({"mended", "MENDED"});
  }
  Rows rows(context, std::move(columns));
  for (const Explanation& one : list) {
    std::vector<Cell> cells{Cell::text(std::string(one.code)), Cell::text(std::string(one.title))};
    if (has_examples) {
      cells.push_back(Cell::text(std::string(one.meaning)));
      cells.push_back(Cell::text(shown(one.wrong)));
      cells.push_back(Cell::text(shown(one.mended)));
    }
    rows.add(std::move(cells));
  }
  rows.finish();
}

void print_text(const Context& context, const Explanation& one) {
  context.out() << context.paint(Paint::bold, std::string(one.code) + ": " + std::string(one.title))
                << "\n\n"
                << wrapped(one.meaning);
  context.out() << "\nWrong:\n"
                << indented(shown(one.wrong)) << "\nMended:\n"
                << indented(shown(one.mended));
}

void run_help(Context& context, const std::string& code) {
  const std::vector<Explanation> all = rules::language::explanations();
  const bool is_text = context.form == Form::table || context.form == Form::wide;
  if (code.empty()) {
    print_rows(context, all, !is_text);
    return;
  }
  const std::string wanted = upper_case(code);
  std::vector<std::string_view> codes;
  for (const Explanation& one : all) {
    codes.push_back(one.code);
    if (one.code != wanted) continue;
    if (is_text) {
      print_text(context, one);
    } else {
      print_rows(context, {one}, true);
    }
    return;
  }
  const std::string near = rules::language::nearest(wanted, codes);
  context.fail("expected a code of `lupaus check`, but `" + code + "` is none\n  " +
                   (near.empty() ? std::string() : "did you mean `" + near + "`? ") +
                   "`lupaus help` lists all of them; `lupaus VERB --help` tells of a verb",
               kUsage);
}

}  // namespace

void add_help(CLI::App& app, Context& context) {
  auto code = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("help", "Explain a code of `lupaus check` with an example");
  verb->add_option("code", *code, "Such as P012; all of them are listed without it");
  verb->callback([code, &context] { run_help(context, *code); });
}

}  // namespace lupaus::clients::cli
