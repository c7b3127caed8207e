#include "server/dev.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "clients/branch/simulator/fleet.h"
#include "rules/calendar/zone.h"
#include "server/book_dir.h"
#include "server/config/config.h"
#include "server/dev_clock.h"
#include "server/dev_closing.h"
#include "server/dev_narrator.h"
#include "server/dev_payees.h"
#include "server/runtime/clock.h"
#include "server/server.h"

namespace lupaus::server {
namespace {

namespace simulator = clients::branch::simulator;
using rules::model::Error;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::Result;
using std::chrono::minutes;
using std::chrono::seconds;

/// A Monday, and the holiday after it on which the sample book's branches are closed.
constexpr LocalDate kFirstDay{2026, 1, 5};
constexpr LocalDate kEpiphany{2026, 1, 6};
/// The branches of the sample book.
constexpr std::string_view kZone = "Europe/Helsinki";
constexpr int kOpensMinute = 9 * 60;
constexpr int kClosesMinute = 16 * 60 + 30;
/// A live demo passes quickly over the quiet morning, to where the first promises begin to break.
constexpr int kBusyMinute = 11 * 60 + 20;
constexpr int kShowMinute = 12 * 60;
/// How long the day goes on after the last event: verdicts become final, payouts leave.
constexpr minutes kAfterwards{15};
/// The engine records each heartbeat that comes so long after the one before: those can be waited
/// for.
constexpr seconds kHeartbeatRecorded{60};
constexpr seconds kHeardMax{10};

struct Flags {
  double speed = 60;
  bool is_once = false;
  uint64_t seed = 1;
  std::string data_dir;
  std::string book = LUPAUS_SAMPLE_BOOK;
  std::string http = "127.0.0.1:8080";
  std::string grpc = "127.0.0.1:7443";
};

/// WHY: not CLI::PositiveNumber, which prints the whole range of a double.
std::string positive_complaint(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = failure == std::errc() && end == text.data() + text.size();
  if (is_number && number > 0 && number <= 1e6) return "";
  return "expected a number above 0, at most 1000000, but it is `" + text + "`";
}

/// nullopt: the program is to end with `code`.
std::optional<Flags> read_flags(std::vector<std::string> words, int& code) {
  Flags flags;
  CLI::App app("Everything embedded: server, sample book, simulated branches, on one virtual clock",
               "lupausd dev");
  app.add_option("--speed", flags.speed, "virtual seconds in a second")
      ->check(positive_complaint)
      ->capture_default_str();
  app.add_flag("--once", flags.is_once,
               "one whole day as fast as it goes, its report and payouts; then end");
  app.add_option("--seed", flags.seed, "of the simulated customers")->capture_default_str();
  app.add_option("--data-dir", flags.data_dir,
                 "an empty folder; a temporary one that is removed, if not said");
  app.add_option("--book", flags.book, "folder of promise files")->capture_default_str();
  app.add_option("--http", flags.http, "address of the console")->capture_default_str();
  app.add_option("--grpc", flags.grpc, "address of the services")->capture_default_str();
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  return flags;
}

/// The folder of the data; a temporary one is removed in the end.
class Folder {
 public:
  static Result<Folder> open(const std::string& chosen) {
    std::error_code failed;
    if (chosen.empty()) {
      std::string name = (std::filesystem::temp_directory_path() / "lupaus-dev-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) {
        return Error{"no_data_dir", "cannot make a temporary folder", "say --data-dir", {}};
      }
      return Folder(name, true);
    }
    std::filesystem::create_directories(chosen, failed);
    if (failed || !std::filesystem::is_empty(chosen, failed)) {
      return Error{"no_data_dir",
                   "expected `" + chosen + "` to be an empty folder, but it is not",
                   "every demo begins on the same day; name another folder",
                   {}};
    }
    return Folder(chosen, false);
  }
  ~Folder() {
    std::error_code ignored;
    if (is_temporary_) std::filesystem::remove_all(path_, ignored);
  }
  Folder(Folder&& other) noexcept
      : path_(std::move(other.path_)), is_temporary_(std::exchange(other.is_temporary_, false)) {}
  const std::string& path() const { return path_; }

