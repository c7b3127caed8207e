// Promises with some of every clause, such as a book's check would let pass.
#include <cstdlib>
#include <map>
#include <memory>

#include "tests/support/random_draw.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

class AttributeIs : public Condition {
 public:
  AttributeIs(std::string where, std::string name, std::string value)
      : where_(std::move(where)),
        name_(std::move(name)),
        value_(std::move(value)),
        text_(where_ + "." + name_ + " == " + value_) {}

  Value evaluate(const Scope& scope) const override {
    if (where_ == "day" && name_ == "class") return is(scope.day_class);
    if (where_ == "day") return is(std::to_string(scope.day_weekday));
    if (where_ == "branch" && name_ == "id") return is(scope.branch_id);
    const auto* found = find_attribute(where_ == "event"    ? scope.event
                                       : where_ == "branch" ? scope.branch
                                                            : scope.ticket,
                                       name_);
    return found == nullptr ? Value::error : is(found->value);
  }
  std::string_view text() const override { return text_; }

 private:
  Value is(std::string_view value) const { return value == value_ ? Value::yes : Value::no; }

  std::string where_, name_, value_, text_;
};

class Always : public Condition {
 public:
  Value evaluate(const Scope&) const override { return Value::yes; }
  std::string_view text() const override { return "true"; }
};

const Currency kEuro{{'E', 'U', 'R'}};

class PromiseDraw {
 public:
  PromiseDraw(Draw& draw, const Surroundings& around, Promise& promise)
      : draw_(draw), around_(around), promise_(promise) {}

  void fill() {
    promise_.digest = std::to_string(draw_.random()());
    promise_.is_boundary_inclusive = draw_.chance(60);
    promise_.measure = draw_.one_of(around_.measures);
    draw_clock();
    if (draw_.chance(20)) {
      promise_.measure = "elapsed";
      promise_.by = Deadline{"target_at", draw_.one_of<Duration>({0s, 0s, 5min, -5min, 1s}), {}};
    } else {
      draw_within();
    }
    draw_binding();
    if (draw_.chance(20)) promise_.warn = {5min, 1s};
    if (draw_.chance(90)) draw_compensation();
  }

 private:
  ConditionPtr ticket_or_branch() {
    if (draw_.chance(60))
      return attribute_is("ticket", draw_.chance(50) ? "service" : "priority", one_or_two());
    if (draw_.chance(50)) return attribute_is("branch", "region", "north");
    return attribute_is("branch", draw_.chance(50) ? "alarm" : "id",
                        draw_.chance(50) ? "true" : "b");
  }
  ConditionPtr of_event() {
    if (draw_.chance(30)) return ticket_or_branch();
    return attribute_is("event", draw_.chance(50) ? "service" : "priority", one_or_two());
  }
  ConditionPtr of_day() {
    if (draw_.chance(50)) return ticket_or_branch();
    if (draw_.chance(20)) return attribute_is("day", "weekday", std::to_string(1 + draw_.below(7)));
    return attribute_is("day", "class", draw_.one_of<std::string>({"payday", "weekend", ""}));
  }
  std::string one_or_two() { return draw_.chance(50) ? "1" : "2"; }

  Effect effect() {
    static const std::vector<Effect> kEffects = {Effect::start,   Effect::stop,   Effect::stop,
                                                 Effect::restart, Effect::voided, Effect::forfeit,
                                                 Effect::review,  Effect::pause,  Effect::pause,
                                                 Effect::resume,  Effect::resume, Effect::proceed};
    return draw_.one_of(kEffects);
  }

