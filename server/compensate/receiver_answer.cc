#include "server/compensate/receiver_answer.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "rules/model/money.h"
#include "server/compensate/cloud_event.h"

namespace lupaus::server::compensate {
namespace {

namespace json = boost::json;
using rules::ledger::Compensation;

constexpr size_t kReferenceBytesMax = 200;

/// The object in `body`; empty when it is none.
json::object read_object(std::string_view body) {
  boost::system::error_code error;
  json::value answer = json::parse(body, error);
  return error || !answer.is_object() ? json::object() : std::move(answer.get_object());
}

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string().c_str(), value->get_string().size());
}

std::string asked_amount(const Compensation& compensation) {
  return compensation.amount ? rules::model::format_money(*compensation.amount) : "no sum";
}

/// "EUR 10.00" as the answer names it, by text or in minor units; empty when it names none.
std::string named_amount(const Compensation& compensation, const json::object& answer) {
  const json::value* named = answer.if_contains("amount");
  if (named == nullptr || named->is_null()) return {};
  if (!named->is_object()) return json::serialize(*named).substr(0, kReferenceBytesMax);
  const json::object& amount = named->get_object();
  const std::string currency = text_at(amount, "currency");
  const json::value* minor = amount.if_contains("minor");
  if (minor != nullptr) {
    const bool is_same = compensation.amount && currency == compensation.amount->currency.text() &&
                         *minor == json::value(compensation.amount->minor);
    if (!is_same) return currency + " " + json::serialize(*minor) + " minor units";
  }
  const std::string text = text_at(amount, "amount");
  if (text.empty() && minor != nullptr) return asked_amount(compensation);
  return (currency + " " + text).substr(0, kReferenceBytesMax);
}

/// What it says fits what was asked; paid.
Outcome judge_paid(const Compensation& compensation, const json::object& answer) {
  const std::string reference = text_at(answer, "reference").substr(0, kReferenceBytesMax);
  const std::string said = "the receiver answered, under reference `" + reference + "`, with ";
  const std::string named = named_amount(compensation, answer);
  if (!named.empty() && named != asked_amount(compensation))
    return {Outcome::Kind::contradicted,
            said + named + " where " + asked_amount(compensation) + " was asked"};
  const std::string about = text_at(answer, "compensation").substr(0, kReferenceBytesMax);
  if (!about.empty() && about != delivery_key(compensation))
    return {Outcome::Kind::contradicted,
            said + "`" + about + "` where `" + delivery_key(compensation) + "` was asked"};
  return {Outcome::Kind::paid, reference};
}

/// A page that a proxy or a log-in shows to people, and no receiver's word.
bool is_page(std::string_view body) {
  const size_t first = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && body[first] == '<';
}

/// WHY: a proxy's page and a queue's receipt come with 2xx too, and prove no payment.
std::string missing_proof(const Compensation& compensation, int status, std::string_view body,
                          const json::object& answer, Proof proof) {
  if (!compensation.amount) return {};  // of an apology nothing has to be proved
  if (status == 202) return "that it accepted it, and not that it paid";
  const std::string state = text_at(answer, "state").substr(0, kReferenceBytesMax);
  if (!state.empty() && state != "paid") return "that it is `" + state + "`";
  if (is_page(body)) return "with a page for people";
  if (proof == Proof::bare) return {};
  if (text_at(answer, "reference").empty()) return "without a reference";
  return named_amount(compensation, answer).empty() ? "without an amount" : "";
}

std::string said_status(int status) { return "the receiver answered " + std::to_string(status); }

}  // namespace

Outcome judge_answer(const Compensation& compensation, int status, std::string_view body,
                     bool may_be_taken, Proof proof) {
  if (status >= 200 && status < 300) {
    const json::object answer = read_object(body);
    Outcome outcome = judge_paid(compensation, answer);
    const std::string missing = missing_proof(compensation, status, body, answer, proof);
    if (outcome.kind != Outcome::Kind::paid || missing.empty()) return outcome;
    return {Outcome::Kind::unknown, said_status(status) + ", " + missing};
  }
  constexpr int kOfNoDelivery[] = {401, 403, 404, 407, 408, 409, 425, 429};
  const bool is_refused = status >= 400 && status < 500 &&
                          std::find(std::begin(kOfNoDelivery), std::end(kOfNoDelivery), status) ==
                              std::end(kOfNoDelivery);
  if (is_refused && !may_be_taken) return {Outcome::Kind::failed, said_status(status)};
  return {Outcome::Kind::unknown, said_status(status)};
}

Standing judge_standing(const Compensation& compensation, int status, std::string_view body) {
  if (status == 404) return {true, {}};
  if (status < 200 || status >= 300) return {false, {Outcome::Kind::unknown, said_status(status)}};
  const json::object answer = read_object(body);
  const std::string state = text_at(answer, "state").substr(0, kReferenceBytesMax);
  if (state == "unknown") return {true, {}};
  if (state == "paid") return {false, judge_paid(compensation, answer)};
  if (state == "failed") {
    const std::string why = text_at(answer, "reason").substr(0, kReferenceBytesMax);
    return {false, {Outcome::Kind::failed, why.empty() ? "the receiver says it failed" : why}};
  }
  return {false, {Outcome::Kind::unknown, "the receiver says it is `" + state + "`"}};
}

}  // namespace lupaus::server::compensate
