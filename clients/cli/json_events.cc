// The reader of JSON lines, over simdjson's on-demand parser: no allocation an event in the steady
// state.
#include "clients/cli/json_events.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <cstring>
#include <istream>
#include <string_view>
#include <vector>

#include "clients/cli/output.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {

using rules::model::Attribute;
using rules::model::Error;
using rules::model::Event;
using rules::model::Result;

namespace {

enum class Field : uint8_t {
  source,
  epoch,
  sequence,
  branch,
  ticket,
  type,
  occurred_at,
  label,
  attributes,
  unknown
};

Field find_field(std::string_view key) {
  if (key == "source") return Field::source;
  if (key == "epoch") return Field::epoch;
  if (key == "sequence") return Field::sequence;
  if (key == "branch") return Field::branch;
  if (key == "ticket") return Field::ticket;
  if (key == "type") return Field::type;
  if (key == "occurredAt" || key == "occurred_at") return Field::occurred_at;
  if (key == "label") return Field::label;
  if (key == "attributes") return Field::attributes;
  return Field::unknown;
}

constexpr size_t kChunkBytes = size_t{1} << 20;

}  // namespace

class JsonEventReader::Parser {
 public:
  Parser(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {
    fill();
    skip_byte_order_mark();
  }

  Result<bool> next(Event& event) {
    std::string_view text;
    while (true) {
      auto found = next_line(text);
      if (!found || !*found) return found;
      ++line_;
      if (text.find_first_not_of(" \t\r") != std::string_view::npos) break;
    }
    auto parsed = parse(text, event);
    if (!parsed) return parsed.error();
    return true;
  }

  uint64_t line() const { return line_; }
  uint64_t bytes() const { return bytes_; }

 private:
  Error complaint(std::string_view field, std::string_view message) const {
    Error error;
    error.code = "bad_event";
    error.message =
        field.empty() ? std::string(message) : fmt::format("field `{}`: {}", field, message);
    error.span = {name_, static_cast<uint32_t>(line_), 0};
    return error;
  }

  /// The next line without its end. The bytes behind it are readable as far as the parser looks
  /// ahead.
  Result<bool> next_line(std::string_view& text) {
    while (true) {
      const char* begin = buffer_.data() + begin_;
      const auto* end = static_cast<const char*>(std::memchr(begin, '\n', end_ - begin_));
      if (end != nullptr || (is_at_end_ && begin_ != end_)) {
        const size_t size = end != nullptr ? static_cast<size_t>(end - begin) : end_ - begin_;
        text = {begin, size};
        begin_ += size + (end != nullptr ? 1 : 0);
        bytes_ += size + 1;
        return true;
      }
      if (is_at_end_) return false;
      if (end_ - begin_ > kEventLineBytesMax) {
        ++line_;
        return complaint("", fmt::format("expected a line of at most {} bytes, but it is longer",
                                         kEventLineBytesMax));
      }
      fill();
    }
  }

  void skip_byte_order_mark() {
    const std::string_view text(buffer_.data(), end_);
    begin_ = bytes_ = text.size() - rules::model::after_byte_order_mark(text).size();
  }

  void fill() {
    if (begin_ != 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() < end_ + kChunkBytes + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(end_ + kChunkBytes + simdjson::SIMDJSON_PADDING);
    }
    in_.read(buffer_.data() + end_, kChunkBytes);
    end_ += static_cast<size_t>(in_.gcount());
    is_at_end_ = in_.gcount() == 0;
  }

  Result<void> parse(std::string_view text, Event& event) {
    event = Event{};
    attributes_.clear();
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::object object;
    const auto failed = parser_.iterate(padded).get(document_);
    if (failed == simdjson::UTF8_ERROR)
      return complaint("", "expected UTF-8, but this line has other bytes");
    if (failed != simdjson::SUCCESS || document_.get_object().get(object) != simdjson::SUCCESS) {
      return complaint("", "expected a JSON object, but this line is none");
    }
    uint32_t seen = 0;
    for (auto item : object) {
      simdjson::ondemand::field field;
      std::string_view key;
      if (std::move(item).get(field) != simdjson::SUCCESS ||
          field.unescaped_key().get(key) != simdjson::SUCCESS) {
        return complaint("", "expected JSON, but this line is not well-formed");
      }
      const Field kind = find_field(key);
      if (kind == Field::unknown)
        return complaint(key, "expected a field of an event, but there is none of this name");
      const uint32_t bit = uint32_t{1} << static_cast<uint32_t>(kind);
      if ((seen & bit) != 0) return complaint(key, "expected once, but it is there twice");
      seen |= bit;
      if (auto read = read_field(kind, key, field.value(), event); !read) return read;
    }
    if (document_.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return complaint("", "expected one JSON object a line, but more follows or it is cut off");
    return check_required(seen, event);
  }

  Result<void> check_required(uint32_t seen, Event& event) {
    event.attributes = attributes_;
    constexpr std::array kRequired = {std::pair(Field::branch, "branch"),
                                      std::pair(Field::type, "type"),
                                      std::pair(Field::occurred_at, "occurredAt")};
    for (const auto& [field, name] : kRequired) {
      if ((seen & uint32_t{1} << static_cast<uint32_t>(field)) == 0)
        return complaint(name, "expected a value, but it is missing");
    }
    if (event.branch.empty()) return complaint("branch", "expected a branch, but it is empty");
    if (event.type.empty()) return complaint("type", "expected an event type, but it is empty");
    return {};
  }

  Result<void> read_field(Field kind, std::string_view key, simdjson::ondemand::value value,
                          Event& event) {
    bool is_null = false;
    if (value.is_null().get(is_null) == simdjson::SUCCESS && is_null) return {};
    switch (kind) {
      case Field::epoch:
        return read_number(key, value, event.epoch);
      case Field::sequence:
        return read_number(key, value, event.sequence);
      case Field::attributes:
        return read_attributes(value);
      case Field::occurred_at: {
        std::string_view text;
        if (auto read = read_text(key, value, text); !read) return read;
        auto instant = rules::model::parse_instant(text);
        if (!instant) return complaint(key, instant.error().message);
        event.occurred_at = *instant;
        return {};
      }
      case Field::source:
        return read_text(key, value, event.source);
      case Field::branch:
        return read_text(key, value, event.branch);
      case Field::ticket:
        return read_text(key, value, event.ticket);
      case Field::type:
        return read_text(key, value, event.type);
      case Field::label:
        return read_text(key, value, event.label);
      case Field::unknown:
        break;
    }
    return {};
  }

  Result<void> read_text(std::string_view key, simdjson::ondemand::value value,
                         std::string_view& text) {
    if (value.get_string().get(text) == simdjson::SUCCESS) return {};
    return complaint(key, "expected a string, but the value is something else");
  }

  Result<void> read_number(std::string_view key, simdjson::ondemand::value value,
                           uint64_t& number) {
    simdjson::ondemand::json_type type{};
    if (value.type().get(type) == simdjson::SUCCESS &&
        type == simdjson::ondemand::json_type::string) {
      std::string_view text;
      if (auto read = read_text(key, value, text); !read) return read;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return {};
    } else if (value.get_uint64().get(number) == simdjson::SUCCESS) {
      return {};
    }
    return complaint(key, "expected a whole number from 0, but the value is something else");
  }

  Result<void> read_attributes(simdjson::ondemand::value value) {
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
      return complaint("attributes",
                       "expected an object of strings, but the value is something else");
    }
    for (auto item : object) {
      simdjson::ondemand::field field;
      Attribute attribute;
      if (std::move(item).get(field) != simdjson::SUCCESS ||
          field.unescaped_key().get(attribute.name) != simdjson::SUCCESS) {
        return complaint("attributes", "expected JSON, but it is not well-formed");
      }
      if (rules::model::find_attribute(attributes_, attribute.name) != nullptr) {
        return complaint("attributes." + std::string(attribute.name),
                         "expected once, but it is there twice");
      }
      if (field.value().get_string().get(attribute.value) != simdjson::SUCCESS) {
        return complaint("attributes." + std::string(attribute.name),
                         "expected a string, but the value is something else");
      }
      attributes_.push_back(attribute);
    }
    return {};
  }

  std::istream& in_;
  std::string name_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  bool is_at_end_ = false;
  uint64_t line_ = 0, bytes_ = 0;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  std::vector<Attribute> attributes_;
};

JsonEventReader::JsonEventReader(std::istream& in, std::string name)
    : parser_(std::make_unique<Parser>(in, std::move(name))) {}
JsonEventReader::~JsonEventReader() = default;
Result<bool> JsonEventReader::next(Event& event) { return parser_->next(event); }
uint64_t JsonEventReader::line() const { return parser_->line(); }
uint64_t JsonEventReader::bytes() const { return parser_->bytes(); }

std::string to_json_line(const Event& event) {
  std::string line =
      fmt::format(R"({{"source":{},"epoch":"{}","sequence":"{}","branch":{})",
                  json_quote(event.source), event.epoch, event.sequence, json_quote(event.branch));
  if (!event.ticket.empty()) line += ",\"ticket\":" + json_quote(event.ticket);
  line += fmt::format(R"(,"type":{},"occurredAt":"{}")", json_quote(event.type),
                      rules::model::format_instant(event.occurred_at));
  if (!event.label.empty()) line += ",\"label\":" + json_quote(event.label);
  if (!event.attributes.empty()) {
    line += ",\"attributes\":{";
    for (size_t i = 0; i < event.attributes.size(); ++i) {
      line += (i == 0 ? "" : ",") + json_quote(event.attributes[i].name) + ":" +
              json_quote(event.attributes[i].value);
    }
    line += "}";
  }
  return line + "}";
}

}  // namespace lupaus::clients::cli