  void draw_clock() {
    static const std::map<std::string, Effect> kUsual = {
        {"issued", Effect::start},        {"service_started", Effect::stop},
        {"transferred", Effect::restart}, {"parked", Effect::pause},
        {"unparked", Effect::resume},     {"away", Effect::pause},
        {"back", Effect::resume},         {"no_show", Effect::forfeit},
        {"left", Effect::review},         {"cancelled", Effect::voided},
        {"reported", Effect::start},      {"fixed", Effect::stop},
        {"held", Effect::pause},          {"taken_up", Effect::resume}};
    if (draw_.chance(20)) promise_.vocabulary = "repair";
    for (const auto& type : promise_.vocabulary == "repair" ? kRepairEvents : kSceneEvents) {
      const auto usual = kUsual.find(type);
      auto& line = promise_.on[type];
      line.otherwise = usual == kUsual.end() ? Effect::proceed : usual->second;
      if (draw_.chance(20)) line.otherwise = effect();
      if (draw_.chance(10)) line.cases.push_back({of_event(), effect()});
      if (draw_.chance(3)) line.cases.push_back({of_event(), effect()});
    }
    static const std::vector<Effect> kExpired = {Effect::stop, Effect::voided, Effect::forfeit,
                                                 Effect::review, Effect::proceed};
    EffectLine& expired = promise_.on["expired"];
    expired.otherwise = draw_.one_of(kExpired);
    if (draw_.chance(20)) expired.cases.push_back({ticket_or_branch(), draw_.one_of(kExpired)});
    if (draw_.chance(5)) expired.cases.push_back({ticket_or_branch(), draw_.one_of(kExpired)});
    promise_.expire_after = draw_.one_of<Duration>({1s, 10min, 3h, 24h, 30h, 200h});
    if (draw_.chance(10)) promise_.expire_after.reset();
    if (draw_.chance(20)) promise_.on_silence = Promise::OnSilence::favour_customer;
    // WHY: a scene says nothing of when things are heard; tests of silence set a shorter one.
    promise_.hold = std::chrono::hours(24 * 365);
  }

  void draw_binding() {
    promise_.applies = draw_.chance(25) ? ticket_or_branch() : always();
    if (draw_.chance(10)) promise_.from = date(1);
    if (draw_.chance(10)) promise_.until = date(0);
    if (draw_.chance(12)) {
      Suspension suspension{date(0), date(static_cast<int>(draw_.below(2))), nullptr, "works", {}};
      if (draw_.chance(50)) suspension.when = ticket_or_branch();
      promise_.suspensions.push_back(suspension);
    }
    for (int count = draw_.chance(25) ? 1 + draw_.chance(30) : 0; count > 0; --count) {
      Excuse excuse;
      excuse.id = "e" + std::to_string(promise_.excuses.size());
      if (draw_.chance(90))
        excuse.when = draw_.chance(50)   ? attribute_is("branch", "alarm", "true")
                      : draw_.chance(50) ? attribute_is("ticket", "cause", one_or_two())
                                         : ticket_or_branch();
      promise_.excuses.push_back(excuse);
    }
  }
  LocalDate date(int days) {
    return naive::local_date(*around_.zone, around_.first + std::chrono::days(days));
  }

  Limit duration(Duration length) { return {Limit::Unit::duration, length, 0}; }
  Limit limit() {
    const auto days = static_cast<int32_t>(1 + draw_.below(3));
    if (draw_.chance(12) && around_.has_hours) return {Limit::Unit::business_days, {}, days};
    if (draw_.chance(8) && promise_.measure == "elapsed")
      return {Limit::Unit::calendar_days, {}, days};
    return duration(draw_.one_of(kLengths));
  }
  void draw_within() {
    for (int count = draw_.chance(30) ? 1 + draw_.chance(40) : 0; count > 0; --count)
      promise_.within.push_back({of_day(), limit(), {}});
    promise_.within.push_back({nullptr, limit(), {}});
  }

  Money euros(uint64_t most = 5000) { return {kEuro, static_cast<int64_t>(1 + draw_.below(most))}; }
  Amount amount(uint64_t most = 5000) {
    if (!draw_.chance(35)) return euros(most);
    static const std::vector<int64_t> kShares = {250'000, 125'000, 5'000, 1'000'000, 333'333};
    return Share{draw_.one_of(kShares), draw_.chance(60) ? "fare" : "bill", draw_.chance(40)};
  }

  Limit due() {
    const auto days = static_cast<int32_t>(1 + draw_.below(3));
    if (draw_.chance(30)) return duration(draw_.one_of(kLengths));
    const bool is_business = around_.has_hours && draw_.chance(60);
    return {is_business ? Limit::Unit::business_days : Limit::Unit::calendar_days, {}, days};
  }

