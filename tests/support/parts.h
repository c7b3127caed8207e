// The members of every fact and entity as a tuple of references, so that one walk can fill them at
// random and another compare them. Structured bindings make a forgotten member a compile error.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <variant>
#include <vector>

#include "rules/engine/entities.h"
#include "rules/ledger/entities.h"
#include "rules/model/fact.h"

namespace lupaus::tests::support {

template <typename T, typename Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

namespace of {
using namespace rules::model;   // NOLINT: the list of all facts
using namespace rules::engine;  // NOLINT
using namespace rules::ledger;  // NOLINT
using EventImage = TicketImage::EventImage;
using CommitmentImage = TicketImage::CommitmentImage;
}  // namespace of

auto parts(Is<of::Branch::Change> auto& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}
template <typename T>
requires Is<T, of::WatermarkAdvanced> || Is<T, of::Source::Gap> || Is<T, of::Warned> ||
    Is<T, of::Breached> || Is<T, of::Dispatched> || Is<T, of::LocalDate> ||
    Is<T, of::VoucherIssued> || Is<T, of::VoucherVoided> || Is<T, of::PayoutApproved> ||
    Is<T, of::Declined> || Is<T, of::Paid> || Is<T, of::PeriodClosed> ||
    Is<T, of::InstrumentChanged> || Is<T, of::PayoutBatch::Export> || Is<T, of::Ended> ||
    Is<T, of::BatchApproved>
auto parts(T& x) {
  auto& [a, b, c] = x;
  return std::tie(a, b, c);
}
template <typename T>
requires Is<T, of::PayoutHeld> || Is<T, of::BatchDiscarded> || Is<T, of::Failed> ||
    Is<T, of::Archived> || Is<T, of::Money> || Is<T, of::Attribute> || Is<T, of::Branch::Closing> ||
    Is<T, of::SourceFile> || Is<T, of::SkewEstimated> || Is<T, of::SourceRetired> ||
    Is<T, of::Claimed> || Is<T, of::Restored>
auto parts(T& x) {
  auto& [a, b] = x;
  return std::tie(a, b);
}
template <typename T>
requires Is<T, of::Lost> || Is<T, of::SourceRegistered> || Is<T, of::Quarantined> ||
    Is<T, of::ReviewDecided> || Is<T, of::Rejected> || Is<T, of::BatchClosed> ||
    Is<T, of::Published> || Is<T, of::Actor> || Is<T, of::CapCounter> ||
    Is<T, of::VoucherRedeemed> || Is<T, of::Fact> || Is<T, of::Reversed> ||
    Is<T, of::BatchExported> || Is<T, of::BankAnswered>
auto parts(T& x) {
  auto& [a, b, c, d] = x;
  return std::tie(a, b, c, d);
}
auto parts(Is<of::Owed::CapDraw> auto& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}
auto parts(Is<of::Retracted> auto& x) { return std::tie(x.key); }
template <typename T>
requires Is<T, of::Excused> || Is<T, of::Period>
auto parts(T& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}
auto parts(Is<of::BatchSettled> auto& x) { return std::tie(x.id); }
auto parts(Is<of::BatchAccrued> auto& x) { return std::tie(x.id); }
auto parts(Is<of::Decision> auto& x) {
  auto& [line, number, a, b, c, d, e] = x;  // two are never stored
  return std::tie(a, b, c, d, e);
}
template <typename T>
requires Is<T, of::LateEvidence> || Is<T, of::Released>
auto parts(T& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
auto parts(Is<of::Observed> auto& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}
auto parts(Is<of::CommitmentKey> auto& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}
auto parts(Is<of::Confirmed> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
auto parts(Is<of::Owed> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
}
auto parts(Is<of::Event> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
auto parts(Is<of::TicketImage> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
}
auto parts(Is<of::Cycle> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k);
}
auto parts(Is<of::EventImage> auto& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto parts(Is<of::CommitmentImage> auto& x) {
  auto& [a, b, c] = x;
  return std::tie(a, b, c);
}
auto parts(Is<of::Commitment> auto& x) {
  auto& [line, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, vanished, expires, warning] =
      x;  // four are never stored
  return std::tie(b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
}
auto parts(Is<of::Source> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
}
auto parts(Is<of::Branch> auto& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}
auto parts(Is<of::Compensation> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, owed_reason, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y, z, a2,
         b2, c2, d2, e2, f2, g2, h2, i2, j2, k2, l2, m2, n2, o2, p2, q2, r2, s2] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y, z, a2, b2,
                  c2, d2, e2, f2, g2, h2, i2, j2, k2, l2, m2, n2, o2, p2, q2, r2, s2, owed_reason);
}
auto parts(Is<of::PayoutBatch> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
}
auto parts(Is<of::VerdictLine> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
}

template <typename T>
concept HasParts = requires(T& x) {
  parts(x);
};

template <typename A, typename B>
bool is_same(const std::pair<A, B>& left, const std::pair<A, B>& right);

/// Deep equality; books by their hash, shared things by what they say.
template <typename T>
bool is_same(const T& left, const T& right) {
  if constexpr (HasParts<const T>) {
    return std::apply(
        [&](const auto&... l) {
          return std::apply([&](const auto&... r) { return (is_same(l, r) && ...); }, parts(right));
        },
        parts(left));
  } else if constexpr (requires { left->hash; }) {
    return (left == nullptr) == (right == nullptr) &&
           (left == nullptr || left->hash == right->hash);
  } else if constexpr (requires {
                         left == nullptr;
                         *left;
                       }) {
    return (left == nullptr) == (right == nullptr) && (left == nullptr || is_same(*left, *right));
  } else if constexpr (Is<T, rules::model::FactBody>) {
    return left.index() == right.index() &&
           std::visit(
               [&](const auto& body) {
                 return is_same(body, std::get<std::decay_t<decltype(body)>>(right));
               },
               left);
  } else if constexpr (requires { left.has_value(); }) {
    return left.has_value() == right.has_value() && (!left || is_same(*left, *right));
  } else if constexpr (std::convertible_to<const T&, std::string_view> ||
                       !requires { left.begin(); }) {
    return left == right;
  } else {
    if (left.size() != right.size()) return false;
    auto other = right.begin();
    for (const auto& one : left) {
      if (!is_same(one, *other++)) return false;
    }
    return true;
  }
}

template <typename A, typename B>
bool is_same(const std::pair<A, B>& left, const std::pair<A, B>& right) {
  return is_same(left.first, right.first) && is_same(left.second, right.second);
}

}  // namespace lupaus::tests::support
