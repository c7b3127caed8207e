// What the door asks of whoever serves /v1/: is there such a call, and make it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/console/exchange.h"
#include "server/console/visitors.h"

namespace lupaus::server::console {

class Calls {
 public:
  virtual ~Calls() = default;
  /// The verbs of a path, as the header Allow says them: "GET, HEAD", "GET", "POST" or both; ""
  /// when nothing is there. Called on the door's thread.
  virtual std::string verbs(std::string_view path) const = 0;
  /// Answers by `exchange`, at once or later, on any thread. Called on the door's thread, which it
  /// never blocks, however large the body; a HEAD comes as a GET.
  virtual void call(Request request, const Visitor& visitor,
                    std::shared_ptr<Exchange> exchange) = 0;
};

}  // namespace lupaus::server::console
