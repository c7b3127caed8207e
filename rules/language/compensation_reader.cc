// Reads `spec.compensation`: tiers, caps and how the money goes out (R40–R49, R54, R58, R59, R94).
#include <algorithm>

#include "rules/language/promise_draft.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

using Unit = model::Limit::Unit;

/// Reads one compensation; lives for it.
class CompensationReader {
 public:
  CompensationReader(PromiseDraft& draft, const Node& node)
      : draft_(draft), context_(draft.context), map_(draft.context, node, kCompensationKeys) {
    made_.span = draft.context.span(node);
  }

  void read() {
    if (!map_.is_map()) return;
    read_ways();
    if (const Node* tiers = map_.find("tiers")) read_tiers(*tiers);
    if (const Node* caps = map_.find("caps")) read_caps(*caps);
    made_.at_most = read_amount(map_, "at_most", &made_.at_most_span);
    made_.at_least = read_amount(map_, "at_least", &made_.at_least_span);
    read_payment();
    map_.refuse_others();
    check_breach_settling();
    made_.currency = draft_.currency;
    draft_.promise().compensation = std::move(made_);
  }

 private:
  void read_ways() {
    settle_ = map_.find("settle");
    made_.is_settled_at_breach = read_word(map_, "settle") == "breach";
    made_.is_stacked = read_word(map_, "stack") == "add";
    made_.instrument = model::find_instrument(read_word(map_, "instrument").value_or(""))
                           .value_or(model::Instrument::voucher);
    made_.nature = read_word(map_, "nature").value_or("damages");
  }

  void read_tiers(const Node& node) {
    if (node.kind != Node::Kind::sequence) {
      context_.error(kWrongShape, node, "expected a list of tiers, but " + show(node),
                     "write it as [{over: 15m, pay: EUR 10.00}]");
      return;
    }
    for (const Node& item : node.children) read_tier(item);
  }
  void read_tier(const Node& node) {
    MapReader map(context_, node, kTierKeys);
    model::Tier tier;
    tier.span = context_.span(node);
    const Node* over = map.find("over");
    const auto limit = over != nullptr ? read_limit(context_, *over, "over") : std::nullopt;
    if (limit) check_order(*over, *limit);
    const Node* pay = map.find("pay");
    const auto sum = pay != nullptr ? draft_.amount(*pay, "payout") : std::nullopt;
    read_accrual(map, tier);
    tier.at_most = read_amount(map, "at_most");
    tier.at_least = read_amount(map, "at_least");
    map.refuse_others();
    ++tier_count_;
    if (!limit || !sum) return;
    tier.over = *limit;
    tier.pay = *sum;
    made_.tiers.push_back(std::move(tier));
  }
  void check_order(const Node& node, const model::Limit& over) {
    const bool is_days = over.unit != Unit::duration;
    draft_.has_day_tier = draft_.has_day_tier || is_days;
    if (last_over_ && last_over_->unit != over.unit) {
      context_.error(kTierOrder, node,
                     "expected tiers of one unit, but " + show(node) + " follows " +
                         model::format_limit(*last_over_),
                     "write all tiers as durations or all as days");
    } else if (last_over_ &&
               (is_days ? over.days <= last_over_->days : over.duration <= last_over_->duration)) {
      context_.error(kTierOrder, node,
                     "expected tiers in ascending order, but " + show(node) + " follows " +
                         model::format_limit(*last_over_),
                     "sort them by `over`, each written once");
    }
    last_over_ = over;
    if (!is_days) note_length(over.duration, false);
  }
  void note_length(model::Duration length, bool is_period) {
    if (draft_.longest_tier && draft_.longest_tier->duration >= length) return;
    draft_.longest_tier = model::Limit{Unit::duration, length, 0};
    draft_.is_longest_period = is_period;
  }