 private:
  Folder(std::string path, bool is_temporary)
      : path_(std::move(path)), is_temporary_(is_temporary) {}
  std::string path_;
  bool is_temporary_;
};

Result<config::Config> make_config(const Flags& flags, const std::string& data_dir) {
  config::Config config;
  config.data_dir = data_dir;
  const auto grpc = config::parse_address(flags.grpc);
  if (!grpc) return grpc.error();
  const auto http = config::parse_address(flags.http);
  if (!http) return http.error();
  if (!grpc->is_loopback() || !http->is_loopback()) {
    return Error{"not_loopback",
                 "expected addresses on loopback, but the demo takes anybody's word for who he is",
                 "use `lupausd serve` with certificates",
                 {}};
  }
  config.grpc_listen = grpc.value();
  config.http_listen = http.value();
  return config;
}

/// The parts of a running demo, in the order in which they are made.
class Demo {
 public:
  Demo(Flags flags, const rules::model::ZoneTable& zone, LocalDate date)
      : flags_(std::move(flags)), zone_(zone), date_(date) {}

  Result<void> start(const std::string& data_dir);
  Result<void> run_once();
  Result<void> run_live();
  void stop();

 private:
  Instant at(int minute) const {
    return rules::calendar::to_instant(zone_, date_, minute, rules::calendar::Fold::first);
  }
  std::vector<simulator::Day> days() const;
  /// About a second of the one who watches.
  seconds heartbeat_every() const {
    if (flags_.is_once) return kHeartbeatRecorded;
    return std::clamp(seconds(static_cast<int64_t>(std::min(flags_.speed, 60.0))), seconds(1),
                      kHeartbeatRecorded);
  }
  void wait_until_heard(Instant beat);
  bool wait_until(Instant instant);
  void show();
  void print_hints() const;

