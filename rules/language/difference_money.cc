// Differences of compensations: tiers, caps, and how the money goes out.
#include "rules/language/difference_report.h"
#include "rules/model/money.h"

namespace lupaus::rules::language {
namespace {

using model::Cap;
using model::Tier;
using Compensation = model::Promise::Compensation;

std::string text_of(const std::optional<model::Amount>& amount) {
  return amount ? model::format_amount(*amount) : "";
}
std::string text_of(const std::optional<model::Money>& money) {
  return money ? model::format_money(*money) : "";
}
std::string text_of(const std::optional<model::Limit>& limit) {
  return limit ? model::format_limit(*limit) : "";
}

std::string count_of(const Tier& tier) {
  if (!tier.every) return "";
  return tier.count == Tier::Count::started ? "started" : "full";
}

std::string sentence(const Tier& tier) { return model::format_tier(tier); }

std::string from_of(const Cap& cap) {
  if (cap.scope != Cap::Scope::customer_year) return "";
  return model::format_local_date({0, cap.from_month, cap.from_day}).substr(5);
}

std::string max_of(const Cap& cap) {
  if (cap.max) return model::format_amount(*cap.max);
  const int32_t times = cap.max_times.value_or(0);
  return std::to_string(times) + (times == 1 ? " time" : " times");
}

std::string_view then_of(const Cap& cap) {
  return cap.then == Cap::Then::record ? "record" : "hold";
}

/// "customer/day at most EUR 20.00".
std::string sentence(const Cap& cap) {
  return std::string(model::format_cap_scope(cap.scope)) + " at most " + max_of(cap);
}

void compare_parts(const std::string& clause, const Tier& before, const Tier& after,
                   DifferenceReport& report) {
  report.compare(clause + " over", model::format_limit(before.over),
                 model::format_limit(after.over));
  report.compare(clause + " pay", model::format_amount(before.pay),
                 model::format_amount(after.pay));
  report.compare(clause + " every", text_of(before.every), text_of(after.every));
  report.compare(clause + " count", count_of(before), count_of(after));
  report.compare(clause + " measure", before.measure, after.measure);
  report.compare(clause + " at_most", text_of(before.at_most), text_of(after.at_most));
  report.compare(clause + " at_least", text_of(before.at_least), text_of(after.at_least));
}

void compare_parts(const std::string& clause, const Cap& before, const Cap& after,
                   DifferenceReport& report) {
  report.compare(clause + " per", std::string(model::format_cap_scope(before.scope)),
                 std::string(model::format_cap_scope(after.scope)));
  report.compare(clause + " max", max_of(before), max_of(after));
  report.compare(clause + " then", std::string(then_of(before)), std::string(then_of(after)));
  report.compare(clause + " from", from_of(before), from_of(after));
}

template <typename Item>
void compare_lists(const std::string& noun, const std::vector<Item>& before,
                   const std::vector<Item>& after, DifferenceReport& report,
                   std::string (*key)(const Item&)) {
  std::vector<std::string> old_keys, new_keys;
  for (const Item& item : before) old_keys.push_back(key(item));
  for (const Item& item : after) new_keys.push_back(key(item));
  std::string old_order, new_order;
  size_t pair_count = 0;
  for (const auto& [old_index, new_index] : pair_items(old_keys, new_keys)) {
    const std::string clause =
        noun + " " + std::to_string((old_index ? *old_index : *new_index) + 1);
    if (!new_index) {
      report.compare(clause, sentence(before[*old_index]), "");
    } else if (!old_index) {
      report.compare(noun + " " + std::to_string(*new_index + 1), "", sentence(after[*new_index]));
    } else {
      compare_parts(clause, before[*old_index], after[*new_index], report);
      ++pair_count;
      old_order += (old_order.empty() ? "" : ", ") + std::to_string(pair_count);
      new_order += (new_order.empty() ? "" : ", ") + std::to_string(*old_index + 1);
    }
  }
  if (pair_count == before.size() && pair_count == after.size()) {
    report.compare("order of " + noun + "s", old_order, new_order);
  }
}

std::string all_tiers(const std::optional<Compensation>& compensation) {
  if (!compensation) return "";
  std::string text;
  for (const Tier& tier : compensation->tiers) {
    text += (text.empty() ? "" : "; ") + sentence(tier);
  }
  return text.empty() ? std::string(model::format_instrument(compensation->instrument)) : text;
}

/// "claim_received within 28 calendar days".
std::string claim_of(const Compensation& compensation) {
  if (!compensation.claim) return "";
  return compensation.claim->on + " within " + model::format_limit(compensation.claim->within);
}

std::string approvers_of(const Compensation& compensation) {
  return compensation.approval_over ? std::to_string(compensation.approvers) : "";
}

}  // namespace

void compare_compensations(const std::optional<Compensation>& before,
                           const std::optional<Compensation>& after, DifferenceReport& report) {
  if (!before || !after) {
    return report.compare("compensation", all_tiers(before), all_tiers(after));
  }
  compare_lists<Tier>("tier", before->tiers, after->tiers, report,
                      [](const Tier& tier) { return model::format_limit(tier.over); });
  compare_lists<Cap>("cap", before->caps, after->caps, report, [](const Cap& cap) {
    return std::string(model::format_cap_scope(cap.scope)) + (cap.max_times ? " times" : "");
  });
  const auto settle = [](const Compensation& one) {
    return one.is_settled_at_breach ? "breach" : "end";
  };
  const auto stack = [](const Compensation& one) { return one.is_stacked ? "add" : "replace"; };
  report.compare("settle", settle(*before), settle(*after));
  report.compare("stack", stack(*before), stack(*after));
  report.compare("at_most", text_of(before->at_most), text_of(after->at_most));
  report.compare("at_least", text_of(before->at_least), text_of(after->at_least));
  report.compare("min_payable", text_of(before->min_payable), text_of(after->min_payable));
  report.compare("group", before->group, after->group);
  report.compare("instrument", std::string(model::format_instrument(before->instrument)),
                 std::string(model::format_instrument(after->instrument)));
  report.compare("nature", before->nature, after->nature);
  report.compare("payout due", text_of(before->due), text_of(after->due));
  report.compare("payout due days", before->due_days, after->due_days);
  report.compare("claim", claim_of(*before), claim_of(*after));
  report.compare("voucher valid", text_of(before->voucher_valid), text_of(after->voucher_valid));
  report.compare("late", text_of(before->late), text_of(after->late));
  report.compare("approval over", text_of(before->approval_over), text_of(after->approval_over));
  report.compare("approvers", approvers_of(*before), approvers_of(*after));
}

}  // namespace lupaus::rules::language