  void read_accrual(MapReader& map, model::Tier& tier) {
    const Node* every = map.find("every");
    if (read_word(map, "count") == "full") tier.count = model::Tier::Count::full;
    if (const Node* measure = map.find("measure")) {
      tier.measure = read_name(context_, *measure, "measure").value_or("");
      check_tier_measure(*measure, tier.measure);
    }
    if (every != nullptr) read_every(*every, tier);
  }
  void read_every(const Node& node, model::Tier& tier) {
    const auto length = read_limit(context_, node, "every");
    if (!length) return;
    tier.every = *length;
    if (length->unit == Unit::duration) {
      if (length->duration <= model::Duration::zero()) {
        context_.error(kBadLimit, node, "expected a length above zero, but " + show(node),
                       "write how often it is paid anew, as in 24h, or leave `every` out");
      }
      note_length(length->duration, true);
      return;
    }
    draft_.has_day_tier = true;
    const std::string& clock = draft_.promise().measure;
    const std::string& measure = tier.measure.empty() ? clock : tier.measure;
    if (length->unit != Unit::calendar_days || length->days != 1) {
      context_.error(kBadLimit, node,
                     "expected a duration or `1 calendar day` in `every`, but " + show(node),
                     "write 168h for a week of seven times 24 hours");
    } else if (tier.count == model::Tier::Count::full) {
      context_.error(kBadLimit, node,
                     "expected `count: started` with `every: 1 calendar day`, but it is `full`",
                     "write `every: 24h` to count full days");
    } else if (!measure.empty() && measure != "elapsed") {
      context_.error(
          kBadLimit, node,
          "expected a duration in `every` with `measure: " + measure + "`, but " + show(node),
          "write `measure: elapsed` in the tier to count calendar days");
    }
  }
  void check_tier_measure(const Node& node, const std::string& measure) {
    if (measure.empty()) return;
    draft_.read.tier_measures.emplace_back(measure, context_.span(node));
    if (!draft_.promise().by || measure == "elapsed") return;
    context_.error(
        kBadLimit, node,
        "expected `measure: elapsed` in a tier with target.by, but it is `" + measure + "`",
        "a due instant is fixed, so lateness is counted in elapsed time");
  }
  std::optional<model::Amount> read_amount(MapReader& map, std::string_view key,
                                           model::Span* span = nullptr) {
    const Node* node = map.find(key);
    if (node != nullptr && span != nullptr) *span = context_.span(*node);
    return node == nullptr ? std::nullopt : draft_.amount(*node, key);
  }
  std::optional<model::Money> read_sum(MapReader& map, std::string_view key,
                                       model::Span* span = nullptr) {
    const Node* node = map.find(key);
    if (node != nullptr && span != nullptr) *span = context_.span(*node);
    return node == nullptr ? std::nullopt : draft_.money(*node, key);
  }

  void read_caps(const Node& node) {
    if (node.kind != Node::Kind::sequence) {
      context_.error(kWrongShape, node, "expected a list of caps, but " + show(node),
                     "write it as [{per: customer/day, max: EUR 20.00, then: record}]");
      return;
    }
    for (const Node& item : node.children) read_cap(item);
  }
  void read_cap(const Node& node) {
    MapReader map(context_, node, kCapKeys);
    model::Cap cap;
    cap.span = context_.span(node);
    const auto scope = model::find_cap_scope(read_word(map, "per").value_or(""));
    if (scope) cap.scope = *scope;
    if (const Node* max = map.find("max")) read_cap_max(*max, cap);
    if (read_word(map, "then") == "hold") cap.then = model::Cap::Then::hold;
    if (const Node* from = map.find("from")) {
      read_first_day(*from, cap);
      if (!map.fits("from")) {
        context_.error(kBadCap, *from, "expected `from` with `per: customer/year` alone",
                       "days and months begin where the calendar begins them");
      }
    }
    map.refuse_others();
    if (scope && (cap.max || cap.max_times)) made_.caps.push_back(std::move(cap));
  }
  void read_cap_max(const Node& node, model::Cap& cap) {
    if (node.kind == Node::Kind::scalar) cap.max_times = find_times(node.text);
    if (!cap.max_times) cap.max = draft_.amount(node, "cap");
  }
  /// "04-01": a day of every year, so not 29 February.
  void read_first_day(const Node& node, model::Cap& cap) const {
    const bool is_short = node.kind == Node::Kind::scalar && node.text.size() == 5;
    const auto day = model::parse_local_date(is_short ? "2023-" + node.text : "");
    if (!day) {
      context_.error(kBadDate, node, "expected a day of every year, but " + show(node),
                     "write month and day, as in 04-01");
      return;
    }
    cap.from_month = day->month;
    cap.from_day = day->day;
  }

  void read_payment() {
    if (const Node* due = map_.find("due")) read_due(*due);
    if (const Node* claim = map_.find("claim")) read_claim(*claim);
    if (const Node* valid = map_.find("voucher_valid")) read_voucher_valid(*valid);
    if (const Node* late = map_.find("late")) {
      // WHY: an apology owes nothing that could come too late in money.
      if (made_.instrument == model::Instrument::apology)
        draft_.unsupported_live("compensation.late with `instrument: apology`", *late);
      made_.late = draft_.money(*late, "late");
    }
    if (const Node* approval = map_.find("approval")) {
      MapReader map(context_, *approval, kApprovalKeys);
      if (const Node* over = map.find("over")) {
        made_.approval_over = draft_.money(*over, "approval");
      }
      if (const Node* count = map.find("approvers")) {
        made_.approvers = read_count(context_, *count, "approvers").value_or(1);
      }
      map.refuse_others();
    }
    if (const Node* group = map_.find("group")) {
      made_.group_span = context_.span(*group);
      made_.group = read_name(context_, *group, "group").value_or("");
      if (made_.is_settled_at_breach) {
        context_.error(kBadSettle, *group, "expected `settle: end` in a group, but it is `breach`",
                       "the largest of a group is known only when all of it has ended");
      }
    }
    made_.min_payable = read_sum(map_, "min_payable", &made_.min_payable_span);
  }

