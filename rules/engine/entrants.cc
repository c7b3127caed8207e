#include "rules/engine/entrants.h"

#include <algorithm>

namespace lupaus::rules::engine {

using model::TicketSlot;

uint32_t Entrants::number_of(std::string_view id) {
  if (newest_ != kNobody && people_[newest_ - 1] == id) return newest_;
  const auto known = numbers_.find(id);
  if (known != numbers_.end()) return newest_ = known->second;
  people_.emplace_back(id);
  newest_ = static_cast<uint32_t>(people_.size());
  numbers_.emplace(people_.back(), newest_);
  return newest_;
}

void Entrants::add(TicketSlot slot, std::string_view id) {
  if (by_slot_.size() <= slot) by_slot_.resize(slot + 1, kNobody);
  uint32_t& known = by_slot_[slot];
  if (known == kSeveral) {
    auto& all = several_[slot];
    if (std::find(all.begin(), all.end(), id) == all.end()) all.emplace_back(id);
    return;
  }
  const uint32_t number = number_of(id);
  if (known == number) return;
  if (known != kNobody) several_[slot] = {people_[known - 1], std::string(id)};
  known = known == kNobody ? number : kSeveral;
}

void Entrants::forget(TicketSlot slot) {
  if (by_slot_.size() <= slot) return;
  if (by_slot_[slot] == kSeveral) several_.erase(slot);
  by_slot_[slot] = kNobody;
}

std::span<const std::string> Entrants::of(TicketSlot slot) const {
  if (by_slot_.size() <= slot || by_slot_[slot] == kNobody) return {};
  if (by_slot_[slot] == kSeveral) return several_.find(slot)->second;
  return {&people_[by_slot_[slot] - 1], 1};
}

}  // namespace lupaus::rules::engine
