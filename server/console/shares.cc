#include "server/console/shares.h"

#include "rules/model/result.h"

namespace lupaus::server::console {

Shares::Entry Shares::enter(const std::string& visitor) {
  const auto found = by_visitor_.find(visitor);
  // WHY: who has taken his share is told so, also where nobody else would get in.
  if (found != by_visitor_.end() && found->second >= limits_.a_visitor_max)
    return Entry::share_full;
  if (count_ >= limits_.all_max) return Entry::full;
  ++count_;
  ++by_visitor_[visitor];
  return Entry::taken;
}

void Shares::leave(const std::string& visitor) {
  const auto found = by_visitor_.find(visitor);
  rules::model::ensure(found != by_visitor_.end(), "each leave has its enter");
  --count_;
  if (--found->second == 0) by_visitor_.erase(found);
}

}  // namespace lupaus::server::console
