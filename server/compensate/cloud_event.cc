#include "server/compensate/cloud_event.h"

#include <boost/json.hpp>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "server/compensate/apology.h"

namespace lupaus::server::compensate {
namespace {

namespace json = boost::json;
using rules::ledger::Compensation;

json::object data_of(const Compensation& compensation) {
  const rules::model::CommitmentKey& key = compensation.key;
  json::object data;
  data["compensation"] = delivery_key(compensation);
  data["commitment"] = rules::model::format_commitment(key);
  data["branch"] = key.branch;
  data["ticket"] = key.ticket;
  data["promise"] = key.promise;
  data["revision"] = std::to_string(key.revision);
  data["cycle"] = key.cycle;
  data["customer"] = compensation.customer;
  data["instrument"] = std::string(rules::model::format_instrument(compensation.instrument));
  if (compensation.due_on) data["due_on"] = rules::model::format_local_date(*compensation.due_on);
  return data;
}

std::string event_of(const Compensation& compensation, std::string_view type, json::object data) {
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = delivery_key(compensation);
  event["source"] = "/lupaus/partitions/" + std::to_string(kPartition);
  event["type"] = std::string(type);
  event["subject"] = rules::model::format_commitment(compensation.key);
  event["time"] = rules::model::format_instant(compensation.owed_at);
  event["datacontenttype"] = "application/json";
  event["data"] = std::move(data);
  return json::serialize(event);
}

}  // namespace

std::string delivery_key(const Compensation& compensation) {
  return rules::ledger::compensation_id(kPartition, compensation.number);
}

std::string webhook_body(const Compensation& compensation) {
  json::object data = data_of(compensation);
  if (!compensation.voucher.empty() && !compensation.is_voucher_void)
    data["voucher"] = compensation.voucher;
  if (compensation.amount) {
    data["amount"] = json::object{{"currency", compensation.amount->currency.text()},
                                  {"amount", rules::model::format_amount(*compensation.amount)},
                                  {"minor", compensation.amount->minor}};
  }
  return event_of(compensation, "lupaus.compensation.owed.v1", std::move(data));
}

std::string apology_body(const Compensation& compensation, const Wording& wording) {
  json::object data = data_of(compensation);
  data["language"] = wording.language;
  data["message"] = apology_text(wording);
  return event_of(compensation, "lupaus.apology.v1", std::move(data));
}

}  // namespace lupaus::server::compensate
