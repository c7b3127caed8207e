// Field by field; lengths, sums and conditions in the words that authors write.
#include "server/api/promise_message.h"

#include "fmt/format.h"
#include "lupaus/v1/promise.pb.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

using PromiseInForce = rules::engine::State::PromiseInForce;

namespace {

void add_tiers(const rules::model::Promise::Compensation& terms, v1::Promise& message) {
  for (const rules::model::Tier& tier : terms.tiers)
    message.add_tiers(rules::model::format_tier(tier));
  std::string together = terms.is_stacked ? "added up" : "";
  const auto bound = [&together](std::string_view word, const rules::model::Amount& amount) {
    together += fmt::format("{}at {} {}", together.empty() ? "" : ", ", word,
                            rules::model::format_amount(amount));
  };
  if (terms.at_most) bound("most", *terms.at_most);
  if (terms.at_least) bound("least", *terms.at_least);
  if (!together.empty()) message.add_tiers("together " + together);
}

}  // namespace

void to_message(const PromiseInForce& in_force, v1::Promise& message) {
  const rules::model::Promise& promise = *in_force.promise;
  message.set_name(promise.name);
  message.set_revision(in_force.revision);
  message.set_owner(promise.owner);
  if (promise.by) message.set_within(rules::model::format_deadline(*promise.by));
  for (const rules::model::WithinEntry& entry : promise.within) {
    std::string text = rules::model::format_limit(entry.within);
    if (entry.when != nullptr) text += fmt::format(" when {}", entry.when->text());
    message.set_within(message.within().empty() ? text : message.within() + ", " + text);
  }
  if (promise.compensation) add_tiers(*promise.compensation, message);
  for (const auto& [language, text] : promise.wording)
    (*message.mutable_wording())[language] = text;
  wire::to_timestamp(in_force.valid_from, *message.mutable_valid_from());
}

}  // namespace lupaus::server::api
