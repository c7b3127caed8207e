// SourceService: sources as the engine knows them, and the verdicts that wait for each, gathered in
// one walk over all tickets.
#include "server/api/source_service.h"

#include <algorithm>
#include <map>
#include <set>

#include "fmt/format.h"
#include "lupaus/v1/source.grpc.pb.h"
#include "rules/engine/skew.h"
#include "server/api/call.h"
#include "server/api/held_verdicts.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::engine::Source;
using rules::ledger::State;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;

std::string_view state_of(const Source& source) {
  if (source.is_retired) return "retired";
  if (source.epoch == 0) return "declared";
  return source.is_closed ? "closed" : "seen";
}

/// Branches by the source that reports there or is declared to.
std::map<std::string, std::set<std::string>> branches_of_sources(const State& state) {
  std::map<std::string, std::set<std::string>> branches;
  for (const rules::engine::Branch* branch : state.engine.branches()) {
    for (const auto& [source, at] : branch->heard_sources) branches[source].insert(branch->name);
  }
  if (const rules::model::BookPtr book = state.engine.book()) {
    for (const auto& branch : book->branches) {
      for (const auto& declared : branch.sources) branches[declared.id].insert(branch.name);
    }
  }
  return branches;
}

void to_message(const Source& source, Instant now, v1::Source& message) {
  message.set_id(source.id);
  message.set_state(std::string(state_of(source)));
  message.set_epoch(source.epoch);
  message.set_next_sequence(source.next_sequence);
  if (source.watermark != rules::model::kBeginningOfTime)
    wire::to_timestamp(source.watermark, *message.mutable_watermark());
  if (source.last_received_at != rules::model::kBeginningOfTime)
    wire::to_timestamp(source.last_received_at, *message.mutable_last_received_at());
  const bool is_waited_for = !source.is_retired && !source.is_closed;
  if (is_waited_for && source.watermark != rules::model::kBeginningOfTime)
    message.set_silent_ms(std::max<int64_t>(0, (now - source.watermark).count()));
  message.set_skew_ms(source.skew.count());
  message.set_is_corrected(rules::engine::correction_by(source.skew) !=
                           rules::model::Duration::zero());
  message.set_twin_count(source.twin_count);
  message.set_rejected_count(source.rejected.size());
  message.set_retired_reason(source.retired_reason);
}

}  // namespace

class SourceService::Body final : public v1::SourceService::Service {
 public:
  Body(runtime::EngineLoop& loop, Announced announced)
      : loop_(loop), announced_(std::move(announced)) {}

  grpc::Status ListSources(grpc::ServerContext* context, const v1::ListSourcesRequest* request,
                           v1::ListSourcesResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*request, *response); });
  }

  grpc::Status RetireSource(grpc::ServerContext* context, const v1::RetireSourceRequest* request,
                            v1::Source* response) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      return retired_.once(who.name, *request, *response,
                           [&] { return retire(*request, who, *response); });
    });
  }

 private:
  Result<void> list(const v1::ListSourcesRequest& request, v1::ListSourcesResponse& response) {
    const Instant now = loop_.now();
    const std::map<std::string, HeldVerdicts> held = held_verdicts(loop_, now);
    wire::to_timestamp(now, *response.mutable_as_of());
    return wire::look(loop_, [&](const State& state) {
      const auto branches = branches_of_sources(state);
      for (const Source* source : state.engine.sources()) {
        const auto where = branches.find(source->id);
        const auto hanging = held.find(source->id);
        const bool is_there = request.branch().empty() ||
                              (where != branches.end() && where->second.contains(request.branch()));
        if (!is_there || (request.holding() && hanging == held.end())) continue;
        v1::Source& message = *response.add_sources();
        to_message(*source, now, message);
        add_backlog(*source, message);
        if (where != branches.end()) {
          for (const std::string& name : where->second) message.add_branches(name);
        }
        if (hanging == held.end()) continue;
        message.set_held_verdict_count(hanging->second.count);
        for (const auto& [currency, minor] : hanging->second.at_stake)
          wire::to_money(currency, minor, *message.add_held_amounts());
      }
    });
  }

  Result<void> retire(const v1::RetireSourceRequest& request, const wire::Identity& who,
                      v1::Source& response) {
    Result<Facts> facts =
        wire::ask(loop_, rules::model::Retire{request.source(), request.reason()}, who.actor());
    if (!facts) return facts.error();
    return wire::look(loop_, [&](const State& state) {
      // WHY: one that is declared and was never heard is none that can be found by its epoch.
      const auto all = state.engine.sources();
      const auto found = std::find_if(all.begin(), all.end(), [&](const Source* other) {
        return other->id == request.source();
      });
      if (found == all.end()) return;
      const Source* source = *found;
      to_message(*source, loop_.now(), response);
      add_backlog(*source, response);
      auto branches = branches_of_sources(state);
      for (const std::string& name : branches[source->id]) response.add_branches(name);
    });
  }

  void add_backlog(const Source& source, v1::Source& message) const {
    const uint64_t announced = announced_(source.id, source.epoch);
    if (announced >= source.next_sequence)
      message.set_backlog_count(announced - source.next_sequence + 1);
  }

  runtime::EngineLoop& loop_;
  const Announced announced_;
  wire::RecentAnswers<v1::Source> retired_;
};

SourceService::SourceService(runtime::EngineLoop& loop, Announced announced)
    : body_(std::make_unique<Body>(loop, std::move(announced))) {}
SourceService::~SourceService() = default;
grpc::Service& SourceService::service() { return *body_; }

}  // namespace lupaus::server::api
