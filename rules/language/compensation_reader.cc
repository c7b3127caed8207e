// Reads `spec.compensation`: tiers, caps and how the money goes out (R40, R47, R48, R54, R58, R59).
#include <algorithm>

#include "rules/language/promise_draft.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

constexpr std::array<std::string_view, 2> kSettles = {"end", "breach"};
constexpr std::array<std::string_view, 2> kStacks = {"replace", "add"};
constexpr std::array<std::string_view, 2> kCounts = {"started", "full"};
constexpr std::array<std::string_view, 4> kInstruments = {"voucher", "transfer", "webhook",
                                                          "apology"};
constexpr std::array<std::string_view, 2> kNatures = {"damages", "price_reduction"};
constexpr std::array<std::string_view, 6> kScopes = {
    "ticket", "customer/day", "customer/month", "customer/year", "promise/day", "promise/month"};
constexpr std::array<std::string_view, 2> kThens = {"record", "hold"};

/// Reads one compensation; lives for it.
class CompensationReader {
 public:
  CompensationReader(PromiseDraft& draft, const Node& node)
      : draft_(draft), context_(draft.context), map_(draft.context, node, "compensation") {
    made_.span = draft.context.span(node);
  }

  void read() {
    if (!map_.is_map()) return;
    read_ways();
    const Node* tiers = map_.find("tiers");
    if (tiers != nullptr) {
      read_tiers(*tiers);
    } else if (made_.instrument != model::Instrument::apology) {
      map_.require("tiers");
    }
    if (const Node* caps = map_.find("caps")) read_caps(*caps);
    read_later();
    map_.refuse_others();
    check_breach_settling();
    made_.currency = draft_.currency;
    draft_.promise().compensation = std::move(made_);
  }

 private:
  void read_ways() {
    settle_ = map_.find("settle");
    if (settle_ != nullptr && read_word(context_, *settle_, "settle", kSettles) == 1u) {
      is_settled_at_breach_ = true;
      draft_.unsupported("settle: breach", *settle_);
    }
    if (const Node* stack = map_.find("stack")) {
      if (read_word(context_, *stack, "stack", kStacks) == 1u)
        draft_.unsupported("stack: add", *stack);
    }
    if (const Node* instrument = map_.find("instrument")) {
      const auto index = read_word(context_, *instrument, "instrument", kInstruments);
      if (index) made_.instrument = static_cast<model::Instrument>(*index);
      if (made_.instrument == model::Instrument::apology) {
        draft_.unsupported("instrument: apology", *instrument);
      }
    }
    if (const Node* nature = map_.find("nature")) {
      const auto index = read_word(context_, *nature, "nature", kNatures);
      if (index) made_.nature = kNatures[*index];
    }
  }

