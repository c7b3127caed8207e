// Small devices' calls.
#include "server/ingest/single_calls.h"

#include "fmt/format.h"
#include "server/ingest/translate.h"
#include "server/wire/ask.h"
#include "server/wire/status.h"

namespace lupaus::server::ingest {

using rules::model::Error;
using rules::model::Facts;
using rules::model::Result;
using wire::invalid_field;

namespace {

/// What the views of one call point into.
struct Held {
  v1::CreateEventsRequest request;
  std::string source;  ///< of numbered events
  EventViews views;
};

bool has_identity(const v1::Event& event) {
  return !event.source().empty() || event.epoch() != 0 || event.sequence() != 0;
}

std::string numbered_source(const wire::Identity& identity) {
  if (identity.kind == wire::Identity::Kind::source) return identity.name + "/api";
  return "api/" + (identity.name.empty() ? std::string("anonymous") : identity.name);
}

Result<void> translate_all(const std::shared_ptr<Held>& held) {
  size_t attribute_count = 0;
  for (const v1::Event& event : held->request.events())
    attribute_count += event.attributes().size();
  held->views.attributes.reserve(attribute_count);
  for (int i = 0; i < held->request.events_size(); ++i) {
    Result<void> read =
        translate(held->request.events(i), fmt::format("events[{}]", i), held->views);
    if (!read) return read;
  }
  return {};
}

void add_ack(const std::string& source, uint64_t epoch, const runtime::Intake::Outcome& outcome,
             v1::CreateEventsResponse& response) {
  v1::Ack* ack = nullptr;
  for (v1::Ack& known : *response.mutable_acks()) {
    if (known.source() == source && known.epoch() == epoch) ack = &known;
  }
  if (ack == nullptr) ack = response.add_acks();
  ack->set_source(source);
  ack->set_epoch(epoch);
  ack->set_up_to_sequence(std::max(ack->up_to_sequence(), outcome.up_to));
  for (const runtime::Rejection& rejection : outcome.rejected) {
    v1::RejectedReason& reason = *ack->add_rejected();
    reason.set_sequence(rejection.sequence);
    reason.set_reason(rejection.reason);
    reason.set_message(rejection.message);
  }
}

}  // namespace

runtime::Intake::Outcome SingleCalls::submit(runtime::Intake intake) {
  wire::Await<runtime::Intake::Outcome> settled;
  intake.done = [filler = settled.filler()](runtime::Intake::Outcome outcome) {
    filler->set(std::move(outcome));
  };
  (void)loop_.submit_in_turn(std::move(intake), [] {});
  std::optional<runtime::Intake::Outcome> outcome = settled.get();
  if (!outcome) return {wire::stopping(), 0, 0, {}};
  return std::move(*outcome);
}

Result<SingleCalls::Position> SingleCalls::make_known(const std::string& source, uint64_t epoch,
                                                      const wire::Identity& identity) {
  Result<Facts> facts = wire::ask(loop_, rules::model::Register{source, epoch, 0, false, true},
                                  identity.actor_for_source(source));
  if (!facts) return facts.error();
  return position_of(source);
}

Result<SingleCalls::Position> SingleCalls::position_of(const std::string& source) {
  Position position;
  Result<void> seen = wire::look(loop_, [&](const rules::ledger::State& state) {
    const rules::engine::Source* known = state.engine.find_source(source);
    if (known != nullptr) position = Position{known->epoch, known->next_sequence};
  });
  if (!seen) return seen.error();
  return position;
}

Result<v1::CreateEventsResponse> SingleCalls::create(const v1::CreateEventsRequest& request,
                                                     const wire::Identity& identity) {
  if (request.events().empty())
    return invalid_field("events", "expected at least one event, but it is empty");
  bool is_identified = has_identity(request.events(0));
  for (int i = 1; i < request.events_size(); ++i) {
    if (has_identity(request.events(i)) != is_identified) {
      return invalid_field(fmt::format("events[{}]", i),
                           "expected all events to carry source, epoch and sequence, or none");
    }
  }
  if (is_identified) return create_identified(request, identity);
  v1::CreateEventsResponse response;
  Result<void> created = answered_.once(numbered_source(identity), request, response, [&] {
    return create_numbered(request, identity, response);
  });
  if (!created) return created.error();
  return response;
}

Result<v1::CreateEventsResponse> SingleCalls::create_identified(
    const v1::CreateEventsRequest& request, const wire::Identity& identity) {
  auto held = std::make_shared<Held>();
  held->request = request;
  for (int i = 0; i < request.events_size(); ++i) {
    const v1::Event& event = request.events(i);
    std::string field = fmt::format("events[{}]", i);
    Result<void> checked = check_source_id(event.source(), field + ".source");
    if (!checked) return checked.error();
    if (event.epoch() == 0) return invalid_field(field + ".epoch", "expected 1 or more");
    if (event.sequence() == 0) return invalid_field(field + ".sequence", "expected 1 or more");
    if (!identity.may_send_for(event.source())) {
      return Error{"forbidden",
                   fmt::format("{}.source: the certificate speaks for `{}`, not for `{}`", field,
                               identity.name, event.source()),
                   "",
                   {}};
    }
  }
  Result<void> translated = translate_all(held);
  if (!translated) return translated.error();
  v1::CreateEventsResponse response;
  std::span<const rules::model::Event> rest = held->views.events;
  while (!rest.empty()) {
    size_t count = 1;
    while (count < rest.size() && rest[count].source == rest[0].source &&
           rest[count].epoch == rest[0].epoch &&
           rest[count].sequence == rest[count - 1].sequence + 1) {
      ++count;
    }
    std::string source(rest[0].source);
    Result<Position> known = make_known(source, rest[0].epoch, identity);
    if (!known) return known.error();
    runtime::Intake intake;
    intake.events = rest.first(count);
    intake.storage = held;
    intake.actor = identity.actor_for_source(source);
    runtime::Intake::Outcome outcome = submit(std::move(intake));
    if (!outcome.result) return outcome.result.error();
    add_ack(source, rest[0].epoch, outcome, response);
    rest = rest.subspan(count);
  }
  return response;
}

Result<void> SingleCalls::create_numbered(const v1::CreateEventsRequest& request,
                                          const wire::Identity& identity,
                                          v1::CreateEventsResponse& response) {
  std::string source = numbered_source(identity);
  auto held = std::make_shared<Held>();
  held->request = request;
  Result<void> translated = translate_all(held);
  if (!translated) return translated;
  Result<Position> known = position_of(source);
  if (known.ok() && known->epoch == 0) known = make_known(source, 0, identity);
  if (!known) return known.error();
  Position position = *known;
  held->source = source;
  for (rules::model::Event& event : held->views.events) {
    event.source = held->source;
    event.epoch = position.epoch;
    event.sequence = position.next_sequence++;
  }
  runtime::Intake intake;
  intake.events = held->views.events;
  intake.storage = held;
  intake.actor = identity.actor_for_source(source);
  runtime::Intake::Outcome outcome = submit(std::move(intake));
  if (!outcome.result) return outcome.result.error();
  add_ack(source, position.epoch, outcome, response);
  return {};
}

Result<v1::RetryRejectedEventResponse> SingleCalls::retry(const v1::Event& event,
                                                          const wire::Identity& identity) {
  auto held = std::make_shared<Held>();
  *held->request.add_events() = event;
  Result<void> translated = translate_all(held);
  if (!translated) return translated.error();
  runtime::Intake intake;
  intake.events = held->views.events;
  intake.storage = held;
  intake.actor = identity.actor();
  intake.is_retry = true;
  runtime::Intake::Outcome outcome = submit(std::move(intake));
  v1::RetryRejectedEventResponse response;
  if (!outcome.result) {
    // Still not applicable is an answer; not being on the list, or no book, is an error.
    const Error& error = outcome.result.error();
    bool is_complaint = error.code != "not_rejected" && error.code != "no_book" &&
                        error.code != "stopping" && error.code != "unknown_source" &&
                        error.code != "unknown_epoch";
    if (!is_complaint) return error;
    response.set_message(error.message);
    return response;
  }
  response.set_applied(outcome.rejected.empty());
  if (!outcome.rejected.empty()) response.set_message(outcome.rejected.front().message);
  return response;
}

}  // namespace lupaus::server::ingest
