// The reader of promise tests. Inside the file complaints travel as Complaint exceptions, since
// yaml-cpp throws anyway; none leaves it.
#include "rules/scenario/test_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace lupaus::rules::scenario {

using model::Error;
using model::Instant;
using model::Result;
using model::Span;

namespace {

struct Complaint {
  Error error;
};

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  TestFile read(const YAML::Node& document) {
    TestFile test_file;
    test_file.name = file_;
    check_keys(document, {"apiVersion", "kind", "files", "start", "defaults", "tests"});
    if (text(required(document, "apiVersion")) != "lupaus/v1") {
      fail(document["apiVersion"],
           "expected `lupaus/v1`, but `" + text(document["apiVersion"]) + "`");
    }
    test_file.files = texts(required(document, "files"));
    PromiseTest shared;
    has_start_ = false;
    read_frame(document, shared);
    const YAML::Node tests = required(document, "tests");
    if (!tests.IsSequence()) fail(tests, "expected a list of tests, but this is none");
    for (const auto& node : tests) {
      test_file.tests.push_back(read_test(node, shared));
      for (size_t i = 0; i + 1 < test_file.tests.size(); ++i) {
        if (test_file.tests[i].name == test_file.tests.back().name) {
          fail(node,
               "expected a name of its own, but `" + test_file.tests[i].name + "` is there twice");
        }
      }
    }
    return test_file;
  }

  [[noreturn]] void fail(const YAML::Mark& mark, std::string message, std::string hint = "") const {
    Span span{file_, 0, 0};
    if (!mark.is_null()) {
      span.line = static_cast<uint32_t>(mark.line) + 1;
      span.column = static_cast<uint32_t>(mark.column) + 1;
    }
    throw Complaint{{"T001", std::move(message), std::move(hint), std::move(span)}};
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, std::string message, std::string hint = "") const {
    fail(node.Mark(), std::move(message), std::move(hint));
  }

  Span span_of(const YAML::Node& node) const {
    return {file_, static_cast<uint32_t>(node.Mark().line) + 1,
            static_cast<uint32_t>(node.Mark().column) + 1};
  }

