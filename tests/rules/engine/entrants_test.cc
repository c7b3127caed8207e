// Who sent events of a ticket: one person as a number, several as a list, nobody for free.
#include "rules/engine/entrants.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lupaus::tests {
namespace {

using rules::engine::Entrants;

std::vector<std::string> of(const Entrants& entrants, uint32_t slot) {
  const auto found = entrants.of(slot);
  return {found.begin(), found.end()};
}

using People = std::vector<std::string>;

TEST(Entrants, CountsEachPersonOnceInTheOrderTheyCame) {
  Entrants entrants;
  for (const char* id : {"maija", "maija", "antti", "maija", "antti", "zoe"}) entrants.add(3, id);
  EXPECT_EQ(of(entrants, 3), (People{"maija", "antti", "zoe"}));
  EXPECT_EQ(of(entrants, 2), People{});
  EXPECT_EQ(of(entrants, 1'000), People{});
}

TEST(Entrants, KeepsTicketsApart) {
  Entrants entrants;
  for (uint32_t slot = 0; slot < 300; ++slot) entrants.add(slot, "p" + std::to_string(slot % 7));
  for (uint32_t slot = 0; slot < 300; slot += 5) entrants.add(slot, "late");
  for (uint32_t slot = 0; slot < 300; ++slot) {
    People expected{"p" + std::to_string(slot % 7)};
    if (slot % 5 == 0) expected.push_back("late");
    EXPECT_EQ(of(entrants, slot), expected) << slot;
  }
}

TEST(Entrants, ForgetsTheTicketWhoseSlotIsUsedAgain) {
  Entrants entrants;
  entrants.forget(9);
  entrants.add(1, "maija");
  entrants.add(2, "maija");
  entrants.add(2, "antti");
  entrants.forget(1);
  entrants.forget(2);
  EXPECT_EQ(of(entrants, 1), People{});
  EXPECT_EQ(of(entrants, 2), People{});
  entrants.add(2, "zoe");
  EXPECT_EQ(of(entrants, 2), People{"zoe"});
}

}  // namespace
}  // namespace lupaus::tests
