// The table of keys is what the loader reads by: it accepts every key of the table, in the form of
// its example, and no other; and the schema and the reference in the repository are made of it.
#include "rules/language/key_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "rules/language/json_schema.h"
#include "rules/language/reference.h"
#include "rules/model/promise.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Form;
using rules::language::Key;
using rules::language::Place;
using rules::language::words_of;

/// Where a place stands: the text before its first key and after its last.
struct Frame {
  std::string before, after;
};

/// The frame of the places below a key, by the form of the key.
std::vector<Frame> frames_below(const Frame& frame, const Key& key) {
  const auto wrap = [&](std::string_view open, std::string_view close) {
    return Frame{frame.before + std::string(key.name) + ": " + std::string(open),
                 std::string(close) + frame.after};
  };
  switch (key.form) {
    case Form::list:
    case Form::limits:
      return {wrap("[{", "}]")};
    case Form::effects:
      return {wrap("{issued: {", "}}"), wrap("{issued: [{", "}]}")};
    case Form::week:
      return {wrap("{mon: {", "}}")};
    case Form::attributes:
      return {wrap("{fare: {", "}}")};
    default:
      return {wrap("{", "}")};
  }
}

/// Calls `visit(place, frame)` for the place and every place below it.
template <typename Visit>
void walk(const Place& place, const Frame& frame, const Visit& visit) {
  visit(place, frame);
  for (const Key& key : place.keys) {
    if (key.child == nullptr) continue;
    for (const Frame& below : frames_below(frame, key)) walk(*key.child, below, visit);
  }
}

/// Every place with the frame of a document around it.
template <typename Visit>
void walk_all(const Visit& visit) {
  for (const auto& kind : rules::language::document_kinds()) {
    if (kind.spec == nullptr) continue;
    const std::string head = "{apiVersion: lupaus/v1, kind: " + std::string(kind.name) + ", ";
    walk(*kind.spec, {head + "metadata: {name: n}, spec: {", "}}"}, visit);
    walk(rules::language::kMetadataKeys, {head + "spec: {}, metadata: {", "}}"}, visit);
  }
}

/// A value that stands in a line of its own, so that complaints of it are told apart.
std::string document_with(const Frame& frame, std::string_view key, std::string_view value) {
  return frame.before + "\n" + std::string(key) + ": " + std::string(value) + "\n" + frame.after;
}

/// An example as it may stand within brackets.
std::string bracketed(const Key& key) {
  if (key.form != Form::condition) return std::string(key.example);
  return "'" + std::string(key.example) + "'";
}

/// Needs the rest of the document, which these documents do not have.
bool is_about_others(const rules::model::Error& error) {
  for (std::string_view code :
       {"P005", "P021", "P022", "P024", "P026", "P028", "P034", "P035", "P036", "P044"}) {
    if (error.code == code) return true;
  }
  return false;
}

TEST(KeyTable, EveryKeyIsReadWithItsExample) {
  size_t count = 0;
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      ++count;
      const std::string text = document_with(frame, key.name, bracketed(key));
      for (const auto& diagnostic : compile_text(text).diagnostics) {
        const bool is_told = diagnostic.severity == rules::language::Severity::error &&
                             diagnostic.error.span.line == 2 && !is_about_others(diagnostic.error);
        EXPECT_FALSE(is_told) << text << "\n" << format_diagnostic(diagnostic);
      }
    }
  });
  EXPECT_GT(count, 80u);
}

TEST(KeyTable, NoOtherKeyIsRead) {
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      const std::string text = document_with(frame, std::string(key.name) + "x", bracketed(key));
      const std::string all = formatted(compile_text(text).diagnostics);
      const std::string expected = "p.yaml:2:1: error P004: expected a key of " +
                                   std::string(place.name) + ", but `" + std::string(key.name);
      EXPECT_NE(all.find(expected), std::string::npos) << text << "\n" << all;
    }
  });
}

TEST(KeyTable, EveryWordIsReadAndNoOther) {
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      if (key.form != Form::word) continue;
      const std::string refusal =
          "p.yaml:2:" + std::to_string(key.name.size() + 3) + ": error P014: ";
      const auto is_refused = [&](std::string_view word) {
        const auto compiled = compile_text(document_with(frame, key.name, word));
        return formatted(compiled.diagnostics).find(refusal) != std::string::npos;
      };
      for (const std::string_view word : key.words) EXPECT_FALSE(is_refused(word)) << word;
      EXPECT_TRUE(is_refused("yes")) << place.path << " " << key.name;
    }
  });
}

