// The verbs that ask a server, gathered; and how they print times and money.
#include "clients/cli/online.h"

#include <random>
#include <utility>

#include "rules/calendar/zone.h"

namespace lupaus::clients::cli {

using rules::model::Instant;

void add_online_verbs(CLI::App& app, Context& context) {
  add_event_verbs(app, context);
  add_promise_verbs(app, context);
  add_ticket_verbs(app, context);
  add_breach_verbs(app, context);
  add_report_verbs(app, context);
  add_payout_verbs(app, context);
  add_payout_result_verbs(app, context);
  add_payee_verbs(app, context);
  add_voucher_verbs(app, context);
  add_source_verbs(app, context);
  add_review_verbs(app, context);
  add_period_verbs(app, context);
  add_backup(app, context);
  add_doctor(app, context);
}

std::string make_request_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    const uint32_t part = random();
    for (int shift = 28; shift >= 0; shift -= 4) id += "0123456789abcdef"[part >> shift & 15];
  }
  return id;
}

Instant to_instant(const google::protobuf::Timestamp& time) {
  return rules::model::from_unix_ms(time.seconds() * 1000 + time.nanos() / 1'000'000);
}

void set_time(Instant at, google::protobuf::Timestamp& time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  time.set_seconds(seconds.time_since_epoch().count());
  time.set_nanos(static_cast<int32_t>((at - seconds).count() * 1'000'000));
}

Cell time_cell(const Context& context, bool is_present, const google::protobuf::Timestamp& time) {
  if (!is_present) return Cell::null();
  const Instant at = to_instant(time);
  Cell cell = Cell::text(rules::model::format_instant(at));
  const auto* zone = context.tz.empty() ? nullptr : rules::calendar::find_built_in_zone(context.tz);
  if (zone != nullptr) cell.shown = rules::calendar::format_local(*zone, at);
  return cell;
}

Cell money_cell(const Context& context, bool is_present, const lupaus::v1::Money& money) {
  if (!is_present) return Cell::null();
  const std::string shown = money.currency() + " " + money.amount();
  if (context.form == Form::csv) return Cell::text(shown);
  return Cell::json("{\"currency\":" + json_quote(money.currency()) +
                        ",\"amount\":" + json_quote(money.amount()) + "}",
                    shown);
}

Cell number_cell(uint64_t number) { return Cell::number(std::to_string(number)); }

Cell bool_cell(bool is_yes) { return Cell::json(is_yes ? "true" : "false", is_yes ? "yes" : "no"); }

Cell text_or_null(const std::string& text) {
  return text.empty() ? Cell::null() : Cell::text(text);
}

bool check_zone(Context& context) {
  if (context.tz.empty() || rules::calendar::find_built_in_zone(context.tz) != nullptr) return true;
  context.fail("expected an IANA zone such as Europe/Helsinki, but --tz is `" + context.tz + "`",
               kUsage);
  return false;
}

}  // namespace lupaus::clients::cli
