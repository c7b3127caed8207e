// The fields of the values that facts and rows share, in the numbers of proto/lupaus/storage/v1.
// Each description serves Writer and Reader.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "rules/model/book.h"
#include "rules/model/fact.h"
#include "server/store/wire.h"

namespace lupaus::server::store {

namespace model = rules::model;

void describe(auto& wire, Is<std::pair<std::string, std::string>> auto& entry) {
  wire.field(1, entry.first);
  wire.field(2, entry.second);
}

void describe(auto& wire, Is<model::Actor> auto& actor) {
  wire.field(1, actor.kind);
  wire.field(2, actor.is_authenticated);
  wire.field(3, actor.id);
  wire.field(4, actor.roles);
}

template <typename Wire>
void describe(Wire& wire, Is<model::Money> auto& money) {
  std::string_view currency = money.currency.is_set() ? money.currency.text() : std::string_view();
  wire.field(1, currency);
  if constexpr (Wire::kReads) {
    money.currency = {};
    if (currency.size() == 3) std::copy_n(currency.begin(), 3, money.currency.code.begin());
    if (!currency.empty() && currency.size() != 3) wire.fail();
  }
  wire.field(2, money.minor);
}

void describe(auto& wire, Is<model::LocalDate> auto& date) {
  wire.field(1, date.year);
  wire.field(2, date.month);
  wire.field(3, date.day);
}

template <typename Wire>
void describe(Wire& wire, Is<model::Cycle> auto& cycle) {
  wire.field(1, cycle.started_at);
  wire.field(2, cycle.stopped_at);
  wire.field(3, cycle.end);
  wire.field(4, cycle.limit);
  wire.field(5, cycle.counted);
  wire.field(6, cycle.due_at);
  wire.field(7, cycle.breaching_at);
  wire.field(8, cycle.is_broken);
  wire.field(9, cycle.verdict);
  // Stored from 1, so that a cycle without an excuse has the bytes it had before there were any.
  auto excuse = static_cast<uint32_t>(cycle.excuse + 1);
  wire.field(10, excuse);
  if constexpr (Wire::kReads) cycle.excuse = static_cast<int16_t>(excuse - 1);
  wire.field(11, cycle.doubt);
}

void describe(auto& wire, Is<model::Owed::CapDraw> auto& draw) {
  wire.field(1, draw.cap);
  wire.field(2, draw.minor);
  wire.field(3, draw.times);
  wire.field(4, draw.clause);
  wire.field(5, draw.maximum_minor);
}

void describe(auto& wire, Is<model::CommitmentKey> auto& key) {
  wire.field(1, key.branch);
  wire.field(2, key.ticket);
  wire.field(3, key.promise);
  wire.field(4, key.revision);
  wire.field(5, key.cycle);
}

/// The key inside a journal row: branch and promise by their numbers.
void describe_ref(auto& wire, uint32_t number, Is<model::CommitmentKey> auto& key) {
  wire.message(number, [&] {
    wire.name(1, key.branch);
    wire.field(2, key.ticket);
    wire.name(3, key.promise);
    wire.field(4, key.revision);
    wire.field(5, key.cycle);
  });
}

}  // namespace lupaus::server::store
