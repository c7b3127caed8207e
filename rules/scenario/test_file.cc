// The reader of promise tests: its keys and words are those of the table that the schema and the
// reference are made of.
#include "rules/scenario/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "rules/language/map_reader.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::scenario {

using language::Context;
using language::MapReader;
using language::Node;
using language::show;
using model::Instant;
using model::Result;

namespace {

/// Of what no other code tells.
constexpr std::string_view kBadTest = "T001";

/// Reads one document; lives for it.
class Reader {
 public:
  explicit Reader(const Context& context) : context_(context) {}

  TestFile read(const Node& document) {
    TestFile test_file;
    test_file.name = context_.file;
    MapReader map(context_, document, language::kPromiseTestKeys);
    read_word(map, "apiVersion");
    read_word(map, "kind");
    if (const Node* files = map.find("files")) test_file.files = texts(*files);
    PromiseTest shared;
    read_frame(map, shared);
    if (const Node* tests = map.find("tests")) read_tests(*tests, shared, test_file.tests);
    map.refuse_others();
    return test_file;
  }

 private:
  void fail(const Node& node, std::string message, std::string hint = "") const {
    context_.error(kBadTest, node, std::move(message), std::move(hint));
  }

  /// The text of a scalar, which may be empty; told where it is none.
  std::optional<std::string> text(const Node& node) const {
    if (node.kind == Node::Kind::scalar) return node.text;
    fail(node, "expected a text, but " + show(node));
    return std::nullopt;
  }

  std::optional<std::string> filled_text(const Node& node) const {
    auto written = text(node);
    if (!written || !written->empty()) return written;
    fail(node, "expected a text, but it is empty", "write it after the key");
    return std::nullopt;
  }

  std::vector<std::string> texts(const Node& node) const {
    std::vector<std::string> list;
    if (node.kind != Node::Kind::sequence || node.children.empty())
      fail(node, "expected a list of files, but this is none");
    for (const Node& item : node.children) {
      if (auto file = filled_text(item)) list.push_back(std::move(*file));
    }
    return list;
  }

  template <typename T>
  std::optional<T> checked(const Node& node, Result<T> result) const {
    if (result) return std::move(*result);
    fail(node, result.error().message, result.error().hint);
    return std::nullopt;
  }

  /// "+15m", "-5m" from the test's start, or RFC 3339.
  std::optional<Instant> instant(const Node& node, std::string_view written) const {
    const bool is_offset = written.starts_with('+') || written.starts_with('-');
    if (!is_offset) return checked(node, model::parse_instant(written));
    const auto offset = checked(node, model::parse_duration(written.substr(1)));
    if (!offset) return std::nullopt;
    return written[0] == '+' ? start_ + *offset : start_ - *offset;
  }
  std::optional<Instant> instant(const Node* node) const {
    const auto written = node != nullptr ? text(*node) : std::nullopt;
    return written ? instant(*node, *written) : std::nullopt;
  }

  NamedValues values(const Node& node, std::string_view whose) const {
    NamedValues list;
    if (!MapReader(context_, node, whose).is_map()) return list;
    for (size_t i = 0; i < node.keys.size(); ++i) {
      if (auto value = text(node.children[i]))
        list.emplace_back(node.keys[i].text, std::move(*value));
    }
    return list;
  }

  /// `start` and `defaults`, of the file or of one test.
  void read_frame(MapReader& map, PromiseTest& test) {
    if (const Node* node = map.find("start")) {
      const auto written = text(*node);
      const auto start = written ? checked(*node, model::parse_instant(*written)) : std::nullopt;
      test.start = start.value_or(test.start);
      has_start_ = true;
    }
    const Node* defaults = map.find("defaults");
    if (defaults == nullptr) return;
    for (auto& [key, value] : values(*defaults, "defaults")) {
      if (key == "branch") {
        test.branch = value;
        continue;
      }
      const auto known = std::find_if(test.defaults.begin(), test.defaults.end(),
                                      [&](const auto& entry) { return entry.first == key; });
      if (known == test.defaults.end()) {
        test.defaults.emplace_back(key, value);
      } else {
        known->second = value;
      }
    }
  }

  void read_tests(const Node& node, const PromiseTest& shared, std::vector<PromiseTest>& tests) {
    if (node.kind != Node::Kind::sequence) {
      fail(node, "expected a list of tests, but this is none");
      return;
    }
    for (const Node& item : node.children) {
      PromiseTest test = read_test(item, shared);
      const bool is_known = std::any_of(tests.begin(), tests.end(), [&](const PromiseTest& other) {
        return other.name == test.name;
      });
      if (is_known)
        fail(item, "expected a name of its own, but `" + test.name + "` is there twice");
      tests.push_back(std::move(test));
    }
  }

