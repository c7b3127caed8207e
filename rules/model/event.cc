// Attributes by name, the hash that tells a repeated event from a changed one, and how an actor is
// written.
#include "rules/model/event.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

#include "rules/model/fold.h"

namespace lupaus::rules::model {
namespace {

constexpr uint64_t kSeed =
    0x6c75706175732031;  // the bytes of "lupaus 1"; a different seed is a different hash

/// Little-endian whatever the machine, as the hash is compared with one that was stored.
template <typename Word>
uint64_t read_little(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) {
    uint64_t swapped = 0;
    for (size_t i = 0; i < sizeof(word); ++i, word >>= 8) swapped = swapped << 8 | (word & 0xFF);
    return swapped;
  }
  return word;
}

/// One to seven bytes. WHY: two reads that overlap cost less than copying as many as there are.
uint64_t read_rest(const char* bytes, size_t count) {
  if (count >= 4)
    return read_little<uint32_t>(bytes) | read_little<uint32_t>(bytes + count - 4)
                                              << (8 * (count - 4));
  if (count == 1) return static_cast<unsigned char>(*bytes);
  return read_little<uint16_t>(bytes) | read_little<uint16_t>(bytes + count - 2)
                                            << (8 * (count - 2));
}

uint64_t mix(uint64_t state, uint64_t value) {
  return fold(state ^ value, kOdd ^ (value << 1 | 1));
}

/// With its length, so that "ab","c" and "a","bc" differ.
uint64_t mix(uint64_t state, std::string_view text) {
  state = mix(state, static_cast<uint64_t>(text.size()));
  while (text.size() >= 8) {
    state = mix(state, read_little<uint64_t>(text.data()));
    text.remove_prefix(8);
  }
  return text.empty() ? state : mix(state, read_rest(text.data(), text.size()));
}

constexpr std::array<std::string_view, 3> kActorKinds = {"system", "source", "person"};

}  // namespace

const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view name) {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

uint32_t content_hash(const Event& event) {
  uint64_t state = mix(kSeed, event.branch);
  state = mix(state, event.ticket);
  state = mix(state, event.type);
  state = mix(state, event.label);
  state = mix(state, static_cast<uint64_t>(to_unix_ms(event.occurred_at)));
  // WHY: a sum, because the order of a map on the wire is nobody's promise.
  uint64_t attributes = 0;
  for (const Attribute& attribute : event.attributes) {
    attributes += mix(mix(kSeed, attribute.name), attribute.value);
  }
  state = mix(state, attributes);
  return static_cast<uint32_t>(state ^ state >> 32);
}

std::string format_actor(const Actor& actor) {
  std::string text(kActorKinds[static_cast<size_t>(actor.kind)]);
  if (!actor.id.empty() && actor.kind != Actor::Kind::system) text += " " + actor.id;
  if (actor.kind != Actor::Kind::system && !actor.is_authenticated) text += " (unauthenticated)";
  return text;
}

}  // namespace lupaus::rules::model
