#include "clients/cli/report_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "clients/cli/output.h"
#include "fmt/format.h"
#include "lupaus/v1/report.pb.h"
#include "rules/model/money.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Sums = google::protobuf::RepeatedPtrField<v1::Money>;

/// Columns of the longest bar.
constexpr uint64_t kBarMax = 40;

/// "31,125".
std::string count_text(uint64_t count) {
  std::string digits = std::to_string(count);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string sums_text(const Sums& sums) {
  std::string text;
  for (const v1::Money& sum : sums)
    text += (text.empty() ? "" : " + ") + sum.currency() + " " + sum.amount();
  return text.empty() ? "nothing" : text;
}

std::string rate_text(const v1::SummaryRow& row) {
  const uint64_t judged = row.kept_count() + row.breached_count();
  if (judged == 0) return "-";
  return percent_text(static_cast<int64_t>((row.kept_count() * 1'000'000 + judged / 2) / judged));
}

std::string weekday_text(const std::string& number) {
  constexpr std::array<const char*, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const char first = number.empty() ? '0' : number.front();
  return first >= '1' && first <= '7' ? kDays[static_cast<size_t>(first - '1')] : number;
}

class Page {
 public:
  Page(const Context& context, const v1::Report& report) : context_(context), report_(report) {}

  std::string write() {
    write_head();
    write_kept();
    write_cost();
    write_waits();
    write_worst();
    write_parts();
    write_branches();
    write_unknown();
    write_feedback();
    return std::move(text_);
  }

 private:
  void line(const std::string& text = "") { text_ += text + "\n"; }
  void title(const std::string& text) {
    line();
    line(context_.paint(Paint::bold, text));
  }
  /// A short word and what it says.
  void entry(const std::string& word, const std::string& says) {
    line(fmt::format("  {:<14}{}", word, says));
  }

  void write_head() {
    line(context_.paint(Paint::bold,
                        fmt::format("{}, {}{}", report_.promise(), report_.period(),
                                    report_.branch().empty() ? "" : ", " + report_.branch())));
    const auto& wording = report_.wording();
    auto said = wording.find(context_.lang.empty() ? "en" : context_.lang);
    if (said == wording.end()) said = wording.begin();
    if (said != wording.end()) line(said->second);
  }

  void write_kept() {
    const v1::SummaryRow& total = report_.total();
    const uint64_t judged = total.kept_count() + total.breached_count();
    line();
    if (!report_.has_kept_ppm()) return entry("Kept", "nothing was judged");
    std::string kept =
        fmt::format("{} of {} ", percent_text(report_.kept_ppm()), count_text(judged));
    if (report_.has_objective_ppm()) {
      const bool is_met = report_.kept_ppm() >= report_.objective_ppm();
      kept +=
          context_.paint(is_met ? Paint::green : Paint::red,
                         fmt::format("(objective {}: {})", percent_text(report_.objective_ppm()),
                                     is_met ? "met" : "missed"));
    }
    entry("Kept", kept);
    std::string broken = count_text(total.breached_count());
    if (report_.has_allowed_breaches_count()) {
      const int64_t allowed = report_.allowed_breaches_count();
      const int64_t left = allowed - static_cast<int64_t>(total.breached_count());
      broken += fmt::format(" of {} that the objective allows: {} {}",
                            count_text(static_cast<uint64_t>(allowed)),
                            count_text(static_cast<uint64_t>(left < 0 ? -left : left)),
                            left < 0 ? "too many" : "left");
    }
    entry("Broken", broken);
    const uint64_t all = std::max<uint64_t>(total.excused_count() + total.breached_count(), 1);
    entry("Excused",
          fmt::format("{} ({} of what was broken)", count_text(total.excused_count()),
                      percent_text(static_cast<int64_t>(total.excused_count() * 1'000'000 / all))));
    if (total.void_count() > 0) entry("Void", count_text(total.void_count()));
    if (total.indeterminate_count() > 0)
      entry("Undecided", count_text(total.indeterminate_count()) + ", left to a person");
  }

  void write_cost() {
    const v1::SummaryRow& total = report_.total();
    entry("Owed", sums_text(total.owed()) + budget_text());
    entry("Paid", sums_text(total.paid()));
    if (total.capped_size() > 0) entry("Left by caps", sums_text(total.capped()) + " not owed");
    const v1::Waits& payment = report_.breach_to_payment();
    if (payment.count() > 0) {
      entry("Paid after",
            fmt::format("{} for half, {} for nine of ten", length_text(payment.p50_ms()),
                        length_text(payment.p90_ms())));
    }
  }

  std::string budget_text() const {
    if (!report_.has_budget()) return "";
    const std::string budget = report_.budget().currency() + " " + report_.budget().amount();
    std::string text = " of a month's budget of " + budget;
    const auto most = rules::model::parse_money(budget);
    for (const v1::Money& sum : report_.total().owed()) {
      const auto owed = rules::model::parse_money(sum.currency() + " " + sum.amount());
      if (!most || !owed || owed->currency != most->currency) continue;
      const int64_t left = most->minor - owed->minor;
      const std::string rest =
          rules::model::format_money({most->currency, left < 0 ? -left : left});
      text += ": " + context_.paint(left < 0 ? Paint::red : Paint::green,
                                    rest + (left < 0 ? " over" : " left"));
    }
    return text;
  }

  void write_waits() {
    const v1::Waits& waits = report_.total().waits();
    if (waits.count() == 0) return;
    title(fmt::format("Waits (half {}, nine of ten {}, 99 of 100 {}, longest {})",
                      length_text(waits.p50_ms()), length_text(waits.p90_ms()),
                      length_text(waits.p99_ms()), length_text(waits.max_ms())));
    uint64_t most = 1;
    for (const auto& one : report_.waits())
      most = std::max(most, one.kept_count() + one.breached_count());
    for (const auto& one : report_.waits()) {
      const uint64_t count = one.kept_count() + one.breached_count();
      const uint64_t kept = (one.kept_count() * kBarMax + most - 1) / most;
      const uint64_t broken = (one.breached_count() * kBarMax + most - 1) / most;
      if (report_.has_limit_ms() && one.from_ms() == report_.limit_ms())
        line(fmt::format("  {:->21} promised: {}", "", report_.within()));
      const bool is_tail = one.until_ms() - one.from_ms() > report_.waits(0).until_ms();
      line(fmt::format("  {:>19}  {:>8} {}{}",
                       length_text(one.from_ms()) + (is_tail ? " or more" : ""), count_text(count),
                       context_.paint(Paint::green, std::string(kept, '#')),
                       context_.paint(Paint::red, std::string(broken, 'x'))));
    }
  }

  void write_worst() {
    if (report_.worst_hours_size() == 0) return;
    title("Worst hours");
    for (const auto& one : report_.worst_hours()) {
      line(fmt::format("  {} {}:00   {:>7} broken of {:>7}, {} kept", weekday_text(one.keys(0)),
                       one.keys(1), count_text(one.breached_count()),
                       count_text(one.kept_count() + one.breached_count()), rate_text(one)));
    }
  }

  void write_parts() {
    if (report_.parts_size() < 2) return;
    title("Services and segments");
    for (const auto& one : report_.parts()) {
      line(fmt::format("  {:<8} {:<20} {:>8} kept of {:>7}", one.keys(0), one.keys(1),
                       rate_text(one), count_text(one.kept_count() + one.breached_count())));
    }
  }

  void write_branches() {
    if (report_.branches_size() < 2) return;
    title("Branches");
    size_t width = 6;
    for (const auto& one : report_.branches())
      width = std::max(width, shown_width(one.row().keys(0)));
    for (const auto& one : report_.branches()) {
      const std::string compared = one.compared() == "too few" ? "too few to tell"
                                   : one.compared() == "same"  ? "no different from all"
                                                               : one.compared() + " all";
      line(fmt::format("  {:>4}  {:<{}}  {:>8} kept  {:>8} to {:>8}  of {:>7}  {}",
                       one.rank() == 0 ? "-" : std::to_string(one.rank()), one.row().keys(0), width,
                       rate_text(one.row()), percent_text(one.low_ppm()),
                       percent_text(one.high_ppm()),
                       count_text(one.row().kept_count() + one.row().breached_count()), compared));
    }
    line("  Equal ranks: chance may have made the difference (95 % intervals).");
  }

  void write_unknown() {
    if (report_.indeterminate_size() == 0) return;
    title("Excused and left to a person, and why");
    for (const auto& one : report_.indeterminate()) {
      line(fmt::format("  {:>7}  {}: {}", count_text(one.count()), one.verdict(),
                       one.reason().empty() ? "-" : one.reason()));
    }
  }

  void write_feedback() {
    if (report_.feedback_size() == 0) return;
    title("What customers answered");
    for (const auto& one : report_.feedback()) {
      line(fmt::format("  {:<4} {:<16} {:>7.1f} of {:>6} answers", one.kind(), one.group(),
                       static_cast<double>(one.score_milli()) / 1000, count_text(one.count())));
    }
  }

  const Context& context_;
  const v1::Report& report_;
  std::string text_;
};

}  // namespace

std::string percent_text(int64_t ppm) {
  const int64_t hundredths = (ppm + 50) / 100;
  return fmt::format("{}.{:02}%", hundredths / 100, hundredths % 100);
}

std::optional<int64_t> read_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, dot);
  std::string decimals(dot == text.size() ? "" : text.substr(dot + 1));
  if (whole.empty() || whole.size() > 3 || decimals.size() > 4 ||
      (dot != text.size() && decimals.empty()))
    return std::nullopt;
  decimals.resize(4, '0');
  int64_t ppm = 0;
  for (const char digit : std::string(whole) + decimals) {
    if (digit < '0' || digit > '9') return std::nullopt;
    ppm = ppm * 10 + (digit - '0');
  }
  return ppm <= 1'000'000 ? std::optional(ppm) : std::nullopt;
}

std::string length_text(int64_t ms) {
  const int64_t seconds = (ms + 500) / 1000;
  if (ms > 0 && ms < 10'000) return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) {
    return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60)
                             : fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  }
  if (seconds < 86'400) return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds / 3600 % 24);
}

std::string report_text(const Context& context, const v1::Report& report) {
  return Page(context, report).write();
}

}  // namespace lupaus::clients::cli
