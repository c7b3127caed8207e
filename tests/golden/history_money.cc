// The life of money after it is owed: let pass by two people, kept back, excused, asked for, paid
// in another way, refused and sent back by a bank, owed again, given up and settled with its batch,
// and closed with its month.
#include "tests/golden/history.h"
#include "tests/golden/stage.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

constexpr Duration kDay = 24h;

class MoneyStage {
 public:
  MoneyStage(World& world, Stage& stage) : world_(world), stage_(stage) {}

  void breaks(Duration at, const std::string& ticket, const std::string& service, Duration after) {
    OwnedEvent event;
    event.source = "kiosk";
    event.ticket = ticket;
    event.type = "issued";
    event.at = World::at(at);
    event.attributes = {{"service", service}, {"customer", "c-" + ticket}};
    world_.tick(World::at(at));
    world_.observe(std::move(event), World::at(at));
    stage_.happens(at + after, ticket, "service_started");
  }
  uint64_t of(const std::string& ticket) const {
    uint64_t last = 0;
    for (const auto& [number, c] : world_.state().ledger.compensations()) {
      if (c.key.ticket == ticket && c.late_of == 0) last = number;
    }
    ensure(last != 0, "the history owes what it speaks of");
    return last;
  }
  void decides(const std::string& ticket, DecidePayout::Action action, Duration at,
               const std::string& who) {
    stage_.asks(DecidePayout{of(ticket), action, "as the history goes"}, at, who);
  }
  void bank_says(const std::string& ticket, RecordAnswer::Answer answer, const std::string& code,
                 Duration at, std::optional<LocalDate> booked_on = {}) {
    const uint64_t number = of(ticket);
    RecordAnswer body;
    body.number = number;
    body.answer = answer;
    body.code = code;
    body.reason = answer == RecordAnswer::Answer::paid ? "" : "the bank says so";
    body.message = "MSG-1";
    body.booked_on = booked_on;
    stage_.asks(std::move(body), at, "frans");
  }

 private:
  World& world_;
  Stage& stage_;
};

}  // namespace

void play_money(const std::string& yaml, const std::function<void(std::span<const Fact>)>& take) {
  const std::vector<SourceFile> files = {{"history_money.yaml", yaml}};
  World world(compile_history_book(files, {}, ""));
  Stage stage(world, take);
  MoneyStage money(world, stage);
  money.breaks(0s, "C1", "cash", 16min);
  money.breaks(1h, "C2", "cash", 31min);  // EUR 60: two people let it pass
  money.breaks(2h, "C3", "cash", 17min);
  money.breaks(3h, "C4", "cash", 18min);
  money.breaks(4h, "C5", "loan", 21min);  // asked for, then paid by transfer
  money.breaks(5h, "C6", "loan", 22min);  // asked for, its voucher expires
  money.breaks(6h, "C7", "cash", 19min);
  stage.all_told(8h);
  money.decides("C2", DecidePayout::Action::approve, 9h, "anna");
  money.decides("C2", DecidePayout::Action::approve, 9h + 1min, "berit");
  money.decides("C3", DecidePayout::Action::hold, 9h + 2min, "anna");
  stage.asks(ExcuseBreach{{"b", "C4", "served-in-15", 1, 1}, "manual", "a fire drill"}, 9h + 3min);
  stage.happens(10h, "C5", "claim_received");
  stage.happens(10h + 1min, "C6", "claim_received");
  stage.asks(Settle{money.of("C5"), Settle::Outcome::voucher_issued, "LP-GOLD-0005", 0}, 11h);
  stage.asks(Settle{money.of("C6"), Settle::Outcome::voucher_issued, "LP-GOLD-0006", 0}, 11h);
  stage.asks(ChangeInstrument{money.of("C5"), Instrument::transfer, "no printer"}, 12h);
  stage.asks(CloseBatch{World::at(13h), {}}, 13h, "anna");
  stage.asks(DiscardBatch{"B-20260105-0001", "one line too many"}, 13h + 1min, "anna");
  stage.asks(CloseBatch{World::at(13h), {money.of("C7")}}, 14h, "anna");
  stage.asks(ApproveBatch{"B-20260105-0002", "0123abcd"}, 14h + 1min, "berit");
  stage.asks(ExportBatch{"B-20260105-0002", "pain.001.001.09"}, 14h + 2min, "berit");
  money.bank_says("C1", RecordAnswer::Answer::noted, "ACSP", 20h);
  money.bank_says("C1", RecordAnswer::Answer::paid, "ACSC", 21h);
  money.bank_says("C2", RecordAnswer::Answer::paid, "ACSC", 21h);
  money.bank_says("C5", RecordAnswer::Answer::rejected, "AM04", 21h + 1min);
  money.bank_says("C1", RecordAnswer::Answer::returned, "MS03", 2 * kDay);
  money.decides("C5", DecidePayout::Action::release, 2 * kDay + 1h, "anna");
  stage.all_told(40 * kDay);  // the voucher of C6 has expired; what was due is late
  stage.asks(ClosePeriod{"2026-01"}, 41 * kDay, "anna");
}

