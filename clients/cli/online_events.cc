// `lupaus events tail|rejected|retry`: the events as the server has them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "clients/cli/json_events.h"
#include "clients/cli/online.h"
#include "lupaus/v1/event.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::EventService::Stub;

/// One JSON line, attributes in the order of their names.
std::string json_line(const v1::Event& event) {
  std::vector<rules::model::Attribute> attributes;
  for (const auto& [name, value] : event.attributes()) attributes.push_back({name, value});
  std::sort(attributes.begin(), attributes.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  rules::model::Event line;
  line.source = event.source();
  line.epoch = event.epoch();
  line.sequence = event.sequence();
  line.branch = event.branch();
  line.ticket = event.ticket();
  line.type = event.type();
  line.label = event.label();
  line.occurred_at = to_instant(event.occurred_at());
  line.attributes = attributes;
  return to_json_line(line);
}

void tail(Context& context, const v1::TailEventsRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::EventService>(context, [&](Stub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto stream = stub.TailEvents(&call, request);
    v1::TailEventsResponse next;
    while (stream->Read(&next)) {
      const auto& event = next.event();
      if (context.form == Form::table || context.form == Form::wide) {
        const Cell at = time_cell(context, event.has_occurred_at(), event.occurred_at());
        context.out() << (at.shown.empty() ? at.content : at.shown) << "  " << event.branch()
                      << "  " << (event.ticket().empty() ? "-" : event.ticket()) << "  "
                      << event.type() << "  " << event.source() << "/" << event.epoch() << "/"
                      << event.sequence() << "\n";
      } else {
        context.out() << json_line(event) << "\n";
      }
      context.out().flush();
      if (!context.out()) call.TryCancel();
    }
    if (const auto status = stream->Finish(); !status.ok() && context.out())
      fail_with(context, status);
  });
}

void list_rejected(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::EventService>(context, [&](Stub& stub) {
    Rows rows(context, {{"position", "POSITION", false, true},
                        {"received_at", "RECEIVED"},
                        {"reason", "REASON"},
                        {"message", "MESSAGE"},
                        {"retried", "RETRIED"},
                        {"event", "EVENT", true}});
    const auto take = [&](const v1::ListRejectedEventsResponse& page) {
      for (const auto& one : page.rejected_events()) {
        const std::string line = json_line(one.event());
        rows.add({number_cell(one.position()),
                  time_cell(context, one.has_received_at(), one.received_at()),
                  Cell::text(one.reason()), Cell::text(one.message()), bool_cell(one.retried()),
                  Cell::json(line, line)});
      }
    };
    if (ask_all<Stub, v1::ListRejectedEventsRequest, v1::ListRejectedEventsResponse>(
            context, stub, &Stub::ListRejectedEvents, {}, take)) {
      rows.finish();
    }
  });
}

void retry(Context& context, uint64_t position) {
  v1::RetryRejectedEventRequest request;
  request.set_position(position);
  request.set_request_id(make_request_id());
  with_stub<v1::EventService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::RetryRejectedEvent, request);
    if (!answer) return;
    if (answer->applied()) {
      context.err() << "the event at position " << position << " is applied now\n";
    } else {
      context.fail("the event at position " + std::to_string(position) +
                   " is still refused: " + answer->message());
    }
  });
}

}  // namespace

void add_event_verbs(CLI::App& app, Context& context) {
  CLI::App& events = verb_group(app, "events", "What sources report");
  add_send(events, context);
  {
    auto request = std::make_shared<v1::TailEventsRequest>();
    CLI::App* verb = events.add_subcommand("tail", "Events as they are recorded");
    verb->add_option_function<uint64_t>(
        "--from", [request](uint64_t at) { request->set_from_position(at); },
        "From this position of the journal; now if left out");
    verb->add_flag_function(
        "--until-now", [request](int64_t) { request->set_until_now(true); },
        "Ends with what is recorded now; goes on if left out");
    verb->callback([&context, request] { tail(context, *request); });
  }
  events.add_subcommand("rejected", "Events that were kept but not applied")->callback([&context] {
    list_rejected(context);
  });
  auto position = std::make_shared<uint64_t>(0);
  CLI::App* verb = events.add_subcommand("retry", "Submits a rejected event again");
  verb->add_option("position", *position, "From `events rejected`")->required();
  verb->callback([&context, position] { retry(context, *position); });
}

}  // namespace lupaus::clients::cli
