// Facts and entities with every member drawn at random from a seed: small and huge numbers, empty
// and long texts, both ends of time. Nothing in them makes sense to the rules; codecs must carry it
// all the same.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <string>

#include "tests/support/parts.h"

namespace lupaus::tests::support {

/// Owns the texts that the views of its values point into.
class RandomValues {
 public:
  explicit RandomValues(uint64_t seed) : engine_(seed) {}

  uint64_t below(uint64_t end) { return engine_() % end; }
  bool chance(uint64_t one_in) { return below(one_in) == 0; }

  std::string text() {
    std::string text(chance(4) ? 0 : chance(20) ? 100 + below(300) : 1 + below(20), ' ');
    for (auto& c : text) c = static_cast<char>(' ' + below(95));
    return text;
  }

  template <typename T>
  T make() {
    T value{};
    fill(value);
    return value;
  }

  /// Facts from `first` on, of all kinds; `book` is that of every Published.
  rules::model::Facts facts(rules::model::Position first, size_t count,
                            rules::model::BookPtr book) {
    rules::model::Facts facts;
    for (size_t i = 0; i < count; ++i) {
      auto& fact = facts.emplace_back();
      fact.position = first + i;
      fill(fact.at);
      if (actor_ == nullptr || chance(3))
        actor_ = std::make_shared<const rules::model::Actor>(make<rules::model::Actor>());
      fact.actor = chance(10) ? nullptr : actor_;
      fill_body(fact.body, chance(2) ? 2 : below(std::variant_size_v<rules::model::FactBody>), book,
                std::make_index_sequence<std::variant_size_v<rules::model::FactBody>>());
    }
    return facts;
  }

 private:
  template <size_t... Index>
  void fill_body(rules::model::FactBody& body, size_t chosen, const rules::model::BookPtr& book,
                 std::index_sequence<Index...>) {
    (void)((Index == chosen && (fill(body.emplace<Index>()), true)) || ...);
    if (auto* published = std::get_if<rules::model::Published>(&body))
      published->book = chance(5) ? nullptr : book;
  }

  template <typename T>
  void fill(T& value) {
    if constexpr (HasParts<T>) {
      std::apply([&](auto&... part) { (fill(part), ...); }, parts(value));
    } else if constexpr (Is<T, rules::model::Currency>) {
      static constexpr std::array<std::array<char, 3>, 3> kCodes{
          {{'E', 'U', 'R'}, {'J', 'P', 'Y'}, {0, 0, 0}}};
      value.code = kCodes[below(3)];
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(below(3));
    } else if constexpr (std::same_as<T, bool>) {
      value = chance(2);
    } else if constexpr (std::integral<T>) {
      const uint64_t bits = chance(4) ? 0 : engine_() >> below(64);
      value = static_cast<T>(bits);
    } else if constexpr (requires { value.time_since_epoch(); }) {
      value = chance(10)   ? rules::model::kEndOfTime
              : chance(10) ? rules::model::kBeginningOfTime
                           : rules::model::from_unix_ms(
                                 static_cast<int64_t>(1'767'000'000'000 + below(100'000'000)));
    } else if constexpr (std::same_as<T, rules::model::Duration>) {
      value = rules::model::Duration(static_cast<int64_t>(engine_() >> below(64)));
    } else if constexpr (std::same_as<T, std::string>) {
      value = text();
    } else if constexpr (std::same_as<T, std::string_view>) {
      value =
          chance(2) && !texts_.empty() ? texts_[below(texts_.size())] : texts_.emplace_back(text());
    } else {
      fill_many(value);
    }
  }
  template <typename T>
  void fill(std::optional<T>& value) {
    if (chance(2)) fill(value.emplace());
  }
  template <typename A, typename B>
  void fill(std::pair<A, B>& value) {
    fill(value.first);
    fill(value.second);
  }
  void fill(rules::model::BookPtr&) {}
  void fill_many(std::span<const rules::model::Attribute>& value) {
    auto& list = attributes_.emplace_back();
    fill(list);
    value = list;
  }
  template <typename T>
  void fill_many(std::vector<T>& values) {
    values.resize(below(4));
    for (auto& value : values) fill(value);
  }
  template <typename T, typename Order>
  void fill_many(std::map<std::string, T, Order>& values) {
    for (uint64_t i = below(4); i > 0; --i) fill(values[text()]);
  }

  std::mt19937_64 engine_;
  std::deque<std::string> texts_;
  std::deque<std::vector<rules::model::Attribute>> attributes_;
  std::shared_ptr<const rules::model::Actor> actor_;
};

}  // namespace lupaus::tests::support