  PromiseTest read_test(const Node& node, const PromiseTest& shared) {
    PromiseTest test = shared;
    test.span = context_.span(node);
    MapReader map(context_, node, language::kTestKeys);
    if (const Node* name = map.find("name")) test.name = filled_text(*name).value_or("");
    const bool had_start = has_start_;
    read_frame(map, test);
    if (map.is_map() && !has_start_)
      fail(node, "expected `start` here or at the top of the file, but it is missing");
    if (map.is_map() && test.branch.empty())
      fail(node,
           "expected `defaults: {branch: …}` here or at the top of the file, but it is missing");
    has_start_ = had_start;
    start_ = test.start;
    if (const Node* events = map.find("events")) read_events(*events, test);
    read_checks(map, test);
    read_circumstances(map, test);
    map.refuse_others();
    return test;
  }

  void read_events(const Node& node, PromiseTest& test) const {
    if (node.kind != Node::Kind::sequence)
      fail(node, "expected a list of events, but this is none");
    for (const Node& item : node.children) test.events.push_back(read_event(item));
  }

  void read_checks(MapReader& map, PromiseTest& test) const {
    const Node* at = map.find("at");
    const Node* expect = map.find("expect");
    if (at != nullptr && MapReader(context_, *at, "at").is_map()) {
      if (at->keys.empty())
        fail(*at, "expected a moment and what is seen then, but nothing is asked",
             "write it as {+13m: {A1: at_risk}}");
      for (size_t i = 0; i < at->keys.size(); ++i) {
        const auto when = instant(&at->keys[i]);
        if (when) test.checks.push_back(read_check(at->children[i], when));
      }
    }
    if (expect != nullptr) test.checks.push_back(read_check(*expect, std::nullopt));
    if (map.is_map() && at == nullptr && expect == nullptr)
      fail(map.node(), "expected `expect` or `at`, but the test asks nothing");
  }

  void read_circumstances(MapReader& map, PromiseTest& test) const {
    if (const Node* deliver = map.find("deliver")) {
      const auto count = language::find_times(deliver->text);
      if (!count || *count > 100)
        fail(*deliver, "expected a count like `3 times`, but " + show(*deliver));
      test.deliveries = static_cast<uint32_t>(count.value_or(1));
    }
    if (const Node* publish = map.find("publish");
        publish != nullptr && MapReader(context_, *publish, "publish").is_map()) {
      for (size_t i = 0; i < publish->keys.size(); ++i) {
        const Node& key = publish->keys[i];
        const auto at = instant(&key);
        if (at) test.publications.push_back({*at, texts(publish->children[i]), context_.span(key)});
      }
    }
    const Node* down = map.find("server_down");
    if (down == nullptr) return;
    MapReader outage(context_, *down, language::kOutageKeys);
    const auto from = instant(outage.find("from"));
    const auto until = instant(outage.find("until"));
    outage.refuse_others();
    if (!from || !until) return;
    if (*until <= *from) fail(*down, "expected `until` after `from`, but it is not");
    test.server_down = {*from, *until};
  }

  /// "A1 issued", "A1 service_started +15m", "… arrives +21m"; a map of one entry gives attributes.
  ScriptedEvent read_event(const Node& node) const {
    ScriptedEvent event;
    event.span = context_.span(node);
    const Node* line = &node;
    if (node.kind == Node::Kind::map) {
      if (node.keys.size() != 1) {
        fail(node, "expected one event with its attributes, but this map has another size");
        return event;
      }
      line = &node.keys.front();
      event.attributes = values(node.children.front(), "an event");
    }
    const auto written = text(*line);
    if (!written) return event;
    std::istringstream words(*written);
    std::string word, arrival;
    words >> event.subject >> event.type;
    if (event.type.empty()) {
      fail(*line, "expected a ticket and an event type, but " + show(*line),
           "write `A1 issued +2m`");
      return event;
    }
    event.at = start_;
    if (words >> word && word != "arrives") {
      event.at = instant(*line, word).value_or(start_);
      word.clear();
      words >> word;
    }
    if (word == "arrives") {
      words >> arrival;
      event.arrives_at = instant(*line, arrival);
      if (event.arrives_at && *event.arrives_at < event.at)
        fail(*line, "expected an arrival after the event, but it is earlier");
      word.clear();
      words >> word;
    }
    if (!word.empty())
      fail(*line, "expected nothing more, but `" + word + "`", "write `A1 issued +2m`");
    return event;
  }

