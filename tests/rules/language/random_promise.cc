#include "tests/rules/language/random_promise.h"

#include <initializer_list>
#include <random>
#include <utility>

namespace lupaus::tests {
namespace {

constexpr std::string_view kRest = R"(---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: hours}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-16:30"], sat: {hours: ["10:00-14:00"], class: weekend}}}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, hours: hours}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repair}
spec:
  events: [issued, done, moved, expired]
  attributes: {customer: {type: string, personal: true}, service: string, priority: int, fare: money, bill: money, target_at: time}
  branch_attributes: {region: string, alarm: bool}
)";

/// Writes one promise; lives for it.
class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed), name_("p-" + std::to_string(seed)) {}

  std::string write() {
    has_by_ = chance(4);
    measure_ = has_by_ ? "elapsed" : pick({"elapsed", "hours", "branch"});
    head();
    clock();
    target();
    if (chance(2)) add("  warn: [{left: " + std::to_string(1 + number(50)) + "s}, {left: 51s}]\n");
    if (!chance(8)) compensation();
    exemptions();
    return std::move(text_);
  }

 private:
  size_t number(size_t below) { return random_() % below; }
  bool chance(size_t of) { return number(of) == 0; }
  std::string pick(std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[number(choices.size())]);
  }
  void add(std::string_view text) { text_ += text; }
  void maybe(size_t of, const std::string& line) {
    if (chance(of)) add(line);
  }
  std::string duration() {
    return pick({"1s", "0.001s", "90s", "15m", "1h30m", "PT26H", "48h0.25s", "900s", "100h1s"});
  }
  std::string limit() {
    return chance(3) && measure_ == "elapsed"
               ? pick({"1 calendar day", "2 business days", "3 calendar days"})
               : duration();
  }
  std::string money() {
    return "EUR " + std::to_string(1 + number(3000)) + pick({".00", ".05", ".50"});
  }
  std::string amount() {
    return chance(3) ? pick({"12.5", "25", "200", "0.0001", "3.05"}) + "% of " +
                           pick({"ticket.fare", "final(ticket.bill)", "ticket.bill"})
                     : money();
  }
  std::string free_text() {
    return pick({"plain", "\"with: colon # and hash\"", "'it''s \"quoted\"'",
                 "\"tab\\tand\\nline\"", "\"back\\\\slash\"", "Hyvää päivää", "\"true\"",
                 "\" spaces \"", "010", "2026-01-01"});
  }
  std::string condition() {
    return pick({"'true'", "'ticket.service == \"cash\"'", "'ticket.priority > 5'", "true",
                 "'ticket.service in [\"a\", ''b''] && branch.region != \"x\"'",
                 "\"branch.alarm || ticket.priority < 3\"", "'ticket.service == \"\\\"\\\\\"'"});
  }
  std::string effect() { return pick({"stop", "restart", "void", "forfeit", "pause", "continue"}); }

  void head() {
    add("apiVersion: lupaus/v1\nkind: Promise\nmetadata:\n  name: " + name_ + "\n");
    maybe(2, "  owner: " + free_text() + "\n");
    maybe(2, "  labels: {a: " + free_text() + ", 'b c': x}\n");
    add("spec:\n  vocabulary: repair\n");
    maybe(2, "  problem: " + free_text() + "\n");
    maybe(2, "  effective: {" +
                 pick({"from: 2026-01-01", "until: 2026-02-28",
                       "from: 2026-01-01, until: 2026-01-01"}) +
                 "}\n");
    add("  wording: {en: " + free_text() + (chance(2) ? ", fi: " + free_text() : "") + "}\n");
    add("  applies: " + condition() + "\n");
  }
  void clock() {
    add("  clock:\n    measure: " + measure_ + "\n");
    add("    expire_after: " + pick({"1000h", "24h", "PT99H"}) +
        "\n    on:\n      issued: start\n");
    add("      done: stop\n      moved: ");
    switch (number(3)) {
      case 0:
        add(effect());
        break;
      case 1:
        add("{when: 'event.service == \"x\"', then: " + effect() + ", else: " + effect() + "}");
        break;
      default:
        add("[{when: " + std::string("'ticket.priority > 1'") + ", then: " + effect() +
            "}, {when: 'event.priority < 9', then: " + effect() + "}, {else: " + effect() + "}]");
    }
    add("\n      expired: " + pick({"stop", "void", "forfeit", "review", "continue"}));
    add("\n    on_silence: " + pick({"review", "favour_customer"}) +
        pick({"", "\n    hold: 2h", "\n    hold: 24h"}) + "\n");
  }
  void target() {
    add("  target:\n");
    if (has_by_) {
      add("    by: ticket.target_at" + pick({"", " + 10m", " - 1h0.5s", " + 0s"}) + "\n");
    } else if (chance(3)) {
      add("    within: [{when: 'day.class == \"weekend\" && day.weekday > 2', within: " + limit() +
          "}, {within: " + limit() + "}]\n");
    } else {
      within_ = limit();
      add("    within: " + within_ + "\n");
    }
    maybe(2, "    boundary: " + pick({"inclusive", "exclusive"}) + "\n");
    maybe(2, "    objective: " + pick({"95%", "99.5%", "100%"}) + "\n    per: month\n");
  }
  std::string tier(const std::string& over) {
    std::string text = "{over: " + over + ", pay: " + amount();
    if (chance(2)) {
      const std::string measure =
          has_by_ ? "elapsed" : pick({"elapsed", "elapsed", "hours", "branch"});
      const bool by_day = chance(3) && measure == "elapsed";
      text += ", every: " + (by_day ? "1 calendar day" : duration());
      if (!by_day) text += ", count: " + pick({"started", "full"});
      if (by_day || chance(2)) text += ", measure: " + measure;
    }
    if (chance(3)) text += ", at_most: " + amount();
    if (chance(3)) text += ", at_least: " + amount();
    return text + "}";
  }
  void compensation() {
    add("  compensation:\n");
    const bool at_breach = (has_by_ || !within_.empty()) && chance(4);
    if (at_breach) {
      add("    settle: breach\n    tiers: [{over: " + (has_by_ ? "0s" : within_) +
          ", pay: " + money() + "}]\n");
    } else {
      maybe(2, "    settle: end\n");
      maybe(2, "    stack: " + pick({"add", "replace"}) + "\n");
      add("    tiers:\n      - " + tier("0.001s") + "\n      - " + tier("20m") + "\n");
      maybe(2, "      - " + tier("700h") + "\n");
      maybe(3, "    group: visit\n");
    }
    for (std::string_view key : {"at_most", "at_least"}) {
      maybe(3, "    " + std::string(key) + ": " + amount() + "\n");
    }
    maybe(3, "    min_payable: " + money() + "\n");
    if (chance(2)) caps();
    maybe(2, "    instrument: " + pick({"voucher", "transfer", "webhook", "apology"}) + "\n");
    maybe(2, "    nature: " + pick({"damages", "price_reduction"}) + "\n");
    if (chance(2)) {
      add("    due: " +
          pick({"5 business days", "14 calendar days", "48h",
                "{within: 5 business days, days: target}"}) +
          "\n");
      maybe(2, "    late: " + money() + "\n");
    }
    maybe(3, "    claim: {required: true, on: moved, within: " +
                 pick({"28 calendar days", "5 business days", "48h"}) + "}\n");
    maybe(3, "    approval: {over: " + money() + pick({", approvers: 3", ""}) + "}\n");
  }
  void caps() {
    add("    caps:\n");
    for (size_t i = 0; i <= number(3); ++i) {
      const std::string per = pick({"ticket", "customer/day", "customer/month", "customer/year",
                                    "promise/day", "promise/month"});
      add("      - {per: " + per +
          ", max: " + (chance(3) ? pick({"1 time", "5 times"}) : amount()));
      if (chance(2)) add(", then: " + pick({"record", "hold"}));
      if (per == "customer/year" && chance(2)) add(", from: " + pick({"04-01", "01-01", "12-31"}));
      add("}\n");
    }
  }
  void exemptions() {
    if (chance(2)) {
      add("  excuses:\n    - {id: alarm, when: " + condition() + ", wording: {en: x}}\n");
      maybe(2, "    - {id: hand, approvers: 2, max_share: " + pick({"1%", "0.25%"}) + "}\n");
      maybe(3, "    - {id: both, approvers: 1, when: " + condition() + "}\n");
    }
    if (chance(3)) {
      add("  suspensions:\n    - {from: 2026-03-23, until: 2026-06-05, reason: " + free_text() +
          "}\n    - {from: 2027-01-01, until: 2027-01-01, when: " + condition() + "}\n");
    }
  }

  std::mt19937_64 random_;
  std::string name_;
  std::string text_;
  std::string measure_;
  std::string within_;
  bool has_by_ = false;
};

}  // namespace

std::string random_promise(uint64_t seed) { return Writer(seed).write(); }

std::string_view random_surroundings() { return kRest; }

}  // namespace lupaus::tests
