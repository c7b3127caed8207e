// Reads `spec.target`: the limit, its boundary and the objective (R14, R17, R19, R59), and checks
// the limit against the rest of the promise (R24, R33).
#include "rules/language/promise_draft.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

using Unit = model::Limit::Unit;

constexpr model::Duration kDefaultExpiry = std::chrono::hours(24);

void read_limit_entry(PromiseDraft& draft, const Node& node, model::ConditionPtr when) {
  const auto limit = read_limit(draft.context, node, "target.within");
  if (!limit) return;
  if (limit->unit == Unit::duration && limit->duration <= model::Duration::zero()) {
    draft.context.error(kBadLimit, node, "expected a limit above zero, but " + show(node),
                        "write the longest time that keeps the promise, as in 15m");
    return;
  }
  draft.promise().within.push_back({std::move(when), *limit, draft.context.span(node)});
}

void read_within_list(PromiseDraft& draft, const Node& node) {
  for (size_t i = 0; i < node.children.size(); ++i) {
    const Node& item = node.children[i];
    MapReader map(draft.context, item, kWithinKeys);
    const Node* when = map.find("when");
    const Node* within = map.find("within");
    model::ConditionPtr condition;
    if (when != nullptr) {
      condition = draft.condition(*when, {.has_event = false, .has_day = true});
    }
    const bool is_last = i + 1 == node.children.size();
    if (map.is_map() && !is_last && when == nullptr) {
      draft.context.error(kOpenWithin, item,
                          "expected `when` in all entries but the last, but it is missing",
                          "entries after this one could never be reached");
    }
    if (is_last && when != nullptr) {
      draft.context.error(kOpenWithin, item,
                          "expected a last entry without `when`, but this one has a condition",
                          "add `{within: 15m}` for all other cases");
    }
    if (within != nullptr) read_limit_entry(draft, *within, std::move(condition));
    map.refuse_others();
  }
  if (node.children.empty()) {
    draft.context.error(kOpenWithin, node, "expected a limit, but the list is empty",
                        "write it as within: 15m");
  }
}

/// `ticket.appointment_at`, `ticket.appointment_at + 10m`, `… - 10m`.
void read_by(PromiseDraft& draft, const Node& node) {
  if (!read_text(draft.context, node, "target.by")) return;
  model::Deadline deadline;
  deadline.span = draft.context.span(node);
  const std::string_view text = node.text;
  const size_t space = text.find(' ');
  if (!draft.is_attribute(node, text.substr(0, space), model::AttributeType::time)) return;
  if (space != std::string_view::npos) {
    const std::string_view rest = text.substr(space + 1);
    const bool is_signed = rest.starts_with("+ ") || rest.starts_with("- ");
    const auto length = model::parse_duration(is_signed ? rest.substr(2) : rest);
    if (!is_signed || !length) {
      draft.context.error(kBadDuration, node,
                          "expected `+ 10m` or `- 10m` after the attribute, but " + show(node),
                          "write it as ticket.appointment_at + 10m, with spaces around the sign");
      return;
    }
    deadline.offset = rest.front() == '-' ? -*length : *length;
  }
  deadline.attribute = text.substr(0, space).substr(std::string_view("ticket.").size());
  draft.promise().by = std::move(deadline);
  if (draft.promise().measure != "elapsed" && !draft.promise().measure.empty()) {
    draft.context.error(
        kBadLimit, node,
        "expected `measure: elapsed` with target.by, but it is `" + draft.promise().measure + "`",
        "a due instant is fixed, so opening hours do not move it");
  }
}

bool is_long(const model::Limit& limit, bool is_inclusive) {
  if (limit.unit != Unit::duration) return true;
  return is_inclusive ? limit.duration >= kDefaultExpiry : limit.duration > kDefaultExpiry;
}

/// R24: why 24 h may be too short; "" when it is enough.
std::string long_reason(const PromiseDraft& draft) {
  const model::Promise& promise = draft.read.promise;
  if (promise.by) return "target.by may lie further away";
  if (promise.measure != "elapsed") return "a clock by opening hours can run longer";
  for (const model::WithinEntry& entry : promise.within) {
    if (is_long(entry.within, promise.is_boundary_inclusive)) {
      return "the limit " + model::format_limit(entry.within) + " needs longer";
    }
  }
  if (draft.has_day_tier) return "a tier needs longer";
  if (draft.longest_tier && is_long(*draft.longest_tier, promise.is_boundary_inclusive)) {
    return (draft.is_longest_period ? "a tier that pays every " : "the tier over ") +
           model::format_limit(*draft.longest_tier) + " needs longer";
  }
  return "";
}

