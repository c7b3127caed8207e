#include "server/console/transcode.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <cmath>
#include <set>

#include "fmt/format.h"

namespace lupaus::server::console {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;
using rules::model::Error;
using rules::model::Result;

Error invalid(std::string_view name, std::string_view what) {
  return Error{"invalid_field", fmt::format("{}: {}", name, what), "", {}};
}

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
  const std::string wanted(name);
  const FieldDescriptor* field = type.FindFieldByName(wanted);
  for (int i = 0; field == nullptr && i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == wanted) field = type.field(i);
  }
  return field;
}

template <typename Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

/// A field of a message and the text for it.
struct Target {
  Message& message;
  const FieldDescriptor& field;
  const std::string& text;

  const Reflection& reflection() const { return *message.GetReflection(); }
  /// Sets or adds `value`, whichever the field asks for.
  template <typename Value>
  void put(void (Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
           void (Reflection::*add)(Message*, const FieldDescriptor*, Value) const,
           Value value) const {
    (reflection().*(field.is_repeated() ? add : set))(&message, &field, std::move(value));
  }
};

template <typename Number>
const char* put_number(const Target& to,
                       void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
                       void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
  const auto number = number_in<Number>(to.text);
  if (!number) return "expected a number in its range";
  to.put(set, add, *number);
  return nullptr;
}

const char* put_enum(const Target& to) {
  const auto& type = *to.field.enum_type();
  const EnumValueDescriptor* value = type.FindValueByName(to.text);
  if (const auto number = number_in<int32_t>(to.text); value == nullptr && number)
    value = type.FindValueByNumber(*number);
  if (value == nullptr) return "expected one of its names";
  to.put<const EnumValueDescriptor*>(&Reflection::SetEnum, &Reflection::AddEnum, value);
  return nullptr;
}

/// Instants and durations; other messages are set field by field.
const char* put_message(const Target& to) {
  const std::string& type = to.field.message_type()->full_name();
  Message* const made = [&] {
    return to.field.is_repeated() ? to.reflection().AddMessage(&to.message, &to.field)
                                  : to.reflection().MutableMessage(&to.message, &to.field);
  }();
  if (type == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp instant;
    if (!TimeUtil::FromString(to.text, &instant))
      return "expected an instant as 2026-01-05T09:00:00Z";
    made->CopyFrom(instant);
    return nullptr;
  }
  if (type == "google.protobuf.Duration") {
    google::protobuf::Duration duration;
    if (!TimeUtil::FromString(to.text, &duration)) return "expected seconds as 1.5s";
    made->CopyFrom(duration);
    return nullptr;
  }
  return "expected one of its fields, as outer.inner";
}

const char* put_bool(const Target& to) {
  if (to.text != "true" && to.text != "false") return "expected true or false";
  to.put<bool>(&Reflection::SetBool, &Reflection::AddBool, to.text == "true");
  return nullptr;
}

/// What is wrong; nullptr: nothing.
const char* put(const Target& to) {
  switch (to.field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put_number<int32_t>(to, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_number<int64_t>(to, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_number<uint32_t>(to, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_number<uint64_t>(to, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_number<double>(to, &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put_number<float>(to, &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return put_bool(to);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put_enum(to);
    case FieldDescriptor::CPPTYPE_STRING:
      if (to.field.type() == FieldDescriptor::TYPE_BYTES) return "expected in a body, not here";
      to.put<std::string>(&Reflection::SetString, &Reflection::AddString, to.text);
      return nullptr;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return put_message(to);
  }
  return "expected something else";
}

/// The message and field that a name leads to; a null field: there is none.
std::pair<Message*, const FieldDescriptor*> resolve(Message& message, std::string_view name) {
  const size_t dot = name.find('.');
  const FieldDescriptor* field = find_field(*message.GetDescriptor(), name.substr(0, dot));
  if (dot == std::string_view::npos || field == nullptr) return {&message, field};
  const bool leads_on = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                        !field->is_repeated() &&
                        field->message_type()->file()->package() != "google.protobuf";
  if (!leads_on) return {&message, nullptr};
  return resolve(*message.GetReflection()->MutableMessage(&message, field), name.substr(dot + 1));
}

bool is_taken(const Message& message, const FieldDescriptor& field) {
  const auto* one_of = field.real_containing_oneof();
  return one_of != nullptr && message.GetReflection()->HasOneof(message, one_of) &&
         !message.GetReflection()->HasField(message, &field);
}

}  // namespace

Result<void> set_field(Message& message, std::string_view name, const std::string& text) {
  const auto [owner, field] = resolve(message, name);
  if (field == nullptr || field->is_map()) {
    return invalid(name, "expected a field of this request, but it has none of this name");
  }
  if (is_taken(*owner, *field))
    return invalid(name, "expected alone, but another one is given too");
  if (const char* wrong = put({*owner, *field, text})) return invalid(name, wrong);
  return {};
}

Result<void> fill(Message& message, const Bindings& bindings, const Parameters& parameters) {
  std::set<std::pair<const Message*, const FieldDescriptor*>> given;
  const auto set = [&](const std::string& name, const std::string& text) -> Result<void> {
    const auto place = resolve(message, name);
    const bool is_single = place.second != nullptr && !place.second->is_repeated();
    if (is_single && !given.insert(place).second) return invalid(name, "expected once");
    return set_field(message, name, text);
  };
  for (const auto& [name, text] : bindings) {
    if (Result<void> done = set(name, text); !done) return done;
  }
  for (const auto& [name, text] : parameters) {
    if (Result<void> done = set(name, text); !done) return done;
  }
  return {};
}

Result<void> read_json(const std::string& body, Message& message) {
  if (body.empty()) return {};
  const auto read = google::protobuf::util::JsonStringToMessage(body, &message);
  if (read.ok()) return {};
  return Error{"invalid_argument",
               fmt::format("expected the JSON of {}, but {}", message.GetDescriptor()->name(),
                           std::string(read.message())),
               "/openapi.json has its form",
               {}};
}

std::string write_json(const Message& message) {
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(message, &json);
  return written.ok() ? json : std::string("{}");
}

bool has_field(const Message& message, std::string_view field) {
  return message.GetDescriptor()->FindFieldByName(std::string(field)) != nullptr;
}

std::string text_of(const Message& message, std::string_view name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  const bool is_text = field != nullptr && !field->is_repeated() &&
                       field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return is_text ? message.GetReflection()->GetString(message, field) : std::string();
}

uint64_t number_of(const Message& message, std::string_view name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  const bool is_number = field != nullptr && !field->is_repeated() &&
                         field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  return is_number ? message.GetReflection()->GetUInt64(message, field) : 0;
}

}  // namespace lupaus::server::console
