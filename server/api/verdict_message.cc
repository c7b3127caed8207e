// Field by field; what is absent stays absent.
#include "server/api/verdict_message.h"

#include "lupaus/v1/breach.pb.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

void to_message(const rules::model::VerdictLine& line, v1::VerdictLine& message) {
  message.set_branch(line.key.branch);
  message.set_ticket(line.key.ticket);
  message.set_promise(line.key.promise);
  message.set_revision(line.key.revision);
  message.set_cycle(line.key.cycle);
  message.set_verdict(std::string(rules::model::format_verdict(line.verdict)));
  message.set_final(line.is_final);
  wire::to_timestamp(line.started_at, *message.mutable_started_at());
  if (line.due_at) wire::to_timestamp(*line.due_at, *message.mutable_due_at());
  if (line.stopped_at) wire::to_timestamp(*line.stopped_at, *message.mutable_stopped_at());
  message.set_counted_ms(line.counted.count());
  if (line.late_by) message.set_late_by_ms(line.late_by->count());
  if (line.breached_at) wire::to_timestamp(*line.breached_at, *message.mutable_breached_at());
  if (line.owed) wire::to_money(*line.owed, *message.mutable_owed());
  message.set_paid_state(std::string(rules::model::format_paid_state(line.paid_state)));
  message.set_reason(line.reason);
  message.set_service(line.service);
  message.set_label(line.label);
}

}  // namespace lupaus::server::api
