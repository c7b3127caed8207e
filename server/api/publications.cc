// Folds the books as the engine does, so that revisions rise as they did there.
#include "server/api/publications.h"

#include <map>

#include "rules/engine/state.h"
#include "server/api/published.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

using rules::model::Published;
using rules::model::Result;

Result<void> list_publications(const runtime::Storage& storage,
                               v1::ListPublicationsResponse& response) {
  rules::engine::State state;
  std::map<std::string, size_t> revisions;
  return visit_published(storage, [&](const rules::model::Fact& fact) {
    const auto* published = std::get_if<Published>(&fact.body);
    if (published == nullptr) return;
    state.evolve(fact);
    v1::Publication& message = *response.add_publications();
    message.set_position(fact.position);
    wire::to_timestamp(fact.at, *message.mutable_published_at());
    if (fact.actor != nullptr) message.set_actor(fact.actor->id);
    wire::to_timestamp(published->valid_from, *message.mutable_valid_from());
    message.set_book_hash(published->book->hash);
    for (const rules::engine::Line& line : state.lines()) {
      size_t& known = revisions[line.name];
      for (; known < line.revisions.size(); ++known) {
        v1::Publication::Revision& risen = *message.add_revisions();
        risen.set_promise(line.name);
        risen.set_revision(line.revisions[known].number);
      }
    }
    for (const std::string& name : published->retired) message.add_retired(name);
    message.set_reason(published->retired_reason);
  });
}

}  // namespace lupaus::server::api
