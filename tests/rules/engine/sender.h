// One source as a test speaks for it: it chooses its own sequences, repeats itself and errs.
#pragma once

#include <deque>

#include "tests/support/rules_world.h"

namespace lupaus::tests {

class Sender {
 public:
  Sender(World& world, std::string source) : world_(world), source_(std::move(source)) {
    ensure_ok(world_.command(rules::model::Register{source_, 1, 0, false}, World::at({})));
  }

  /// An event of ticket A1 at branch b, as `change` alters it; the code of the refusal or "".
  template <typename Change>
  std::string send(uint64_t sequence, Change change, bool is_retry = false) {
    auto& event = kept_.emplace_back();
    event.source = source_;
    event.ticket = "A1";
    event.type = "issued";
    event.sequence = sequence;
    event.at = World::at({});
    change(event);
    auto& attributes = attributes_.emplace_back();
    for (const auto& [name, value] : event.attributes) attributes.push_back({name, value});
    const auto& view = views_.emplace_back(
        rules::model::Event{event.source, event.epoch, event.sequence, event.branch, event.ticket,
                            event.type, "", event.at, attributes});
    const auto sent =
        world_.command(rules::model::Observe{&view, World::at({}), is_retry, false}, World::at({}));
    return sent.ok() ? "" : sent.error().code;
  }
  std::string send(uint64_t sequence) {
    return send(sequence, [](OwnedEvent&) {});
  }
  /// The reason of the newest rejection; "" when there is none.
  std::string rejection() const {
    const auto all = world_.all<rules::model::Rejected>();
    return all.empty() ? "" : std::string(all.back().reason);
  }

 private:
  static void ensure_ok(const rules::model::Result<void>& result) {
    rules::model::ensure(result.ok(), "a source may register");
  }

  World& world_;
  std::string source_;
  std::deque<OwnedEvent> kept_;
  std::deque<std::vector<rules::model::Attribute>> attributes_;
  std::deque<rules::model::Event> views_;
};

}  // namespace lupaus::tests