void play_books(const std::string& yaml, const std::function<void(std::span<const Fact>)>& take) {
  using Answer = RecordAnswer::Answer;
  const std::vector<SourceFile> files = {{"history_money.yaml", yaml}};
  World world(compile_history_book(files, {}, ""));
  Stage stage(world, take);
  MoneyStage money(world, stage);
  const std::string first = "B-20260105-0001", second = "B-20260105-0002";
  for (const char* ticket : {"C1", "C2", "C3", "C4"}) money.breaks(0s, ticket, "cash", 16min);
  stage.all_told(2h);
  const std::vector<uint64_t> later = {money.of("C3"), money.of("C4")};
  stage.asks(CloseBatch{World::at(3h), later}, 3h, "anna");
  stage.asks(ApproveBatch{first, "0123abcd"}, 3h + 1min, "berit");
  stage.asks(ExportBatch{first, "posting"}, 3h + 2min, "berit");
  stage.asks(DiscardBatch{first, "one line too few"}, 3h + 3min, "anna");
  stage.asks(CloseBatch{World::at(4h), {}}, 4h, "anna");
  stage.asks(ApproveBatch{second, "4567cdef"}, 4h + 1min, "berit");
  stage.asks(ExportBatch{second, "posting"}, 4h + 2min, "berit");
  stage.asks(ExportBatch{second, "csv"}, 4h + 3min, "berit");
  money.bank_says("C1", Answer::paid, "BOOK", 3 * kDay, LocalDate{2026, 1, 6});
  money.bank_says("C2", Answer::paid, "ACSC", 3 * kDay + 1h);
  money.bank_says("C2", Answer::noted, "BOOK", 4 * kDay, LocalDate{2026, 1, 7});
  money.bank_says("C3", Answer::paid, "BOOK", 4 * kDay, LocalDate{2026, 1, 7});
  money.bank_says("C3", Answer::returned, "MS03", 5 * kDay, LocalDate{2026, 1, 9});
  stage.all_told(40 * kDay);  // what became of C4 nobody knows: it is late
  stage.asks(ClosePeriod{"2026-01", 17, "89ab"}, 41 * kDay, "anna");
}

void play_restore(const std::string& yaml, const std::function<void(std::span<const Fact>)>& take) {
  const std::vector<SourceFile> files = {{"history_money.yaml", yaml}};
  World world(compile_history_book(files, {}, ""));
  Stage stage(world, take);
  MoneyStage money(world, stage);
  money.breaks(0s, "C1", "cash", 16min);
  stage.all_told(2h);
  stage.asks(CloseBatch{World::at(3h), {}}, 3h, "anna");
  stage.asks(NoteRestore{}, 4h, "lupaus");
  for (const char* ticket : {"C2", "C3"}) money.breaks(5h, ticket, "cash", 16min);
  stage.all_told(8h);
  stage.asks(CloseBatch{World::at(9h), {money.of("C3")}}, 9h, "anna");
  stage.asks(CloseBatch{World::at(9h), {}}, 10h, "berit");
  stage.asks(NoteRestore{}, 11h, "lupaus");
}

}  // namespace lupaus::tests
