// The branches and promises that there are, or were: so that a name with a slip of the pen in it is
// said so, and never answered as if nothing had happened there.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "rules/model/result.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server::api {

/// Thread-safe; looking blocks nobody: what is known is replaced as a whole. Outlives the services
/// and the loop's threads.
class KnownNames {
 public:
  /// Follows what is published; before the loop starts.
  explicit KnownNames(runtime::EngineLoop& loop);
  /// Takes what was published, or has reported, before. Once, after the loop has started.
  rules::model::Result<void> start();
  /// What was just published: whoever is told so may ask for its names at once.
  void add(const rules::model::Book& book);

  /// Errors "unknown_branch" and "unknown_promise" say which name is near. "" is known, and so is
  /// everything while no book was published; whatever a book declares is, also without any data.
  rules::model::Result<void> check_branch(std::string_view name) const;
  rules::model::Result<void> check_promise(std::string_view name) const;

 private:
  using Set = std::set<std::string, std::less<>>;
  struct Names {
    bool has_book = false;
    Set branches, promises;
  };
  void follow(const runtime::Committed& committed);
  void replace(const std::function<void(Names&)>& change);
  std::shared_ptr<const Names> names() const;
  static rules::model::Error unknown(const char* what, const char* verb, const Set& known,
                                     std::string_view name);

  runtime::EngineLoop& loop_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
};

}  // namespace lupaus::server::api
