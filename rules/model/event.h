// What a source reports. An Event is a view: whoever made it keeps the bytes alive while it is
// used.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/model/instant.h"

namespace lupaus::rules::model {

/// One named value, as sent: text. The book's vocabulary says how it is read.
struct Attribute {
  std::string_view name;
  std::string_view value;
};

/// The first attribute of that name, or nullptr.
const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view name);

struct Event {
  std::string_view source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  std::string_view branch;
  std::string_view ticket;  ///< empty for a branch event
  std::string_view type;
  std::string_view label;  ///< what the customer reads ("A017"); may be empty
  Instant occurred_at{};
  std::span<const Attribute> attributes;
};

/// A hash of everything in the event but its identity: tells a repeated event from a changed one.
uint32_t content_hash(const Event& event);

/// Who stands behind a command or a fact.
struct Actor {
  enum class Kind : uint8_t { system, source, person };
  Kind kind = Kind::system;
  bool is_authenticated = false;
  std::string id;     ///< "lupaus" for the system, the certificate's or chosen name otherwise
  std::string roles;  ///< comma-separated: author, branch, manager, finance, operator

  bool operator==(const Actor&) const = default;
};

/// "person anna (unauthenticated)".
std::string format_actor(const Actor& actor);

}  // namespace lupaus::rules::model