void check_expiry(const PromiseDraft& draft) {
  const model::Promise& promise = draft.read.promise;
  if (draft.clock == nullptr || promise.measure.empty() || promise.expire_after) return;
  if (!promise.on.contains("expired") || !model::effective_expiry(promise)) return;
  const std::string reason = long_reason(draft);
  if (reason.empty()) return;
  draft.context.error(
      kExpiryNeeded, *draft.clock,
      "clock needs `expire_after`: tickets are given up after 24h by default, but " + reason,
      "add `expire_after: 72h` (or longer), or `expired: continue`");
}

void check_days(const PromiseDraft& draft) {
  const model::Promise& promise = draft.read.promise;
  if (promise.measure == "elapsed" || promise.measure.empty()) return;
  const auto check = [&](const model::Limit& limit, const model::Span& span) {
    if (limit.unit != Unit::calendar_days) return;
    draft.context.diagnostics.error(kBadLimit, span,
                                    "expected business days or a duration with `measure: " +
                                        promise.measure + "`, but " + model::format_limit(limit),
                                    "calendar days are counted with `measure: elapsed` alone");
  };
  for (const model::WithinEntry& entry : promise.within) check(entry.within, entry.span);
  if (!promise.compensation) return;
  for (const model::Tier& tier : promise.compensation->tiers) check(tier.over, tier.span);
}

/// R89: a tier below every limit pays from the breach on, which its author may not have meant.
void check_low_tiers(const PromiseDraft& draft) {
  const model::Promise& promise = draft.read.promise;
  if (!promise.compensation || promise.within.empty()) return;
  for (const model::Tier& tier : promise.compensation->tiers) {
    bool is_below_all = true;
    for (const model::WithinEntry& entry : promise.within) {
      const model::Limit& limit = entry.within;
      const bool is_below = limit.unit == tier.over.unit && tier.over.duration <= limit.duration &&
                            tier.over.days <= limit.days && tier.over != limit;
      is_below_all = is_below_all && is_below;
    }
    if (!is_below_all) continue;
    draft.context.diagnostics.warning(
        kTierBelowLimit, tier.span,
        "the tier over " + model::format_limit(tier.over) +
            " lies below the limit: it counts as reached at the breach",
        "write the limit itself, or leave the tier out if a higher one is meant");
  }
}

std::optional<model::Duration> duration_of(const Node& node) {
  const auto length = model::parse_duration(node.text);
  return length ? std::optional(*length) : std::nullopt;
}

/// A warning that leaves the whole limit or more is due when the clock starts, or never.
void check_warnings(const PromiseDraft& draft) {
  const model::Promise& promise = draft.read.promise;
  if (draft.warn == nullptr || promise.within.size() != 1) return;
  const model::Limit& limit = promise.within.front().within;
  if (limit.unit != Unit::duration) return;
  for (const Node& item : draft.warn->children) {
    const Node* left = item.find("left");
    const auto length = left == nullptr ? std::nullopt : duration_of(*left);
    if (!length || *length < limit.duration) continue;
    draft.context.diagnostics.warning(
        kWarnAtStart, draft.context.span(*left),
        "the warning with " + left->text + " left stands at or before the start of the limit " +
            model::format_limit(limit) + ": every ticket gets it at once",
        "leave less time than the limit");
  }
}

}  // namespace

void read_target(PromiseDraft& draft, const Node& node) {
  model::Promise& promise = draft.promise();
  promise.within_span = draft.context.span(node);
  MapReader map(draft.context, node, kTargetKeys);
  promise.is_boundary_inclusive = read_word(map, "boundary") != "exclusive";
  const Node* within = map.find("within");
  const Node* by = map.find("by");
  if (within != nullptr) {
    promise.within_span = draft.context.span(*within);
    if (within->kind == Node::Kind::sequence) {
      read_within_list(draft, *within);
    } else {
      read_limit_entry(draft, *within, nullptr);
    }
  }
  if (by != nullptr) read_by(draft, *by);
  if (map.is_map() && (within == nullptr) == (by == nullptr)) {
    draft.context.error(kMissingKey, node,
                        within == nullptr ? "target needs the key `within` or `by`"
                                          : "expected `within` or `by`, but both are written",
                        within == nullptr ? "write it as `within: 15m`" : "leave one of them out");
  }
  if (const Node* objective = map.find("objective")) {
    promise.objective_ppm = read_percent(draft.context, *objective, "target.objective");
  }
  promise.objective_per = read_word(map, "per").value_or("");
  map.refuse_others();
}

void check_promise(PromiseDraft& draft) {
  check_expiry(draft);
  check_days(draft);
  check_low_tiers(draft);
  check_warnings(draft);
}

}  // namespace lupaus::rules::language