  void read_tiers(const Node& node) {
    if (node.kind != Node::Kind::sequence || node.children.empty()) {
      context_.error(
          kWrongShape, node,
          "expected a list of tiers, but " +
              (node.kind == Node::Kind::sequence ? std::string("it is empty") : show(node)),
          "write it as [{over: 15m, pay: EUR 10.00}]");
      return;
    }
    for (const Node& item : node.children) read_tier(item);
  }
  void read_tier(const Node& node) {
    MapReader map(context_, node, "a tier");
    const Node* over = map.require("over");
    const auto limit = over != nullptr ? read_limit(context_, *over, "over") : std::nullopt;
    if (limit) check_order(*over, *limit);
    const Node* pay = map.require("pay");
    const bool is_flat = pay == nullptr || pay->kind != Node::Kind::scalar || !is_share(pay->text);
    if (!is_flat) draft_.unsupported("a tier that pays a share", *pay);
    const auto sum = pay != nullptr ? draft_.money_or_share(*pay, "payout") : std::nullopt;
    read_accrual(map);
    map.refuse_others();
    if (limit && sum) {
      model::Tier tier;
      tier.over = *limit;
      tier.pay = *sum;
      tier.span = context_.span(node);
      made_.tiers.push_back(std::move(tier));
    }
    ++tier_count_;
  }
  void check_order(const Node& node, const model::Limit& over) {
    const bool is_days = over.unit != model::Limit::Unit::duration;
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
    if (!is_days) note_length(over.duration);
  }
  void note_length(model::Duration length) {
    if (draft_.longest_tier && draft_.longest_tier->duration >= length) return;
    draft_.longest_tier = model::Limit{model::Limit::Unit::duration, length, 0};
  }
  void read_accrual(MapReader& map) {
    const Node* every = map.find("every");
    if (every != nullptr) {
      draft_.unsupported("a tier that accrues (`every`)", *every);
      const auto length = read_limit(context_, *every, "every");
      if (length && length->unit == model::Limit::Unit::business_days) {
        context_.error(kBadLimit, *every,
                       "expected a duration or calendar days, but " + show(*every));
      } else if (length && length->unit == model::Limit::Unit::duration) {
        if (length->duration <= model::Duration::zero()) {
          context_.error(kBadLimit, *every, "expected a length above zero, but " + show(*every));
        }
        note_length(length->duration);
      } else if (length) {
        draft_.has_day_tier = true;
      }
    }
    if (const Node* count = map.find("count")) {
      read_word(context_, *count, "count", kCounts);
      need_every(every, *count, "count");
    }
    if (const Node* measure = map.find("measure")) {
      draft_.unsupported("a tier's own measure", *measure);
      read_name(context_, *measure, "measure");
      need_every(every, *measure, "measure");
    }
    read_bound(map, "at_most", "a tier's at_most");
    read_bound(map, "at_least", "a tier's at_least");
  }
  void need_every(const Node* every, const Node& node, std::string_view key) const {
    if (every != nullptr) return;
    context_.error(kMissingKey, node, "`" + std::string(key) + "` of a tier needs the key `every`");
  }
  void read_bound(MapReader& map, std::string_view key, std::string what) {
    const Node* node = map.find(key);
    if (node == nullptr) return;
    draft_.unsupported(std::move(what), *node);
    draft_.money_or_share(*node, key);
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
    MapReader map(context_, node, "a cap");
    model::Cap cap;
    cap.span = context_.span(node);
    const Node* per = map.require("per");
    const auto scope = per != nullptr ? read_word(context_, *per, "per", kScopes) : std::nullopt;
    if (scope) cap.scope = static_cast<model::Cap::Scope>(*scope);
    if (const Node* max = map.require("max")) read_cap_max(*max, cap);
    if (const Node* then = map.find("then")) {
      const auto index = read_word(context_, *then, "then", kThens);
      if (index) cap.then = static_cast<model::Cap::Then>(*index);
      if (cap.then == model::Cap::Then::hold) draft_.unsupported("a cap with `then: hold`", *then);
    }
    if (const Node* from = map.find("from")) {
      draft_.unsupported("a cap's own year (`from`)", *from);
      const bool is_day = from->kind == Node::Kind::scalar && from->text.size() == 5 &&
                          model::parse_local_date("2024-" + from->text).ok();
      if (!is_day)
        context_.error(kBadDate, *from, "expected a day such as 04-01, but " + show(*from));
      if (scope && cap.scope != model::Cap::Scope::customer_year) {
        context_.error(kBadCap, *from, "expected `from` with `per: customer/year` alone");
      }
    }
    map.refuse_others();
    if (scope && (cap.max || cap.max_times)) made_.caps.push_back(std::move(cap));
  }
  void read_cap_max(const Node& node, model::Cap& cap) {
    if (node.kind == Node::Kind::scalar) {
      cap.max_times = find_times(node.text);
      if (cap.max_times) return;
      if (is_share(node.text)) draft_.unsupported("a cap that is a share", node);
    }
    cap.max = draft_.money_or_share(node, "cap");
  }

  void read_later() {
    if (const Node* due = map_.find("due")) {
      draft_.unsupported("compensation.due", *due);
      read_limit(context_, *due, "due");
    }
    if (const Node* approval = map_.find("approval")) {
      draft_.unsupported("compensation.approval", *approval);
      MapReader map(context_, *approval, "approval");
      if (const Node* over = map.require("over")) draft_.money(*over, "approval");
      if (const Node* count = map.find("approvers")) read_count(context_, *count, "approvers");
      map.refuse_others();
    }
    if (const Node* group = map_.find("group")) {
      draft_.unsupported("compensation.group", *group);
      read_name(context_, *group, "group");
      if (is_settled_at_breach_) {
        context_.error(kBadSettle, *group, "expected `settle: end` in a group, but it is `breach`");
      }
    }
    if (const Node* least = map_.find("min_payable")) {
      draft_.unsupported("compensation.min_payable", *least);
      draft_.money(*least, "min_payable");
    }
    if (const Node* late = map_.find("late")) {
      draft_.unsupported("compensation.late", *late);
      draft_.money(*late, "late");
    }
    read_bound(map_, "at_most", "compensation.at_most");
    read_bound(map_, "at_least", "compensation.at_least");
  }

  /// R54: what is paid at the breach cannot depend on how late it becomes.
  void check_breach_settling() {
    if (!is_settled_at_breach_) return;
    const std::vector<model::WithinEntry>& within = draft_.promise().within;
    if (tier_count_ == 1 && draft_.has_by) return;
    if (tier_count_ == 1 && within.size() == 1 && last_over_ && within[0].within == *last_over_)
      return;
    context_.error(
        kBadSettle, *settle_,
        "expected one limit and one tier over that limit with `settle: breach`, but they differ",
        "write `settle: end` where the sum depends on the lateness");
  }

  PromiseDraft& draft_;
  const Context& context_;
  MapReader map_;
  model::Promise::Compensation made_;
  const Node* settle_ = nullptr;
  bool is_settled_at_breach_ = false;
  std::optional<model::Limit> last_over_;
  size_t tier_count_ = 0;
};

}  // namespace

void read_compensation(PromiseDraft& draft, const Node& node) {
  CompensationReader(draft, node).read();
}

}  // namespace lupaus::rules::language