  /// A map with these keys alone, each once.
  void check_keys(const YAML::Node& node, const std::vector<std::string_view>& known) const {
    if (!node.IsMap()) fail(node, "expected a map, but this is none");
    std::vector<std::string> seen;
    for (const auto& entry : node) {
      const std::string key = text(entry.first);
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
        fail(entry.first, "expected once, but `" + key + "` is there twice");
      }
      seen.push_back(key);
      if (!known.empty() && std::find(known.begin(), known.end(), key) == known.end()) {
        std::string names;
        for (const auto& name : known) names += (names.empty() ? "" : ", ") + std::string(name);
        fail(entry.first, "expected one of " + names + ", but `" + key + "`");
      }
    }
  }

  YAML::Node required(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) fail(map, std::string("expected `") + key + "`, but it is missing");
    return node;
  }

  std::string text(const YAML::Node& node) const {
    if (!node.IsScalar()) fail(node, "expected a text, but this is none");
    return node.Scalar();
  }

  std::vector<std::string> texts(const YAML::Node& node) const {
    std::vector<std::string> list;
    if (!node.IsSequence() || node.size() == 0)
      fail(node, "expected a list of files, but this is none");
    for (const auto& item : node) list.push_back(text(item));
    return list;
  }

  template <typename T>
  T checked(const YAML::Node& node, Result<T> result) const {
    if (!result) fail(node, result.error().message, result.error().hint);
    return std::move(*result);
  }

  /// "+15m", "-5m" from the test's start, or RFC 3339.
  Instant instant(const YAML::Node& node, std::string_view written) const {
    if (!written.empty() && (written[0] == '+' || written[0] == '-')) {
      const auto offset = checked(node, model::parse_duration(written.substr(1)));
      return written[0] == '+' ? start_ + offset : start_ - offset;
    }
    return checked(node, model::parse_instant(written));
  }
  Instant instant(const YAML::Node& node) const { return instant(node, text(node)); }

  NamedValues values(const YAML::Node& node) const {
    check_keys(node, {});
    NamedValues list;
    for (const auto& entry : node) list.emplace_back(text(entry.first), text(entry.second));
    return list;
  }

  /// `start` and `defaults`, of the file or of one test.
  void read_frame(const YAML::Node& node, PromiseTest& test) {
    if (const YAML::Node start = node["start"]) {
      test.start = checked(start, model::parse_instant(text(start)));
      has_start_ = true;
    }
    const YAML::Node defaults = node["defaults"];
    if (!defaults) return;
    for (auto& [key, value] : values(defaults)) {
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

  PromiseTest read_test(const YAML::Node& node, const PromiseTest& shared) {
    check_keys(node, {"name", "start", "defaults", "events", "expect", "at", "deliver", "publish",
                      "server_down"});
    PromiseTest test = shared;
    test.name = text(required(node, "name"));
    test.span = span_of(node);
    const bool had_start = has_start_;
    read_frame(node, test);
    if (!has_start_)
      fail(node, "expected `start` here or at the top of the file, but it is missing");
    if (test.branch.empty())
      fail(node,
           "expected `defaults: {branch: …}` here or at the top of the file, but it is missing");
    has_start_ = had_start;
    start_ = test.start;
    const YAML::Node events = required(node, "events");
    if (!events.IsSequence()) fail(events, "expected a list of events, but this is none");
    for (const auto& item : events) test.events.push_back(read_event(item));
    if (const YAML::Node at = node["at"]) {
      check_keys(at, {});
      for (const auto& entry : at)
        test.checks.push_back(read_check(entry.second, instant(entry.first)));
    }
    if (const YAML::Node expect = node["expect"])
      test.checks.push_back(read_check(expect, std::nullopt));
    if (test.checks.empty()) fail(node, "expected `expect` or `at`, but the test asks nothing");
    read_circumstances(node, test);
    return test;
  }

  void read_circumstances(const YAML::Node& node, PromiseTest& test) const {
    if (const YAML::Node deliver = node["deliver"]) {
      const std::string written = text(deliver);
      uint32_t count = 0;
      const auto [end, error] =
          std::from_chars(written.data(), written.data() + written.size(), count);
      if (error != std::errc() || count == 0 || count > 100 ||
          (std::string_view(end) != " times" && std::string_view(end) != " time")) {
        fail(deliver, "expected a count like `3 times`, but `" + written + "`");
      }
      test.deliveries = count;
    }
    if (const YAML::Node publish = node["publish"]) {
      check_keys(publish, {});
      for (const auto& entry : publish) {
        test.publications.push_back(
            {instant(entry.first), texts(entry.second), span_of(entry.first)});
      }
    }
    if (const YAML::Node down = node["server_down"]) {
      check_keys(down, {"from", "until"});
      const Instant from = instant(required(down, "from"));
      const Instant until = instant(required(down, "until"));
      if (until <= from) fail(down, "expected `until` after `from`, but it is not");
      test.server_down = {from, until};
    }
  }

  /// "A1 issued", "A1 service_started +15m", "… arrives +21m"; a map of one entry gives attributes.
  ScriptedEvent read_event(const YAML::Node& node) const {
    ScriptedEvent event;
    event.span = span_of(node);
    YAML::Node line = node;
    if (node.IsMap()) {
      if (node.size() != 1)
        fail(node, "expected one event with its attributes, but this map has another size");
      line.reset(node.begin()->first);  // WHY: plain assignment would change the document
      event.attributes = values(node.begin()->second);
    }
    std::istringstream words(text(line));
    std::string at, word, arrival;
    words >> event.subject >> event.type;
    if (event.type.empty())
      fail(line, "expected a ticket and an event type, but `" + text(line) + "`",
           "write `A1 issued +2m`");
    event.at = start_;
    if (words >> word && word != "arrives") {
      event.at = instant(line, word);
      word.clear();
      words >> word;
    }
    if (word == "arrives") {
      words >> arrival;
      event.arrives_at = instant(line, arrival);
      if (*event.arrives_at < event.at)
        fail(line, "expected an arrival after the event, but it is earlier");
      word.clear();
      words >> word;
    }
    if (!word.empty())
      fail(line, "expected nothing more, but `" + word + "`", "write `A1 issued +2m`");
    return event;
  }

  Check read_check(const YAML::Node& node, std::optional<Instant> at) const {
    check_keys(node, {});
    Check check;
    check.at = at;
    for (const auto& entry : node) {
      const std::string key = text(entry.first);
      if (key == "owed") {
        check.has_owed = true;
        check.owed_span = span_of(entry.first);
        if (text(entry.second) != "nothing")
          check.owed = checked(entry.second, model::parse_money(text(entry.second)));
        continue;
      }
      read_expectations(entry.first, key, entry.second, check.tickets);
    }
    return check;
  }

  void read_expectations(const YAML::Node& place, const std::string& ticket, const YAML::Node& node,
                         std::vector<Expectation>& list) const {
    if (node.IsScalar()) {
      Expectation expectation;
      expectation.ticket = ticket;
      expectation.span = span_of(place);
      expectation.state = state(node);
      list.push_back(std::move(expectation));
      return;
    }
    check_keys(node, {});
    const bool is_by_promise =
        !node["is"] && std::none_of(node.begin(), node.end(), [&](const auto& entry) {
          return is_detail(entry.first.Scalar());
        });
    if (!is_by_promise) {
      list.push_back(read_details(place, ticket, node));
      return;
    }
    for (const auto& entry : node) {
      std::vector<Expectation> inner;
      read_expectations(entry.first, ticket, entry.second, inner);
      for (auto& expectation : inner) {
        expectation.promise = text(entry.first);
        list.push_back(std::move(expectation));
      }
    }
  }

  static bool is_detail(std::string_view key) {
    return key == "counted" || key == "due" || key == "breached_at" || key == "detected_at" ||
           key == "stopped_at" || key == "paid_state" || key == "cycle";
  }

  Expectation read_details(const YAML::Node& place, const std::string& ticket,
                           const YAML::Node& node) const {
    check_keys(node, {"is", "counted", "due", "breached_at", "detected_at", "stopped_at",
                      "paid_state", "cycle"});
    Expectation expectation;
    expectation.ticket = ticket;
    expectation.span = span_of(place);
    if (const YAML::Node is = node["is"]) expectation.state = state(is);
    if (const YAML::Node counted = node["counted"]) {
      expectation.counted = checked(counted, model::parse_duration(text(counted)));
    }
    if (const YAML::Node due = node["due"]) expectation.due_at = instant(due);
    if (const YAML::Node breached = node["breached_at"])
      expectation.breached_at = instant(breached);
    if (const YAML::Node detected = node["detected_at"])
      expectation.detected_at = instant(detected);
    if (const YAML::Node stopped = node["stopped_at"]) expectation.stopped_at = instant(stopped);
    if (const YAML::Node paid = node["paid_state"]) expectation.paid_state = text(paid);
    if (const YAML::Node cycle = node["cycle"]) {
      const std::string written = text(cycle);
      uint32_t number = 0;
      const auto [end, error] =
          std::from_chars(written.data(), written.data() + written.size(), number);
      if (error != std::errc() || end != written.data() + written.size() || number == 0) {
        fail(cycle, "expected a cycle's number from 1, but `" + written + "`");
      }
      expectation.cycle = number;
    }
    return expectation;
  }

  std::string state(const YAML::Node& node) const {
    static constexpr std::string_view kStates[] = {"open", "at_risk", "kept",          "breached",
                                                   "void", "excused", "indeterminate", "none"};
    std::string written = text(node);
    if (std::find(std::begin(kStates), std::end(kStates), written) == std::end(kStates)) {
      fail(node,
           "expected open, at_risk, kept, breached, void, excused, indeterminate or none, but `" +
               written + "`");
    }
    return written;
  }

  std::string file_;
  Instant start_{};
  bool has_start_ = false;
};

}  // namespace

Result<std::vector<TestFile>> parse_tests(std::string_view file, std::string_view text) {
  std::vector<TestFile> test_files;
  Reader reader(file);
  try {
    for (const YAML::Node& document : YAML::LoadAll(std::string(text))) {
      if (!document.IsMap() || !document["kind"] || !document["kind"].IsScalar()) continue;
      if (document["kind"].Scalar() == "PromiseTest") test_files.push_back(reader.read(document));
    }
    return test_files;
  } catch (const Complaint& complaint) {
    return complaint.error;
  } catch (const YAML::Exception& error) {
    try {
      reader.fail(error.mark, "expected YAML, but " + error.msg);
    } catch (const Complaint& complaint) {
      return complaint.error;
    }
  }
}

}  // namespace lupaus::rules::scenario
