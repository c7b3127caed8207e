// A month's report, and lines by filter, order and page, over a real gRPC server on a virtual
// clock.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/report.grpc.pb.h"
#include "server/api/report_message.h"
#include "server/wire/values.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::Duration;
using std::chrono::minutes;
using std::chrono::seconds;

/// Customers for cash: the n-th waits for n minutes; from the 16th on the promise is broken.
class ReportDay : public testing::Test {
 protected:
  void SetUp() override { stream_.hello("b1/counter"); }

  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  void serve(int first, int last) {
    for (int n = first; n <= last; ++n) {
      const std::string ticket = "T" + std::to_string(100 + n);
      send({make_event(ticket, "issued", at_, "cash")});
      tickets_.push_back({ticket, at_ + minutes(n)});
    }
    at_ += minutes(1);
    running_.move_to(RunningServer::at(at_ + minutes(last + 1)));
    std::sort(tickets_.begin(), tickets_.end(),
              [](const auto& left, const auto& right) { return left.second < right.second; });
    for (const auto& [ticket, offset] : tickets_)
      send({make_event(ticket, "service_started", offset)});
    tickets_.clear();
    at_ += minutes(last);
    stream_.heartbeat("b1/counter", sent_, at_);
    send({make_event("X" + std::to_string(sent_), "issued", at_, "other")});
    running_.server().loop().drain();
  }
  std::unique_ptr<v1::BreachService::Stub> breaches() {
    return v1::BreachService::NewStub(running_.channel());
  }
  /// Tickets of all pages, or the status that ended them.
  std::vector<std::string> tickets_of(v1::ListBreachesRequest request) {
    std::vector<std::string> tickets;
    v1::ListBreachesResponse page;
    do {
      page.Clear();
      const grpc::Status status = breaches()->ListBreaches(make_context().get(), request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok()) break;
      for (const auto& line : page.lines()) tickets.push_back(line.ticket());
      request.set_page_token(page.next_page_token());
    } while (!page.next_page_token().empty());
    return tickets;
  }
  grpc::Status report(const std::string& period, v1::Report& report) {
    v1::GetReportRequest request;
    request.set_period(period);
    return v1::ReportService::NewStub(running_.channel())
        ->GetReport(make_context().get(), request, &report);
  }