  std::optional<model::Limit> read_length(const Node& node, std::string_view key) const {
    const auto length = read_limit(context_, node, key);
    if (!length || length->unit != Unit::duration || length->duration > model::Duration::zero())
      return length;
    context_.error(kBadLimit, node, "expected a length above zero, but " + show(node),
                   "write it as 24h or 5 business days, or leave `" + std::string(key) + "` out");
    return std::nullopt;
  }

  void read_due(const Node& node) {
    if (node.kind != Node::Kind::map) {
      made_.due = read_length(node, "due");
      return;
    }
    MapReader map(context_, node, kDueKeys);
    if (const Node* within = map.find("within")) made_.due = read_length(*within, "due.within");
    if (const Node* days = map.find("days")) {
      const std::string name = read_name(context_, *days, "due.days").value_or("");
      if (name != "branch") made_.due_days = name;
      if (!name.empty()) draft_.read.due_days = {name, context_.span(*days)};
      if (name == "target" && made_.due && made_.due->unit != Unit::business_days) {
        context_.error(kBadLimit, *days,
                       "expected business days with `days: target`, but `within` is " +
                           model::format_limit(*made_.due),
                       "write `within: 5 business days`, or leave `days` out");
      }
    }
    map.refuse_others();
  }

  void read_claim(const Node& node) {
    MapReader map(context_, node, kClaimKeys);
    const Node* required = map.find("required");
    const bool is_required =
        required == nullptr || read_flag(context_, *required, "claim.required").value_or(true);
    model::Promise::Claim claim;
    claim.span = context_.span(node);
    const Node* on = map.find("on");
    if (on != nullptr) claim.on = read_claim_event(*on);
    const Node* within = map.find("within");
    const auto length = within != nullptr ? read_length(*within, "claim.within") : std::nullopt;
    map.refuse_others();
    if (!is_required || claim.on.empty() || !length) return;
    claim.within = *length;
    made_.claim = std::move(claim);
  }
  /// An event of tickets that somebody can send.
  std::string read_claim_event(const Node& node) const {
    const auto name = read_name(context_, node, "claim.on");
    if (!name) return "";
    std::vector<std::string_view> known(draft_.vocabulary.events.begin(),
                                        draft_.vocabulary.events.end());
    std::erase(known, "expired");
    if (std::find(known.begin(), known.end(), *name) != known.end()) return *name;
    std::string hint = suggest(*name, known);
    if (hint.empty())
      hint = "add it to the events of a vocabulary of your own, and name that in `vocabulary`";
    context_.error(kUnknownEvent, node,
                   "expected an event of the vocabulary `" + draft_.vocabulary.name + "`, but `" +
                       *name + "` is none",
                   std::move(hint));
    return "";
  }

  void read_voucher_valid(const Node& node) {
    made_.voucher_valid = read_length(node, "voucher_valid");
    if (map_.fits("voucher_valid")) return;
    context_.error(kBadVoucher, node,
                   "expected `voucher_valid` with `instrument: voucher`, but the instrument is " +
                       std::string(model::format_instrument(made_.instrument)),
                   "leave it out");
  }

  /// R54: what is paid at the breach cannot depend on how late it becomes.
  void check_breach_settling() const {
    if (!made_.is_settled_at_breach || made_.tiers.size() != tier_count_) return;
    const model::Promise& promise = draft_.promise();
    if (promise.within.empty() && !promise.by) return;  // told already
    const bool is_one = tier_count_ == 1 && last_over_;
    const bool is_at_limit =
        is_one &&
        (promise.by ? *last_over_ == model::Limit{}
                    : promise.within.size() == 1 && promise.within.front().within == *last_over_);
    if (!is_at_limit) {
      context_.error(
          kBadSettle, *settle_,
          "expected one limit and one tier over that limit with `settle: breach`, but they differ",
          promise.by ? "write the one tier with `over: 0s`, or `settle: end`"
                     : "write `settle: end` where the sum depends on the lateness");
      return;
    }
    const model::Tier& tier = made_.tiers.front();
    if (!tier.every && model::flat_sum(tier.pay) != nullptr) return;
    context_.error(kBadSettle, *settle_,
                   "expected a tier that pays a flat sum with `settle: breach`, but it " +
                       std::string(tier.every ? "accrues" : "pays a share"),
                   "write `settle: end`");
  }

  PromiseDraft& draft_;
  const Context& context_;
  MapReader map_;
  model::Promise::Compensation made_;
  const Node* settle_ = nullptr;
  std::optional<model::Limit> last_over_;
  size_t tier_count_ = 0;
};

}  // namespace

void read_compensation(PromiseDraft& draft, const Node& node) {
  CompensationReader(draft, node).read();
}

}  // namespace lupaus::rules::language
