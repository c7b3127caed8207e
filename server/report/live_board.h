// Which tickets changed on the boards that somebody looks at: what keeps a live board cheap. It
// follows committed batches and only remembers names; what became of the tickets is asked of the
// loop by whoever takes them.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rules/model/fact.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server::report {

/// Branch and id; ordered as lists are.
using TicketKey = std::pair<std::string, std::string>;

/// Thread-safe; the writer's thread feeds it, one reader takes. While no branch is watched it
/// remembers nothing but the position. Holds at most `names_max` names: above it, it says that
/// everything may have changed.
class LiveBoard {
 public:
  /// `position`: of the journal now. `rang` is called on the writer's thread, once after each take,
  /// when there is something to take; it must not block.
  LiveBoard(rules::model::Position position, std::function<void()> rang, size_t names_max = 65'536);

  /// A follower of the loop; does not block.
  void follow(const runtime::CommittedPtr& committed);

  /// From here on changes of `branch` ("": of all) are remembered. Each watch has its unwatch.
  void watch(const std::string& branch);
  void unwatch(const std::string& branch);

  struct Changes {
    std::vector<TicketKey> tickets;     ///< each once, ascending
    std::vector<std::string> branches;  ///< an event of the branch itself: all its tickets
    /// A book was published, or more changed than is kept: look at all of them.
    bool is_everything = false;
    rules::model::Position position = 0;  ///< every fact up to here is in this or an earlier take
  };
  Changes take();
  rules::model::Position position() const;

 private:
  void note(const rules::model::Fact& fact);
  void note(std::string_view branch, std::string_view ticket);
  bool is_watched(std::string_view branch) const;

  const std::function<void()> rang_;
  const size_t names_max_;
  mutable std::mutex mutex_;
  std::map<std::string, size_t, std::less<>> watched_;
  rules::model::Position position_ = 0;
  std::unordered_set<std::string> changed_;  ///< branch \0 ticket; a whole branch: branch \0
  std::string name_;                         ///< room to make one in
  bool is_everything_ = false;
  bool has_rung_ = false;
};

}  // namespace lupaus::server::report
