// Logs of made-up days, for properties of replays: every kind of event, ties, nights and customers
// who come again.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "rules/scenario/event_log.h"

namespace lupaus::rules::scenario {

/// One event with its own texts.
struct MadeEvent {
  std::string source, branch, ticket, type, customer, service;
  uint64_t sequence = 0;
  model::Instant at{};

  /// The views live as long as this and `attributes`.
  model::Event view(std::vector<model::Attribute>& attributes) const {
    attributes.clear();
    if (!ticket.empty() && type == "issued") attributes.push_back({"segment", "normal"});
    if (!customer.empty()) attributes.push_back({"customer", customer});
    if (!service.empty()) attributes.push_back({"service", service});
    return {source, 1, sequence, branch, ticket, type, "", at, attributes};
  }
};

inline std::vector<MadeEvent> make_events(uint32_t seed, size_t tickets) {
  std::mt19937 random(seed);
  const std::vector<std::string> types = {"called", "away",      "back",    "service_started",
                                          "left",   "cancelled", "no_show", "service_ended"};
  constexpr int64_t kSundayEvening = 1'767'546'000'000;  // 2026-01-04T19:00+02:00
  std::vector<MadeEvent> events;
  std::vector<uint64_t> sequences(3, 0);
  const auto add = [&](const std::string& ticket, const std::string& type, int64_t at) {
    MadeEvent event;
    const size_t source = random() % sequences.size();
    event.source = "s" + std::to_string(source);
    event.sequence = ++sequences[source];
    event.branch = random() % 8 == 0 && ticket.empty() ? "a" : "b";
    event.ticket = ticket;
    event.type = type;
    event.at = model::from_unix_ms(at);
    if (type == "issued" && random() % 2 == 0) event.customer = "c" + std::to_string(random() % 5);
    if (type == "issued" && random() % 3 != 0) event.service = random() % 2 == 0 ? "cash" : "loan";
    events.push_back(std::move(event));
  };
  for (size_t i = 0; i < tickets; ++i) {
    const std::string ticket = "t" + std::to_string(random() % (2 * tickets));
    int64_t at = kSundayEvening + static_cast<int64_t>(random() % 36'000'000);
    add(ticket, "issued", at);
    for (size_t more = random() % 4; more > 0; --more) {
      // Whole minutes are frequent, so that limits are met exactly.
      at += random() % 2 == 0 ? static_cast<int64_t>(random() % 25) * 60'000
                              : static_cast<int64_t>(random() % 1'500'000);
      add(ticket, types[random() % types.size()], at);
    }
    if (random() % 16 == 0) add("", random() % 2 == 0 ? "branch_closed" : "branch_opened", at);
  }
  return events;
}

inline void fill(EventLog& log, const std::vector<MadeEvent>& events) {
  uint64_t line = 0;
  std::vector<model::Attribute> attributes;
  for (const MadeEvent& event : events) {
    const auto added = log.add(event.view(attributes), ++line);
    model::ensure(added.ok(), "a made-up event is a good one");
  }
  const auto arranged = log.arrange();
  model::ensure(arranged.ok(), "made-up events have contiguous sequences");
}

}  // namespace lupaus::rules::scenario
