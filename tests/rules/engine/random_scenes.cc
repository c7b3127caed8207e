// Draws scenes so that the interesting coincidences are frequent: few instants for many events,
// limits that are reached to the millisecond, nights in which the clocks change.
#include "tests/rules/engine/random_scenes.h"

#include <algorithm>
#include <memory>

#include "tests/support/rules_world.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

const std::vector<std::string> kTicketEvents = {
    "issued",   "called", "recalled", "service_started", "service_ended", "transferred", "parked",
    "unparked", "away",   "back",     "no_show",         "left",          "cancelled"};

/// naive::When as the engine asks it.
class AttributeIs : public Condition {
 public:
  explicit AttributeIs(naive::When when) : when_(std::move(when)) {
    text_ = (when_.is_of_event ? "event." : "ticket.") + when_.name + " == " + when_.value;
  }
  Value evaluate(const Scope& scope) const override {
    const auto* found = find_attribute(when_.is_of_event ? scope.event : scope.ticket, when_.name);
    if (found == nullptr) return Value::error;
    return found->value == when_.value ? Value::yes : Value::no;
  }
  std::string_view text() const override { return text_; }

 private:
  naive::When when_;
  std::string text_;
};

class Draw {
 public:
  explicit Draw(std::mt19937_64& random) : random_(random) {}

  uint64_t below(uint64_t end) { return random_() % end; }
  Duration length_below(Duration end) {
    return Duration(static_cast<int64_t>(below(static_cast<uint64_t>(end.count()))));
  }
  bool chance(int percent) { return static_cast<int>(below(100)) < percent; }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

  CalendarSpec hours(Instant first) {
    CalendarSpec spec;
    spec.name = "hours";
    spec.timezone = "Europe/Helsinki";
    static const std::vector<std::vector<DayInterval>> kDays = {
        {{8 * 60, 12 * 60}, {13 * 60 + 30, 18 * 60}},
        {{0, 1440}},
        {{22 * 60, 6 * 60}},
        {{195, 225}, {240, 600}},  // 03:15-03:45: lost in spring, 90 minutes in autumn
        {{540, 990}, {960, 1080}},
        {{600, 601}},
        {}};
    for (auto& day : spec.week) day.intervals = one_of(kDays);
    spec.week[below(7)].intervals = kDays[0];  // WHY: it opens at least once a week
    for (int day = 0; day < 3; ++day) {
      if (!chance(40)) continue;
      DateException exception;
      exception.date = naive::helsinki_date(first + std::chrono::days(day));
      exception.hours = one_of(kDays);
      spec.exceptions.push_back(exception);
    }
    return spec;
  }

  naive::When when(bool is_of_event) {
    return {is_of_event, chance(50) ? "service" : "priority", chance(50) ? "1" : "2"};
  }

  Effect effect() {
    static const std::vector<Effect> kEffects = {Effect::start,   Effect::stop,   Effect::stop,
                                                 Effect::restart, Effect::voided, Effect::forfeit,
                                                 Effect::review,  Effect::pause,  Effect::pause,
                                                 Effect::resume,  Effect::resume, Effect::proceed};
    return one_of(kEffects);
  }