  Tier tier(Limit over) {
    Tier tier;
    tier.over = over;
    tier.pay = amount();
    if (draw_.chance(35)) {
      tier.every = duration(draw_.one_of<Duration>({1s, 5min, 15min, 90min, 9h, 24h}));
      tier.count = draw_.chance(50) ? Tier::Count::started : Tier::Count::full;
      if (draw_.chance(20)) {
        tier.every = Limit{Limit::Unit::calendar_days, {}, 1};
        tier.count = Tier::Count::started;
      } else if (draw_.chance(40) && !promise_.by) {
        tier.measure = draw_.one_of(around_.measures);
      }
    }
    if (draw_.chance(15)) tier.at_most = amount(20'000);
    if (draw_.chance(15)) tier.at_least = amount();
    return tier;
  }

  void draw_tiers(Promise::Compensation& compensation) {
    const bool is_plain = promise_.within.size() == 1 || promise_.by;
    if (draw_.chance(20) && is_plain) {  // R54
      compensation.is_settled_at_breach = true;
      compensation.tiers.push_back(
          tier(promise_.by ? duration(0s) : promise_.within.front().within));
      Tier& only = compensation.tiers.back();
      only.pay = euros();
      only.every.reset();
      only.measure.clear();
      only.at_most.reset();
      only.at_least.reset();
      return;
    }
    const uint64_t count = draw_.below(4);
    if (draw_.chance(10) && around_.has_hours && !promise_.by) {
      for (uint64_t i = 0; i < count; ++i)
        compensation.tiers.push_back(
            tier({Limit::Unit::business_days, {}, static_cast<int32_t>(1 + i)}));
      return;
    }
    Duration over{};
    if (promise_.by && draw_.chance(60)) compensation.tiers.push_back(tier(duration(over)));
    const bool is_duration =
        !promise_.by && promise_.within.back().within.unit == Limit::Unit::duration;
    for (uint64_t i = 0; i < count; ++i) {
      over += draw_.chance(40) && over == 0s && is_duration ? promise_.within.back().within.duration
                                                            : draw_.one_of(kLengths);
      compensation.tiers.push_back(tier(duration(over)));
    }
  }

  Cap cap() {
    static const std::vector<Cap::Scope> kScopes = {
        Cap::Scope::ticket,        Cap::Scope::customer_day, Cap::Scope::customer_month,
        Cap::Scope::customer_year, Cap::Scope::promise_day,  Cap::Scope::promise_month};
    Cap cap;
    cap.scope = draw_.one_of(kScopes);
    cap.then = draw_.chance(60) ? Cap::Then::record : Cap::Then::hold;
    if (draw_.chance(30)) {
      cap.max_times = static_cast<int32_t>(1 + draw_.below(3));
    } else {
      cap.max = amount(12'000);
    }
    if (cap.scope == Cap::Scope::customer_year && draw_.chance(50)) {
      cap.from_month = 4;
      cap.from_day = 1;
    }
    return cap;
  }

  void draw_compensation() {
    Promise::Compensation compensation;
    compensation.currency = kEuro;
    draw_tiers(compensation);
    const bool is_at_breach = compensation.is_settled_at_breach;
    if (!is_at_breach) {
      compensation.is_stacked = draw_.chance(30);
      if (draw_.chance(15)) compensation.at_most = amount(20'000);
      if (draw_.chance(15)) compensation.at_least = amount();
      if (draw_.chance(30)) compensation.group = "g";
    }
    if (draw_.chance(20)) compensation.min_payable = euros(1000);
    for (int count = draw_.chance(40) ? 1 + draw_.chance(40) : 0; count > 0; --count)
      compensation.caps.push_back(cap());
    if (draw_.chance(30)) {
      compensation.due = due();
      if (draw_.chance(70)) compensation.late = euros();
    }
    if (!compensation.tiers.empty()) promise_.compensation = compensation;
  }

  Draw& draw_;
  const Surroundings& around_;
  Promise& promise_;
};

}  // namespace

ConditionPtr attribute_is(std::string where, std::string name, std::string value) {
  return std::make_shared<AttributeIs>(std::move(where), std::move(name), std::move(value));
}

ConditionPtr always() { return std::make_shared<Always>(); }

Promise random_promise(Draw& draw, const Surroundings& around, std::string name) {
  Promise promise;
  promise.name = std::move(name);
  PromiseDraw(draw, around, promise).fill();
  return promise;
}

}  // namespace lupaus::tests