  const Flags flags_;
  const rules::model::ZoneTable& zone_;
  LocalDate date_;
  std::unique_ptr<runtime::VirtualClock> clock_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<DevNarrator> narrator_;
  std::unique_ptr<DevClock> mover_;
  std::unique_ptr<simulator::Fleet> fleet_;
  std::vector<std::string> sources_;
  bool is_live_ = false;
  bool is_shown_ = false;
};

std::vector<simulator::Day> Demo::days() const {
  const std::string date = fmt::format("{:04}{:02}{:02}", date_.year, date_.month, date_.day);
  std::vector<simulator::Day> days;
  uint64_t seed = flags_.seed * 1'000'003 + static_cast<uint64_t>(rules::model::to_unix_ms(at(0)));
  for (simulator::Plan& plan : simulator::sample_plans(date, at(kOpensMinute), at(kClosesMinute))) {
    days.emplace_back(std::move(plan), ++seed);
  }
  return days;
}

Result<void> Demo::start(const std::string& data_dir) {
  Result<config::Config> config = make_config(flags_, data_dir + "/server");
  if (!config) return config.error();
  if (auto configured = configure_payees(data_dir, *config); !configured) return configured;
  clock_ = runtime::make_virtual_clock(at(kOpensMinute - 15));
  // WHY before the start: a mistyped folder is told before anybody reads that events are taken.
  const auto book = read_book_dir(flags_.book);
  if (!book) return book.error();
  auto server = Server::start(std::move(*config), *clock_);
  if (!server) return server.error();
  server_ = std::move(*server);
  channel_ = grpc::CreateChannel(server_->grpc_address(), grpc::InsecureChannelCredentials());
  if (Result<void> published = publish_book(channel_, *book, "paula"); !published) return published;
  if (auto imported = import_payees(channel_); !imported) return imported;
  narrator_ =
      std::make_unique<DevNarrator>(channel_, zone_, flags_.is_once ? minutes(10) : minutes(0));
  mover_ = std::make_unique<DevClock>(*clock_, server_->loop());
  mover_->on_move([this](Instant now) { narrator_->move_to(now); });
  for (const simulator::Day& day : days()) {
    for (std::string& source : day.sources()) sources_.push_back(std::move(source));
  }
  simulator::FleetOptions options;
  options.server = server_->grpc_address();
  options.spool_dir = data_dir + "/terminals";
  options.now = [this] { return clock_->now(); };
  options.wait_until = [this](Instant instant) { return wait_until(instant); };
  options.heartbeat_every = heartbeat_every();
  options.is_lock_step = true;
  options.on_reported = [this](const simulator::Occurrence& occurrence) {
    narrator_->tell(occurrence);
  };
  options.on_beat = [this](Instant beat) { wait_until_heard(beat); };
  auto fleet = simulator::Fleet::open(std::move(options), sources_);
  if (!fleet) return Error{fleet.error().code, fleet.error().message, fleet.error().hint, {}};
  fleet_ = std::move(*fleet);
  return {};
}

/// A heartbeat is not acknowledged; here the engine, which is at hand, is asked whether it came. So
/// the same seed gives the same day.
void Demo::wait_until_heard(Instant beat) {
  if (heartbeat_every() < kHeartbeatRecorded) return;
  const auto end = std::chrono::steady_clock::now() + kHeardMax;
  while (std::chrono::steady_clock::now() < end) {
    bool is_heard = true;
    auto answered = std::make_shared<std::promise<void>>();
    const std::future<void> answer = answered->get_future();
    server_->loop().query(
        [&](const rules::ledger::State& state) {
          for (const std::string& id : sources_) {
            const rules::engine::Source* source = state.engine.find_source(id);
            is_heard = is_heard && source != nullptr && source->watermark >= beat;
          }
        },
        [answered = std::move(answered)] { answered->set_value(); });
    answer.wait();
    if (is_heard) return;
  }
}

bool Demo::wait_until(Instant instant) {
  if (is_live_ && !is_shown_ && instant >= at(kBusyMinute) && clock_->now() < at(kBusyMinute)) {
    if (!mover_->wait_until(at(kBusyMinute))) return false;
    narrator_->set_quiet(false);
    print_hints();
    mover_->set_speed(flags_.speed);
  }
  if (is_live_ && !is_shown_ && instant >= at(kShowMinute)) {
    is_shown_ = true;
    show();
    mover_->set_speed(flags_.speed);
  }
  return mover_->wait_until(instant);
}

void Demo::show() {
  if (Result<void> closed = close_day(channel_); !closed) {
    fmt::print("not yet: {}\n", closed.error().message);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Demo::print_hints() const {
  fmt::print(
      "\nIt is {:02}:{:02} at three branches in Helsinki; a second is {:g} of theirs. Console: "
      "http://{}\n"
      "In another terminal:  lupaus tickets watch --at-risk --server {}\n"
      "                      lupaus breaches summary --by branch,hour --server {}\n\n",
      kBusyMinute / 60, kBusyMinute % 60, flags_.speed, server_->http_address(),
      server_->grpc_address(), server_->grpc_address());
  std::fflush(stdout);
}

Result<void> Demo::run_once() {
  std::vector<simulator::Day> today = days();
  const auto ran = fleet_->run(today);
  if (!ran) return Error{ran.error().code, ran.error().message, ran.error().hint, {}};
  if (!ran.value()) return Error{"interrupted", "the demo was interrupted", "", {}};
  const auto idled = fleet_->idle_until(clock_->now() + kAfterwards);
  if (!idled) return Error{idled.error().code, idled.error().message, idled.error().hint, {}};
  narrator_->finish(server_->loop().figures().last_position, kHeardMax);
  return close_day(channel_);
}

Result<void> Demo::run_live() {
  is_live_ = true;
  narrator_->set_quiet(true);
  fmt::print("The quiet morning passes …\n");
  std::fflush(stdout);
  while (true) {
    std::vector<simulator::Day> today = days();
    const auto ran = fleet_->run(today);
    if (!ran) return Error{ran.error().code, ran.error().message, ran.error().hint, {}};
    if (!ran.value()) return {};
    do {
      date_ = rules::calendar::add_days(date_, 1);
    } while (rules::calendar::weekday(date_) > 5 || date_ == kEpiphany);
    fmt::print("The night passes …\n");
    mover_->set_speed(0);
    const auto idled = fleet_->idle_until(at(kOpensMinute));
    if (!idled) return Error{idled.error().code, idled.error().message, idled.error().hint, {}};
    if (!idled.value()) return {};
    mover_->set_speed(flags_.speed);
  }
}

void Demo::stop() {
  if (fleet_) fleet_->close(false);
  narrator_.reset();
  if (server_) server_->stop();
}

Result<void> run(const Flags& flags) {
  Result<Folder> folder = Folder::open(flags.data_dir);
  if (!folder) return folder.error();
  const rules::model::ZoneTable* zone = rules::calendar::find_built_in_zone(kZone);
  if (zone == nullptr)
    return Error{"no_zone", "expected the zone Europe/Helsinki, but it is not built in", "", {}};
  Demo demo(flags, *zone, kFirstDay);
  Result<void> outcome = demo.start(folder->path());
  if (outcome) outcome = flags.is_once ? demo.run_once() : demo.run_live();
  demo.stop();
  return outcome;
}

}  // namespace

int run_dev(const std::vector<std::string>& words) {
  int code = 0;
  const std::optional<Flags> flags = read_flags(words, code);
  if (!flags) return code;
  block_stop_signals();
  if (const Result<void> outcome = run(*flags); !outcome) {
    std::fflush(stdout);
    fmt::print(stderr, "{}\n", rules::model::format_error(outcome.error()));
    return outcome.error().code == "interrupted" ? 130 : 1;
  }
  return 0;
}

}  // namespace lupaus::server