  naive::Promise promise(const std::string& name, Instant first) {
    naive::Promise promise;
    promise.name = name;
    static const std::map<std::string, Effect> kUsual = {
        {"issued", Effect::start},        {"service_started", Effect::stop},
        {"transferred", Effect::restart}, {"parked", Effect::pause},
        {"unparked", Effect::resume},     {"away", Effect::pause},
        {"back", Effect::resume},         {"no_show", Effect::forfeit},
        {"left", Effect::review},         {"cancelled", Effect::voided}};
    for (const auto& type : kTicketEvents) {
      const auto usual = kUsual.find(type);
      auto& line = promise.on[type];
      line.otherwise = usual == kUsual.end() ? Effect::proceed : usual->second;
      if (chance(20)) line.otherwise = effect();
      if (chance(10)) line.cases.push_back({when(chance(70)), effect()});
      if (chance(3)) line.cases.push_back({when(true), effect()});
    }
    promise.expired = one_of<Effect>(
        {Effect::stop, Effect::voided, Effect::forfeit, Effect::review, Effect::proceed});
    promise.expire_after = one_of<Duration>({1s, 10min, 3h, 24h, 30h});
    if (chance(25)) promise.applies = when(false);
    if (chance(10)) promise.from = naive::helsinki_date(first + 24h);
    if (chance(10)) promise.until = naive::helsinki_date(first);
    if (chance(20)) promise.within.emplace_back(when(false), one_of(kLimits));
    promise.within.emplace_back(std::nullopt, one_of(kLimits));
    promise.is_inclusive = chance(60);
    promise.is_elapsed = chance(50);
    Duration over{};
    for (uint64_t tiers = below(4); tiers > 0; --tiers) {
      over += chance(40) && over == 0s ? promise.within.back().second : one_of(kLimits);
      promise.tiers.push_back({over, static_cast<int64_t>(1 + below(5000))});
    }
    return promise;
  }

  /// Few instants, often one limit or one expiry after another.
  std::vector<Instant> instants(Instant first) {
    const Duration span = one_of<Duration>({2s, 20min, 3h, 12h, 30h});
    std::vector<Instant> drawn = {first + length_below(26h)};
    for (uint64_t count = 1 + below(6); count > 0; --count) {
      Instant at = drawn.front() + length_below(span);
      if (chance(60))
        at = one_of(drawn) + (chance(80) ? one_of(kLimits) : Duration(24h)) + length_below(3ms) -
             1ms;
      if (chance(10)) at = one_of(drawn) + 999ms + length_below(3ms);
      drawn.push_back(at);
    }
    return drawn;
  }

  naive::Event event(const std::string& ticket, const std::string& type, Instant at) {
    naive::Event event{at, one_of(kSceneSources), 1, 0, ticket, type, {}};
    if (ticket.empty()) return event;
    if (chance(25)) event.attributes["service"] = chance(50) ? "1" : "2";
    if (chance(25)) event.attributes["priority"] = chance(50) ? "1" : "2";
    return event;
  }

 private:
  inline static const std::vector<Duration> kLimits = {1ms, 500ms, 1s, 5min, 15min, 90min, 9h};
  std::mt19937_64& random_;
};

/// Gives sequences by source, in the order of times; equal times in a random order.
void number(std::mt19937_64& random, std::vector<naive::Event>& events) {
  std::shuffle(events.begin(), events.end(), random);
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  std::map<std::string, uint64_t> last;
  for (auto& event : events) event.sequence = ++last[event.source];
}

}  // namespace

Scene random_scene(std::mt19937_64& random, int tickets, int promises) {
  Draw draw(random);
  static const std::vector<std::string> kDays = {
      "2026-01-05T06:00:00+02:00", "2026-03-28T12:00:00+02:00", "2026-10-24T12:00:00+03:00",
      "2026-12-31T20:00:00+02:00"};
  Scene scene;
  scene.first = *parse_instant(draw.one_of(kDays));
  scene.hours = draw.hours(scene.first);
  for (int i = 0; i < promises; ++i)
    scene.promises.push_back(draw.promise("p" + std::to_string(i), scene.first));
  std::vector<Instant> all;
  for (int i = 0; i < tickets; ++i) {
    const auto instants = draw.instants(scene.first);
    const std::string ticket = "T" + std::to_string(i);
    for (uint64_t count = 1 + draw.below(9); count > 0; --count) {
      const bool is_start = draw.chance(25);
      scene.events.push_back(draw.event(ticket, is_start ? "issued" : draw.one_of(kTicketEvents),
                                        draw.one_of(instants)));
    }
    all.insert(all.end(), instants.begin(), instants.end());
  }
  for (uint64_t count = draw.below(6); count > 0; --count) {
    const char* const type = draw.chance(60) ? "branch_closed" : "branch_opened";
    scene.events.push_back(draw.event("", type, draw.one_of(all) + draw.length_below(3ms)));
  }
  number(random, scene.events);
  scene.as_of = draw.one_of(all) + draw.one_of<Duration>({0s, 1ms, 10min, 24h, 24h + 1ms, 90h});
  return scene;
}

