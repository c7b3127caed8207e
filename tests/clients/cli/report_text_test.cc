// A report as a page of text: the figures that a director looks for, in words.
#include "clients/cli/report_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "lupaus/v1/report.pb.h"

namespace lupaus::clients::cli {
namespace {

void put(v1::Money& money, const std::string& amount) {
  money.set_currency("EUR");
  money.set_amount(amount);
}

v1::Report sample() {
  v1::Report report;
  report.set_promise("served-in-15");
  report.set_period("2026-01");
  (*report.mutable_wording())["en"] = "Served within 15 minutes.";
  (*report.mutable_wording())["fi"] = "Palvelemme 15 minuutissa.";
  report.set_kept_ppm(962'000);
  report.set_objective_ppm(950'000);
  report.set_allowed_breaches_count(50);
  report.set_limit_ms(900'000);
  report.set_within("15m");
  v1::SummaryRow& total = *report.mutable_total();
  total.set_commitments_count(12'345);
  total.set_kept_count(11'876);
  total.set_breached_count(60);
  total.set_excused_count(123);
  put(*total.add_owed(), "620.00");
  put(*report.mutable_budget(), "500.00");
  total.mutable_waits()->set_count(2);
  total.mutable_waits()->set_p50_ms(4'200);
  total.mutable_waits()->set_p90_ms(754'000);
  for (const int64_t from : {0, 900'000}) {
    v1::WaitBucket& bucket = *report.add_waits();
    bucket.set_from_ms(from);
    (from == 0 ? bucket.set_kept_count(10) : bucket.set_breached_count(5));
  }
  for (const char* compared : {"too few", "below"}) {
    v1::BranchRate& branch = *report.add_branches();
    branch.mutable_row()->add_keys(compared + std::string(" branch"));
    branch.set_compared(compared);
    branch.set_rank(branch.compared() == "below" ? 1 : 0);
  }
  return report;
}

TEST(ReportText, SaysWhatADirectorAsks) {
  std::istringstream in;
  std::ostringstream out, err;
  Context context(Streams{in, out, err});
  const std::string text = report_text(context, sample());
  for (const char* part : {"served-in-15, 2026-01\n", "Served within 15 minutes.",
                           "96.20% of 11,936 (objective 95.00%: met)",
                           "60 of 50 that the objective allows: 10 too many",
                           "EUR 620.00 of a month's budget of EUR 500.00: EUR 120.00 over",
                           "123 (67.21% of what was broken)", "half 4.2 s, nine of ten 12 min 34 s",
                           "promised: 15m", "too few to tell", "below all"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "no colour where there is no terminal";
  context.lang = "fi";
  EXPECT_NE(report_text(context, sample()).find("Palvelemme"), std::string::npos);
}

TEST(ReportText, OfNothingSaysSo) {
  std::istringstream in;
  std::ostringstream out, err;
  Context context(Streams{in, out, err});
  v1::Report empty;
  empty.set_promise("p");
  EXPECT_NE(report_text(context, empty).find("nothing was judged"), std::string::npos);
}

TEST(Percent, IsReadExactly) {
  EXPECT_EQ(read_percent("95%"), 950'000);
  EXPECT_EQ(read_percent("99.5%"), 995'000);
  EXPECT_EQ(read_percent("0.0001%"), 1);
  EXPECT_EQ(read_percent("100%"), 1'000'000);
  for (const char* text : {"", "%", "95", ".5%", "5.%", "101%", "-1%", "9 5%", "1e1%", "95.00001%"})
    EXPECT_EQ(read_percent(text), std::nullopt) << text;
}

}  // namespace
}  // namespace lupaus::clients::cli