  Check read_check(const Node& node, std::optional<Instant> at) const {
    Check check;
    check.at = at;
    if (!MapReader(context_, node, "what is expected").is_map()) return check;
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const Node &key = node.keys[i], &value = node.children[i];
      if (key.text == "owed") {
        check.has_owed = true;
        check.owed_span = context_.span(key);
        const auto written = text(value);
        if (written && *written != "nothing")
          check.owed = checked(value, model::parse_money(*written));
      } else {
        read_expectations(key, value, check.tickets);
      }
    }
    if (check.tickets.empty()) {
      fail(node,
           check.has_owed ? "expected the tickets whose sums `owed` adds up, but none is named"
                          : "expected a ticket and what is to come of it, but nothing is asked",
           check.has_owed ? "name them beside it: `A1: {}` names one and asks nothing else of it"
                          : "write it as {A1: kept}");
    }
    return check;
  }

  /// Of a ticket: for all of its promises, or by their names.
  void read_expectations(const Node& ticket, const Node& node,
                         std::vector<Expectation>& list) const {
    // `A1: {}` names the ticket for `owed` and asks nothing of its verdict.
    const bool is_by_promise =
        node.kind == Node::Kind::map && !node.keys.empty() &&
        std::none_of(node.keys.begin(), node.keys.end(), [](const Node& key) {
          return language::find_key(language::kExpectationKeys, key.text) != nullptr;
        });
    if (!is_by_promise) {
      list.push_back(read_expectation(ticket, node));
      list.back().ticket = ticket.text;
      return;
    }
    for (size_t i = 0; i < node.keys.size(); ++i) {
      list.push_back(read_expectation(node.keys[i], node.children[i]));
      list.back().ticket = ticket.text;
      list.back().promise = node.keys[i].text;
    }
  }

  /// A state alone, or with more.
  Expectation read_expectation(const Node& place, const Node& node) const {
    Expectation expectation;
    expectation.span = context_.span(place);
    if (node.kind == Node::Kind::scalar) {
      expectation.state = word(node, "is");
      return expectation;
    }
    MapReader map(context_, node, language::kExpectationKeys);
    if (const Node* is = map.find("is")) expectation.state = word(*is, "is");
    if (const Node* counted = map.find("counted"))
      expectation.counted = language::read_duration(context_, *counted, "counted");
    expectation.due_at = instant(map.find("due"));
    expectation.breached_at = instant(map.find("breached_at"));
    expectation.detected_at = instant(map.find("detected_at"));
    expectation.stopped_at = instant(map.find("stopped_at"));
    if (const Node* paid = map.find("paid_state"))
      expectation.paid_state = word(*paid, "paid_state");
    if (const Node* cycle = map.find("cycle")) {
      const auto number = language::read_count(context_, *cycle, "cycle");
      if (number) expectation.cycle = static_cast<uint32_t>(*number);
    }
    map.refuse_others();
    return expectation;
  }

  /// One of the words of an expectation's key.
  std::string word(const Node& node, std::string_view key) const {
    const auto words = language::words_of(language::kExpectationKeys, key);
    if (node.kind == Node::Kind::scalar &&
        std::find(words.begin(), words.end(), node.text) != words.end())
      return node.text;
    std::string known;
    for (const std::string_view one : words) {
      if (!known.empty()) known += one == words.back() ? " or " : ", ";
      known += one;
    }
    fail(node, fmt::format("expected {}, but {}", known, show(node)));
    return "";
  }

  const Context& context_;
  Instant start_{};
  bool has_start_ = false;
};

bool is_promise_test(const Node& document) {
  const Node* kind = document.find("kind");
  return kind != nullptr && kind->kind == Node::Kind::scalar && kind->text == "PromiseTest";
}

}  // namespace

ReadTests read_tests(std::string_view file, std::string_view text) {
  const model::SourceFile source{std::string(file), std::string(text)};
  language::Diagnostics diagnostics;
  const Context context{source.name, diagnostics};
  ReadTests tests;
  for (const Node& document : read_documents(source.name, source.text, diagnostics)) {
    if (is_promise_test(document)) tests.files.push_back(Reader(context).read(document));
  }
  tests.diagnostics = diagnostics.take({&source, 1});
  return tests;
}

Result<std::vector<TestFile>> parse_tests(std::string_view file, std::string_view text) {
  ReadTests tests = read_tests(file, text);
  for (const language::Diagnostic& diagnostic : tests.diagnostics) {
    if (diagnostic.severity == language::Severity::error) return diagnostic.error;
  }
  return std::move(tests.files);
}

}  // namespace lupaus::rules::scenario