  RunningServer running_{true, [](server::config::Config& config) {
                           config.budgets["p15"] = {{{'E', 'U', 'R'}}, 50'000};
                         }};
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  Duration at_{};
  std::vector<std::pair<std::string, Duration>> tickets_;
};

TEST_F(ReportDay, SaysWhatAMonthWas) {
  serve(11, 20);
  v1::Report january;
  const grpc::Status status = report("2026-01", january);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(january.promise(), "p15");
  EXPECT_EQ(january.wording().at("en"), "Served in time or we pay.");
  EXPECT_EQ(january.limit_ms(), 900'000);
  EXPECT_EQ(january.total().kept_count(), 5u);
  EXPECT_EQ(january.total().breached_count(), 5u);
  EXPECT_EQ(january.kept_ppm(), 500'000);
  EXPECT_EQ(january.total().owed(0).amount(), "50.00");
  EXPECT_EQ(january.budget().amount(), "500.00");
  ASSERT_EQ(january.days_size(), 31);
  EXPECT_EQ(january.days(4).keys(0), "2026-01-05");
  EXPECT_EQ(january.days(4).breached_count(), 5u);
  ASSERT_EQ(january.heat_size(), 1);
  EXPECT_EQ(january.heat(0).keys(0), "1");
  EXPECT_EQ(january.heat(0).keys(1), "09");
  ASSERT_EQ(january.branches_size(), 1);
  EXPECT_EQ(january.branches(0).compared(), "too few");
  EXPECT_EQ(january.parts(0).keys(1), "cash");
  uint64_t kept_in_time = 0, broken_late = 0;
  for (const auto& bucket : january.waits()) {
    if (bucket.until_ms() <= january.limit_ms()) {
      EXPECT_EQ(bucket.breached_count(), 0u);
    }
    kept_in_time += bucket.kept_count();
    if (bucket.from_ms() >= january.limit_ms()) broken_late += bucket.breached_count();
  }
  EXPECT_EQ(kept_in_time, 5u);
  EXPECT_EQ(broken_late, 5u);
  v1::Report again;
  ASSERT_TRUE(report("2026-01-01..2026-01-31", again).ok());
  EXPECT_EQ(again.total().waits().p50_ms(), january.total().waits().p50_ms());
  ASSERT_TRUE(report("2026-01", again).ok());
  EXPECT_EQ(again.hash(), january.hash());
  EXPECT_EQ(again.first_position(), 1u);
  EXPECT_EQ(again.last_position(), running_.storage().last_position());
}

/// The queue's vocabulary, and a customer's answer.
std::string book_with_answers() {
  std::string book = tests::sample_book();
  const auto put = [&book](const std::string& before, const std::string& what) {
    for (size_t at = book.find(before); at != std::string::npos; at = book.find(before, at)) {
      book.insert(at, what);
      at += what.size() + before.size();
    }
  };
  put("  wording: {en:", "  vocabulary: branch-queue\n");
  put("expired: review}", "feedback: continue, ");
  return "apiVersion: lupaus/v1\nkind: Vocabulary\nmetadata: {name: branch-queue}\nspec:\n"
         "  events: [issued, called, recalled, service_started, service_ended, transferred, "
         "parked, "
         "unparked, away, back,\n           no_show, left, cancelled, expired, feedback]\n"
         "  attributes: {service: string, customer: {type: string, personal: true}, kind: string, "
         "score: int}\n---\n" +
         book;
}

TEST_F(ReportDay, JoinsWhatCustomersAnswered) {
  const grpc::Status applied = running_.apply(book_with_answers());
  ASSERT_TRUE(applied.ok()) << applied.error_message();
  running_.move_to(RunningServer::at(at_ = minutes(1)));
  serve(14, 17);
  for (const auto& [ticket, score] :
       {std::pair("T114", "10"), std::pair("T115", "9"), std::pair("T117", "3")}) {
    v1::Event answer = make_event(ticket, "feedback", at_);
    (*answer.mutable_attributes())["kind"] = "nps";
    (*answer.mutable_attributes())["score"] = score;
    send({answer});
  }
  running_.server().loop().drain();
  v1::Report january;
  const grpc::Status status = report("2026-01", january);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(january.total().kept_count(), 2u);
  std::map<std::string, std::pair<uint64_t, int64_t>> answers;
  for (const auto& line : january.feedback())
    answers[line.kind() + " " + line.group()] = {line.count(), line.score_milli()};
  const decltype(answers) expected = {{"nps kept", {2, 100'000}}, {"nps breached", {1, -100'000}}};
  EXPECT_EQ(answers, expected);
}

TEST_F(ReportDay, AMonthsBudgetIsOfAMonthAndAllBranches) {
  serve(14, 17);
  const auto has_budget = [&](const std::string& period, const std::string& branch) {
    v1::GetReportRequest request;
    request.set_period(period);
    request.set_branch(branch);
    v1::Report response;
    EXPECT_TRUE(v1::ReportService::NewStub(running_.channel())
                    ->GetReport(make_context().get(), request, &response)
                    .ok());
    return response.has_budget();
  };
  EXPECT_TRUE(has_budget("2026-01", ""));
  EXPECT_TRUE(has_budget("2026-01-01..2026-01-15", ""));
  EXPECT_FALSE(has_budget("2026-01-02..2026-01-15", ""));
  EXPECT_FALSE(has_budget("2026-01-01..2026-12-31", ""));
  EXPECT_FALSE(has_budget("2026-01", "b1"));
}

TEST(PutWaits, ShowsTheLimitAndTheSpreadWhateverBothAre) {
  for (const int64_t limit : {1'500, 90'000, 450'000, 780'000, 900'000, 1'234'567, 108'000'000}) {
    for (const int64_t longest : {limit / 2, limit * 2, limit * 15, limit * 90}) {
      SCOPED_TRACE(std::to_string(limit) + " " + std::to_string(longest));
      server::report::RollupTotals totals;
      for (int64_t i = 1; i <= 100; ++i) {
        const int64_t wait = longest * i / 100;
        (wait <= limit ? totals.kept_waits : totals.breached_waits).add(wait);
      }
      v1::Report report;
      server::api::put_waits(totals, limit, report);
      EXPECT_LE(report.waits_size(), 40);
      EXPECT_TRUE(longest <= limit || report.waits_size() > 1);
      uint64_t count = 0;
      for (const auto& bucket : report.waits()) {
        EXPECT_TRUE(bucket.from_ms() >= limit || bucket.until_ms() <= limit ||
                    bucket.breached_count() == 0)
            << "the limit lies within a bucket";
        count += bucket.kept_count() + bucket.breached_count();
      }
      EXPECT_EQ(count, 100u);
    }
  }
}

TEST_F(ReportDay, RefusesPeriodsThatAreNone) {
  v1::Report response;
  for (const char* period :
       {"", "2026", "2026-13", "2026-1", "2026-01-05", "2026-01-05..", "..",
        "2026-01-05..2026-01-04", "1000-01-01..2026-01-01", "2026-01..2026-02"}) {
    SCOPED_TRACE(period);
    EXPECT_EQ(report(period, response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(report("2026-01", response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ReportDay, ListsByFilterAndOrder) {
  serve(11, 20);
  v1::ListBreachesRequest request;
  request.set_page_size(2);
  request.set_order_by("late_by desc");
  EXPECT_EQ(tickets_of(request),
            (std::vector<std::string>{"T120", "T119", "T118", "T117", "T116"}));
  request.set_filter(R"(late_by > duration("3m") && hour == 9 && weekday == 1)");
  EXPECT_EQ(tickets_of(request), (std::vector<std::string>{"T120", "T119"}));
  request.set_all_verdicts(true);
  request.set_filter(R"(service == "cash" && counted <= duration("12m"))");
  request.set_order_by("counted");
  EXPECT_EQ(tickets_of(request), (std::vector<std::string>{"T111", "T112"}));
  request.set_filter("amount > 9.5 && currency == 'EUR'");
  EXPECT_EQ(tickets_of(request).size(), 5u);
  server::wire::to_timestamp(RunningServer::at(seconds(-1)), *request.mutable_until());
  EXPECT_TRUE(tickets_of(request).empty());
}

TEST_F(ReportDay, RefusesFiltersThatAreNone) {
  for (const std::string& filter : {std::string("late_by >"), std::string("wether == 1"),
                                    "ticket == \"" + std::string(4'000, 'x') + "\" +",
                                    std::string(100'000, '('), std::string("\"ä\" + 1 == ö")}) {
    v1::ListBreachesRequest request;
    request.set_filter(filter);
    v1::ListBreachesResponse page;
    const grpc::Status status = breaches()->ListBreaches(make_context().get(), request, &page);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << filter.substr(0, 60);
    EXPECT_NE(status.error_message().find("filter"), std::string::npos) << status.error_message();
    request.clear_filter();
    request.set_order_by(filter);
    EXPECT_EQ(breaches()->ListBreaches(make_context().get(), request, &page).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(ReportDay, GroupsAddUpToTheTotal) {
  serve(11, 20);
  v1::SummarizeBreachesResponse all, by;
  ASSERT_TRUE(breaches()->SummarizeBreaches(make_context().get(), {}, &all).ok());
  v1::SummarizeBreachesRequest request;
  for (const char* dimension :
       {"branch", "promise", "service", "segment", "source", "hour", "day", "weekday", "month"})
    request.add_by(dimension);
  ASSERT_TRUE(breaches()->SummarizeBreaches(make_context().get(), request, &by).ok());
  ASSERT_EQ(by.rows_size(), 1);
  EXPECT_EQ(by.rows(0).keys(4), "b1/counter");
  EXPECT_EQ(by.rows(0).keys(7), "1");
  EXPECT_EQ(by.rows(0).breached_count(), all.rows(0).breached_count());
  EXPECT_NE(by.hash(), all.hash());
  request.set_from_day("2026-01-06");
  ASSERT_TRUE(breaches()->SummarizeBreaches(make_context().get(), request, &by).ok());
  EXPECT_EQ(by.rows_size(), 0);
  request.set_until_day("tomorrow");
  EXPECT_EQ(breaches()->SummarizeBreaches(make_context().get(), request, &by).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReportDay, PagesNeitherSkipNorRepeatWhileMoreIsWritten) {
  serve(11, 24);
  for (const char* order : {"", "late_by desc", "reason, started_at desc"}) {
    v1::ListBreachesRequest request;
    request.set_page_size(2);
    request.set_order_by(order);
    const std::vector<std::string> before = tickets_of(request);
    v1::ListBreachesResponse page;
    ASSERT_TRUE(breaches()->ListBreaches(make_context().get(), request, &page).ok());
    const uint64_t total = page.total_count();
    std::vector<std::string> met;
    for (int n = 0;; ++n) {
      for (const auto& line : page.lines()) met.push_back(line.ticket());
      EXPECT_EQ(page.total_count(), total);
      if (page.next_page_token().empty()) break;
      if (n == 1) serve(30, 31);
      request.set_page_token(page.next_page_token());
      ASSERT_TRUE(breaches()->ListBreaches(make_context().get(), request, &page).ok());
    }
    EXPECT_EQ(met, before) << order;
  }
}

TEST_F(ReportDay, APageMayBeOfAnotherSizeThanTheOneBefore) {
  serve(11, 24);
  v1::ListBreachesRequest request;
  request.set_order_by("late_by desc");
  const std::vector<std::string> all = tickets_of(request);
  std::vector<std::string> met;
  v1::ListBreachesResponse page;
  for (uint32_t size = 1; size == 1 || !request.page_token().empty(); ++size) {
    request.set_page_size(size);
    page.Clear();
    const grpc::Status status = breaches()->ListBreaches(make_context().get(), request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_LE(static_cast<uint32_t>(page.lines_size()), size);
    for (const auto& line : page.lines()) met.push_back(line.ticket());
    request.set_page_token(page.next_page_token());
  }
  EXPECT_EQ(met, all);
}

TEST_F(ReportDay, APageGoesOnWhenItsCollectionIsGone) {
  serve(11, 24);
  v1::ListBreachesRequest request;
  request.set_page_size(2);
  request.set_order_by("late_by desc");
  const std::vector<std::string> all = tickets_of(request);
  std::vector<std::string> met;
  v1::ListBreachesResponse page;
  do {
    page.Clear();
    ASSERT_TRUE(breaches()->ListBreaches(make_context().get(), request, &page).ok());
    for (const auto& line : page.lines()) met.push_back(line.ticket());
    request.set_page_token(page.next_page_token());
    for (int others = 0; others < 20; ++others) {
      v1::ListBreachesRequest other;
      other.set_page_size(1);
      v1::ListBreachesResponse ignored;
      ASSERT_TRUE(breaches()->ListBreaches(make_context().get(), other, &ignored).ok());
    }
  } while (!page.next_page_token().empty());
  EXPECT_EQ(met, all);
}

TEST_F(ReportDay, RefusesTokensThatItNeverGave) {
  serve(11, 24);
  v1::ListBreachesRequest request;
  request.set_page_size(2);
  v1::ListBreachesResponse page;
  ASSERT_TRUE(breaches()->ListBreaches(make_context().get(), request, &page).ok());
  const std::string good = page.next_page_token();
  const auto code = [&](const std::string& token) {
    request.set_page_token(token);
    return breaches()->ListBreaches(make_context().get(), request, &page).error_code();
  };
  EXPECT_EQ(code(good), grpc::StatusCode::OK);
  std::mt19937_64 random(7);
  std::vector<std::string> bad = {"x",
                                  "0.0",
                                  "1.2",
                                  "....",
                                  std::string(10'000, 'f'),
                                  good + good,
                                  good.substr(1),
                                  good.substr(0, good.size() - 1),
                                  " " + good};
  for (int i = 0; i < 100; ++i) {
    std::string changed = good;
    changed[random() % changed.size()] = "0123456789abcdefABC.\\"[random() % 21];
    if (changed != good) bad.push_back(changed);
    std::string bytes;
    for (uint64_t left = random() % 60 + 1; left > 0; --left)
      bytes += static_cast<char>(random() % 127 + 1);
    bad.push_back(bytes);
  }
  for (const std::string& token : bad)
    EXPECT_EQ(code(token), grpc::StatusCode::INVALID_ARGUMENT) << token;
  request.set_branch("b1");
  EXPECT_EQ(code(good), grpc::StatusCode::INVALID_ARGUMENT) << "another question";
}

}  // namespace
}  // namespace lupaus::tests
