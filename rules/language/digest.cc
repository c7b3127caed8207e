#include "rules/language/digest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/language/cel/condition.h"

namespace lupaus::rules::language {
namespace {

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

/// A text of named fields that cannot be read in two ways: every value carries its length.
class Canonical {
 public:
  void put(std::string_view key, std::string_view value) {
    text_.append(key).append("=").append(std::to_string(value.size())).append(":").append(value);
    text_ += '\n';
  }
  void put(std::string_view key, int64_t value) { put(key, std::to_string(value)); }
  void put(std::string_view key, const model::ConditionPtr& condition) {
    put(key, condition ? canonical_cel(condition->text()) : std::string());
  }
  void put(std::string_view key, const std::optional<model::LocalDate>& date) {
    put(key, date ? model::format_local_date(*date) : std::string());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void put_calendar(Canonical& canonical, const model::CalendarSpec& calendar) {
  canonical.put("calendar", calendar.name);
  canonical.put("timezone", calendar.timezone);
  const auto put_hours = [&](const std::vector<model::DayInterval>& intervals) {
    for (const model::DayInterval& interval : intervals) {
      canonical.put("begin", interval.begin_minute);
      canonical.put("end", interval.end_minute);
    }
  };
  for (const model::DayHours& day : calendar.week) {
    canonical.put("day", day.day_class);
    put_hours(day.intervals);
  }
  for (const model::DateException& exception : calendar.exceptions) {
    canonical.put("date", model::format_local_date(exception.date));
    canonical.put("class", exception.day_class);
    canonical.put("reason", exception.reason);
    canonical.put("has_hours", exception.hours ? 1 : 0);
    if (exception.hours) put_hours(*exception.hours);
  }
}

void put_vocabulary(Canonical& canonical, const model::Vocabulary& vocabulary) {
  canonical.put("vocabulary", vocabulary.name);
  for (const std::string& event : vocabulary.events) canonical.put("event", event);
  for (const std::string& event : vocabulary.branch_events) canonical.put("branch_event", event);
  for (const auto& [name, spec] : vocabulary.attributes) {
    canonical.put(name, static_cast<int64_t>(spec.type) * 2 + (spec.is_personal ? 1 : 0));
  }
  canonical.put("branch_attributes", "");
  for (const auto& [name, spec] : vocabulary.branch_attributes) {
    canonical.put(name, static_cast<int64_t>(spec.type) * 2 + (spec.is_personal ? 1 : 0));
  }
}

void put_texts(Canonical& canonical, const model::Promise& promise) {
  canonical.put("name", promise.name);
  canonical.put("owner", promise.owner);
  for (const auto& [key, value] : promise.labels) canonical.put("label " + key, value);
  canonical.put("problem", promise.problem);
  for (const auto& [language, text] : promise.wording) canonical.put("wording " + language, text);
  canonical.put("objective",
                promise.objective_ppm ? model::format_percent(*promise.objective_ppm) : "");
  canonical.put("objective_per", promise.objective_per);
}

void put_clock(Canonical& canonical, const model::Promise& promise) {
  canonical.put("from", promise.from);
  canonical.put("until", promise.until);
  canonical.put("applies", promise.applies);
  canonical.put("measure", promise.measure);
  for (const auto& [event, line] : promise.on) {
    canonical.put("on", event);
    for (const model::EffectLine::Case& choice : line.cases) {
      canonical.put("when", choice.when);
      canonical.put("then", model::format_effect(choice.then));
    }
    canonical.put("else", model::format_effect(line.otherwise));
  }
  const auto expiry = model::effective_expiry(promise);
  canonical.put("expire_after", expiry ? expiry->count() : -1);
  canonical.put("on_silence", static_cast<int64_t>(promise.on_silence));
  // WHY: books from before there was the key have the hash that they had.
  if (promise.hold != model::kDefaultHold) canonical.put("hold", promise.hold.count());
  for (const model::WithinEntry& entry : promise.within) {
    canonical.put("when", entry.when);
    canonical.put("within", model::format_limit(entry.within));
  }
  if (promise.by) {
    canonical.put("by", promise.by->attribute);
    canonical.put("by_offset", promise.by->offset.count());
  }
  canonical.put("inclusive", promise.is_boundary_inclusive ? 1 : 0);
  for (const model::Duration left : promise.warn) canonical.put("warn", left.count());
}

/// Clauses that came later are put only where they are written, so that older digests stay.
void put_bounds(Canonical& canonical, std::string_view whose,
                const std::optional<model::Amount>& at_most,
                const std::optional<model::Amount>& at_least) {
  if (at_most) canonical.put(std::string(whose) + "at_most", model::format_amount(*at_most));
  if (at_least) canonical.put(std::string(whose) + "at_least", model::format_amount(*at_least));
}

void put_payment(Canonical& canonical, const model::Promise::Compensation& compensation) {
  if (compensation.is_settled_at_breach) canonical.put("settle", "breach");
  if (compensation.is_stacked) canonical.put("stack", "add");
  put_bounds(canonical, "", compensation.at_most, compensation.at_least);
  if (compensation.min_payable) {
    canonical.put("min_payable", model::format_money(*compensation.min_payable));
  }
  if (!compensation.group.empty()) canonical.put("group", compensation.group);
  if (compensation.due) canonical.put("due", model::format_limit(*compensation.due));
  if (!compensation.due_days.empty()) canonical.put("due_days", compensation.due_days);
  if (compensation.claim) {
    canonical.put("claim", compensation.claim->on);
    canonical.put("claim_within", model::format_limit(compensation.claim->within));
  }
  if (compensation.voucher_valid)
    canonical.put("voucher_valid", model::format_limit(*compensation.voucher_valid));
  if (compensation.late) canonical.put("late", model::format_money(*compensation.late));
  if (compensation.approval_over) {
    canonical.put("approval_over", model::format_money(*compensation.approval_over));
    canonical.put("approvers", compensation.approvers);
  }
}

void put_exemptions(Canonical& canonical, const model::Promise& promise) {
  for (const model::Excuse& excuse : promise.excuses) {
    canonical.put("excuse", excuse.id);
    canonical.put("when", excuse.when);
    for (const auto& [language, text] : excuse.wording) canonical.put("wording " + language, text);
    canonical.put("approvers", excuse.approvers);
    canonical.put("max_share", excuse.max_share_ppm.value_or(-1));
  }
  for (const model::Suspension& suspension : promise.suspensions) {
    canonical.put("suspended_from", model::format_local_date(suspension.from));
    canonical.put("suspended_until", model::format_local_date(suspension.until));
    canonical.put("when", suspension.when);
    canonical.put("reason", suspension.reason);
  }
}

void put_compensation(Canonical& canonical, const model::Promise::Compensation& compensation) {
  canonical.put("instrument", model::format_instrument(compensation.instrument));
  canonical.put("nature", compensation.nature);
  for (const model::Tier& tier : compensation.tiers) {
    canonical.put("over", model::format_limit(tier.over));
    canonical.put("pay", model::format_amount(tier.pay));
    if (tier.every) {
      canonical.put("every", model::format_limit(*tier.every));
      canonical.put("count", static_cast<int64_t>(tier.count));
      canonical.put("measure", tier.measure);
    }
    put_bounds(canonical, "tier_", tier.at_most, tier.at_least);
  }
  for (const model::Cap& cap : compensation.caps) {
    canonical.put("per", model::format_cap_scope(cap.scope));
    canonical.put("max", cap.max ? model::format_amount(*cap.max) : "");
    canonical.put("times", cap.max_times.value_or(0));
    canonical.put("then", static_cast<int64_t>(cap.then));
    if (cap.from_month != 1 || cap.from_day != 1) {
      canonical.put("from", cap.from_month * 100 + cap.from_day);
    }
  }
  put_payment(canonical, compensation);
}

/// Whether the branches' own hours decide something: the limit in business days, or the class of a
/// day (R32, R33).
bool uses_branch_hours(const model::Promise& promise) {
  if (promise.measure == "branch") return true;
  const auto& compensation = promise.compensation;
  if (compensation &&
      std::any_of(compensation->tiers.begin(), compensation->tiers.end(),
                  [](const model::Tier& tier) { return tier.measure == "branch"; })) {
    return true;
  }
  if (promise.measure != "elapsed") return false;
  for (const model::WithinEntry& entry : promise.within) {
    if (entry.when || entry.within.unit != model::Limit::Unit::duration) return true;
  }
  if (!compensation) return false;
  const auto is_business = [](const std::optional<model::Limit>& limit) {
    return limit && limit->unit == model::Limit::Unit::business_days;
  };
  if (is_business(compensation->due) && compensation->due_days.empty()) return true;
  if (compensation->claim && is_business(compensation->claim->within)) return true;
  if (is_business(compensation->voucher_valid)) return true;
  return std::any_of(
      compensation->tiers.begin(), compensation->tiers.end(),
      [](const model::Tier& tier) { return tier.over.unit != model::Limit::Unit::duration; });
}

/// Whether the promise names the calendar, for its clock or for a tier.
bool names_calendar(const model::Promise& promise, const std::string& name) {
  if (promise.measure == name) return true;
  if (promise.compensation && promise.compensation->due_days == name && name != "target")
    return true;
  return promise.compensation &&
         std::any_of(promise.compensation->tiers.begin(), promise.compensation->tiers.end(),
                     [&](const model::Tier& tier) { return tier.measure == name; });
}

}  // namespace

std::string promise_digest(const model::Promise& promise, const model::Book& book) {
  Canonical canonical;
  put_texts(canonical, promise);
  put_clock(canonical, promise);
  if (promise.compensation) put_compensation(canonical, *promise.compensation);
  put_exemptions(canonical, promise);
  if (const auto* vocabulary = book.find_vocabulary(promise.vocabulary)) {
    put_vocabulary(canonical, *vocabulary);
  }
  const bool has_branch_hours = uses_branch_hours(promise);
  const auto is_of_a_branch = [&](const std::string& name) {
    return std::any_of(book.branches.begin(), book.branches.end(),
                       [&](const model::BranchSpec& branch) { return branch.hours == name; });
  };
  for (const model::CalendarSpec& calendar : book.calendars) {
    if (names_calendar(promise, calendar.name) ||
        (has_branch_hours && is_of_a_branch(calendar.name))) {
      put_calendar(canonical, calendar);
    }
  }
  return sha256_hex(canonical.text());
}

std::string book_hash(std::span<const model::SourceFile> files) {
  Canonical canonical;
  for (const model::SourceFile& file : files) canonical.put(file.name, file.text);
  return sha256_hex(canonical.text());
}

}  // namespace lupaus::rules::language