/// What is said of line 2 of the document, a line a complaint.
std::string told_of(const std::string& text) {
  std::string all;
  for (const auto& diagnostic : compile_text(text).diagnostics) {
    if (diagnostic.error.span.line == 2) all += format_diagnostic(diagnostic) + "\n";
  }
  return all;
}

TEST(KeyTable, AKeyIsReadWithThoseThatItNeeds) {
  size_t count = 0;
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      for (const std::string_view need : key.needs) {
        ++count;
        const std::string complaint = "`" + std::string(key.name) + "` of " +
                                      std::string(place.name) + " needs the key `" +
                                      std::string(need) + "`";
        const std::string alone = document_with(frame, key.name, bracketed(key));
        EXPECT_NE(told_of(alone).find(complaint), std::string::npos) << alone << told_of(alone);
        const Key& other = *find_key(place, need);
        const std::string both = document_with(
            frame, key.name, bracketed(key) + ", " + std::string(need) + ": " + bracketed(other));
        EXPECT_EQ(told_of(both).find(complaint), std::string::npos) << both;
      }
    }
  });
  EXPECT_GT(count, 5u);
}

TEST(KeyTable, AListThatMayNotBeEmptyIsNot) {
  size_t count = 0;
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      if (!key.is_filled) continue;
      ++count;
      const std::string text = document_with(frame, key.name, "[]");
      EXPECT_NE(told_of(text).find("P006: expected at least one entry in `" +
                                   std::string(key.name) + "`, but the list is empty"),
                std::string::npos)
          << text << told_of(text);
    }
  });
  EXPECT_EQ(count, 2u);
}

TEST(KeyTable, AWordDecidesWhetherAnotherKeyIsRead) {
  size_t count = 0;
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      const auto& beside = key.only_with;
      if (beside.key.empty()) continue;
      for (const std::string_view word : words_of(place, beside.key)) {
        ++count;
        const std::string told = told_of(document_with(
            frame, key.name,
            bracketed(key) + ", " + std::string(beside.key) + ": " + std::string(word)));
        const bool is_refused = told.find("`" + std::string(beside.key) + ": " +
                                          std::string(beside.word) + "`") != std::string::npos;
        EXPECT_EQ(is_refused, word != beside.word) << key.name << " " << word << "\n" << told;
      }
    }
  });
  EXPECT_EQ(count, 10u);
}

TEST(KeyTable, AWordDecidesWhetherAnotherKeyIsRequired) {
  walk_all([&](const Place& place, const Frame& frame) {
    for (const Key& key : place.keys) {
      if (key.unless.key.empty()) continue;
      for (const std::string_view word : words_of(place, key.unless.key)) {
        const std::string told =
            formatted(compile_text(document_with(frame, key.unless.key, word)).diagnostics);
        const bool is_asked =
            told.find("needs the key `" + std::string(key.name) + "`") != std::string::npos;
        EXPECT_EQ(is_asked, word != key.unless.word) << key.name << " " << word << "\n" << told;
      }
    }
  });
}

TEST(KeyTable, HasTheWordsOfTheModel) {
  const auto effects = words_of(rules::language::kClockKeys, "on");
  for (size_t i = 0; i < effects.size(); ++i) {
    EXPECT_EQ(format_effect(static_cast<rules::model::Effect>(i)), effects[i]);
  }
  for (const std::string_view word : words_of(rules::language::kCompensationKeys, "instrument")) {
    EXPECT_TRUE(rules::model::find_instrument(word)) << word;
  }
  for (const std::string_view word : words_of(rules::language::kCapKeys, "per")) {
    EXPECT_TRUE(rules::model::find_cap_scope(word)) << word;
  }
  const auto kinds = words_of(rules::language::kDocumentKeys, "kind");
  ASSERT_EQ(kinds.size(), rules::language::document_kinds().size());
  for (size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(rules::language::document_kinds()[i].name, kinds[i]);
  }
}

std::string committed(std::string_view name) {
  std::stringstream text;
  text << std::ifstream(std::string(LUPAUS_SAMPLE_BOOK) + "/" + std::string(name)).rdbuf();
  return text.str();
}

TEST(KeyTable, TheSchemaInTheRepositoryIsMadeOfIt) {
  EXPECT_EQ(committed("lupaus.schema.json"), rules::language::json_schema())
      << "run: lupaus schema > deploy/promises/lupaus.schema.json";
}

TEST(KeyTable, TheReferenceInTheRepositoryIsMadeOfIt) {
  EXPECT_EQ(committed("REFERENCE.md"), rules::language::reference())
      << "run: lupaus reference > deploy/promises/REFERENCE.md";
}

}  // namespace
}  // namespace lupaus::tests
