#include "server/compensate/receiver_answer.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <optional>

#include "rules/model/kept_text.h"
#include "rules/model/money.h"
#include "rules/model/utf8.h"
#include "server/compensate/cloud_event.h"

namespace lupaus::server::compensate {
namespace {

namespace json = boost::json;
using rules::ledger::Compensation;

/// Of one text of an answer; more would only swell the journal.
constexpr size_t kTextBytesMax = 200;
constexpr std::string_view kMinorUnits = " minor units";

/// Without blanks around it and a byte order mark before it.
std::string_view trim(std::string_view body) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto pass_blanks = [&] {
    body.remove_prefix(std::min(body.find_first_not_of(kBlanks), body.size()));
  };
  pass_blanks();
  body = rules::model::after_byte_order_mark(body);
  pass_blanks();
  return body.substr(0, body.find_last_not_of(kBlanks) + 1);
}

/// The object in `body`; nullopt when there is something else. An empty body names nothing.
std::optional<json::object> read_object(std::string_view body) {
  body = trim(body);
  if (body.empty()) return json::object();
  boost::system::error_code error;
  json::value answer = json::parse(body, error);
  if (error || !answer.is_object()) return std::nullopt;
  return std::move(answer.get_object());
}

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string().c_str(), value->get_string().size());
}

/// An id as it may be kept.
std::string kept_id(std::string_view id) {
  return id.size() <= kTextBytesMax ? rules::model::keep_reference(id) : "…";
}

/// Free text as it may be kept; "" where nothing is.
std::string kept_words(std::string_view text) {
  if (rules::model::reads_like_code(text)) return std::string(text);
  return rules::model::keep_words(text.substr(0, kTextBytesMax));
}

std::string kept_state(std::string_view state) {
  const std::string kept = kept_words(state);
  return kept.empty() ? "…" : kept;
}

std::string asked_amount(const Compensation& compensation) {
  return compensation.amount ? rules::model::format_money(*compensation.amount) : "no sum";
}

/// "EUR 10.00" as the answer names it, by text or in minor units; empty when it names none.
std::string named_amount(const Compensation& compensation, const json::object& answer) {
  const json::value* named = answer.if_contains("amount");
  if (named == nullptr || named->is_null()) return {};
  if (!named->is_object()) return json::serialize(*named).substr(0, kTextBytesMax);
  const json::object& amount = named->get_object();
  const std::string currency = text_at(amount, "currency");
  const json::value* minor = amount.if_contains("minor");
  if (minor != nullptr) {
    const bool is_same = compensation.amount && currency == compensation.amount->currency.text() &&
                         *minor == json::value(compensation.amount->minor);
    if (!is_same) return currency + " " + json::serialize(*minor) + std::string(kMinorUnits);
  }
  const std::string text = text_at(amount, "amount");
  if (text.empty() && minor != nullptr) return asked_amount(compensation);
  return (currency + " " + text).substr(0, kTextBytesMax);
}

/// What it named, as it may be kept: a sum and nothing else.
std::string kept_amount(std::string_view named) {
  constexpr size_t kDigitsMax = 12;  // an account has more
  std::string_view number = named;
  if (rules::model::find_currency(named.substr(0, 3)) && named.substr(3, 1) == " ")
    number.remove_prefix(4);
  if (number.ends_with(kMinorUnits)) number.remove_suffix(kMinorUnits.size());
  const bool is_number = !number.empty() && number.size() <= kDigitsMax &&
                         number.find_first_not_of("0123456789.-+E") == std::string_view::npos;
  return is_number ? std::string(named) : "another amount";
}

/// What it says fits what was asked; paid.
Outcome judge_paid(const Compensation& compensation, const json::object& answer) {
  const std::string reference = kept_id(text_at(answer, "reference"));
  const std::string said = "the receiver answered, under reference `" + reference + "`, with ";
  const std::string named = named_amount(compensation, answer);
  if (!named.empty() && named != asked_amount(compensation))
    return {Outcome::Kind::contradicted,
            said + kept_amount(named) + " where " + asked_amount(compensation) + " was asked"};
  const std::string about = text_at(answer, "compensation");
  if (!about.empty() && about != delivery_key(compensation))
    return {Outcome::Kind::contradicted,
            said + "`" + kept_id(about) + "` where `" + delivery_key(compensation) + "` was asked"};
  return {Outcome::Kind::paid, reference};
}

/// A page that a proxy or a log-in shows to people, and no receiver's word.
bool is_page(std::string_view body) { return trim(body).starts_with('<'); }

/// WHY: a proxy's page and a queue's receipt come with 2xx too, and prove no payment; and what
/// cannot be read may say that nothing was paid.
std::string missing_proof(const Compensation& compensation, int status, std::string_view body,
                          const std::optional<json::object>& answer, Proof proof) {
  if (!compensation.amount) return {};  // of an apology nothing has to be proved
  if (status == 202) return "that it accepted it, and not that it paid";
  if (is_page(body)) return "with a page for people";
  if (!answer) return "with something that is no JSON object";
  const std::string state = text_at(*answer, "state");
  if (!state.empty() && state != "paid") return "that it is `" + kept_state(state) + "`";
  if (proof == Proof::bare) return {};
  if (text_at(*answer, "reference").empty()) return "without a reference";
  return named_amount(compensation, *answer).empty() ? "without an amount" : "";
}

std::string said_status(int status) { return "the receiver answered " + std::to_string(status); }

}  // namespace

Outcome judge_answer(const Compensation& compensation, int status, std::string_view body,
                     bool may_be_taken, Proof proof) {
  if (status >= 200 && status < 300) {
    const std::optional<json::object> answer = read_object(body);
    Outcome outcome = judge_paid(compensation, answer.value_or(json::object()));
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
  const json::object answer = read_object(body).value_or(json::object());
  const std::string state = text_at(answer, "state");
  if (state == "unknown") return {true, {}};
  if (state == "paid") return {false, judge_paid(compensation, answer)};
  if (state == "failed") {
    const std::string why = kept_words(text_at(answer, "reason"));
    return {false, {Outcome::Kind::failed, why.empty() ? "the receiver says it failed" : why}};
  }
  return {false, {Outcome::Kind::unknown, "the receiver says it is `" + kept_state(state) + "`"}};
}

}  // namespace lupaus::server::compensate