namespace {

void apply(const naive::Promise& from, Promise& to) {
  for (const auto& [type, line] : from.on) {
    auto& target = to.on[type];
    target.otherwise = line.otherwise;
    for (const auto& [when, then] : line.cases)
      target.cases.push_back({std::make_shared<AttributeIs>(when), then});
  }
  if (from.applies) to.applies = std::make_shared<AttributeIs>(*from.applies);
  to.from = from.from;
  to.until = from.until;
  to.expire_after = from.expire_after;
  to.within.clear();
  for (const auto& [when, length] : from.within) {
    to.within.push_back({when ? std::make_shared<AttributeIs>(*when) : nullptr,
                         Limit{Limit::Unit::duration, length, 0},
                         {}});
  }
}

}  // namespace

BookPtr book_of(const Scene& scene) {
  std::vector<PromiseForm> forms;
  for (const auto& promise : scene.promises) {
    PromiseForm form;
    form.name = promise.name;
    form.is_inclusive = promise.is_inclusive;
    form.measure = promise.is_elapsed ? "elapsed" : "hours";
    form.tiers = promise.tiers;
    form.expired = promise.expired;
    forms.push_back(form);
  }
  std::vector<DeclaredSource> sources;
  for (const auto& id : kSceneSources) sources.push_back({id, {}});
  auto book = std::make_shared<Book>(*make_book(forms, sources));
  for (size_t i = 0; i < scene.promises.size(); ++i) apply(scene.promises[i], book->promises[i]);
  book->calendars.front() = scene.hours;
  return book;
}

std::string format(const Scene& scene) {
  std::string text = "as_of " + format_instant(scene.as_of) + "\nweek, Monday first:";
  const auto intervals = [&](const std::vector<DayInterval>& list) {
    for (const auto& i : list)
      text += " " + std::to_string(i.begin_minute) + "-" + std::to_string(i.end_minute);
    text += ";";
  };
  for (const auto& day : scene.hours.week) intervals(day.intervals);
  for (const auto& exception : scene.hours.exceptions) {
    text += "\n" + format_local_date(exception.date) + ":";
    intervals(*exception.hours);
  }
  const auto when = [](const naive::When& w) {
    return (w.is_of_event ? "event." : "ticket.") + w.name + "==" + w.value;
  };
  for (const auto& p : scene.promises) {
    text += "\npromise " + p.name + (p.is_elapsed ? " elapsed" : " hours") +
            (p.is_inclusive ? " inclusive" : " exclusive") + " expire " +
            format_duration(p.expire_after) + " " + std::string(format_effect(p.expired));
    if (p.applies) text += " applies " + when(*p.applies);
    if (p.from) text += " from " + format_local_date(*p.from);
    if (p.until) text += " until " + format_local_date(*p.until);
    for (const auto& [w, length] : p.within)
      text += " within " + format_duration(length) + (w ? " when " + when(*w) : "");
    for (const auto& [over, minor] : p.tiers)
      text += " over " + format_duration(over) + " pays " + std::to_string(minor);
    for (const auto& [type, line] : p.on) {
      text += "\n  " + type + ": ";
      for (const auto& [w, then] : line.cases)
        text += "when " + when(w) + " then " + std::string(format_effect(then)) + " else ";
      text += format_effect(line.otherwise);
    }
  }
  for (const auto& e : scene.events) {
    text += "\n" + format_instant(e.at) + " " + e.source + " " + std::to_string(e.sequence) + " " +
            e.ticket + " " + e.type;
    for (const auto& [name, value] : e.attributes) text += " " + name + "=" + value;
  }
  return text + "\n";
}

}  // namespace lupaus::tests
