// Two days of one branch: tickets kept, broken, retracted, restarted, forgotten; a source that lost
// events; vouchers redeemed and refused; a batch of transfers drawn up, approved and exported. And
// a day in disorder: a twin, a wrong clock, evidence that came too late, what people made of it.
#include "tests/golden/history.h"

#include "rules/language/compile.h"
#include "tests/golden/stage.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

void branch_day(Stage& day) {
  day.happens(0s, "A1", "issued", "c-1");
  day.happens(1min, "A2", "issued", "c-1");
  day.happens(2min, "A3", "issued", "c-2");
  day.happens(3min, "A1", "away");
  day.happens(5min, "A1", "back");
  day.happens(6min, "A3", "transferred");
  day.happens(16min, "A1", "service_started");  // kept: two minutes away
  day.happens(17min, "A4", "issued", "c-3");
  day.happens(18min, "A4", "no_such_event");  // rejected
  day.happens(20min, "", "branch_closed");
  day.happens(30min, "", "branch_opened");
  day.arrives_late(20min, 34min, "A4", "parked");
  day.arrives_late(31min + 500ms, 35min, "A3", "service_started");  // broken since 21 min
  day.happens(36min, "A5", "issued", "c-1");
  day.happens(40min, "A4", "unparked");
  day.happens(49min, "A2", "service_started");
  day.all_told(50min);
  day.happens(55min, "A4", "no_show");
  day.arrives_late(51min, 56min, "A5", "cancelled");  // retracted: cancelled at its limit
  day.happens(57min, "A6", "issued", "c-1");
  day.happens(58min, "A7", "issued", "c-4");
  day.all_told(58min);
  day.all_told(1h + 30min);  // A6 broken and final, its end to come
  day.happens(2h, "A6", "service_started");
  day.happens(2h + 1min, "A8", "issued");
  day.all_told(2h + 2min);
}

void money(Stage& day) {
  const uint64_t voucher = day.owed(Instrument::voucher);
  day.asks(Settle{voucher, Settle::Outcome::voucher_issued, "LP-GOLD-0001", 0}, 3h);
  day.asks(RedeemVoucher{"LP-GOLD-0001", "b"}, 4h);
  day.asks(CloseBatch{World::at(4h)}, 4h + 1min, "anna");
  day.asks(ApproveBatch{"B-20260105-0001", "0123abcd"}, 4h + 2min, "berit");
  day.asks(ExportBatch{"B-20260105-0001", "csv"}, 4h + 3min, "berit");
  const uint64_t other = day.owed(Instrument::voucher);
  day.asks(Settle{other, Settle::Outcome::dispatched, "webhook", 1}, 5h);
  day.asks(Settle{other, Settle::Outcome::failed, "account closed", 1}, 5h + 1min);
}

}  // namespace

BookPtr compile_history_book(std::span<const SourceFile> files, std::span<const ZoneTable> zones,
                             const std::string& tz_version) {
  return rules::language::compile(files, {zones, tz_version}).book;
}

void play_disorder(const std::string& yaml,
                   const std::function<void(std::span<const Fact>)>& take) {
  const std::vector<SourceFile> files = {{"history.yaml", yaml}};
  World world(compile_history_book(files, {}, ""));
  Stage history(world, take);
  history.happens(0s, "B1", "issued", "c-1");
  history.happens(1min, "B2", "issued", "c-2");
  const Event twin{"kiosk", 1, 1, "b", "B1", "issued", "", World::at(30s), {}};
  history.asks(Observe{&twin, World::at(2min), false, false}, 2min);
  history.all_told(20min);  // B1 and B2 broken and final, their ends to come
  history.happens(50min, "B1", "service_started");
  history.happens(51min, "B2", "service_started");
  history.asks(EstimateSkew{"kiosk", -90s}, 52min);
  history.happens(53min, "B3", "issued", "c-3");  // at 51:30, that is
  history.all_told(55min);
  history.arrives_late(5min, 56min, "B1", "service_started");
  history.arrives_late(6min, 57min, "B2", "service_started");
  const CommitmentKey first{"b", "B1", "served-in-15", 1, 1},
      second{"b", "B2", "served-in-15", 1, 1};
  history.asks(DecideReview{first, Verdict::kept, "the counter's list shows it", "scan 7"}, 2h);
  history.asks(DecideReview{second, Verdict::breached, "nobody was there", ""}, 2h + 1min);
  history.asks(Retire{"kiosk", "sold"}, 3h);
  history.all_told(4h);
}

void play_history(const std::string& yaml, const std::function<void(std::span<const Fact>)>& take) {
  const std::vector<SourceFile> files = {{"history.yaml", yaml}};
  World world(compile_history_book(files, {}, ""));
  Stage history(world, take);
  branch_day(history);
  history.asks(Register{"lost-kiosk", 1, 0, false}, 2h + 10min);
  history.asks(Register{"lost-kiosk", 1, 8, false}, 2h + 11min);  // 1 to 7 are gone
  money(history);
  history.happens(27h, "A9", "issued");
  history.all_told(27h);  // A7 and A8 have expired
  const uint64_t transfer = history.owed(Instrument::transfer);
  history.asks(Settle{transfer, Settle::Outcome::dispatched, "bank", 1}, 28h);
  history.asks(Settle{transfer, Settle::Outcome::paid, "E2E-0001", 1}, 28h + 1min);
  history.all_told(60h);
  history.archives(60h);
}

}  // namespace lupaus::tests
