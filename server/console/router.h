// From a request to an answer: the whole list of what the console serves, and who is refused before
// anything is looked at. Pure but for the callbacks it asks.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "server/console/exchange.h"
#include "server/console/http_server.h"
#include "server/console/visitors.h"

namespace lupaus::server::console {

/// Belongs to the door; lives on its thread.
class Router {
 public:
  Router(const ConsoleSettings& settings, const ConsoleSources& sources)
      : settings_(settings), sources_(sources) {}

  /// What is refused before the body is read: foreign hosts and origins, forged headers, unknown
  /// paths, wrong verbs, missing tokens, bodies that are too large.
  std::optional<Reply> refuse(const Request& head) const;
  /// Answers what `refuse` let pass.
  void answer(Request request, std::shared_ptr<Exchange> exchange) const;

 private:
  std::string verbs(std::string_view path) const;
  std::optional<Reply> refuse_place(const Request& head) const;
  std::optional<Reply> refuse_change(const Request& head, const Visitor& visitor) const;
  std::optional<Reply> refuse_body(const Request& head) const;
  Reply answer_session(const Request& request, const Visitor& visitor) const;
  Reply answer_own(const Request& request) const;

  const ConsoleSettings& settings_;
  const ConsoleSources& sources_;
  const Visitors visitors_;
};

}  // namespace lupaus::server::console
