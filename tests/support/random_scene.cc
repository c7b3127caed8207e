// Calendars, branches and events of random scenes.
#include "tests/support/random_scene.h"

#include <algorithm>
#include <map>
#include <memory>

#include "rules/calendar/zone.h"
#include "tests/support/random_draw.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

const std::vector<std::string> kSceneEvents = {
    "issued",   "called", "recalled", "service_started", "service_ended", "transferred", "parked",
    "unparked", "away",   "back",     "no_show",         "left",          "cancelled"};
const std::vector<std::string> kRepairEvents = {"reported", "called", "held", "taken_up", "fixed"};

namespace {

const std::vector<std::string> kZones = {
    "Europe/Helsinki",     "Europe/Helsinki", "America/New_York",
    "Australia/Lord_Howe", "America/Havana",  "America/Santiago",
    "Asia/Beirut",         "Asia/Kathmandu",  "Pacific/Kiritimati"};

/// Around a change of the zone's clocks, or of a month or year.
Instant first_instant(Draw& draw, const ZoneTable& zone) {
  static const std::vector<std::string> kDays = {
      "2026-01-05T06:00:00.000Z", "2026-03-31T08:00:00.000Z", "2026-12-31T08:00:00.000Z",
      "2028-02-28T20:00:00.000Z"};
  std::vector<Instant> changes;
  for (const auto& transition : zone.transitions) {
    const Instant at(std::chrono::seconds(transition.at_unix_s));
    if (at > *parse_instant("2026-01-01T00:00:00Z") && at < *parse_instant("2028-01-01T00:00:00Z"))
      changes.push_back(at);
  }
  if (changes.empty() || draw.chance(40)) return *parse_instant(draw.one_of(kDays));
  return draw.one_of(changes) - 12h - draw.length_below(12h);
}

CalendarSpec random_calendar(Draw& draw, const std::string& name, const ZoneTable& zone,
                             Instant first) {
  static const std::vector<std::vector<DayInterval>> kDays = {
      {{8 * 60, 12 * 60}, {13 * 60 + 30, 18 * 60}},
      {{0, 1440}},
      {{22 * 60, 6 * 60}},
      {{195, 225}, {240, 600}},
      {{15, 45}, {125, 135}, {1410, 0}},
      {{540, 990}, {960, 1080}},
      {{600, 601}},
      {}};
  CalendarSpec spec;
  spec.name = name;
  spec.timezone = zone.name;
  for (auto& day : spec.week) {
    day.intervals = draw.one_of(kDays);
    if (draw.chance(30)) day.day_class = "weekend";
  }
  spec.week[draw.below(7)].intervals = kDays[0];  // WHY: it opens at least once a week
  for (int day = -1; day < 4; ++day) {
    if (!draw.chance(30)) continue;
    DateException exception;
    exception.date = naive::local_date(zone, first + std::chrono::days(day));
    if (draw.chance(70)) exception.hours = draw.one_of(kDays);
    if (draw.chance(40)) exception.day_class = draw.chance(50) ? "payday" : "weekend";
    if (!spec.exceptions.empty() && !(spec.exceptions.back().date < exception.date)) continue;
    spec.exceptions.push_back(exception);
  }
  return spec;
}

/// Few instants, often one limit or one expiry after another.
std::vector<Instant> instants(Draw& draw, Instant first) {
  const Duration span = draw.one_of<Duration>({2s, 20min, 3h, 12h, 30h, 80h});
  std::vector<Instant> drawn = {first + draw.length_below(26h)};
  for (uint64_t count = 1 + draw.below(6); count > 0; --count) {
    Instant at = drawn.front() + draw.length_below(span);
    if (draw.chance(60))
      at = draw.one_of(drawn) + (draw.chance(80) ? draw.one_of(kLengths) : Duration(24h)) +
           draw.length_below(3ms) - 1ms;
    if (draw.chance(10)) at = draw.one_of(drawn) + 999ms + draw.length_below(3ms);
    drawn.push_back(at);
  }
  return drawn;
}

std::string random_money(Draw& draw) {
  if (draw.chance(3)) return "EUR 9000000000000000.00";
  if (draw.chance(3)) return "JPY " + std::to_string(1 + draw.below(9000));
  const auto minor = std::to_string(100 + draw.below(10'000));
  return "EUR " + minor.substr(0, minor.size() - 2) + "." + minor.substr(minor.size() - 2);
}

class Events {
 public:
  Events(Draw& draw, Scene& scene) : draw_(draw), scene_(scene) {}

  void of_ticket(const std::string& ticket) {
    const auto drawn = instants(draw_, scene_.first);
    const auto& branch = draw_.one_of(scene_.branches).name;
    const int repairs = draw_.chance(25) ? 70 : 3;  // WHY: now and then both vocabularies meet
    for (uint64_t count = 1 + draw_.below(9); count > 0; --count) {
      const auto& types = draw_.chance(repairs) ? kRepairEvents : kSceneEvents;
      const auto& type = draw_.chance(25) ? types.front() : draw_.one_of(types);
      naive::Event event{
          draw_.one_of(drawn), draw_.one_of(kSceneSources), 1, 0, branch, ticket, type,
          attributes(drawn)};
      scene_.events.push_back(std::move(event));
    }
    all_.insert(all_.end(), drawn.begin(), drawn.end());
  }

  void of_branch(const std::string& branch) {
    static const std::vector<std::string> kTypes = {"branch_closed", "branch_opened",
                                                    "branch_reported"};
    for (uint64_t count = draw_.below(6); count > 0; --count) {
      naive::Event event{any_instant() + draw_.length_below(3ms),
                         draw_.one_of(kSceneSources),
                         1,
                         0,
                         branch,
                         "",
                         draw_.one_of(kTypes),
                         {}};
      if (draw_.chance(50)) event.attributes["alarm"] = draw_.chance(50) ? "true" : "false";
      if (draw_.chance(20)) event.attributes["region"] = draw_.chance(50) ? "north" : "south";
      scene_.events.push_back(std::move(event));
    }
  }

  Instant any_instant() { return draw_.one_of(all_); }

 private:
  naive::Attributes attributes(const std::vector<Instant>& drawn) {
    naive::Attributes drawn_attributes;
    const auto set = [&](const char* name, int percent, const std::string& value) {
      if (draw_.chance(percent)) drawn_attributes[name] = value;
    };
    set("service", 25, draw_.chance(50) ? "1" : "2");
    set("priority", 25, draw_.chance(50) ? "1" : "2");
    set("customer", 30, draw_.chance(50) ? "c1" : "c2");
    set("cause", 10, draw_.chance(50) ? "1" : "2");
    set("fare", 25, random_money(draw_));
    set("bill", 25, random_money(draw_));
    const Instant target = draw_.one_of(drawn) + draw_.length_below(3ms) - 1ms;
    set("target_at", 35,
        format_instant(draw_.chance(50) ? target : target + draw_.one_of(kLengths)));
    return drawn_attributes;
  }

  Draw& draw_;
  Scene& scene_;
  std::vector<Instant> all_;
};

void draw_places(Draw& draw, Scene& scene, Surroundings& around) {
  around.zone = rules::calendar::find_built_in_zone(draw.one_of(kZones));
  scene.first = around.first = first_instant(draw, *around.zone);
  const ZoneTable* other =
      draw.chance(60) ? around.zone : rules::calendar::find_built_in_zone(draw.one_of(kZones));
  scene.calendars = {random_calendar(draw, "desk", *other, scene.first),
                     random_calendar(draw, "hours", *around.zone, scene.first)};
  around.measures = {"elapsed", "elapsed", "hours", "desk"};
  for (const char* name : {"b", "c"}) {
    BranchSpec branch;
    branch.name = name;
    branch.timezone = scene.branches.empty() ? around.zone->name : other->name;
    branch.hours = draw.chance(8) ? "" : scene.branches.empty() ? "hours" : "desk";
    around.has_hours = around.has_hours && !branch.hours.empty();
    branch.attributes.push_back({"region", scene.branches.empty() ? "north" : "south"});
    for (const auto& id : kSceneSources) branch.sources.push_back({id, {}});
    scene.branches.push_back(branch);
    if (draw.chance(60)) break;
  }
  if (around.has_hours) around.measures.push_back("branch");
}

Vocabulary vocabulary(const char* name, const std::vector<std::string>& events) {
  Vocabulary vocabulary;
  vocabulary.name = name;
  vocabulary.events = events;
  vocabulary.events.push_back("expired");
  vocabulary.branch_events = {"branch_closed", "branch_opened", "branch_reported"};
  for (const char* text : {"service", "cause"}) vocabulary.attributes[text] = {};
  vocabulary.attributes["customer"] = {AttributeType::string, true};
  vocabulary.attributes["priority"] = {AttributeType::integer, false};
  vocabulary.attributes["target_at"] = {AttributeType::time, false};
  for (const char* sum : {"fare", "bill"})
    vocabulary.attributes[sum] = {AttributeType::money, false};
  vocabulary.branch_attributes["alarm"] = {AttributeType::boolean, false};
  vocabulary.branch_attributes["region"] = {};
  return vocabulary;
}

BookPtr book_of(const Scene& scene, size_t edition) {
  auto book = std::make_shared<Book>();
  book->hash = "edition " + std::to_string(edition);
  book->promises = scene.editions[edition].promises;
  book->calendars = scene.calendars;
  book->branches = scene.branches;
  std::map<std::string, const ZoneTable*> zones;
  for (const auto& calendar : scene.calendars) zones[calendar.timezone] = nullptr;
  for (const auto& branch : scene.branches) zones[branch.timezone] = nullptr;
  for (auto& [name, zone] : zones)
    book->zones.push_back(*rules::calendar::find_built_in_zone(name));
  book->vocabularies = {vocabulary("queue", kSceneEvents), vocabulary("repair", kRepairEvents)};
  return book;
}

/// Now and then a source loses its memory and goes on in another epoch.
void draw_epochs(Draw& draw, Scene& scene) {
  std::map<std::string, uint64_t> epochs;
  for (auto& event : scene.events) {
    uint64_t& epoch = epochs.try_emplace(event.source, 1).first->second;
    if (draw.chance(3)) epoch += 1 + draw.below(2);
    event.epoch = epoch;
  }
}

}  // namespace

Scene random_scene(std::mt19937_64& random, const SceneSize& size) {
  Draw draw(random);
  Scene scene;
  Surroundings around;
  draw_places(draw, scene, around);
  scene.editions.resize(1);
  for (int i = 0; i < size.promises; ++i)
    scene.editions.front().promises.push_back(
        random_promise(draw, around, "p" + std::to_string(i)));
  Events events(draw, scene);
  for (int i = 0; i < size.tickets; ++i) events.of_ticket("T" + std::to_string(i));
  for (const auto& branch : scene.branches) events.of_branch(branch.name);
  Instant last = scene.first;
  for (int i = 1; i < size.editions; ++i) {
    Scene::Edition next = scene.editions.back();
    next.valid_from = last = std::max(last + 1ms, events.any_instant() + draw.length_below(3ms));
    for (auto& promise : next.promises) {
      if (draw.chance(50)) promise = random_promise(draw, around, promise.name);
    }
    if (draw.chance(30) && next.promises.size() > 1)
      next.promises.erase(next.promises.begin() +
                          static_cast<std::ptrdiff_t>(draw.below(next.promises.size())));
    scene.editions.push_back(std::move(next));
  }
  std::shuffle(scene.events.begin(), scene.events.end(), random);
  std::stable_sort(scene.events.begin(), scene.events.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  draw_epochs(draw, scene);
  renumber(scene);
  scene.as_of =
      events.any_instant() + draw.one_of<Duration>({0s, 1ms, 10min, 24h, 24h + 1ms, 90h, 240h});
  return scene;
}

void renumber(Scene& scene) {
  std::map<std::pair<std::string, uint64_t>, uint64_t> last;
  for (auto& event : scene.events) event.sequence = ++last[{event.source, event.epoch}];
}

naive::History history_of(const Scene& scene) {
  naive::History history;
  for (size_t i = 0; i < scene.editions.size(); ++i)
    history.editions.push_back({scene.editions[i].valid_from, book_of(scene, i)});
  history.events = scene.events;
  history.first = scene.first;
  return history;
}

}  // namespace lupaus::tests
