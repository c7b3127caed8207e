#include "tests/e2e/crash/trial.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fmt/format.h"
#include "tests/e2e/crash/book.h"

namespace lupaus::tests::crash {

using rules::model::Duration;
using rules::model::Instant;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

namespace {

constexpr size_t kChannels = 5;
/// So small that checkpoint rows are in most writes, and a tail is left to replay at every start.
constexpr int kTailFacts = 20'000;
constexpr milliseconds kTick{10};
constexpr size_t kPumpTurns = 4;  ///< a source is pumped every so many ticks
constexpr milliseconds kStartWithin{30'000};
constexpr milliseconds kSettleWithin{60'000};
constexpr milliseconds kPhaseWithin{1'500};

Instant now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

double seconds_since(Steady::time_point from) {
  return std::chrono::duration<double>(Steady::now() - from).count();
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  rules::model::ensure(!file.fail(), "a file of the test can be written");
}

/// "127.0.0.1:41233" out of the ready file.
std::string grpc_address(const std::string& ready) {
  const std::string name = R"("grpc":")";
  const size_t begin = ready.find(name) + name.size();
  return ready.substr(begin, ready.find('"', begin) - begin);
}

}  // namespace

Places::Places(const std::string& folder)
    : config(folder + "/lupaus.yaml"),
      ready(folder + "/ready"),
      board(folder + "/board"),
      log(folder + "/server.log"),
      book(folder + "/book"),
      database(folder + "/data") {}

void prepare(const Places& places) {
  std::filesystem::create_directories(places.book);
  for (const auto& file : book_files()) write_text(places.book + "/" + file.name, file.text);
  write_text(places.config,
             fmt::format("data_dir: {}\ngrpc: {{listen: 127.0.0.1:0}}\nhttp: {{listen: "
                         "127.0.0.1:0}}\nbook: {{dir: {}}}\nlimits: {{tail_facts: {}}}\n"
                         "phase_board: {}\n",
                         places.database, places.book, kTailFacts, places.board));
}

/// Channels to one life of the server; the sources share them.
struct Trial::Wires {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::vector<std::unique_ptr<v1::EventService::Stub>> stubs;

  explicit Wires(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(64 << 20);
    for (size_t i = 0; i < kChannels; ++i) {
      channels.push_back(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
      stubs.push_back(v1::EventService::NewStub(channels.back()));
    }
  }
};

Trial::Trial(Settings settings, const Places& places, support::ServerProcess& process)
    : settings_(settings),
      places_(places),
      process_(process),
      board_(places.board),
      aim_(settings.seed + 1),
      traffic_(settings.seed, settings.events_per_second,
               [this](size_t source, const Told& told) { speakers_[source]->tell(told); }) {
  for (size_t i = 0; i < kSourceCount; ++i)
    speakers_.push_back(std::make_unique<Speaker>(i, i % 5 == 0));
}

Trial::~Trial() { end_ticking(); }

bool Trial::wait_for(milliseconds most, const Predicate& predicate) {
  const auto until = Steady::now() + most;
  std::unique_lock lock(wait_mutex_);
  while (!predicate()) {
    if (Steady::now() >= until) return false;
    never_.wait_for(lock, milliseconds(1));
  }
  return true;
}

uint64_t Trial::sum(uint64_t Speaker::Figures::*figure) const {
  uint64_t total = 0;
  for (const auto& speaker : speakers_) total += speaker->figures().*figure;
  return total;
}

bool Trial::fail(std::string sentence) {
  report_.failures.push_back(std::move(sentence));
  return false;
}

bool Trial::is_ready() const { return std::filesystem::exists(places_.ready); }

void Trial::start_server() {
  std::filesystem::remove(places_.ready);
  board_.clear();
  process_.start();
}

void Trial::connect() {
  const auto from = Steady::now();
  const bool is_up = wait_for(kStartWithin, [this] { return is_ready() || process_.has_ended(); });
  if (!is_up || !is_ready()) {
    fail("the server does not start");
    return;
  }
  report_.slowest_start_seconds = std::max(report_.slowest_start_seconds, seconds_since(from));
  wires_ = std::make_unique<Wires>(grpc_address(read_text(places_.ready)));
  for (size_t i = 0; i < speakers_.size(); ++i)
    speakers_[i]->open(*wires_->stubs[(i + i / kSourcesOfBranch) % wires_->stubs.size()]);
}

void Trial::tick() {
  size_t turn = 0;
  std::condition_variable never;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  auto next = Steady::now();
  while (is_ticking_) {
    const Instant instant = now();
    {
      const std::scoped_lock traffic_lock(traffic_mutex_);
      traffic_.advance(instant);
    }
    for (size_t i = turn++ % kPumpTurns; i < speakers_.size(); i += kPumpTurns)
      speakers_[i]->pump(instant);
    next = std::max(next + kTick, Steady::now());
    never.wait_until(lock, next);
  }
}

void Trial::begin_ticking() {
  is_ticking_ = true;
  ticker_ = std::thread([this] { tick(); });
}

void Trial::end_ticking() {
  is_ticking_ = false;
  if (ticker_.joinable()) ticker_.join();
}

void Trial::kill_now() {
  process_.signal(SIGKILL);
  const bool was_ready = is_ready();
  const int status = process_.wait();
  const Marks marks = board_.read();
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
    fail(fmt::format("the server ended before it was killed, with status {:#x}", status));
  ++report_.kills;
  aim_.hit(marks, !was_ready);
  for (const auto& speaker : speakers_) speaker->wait_until_over();
  wires_.reset();
}

/// Waits for the phase and kills in it; what it really hits is read from the board afterwards.
void Trial::kill_in(std::optional<Phase> phase) {
  wait_for(milliseconds(aim_.between(50, 800)), [] { return false; });
  if (phase && *phase != Phase::recovering) {
    const auto until = Steady::now() + kPhaseWithin;
    while (!is_in(*phase, board_.read()) && Steady::now() < until) {
    }
  }
  kill_now();
  if (phase != Phase::recovering) return;
  start_server();
  const milliseconds most(aim_.between(1, 150));
  wait_for(most, [this] { return is_ready(); });
  kill_now();
}

void Trial::kill_many() {
  // A phase that is still missing after the last kill gets half as many once more.
  const int most = settings_.kills + settings_.kills / 2;
  while (report_.failures.empty() &&
         (report_.kills < settings_.kills || (aim_.has_missing() && report_.kills < most))) {
    kill_in(aim_.next(settings_.kills - report_.kills));
    start_server();
    connect();
    if (settings_.is_fault_expected && sum(&Speaker::Figures::lost) > 0) return;
  }
}

bool Trial::settle(Instant& as_of) {
  const auto all_acked = [this] {
    return sum(&Speaker::Figures::acked) == sum(&Speaker::Figures::told);
  };
  const auto is_over = [this] {
    const std::scoped_lock lock(traffic_mutex_);
    return traffic_.is_over();
  };
  if (!wait_for(kSettleWithin, [&] { return is_over() && all_acked(); }))
    return fail("not everything is acknowledged a minute after the last event");
  const Instant last = now();
  wait_for(kSettleWithin, [&] { return now() > last + kLongestClock + milliseconds(100); });
  end_ticking();
  as_of = now();
  for (const auto& speaker : speakers_) speaker->close(as_of);
  for (const auto& speaker : speakers_) speaker->wait_until_over();
  return true;
}

bool Trial::stop_orderly() {
  process_.signal(SIGTERM);
  const int status = process_.wait();
  wires_.reset();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  return fail(fmt::format("SIGTERM: expected exit 0, but the status is {:#x}", status));
}

void Trial::judge(Instant as_of) {
  const auto offline = judge_offline(speakers_, as_of);
  if (!offline) {
    fail("the backtest refuses the events: " + format_error(offline.error()));
    return;
  }
  const auto breaches = v1::BreachService::NewStub(wires_->channels.front());
  const auto payouts = v1::PayoutService::NewStub(wires_->channels.front());
  wait_for(kSettleWithin, [&] {
    const auto lines = read_lines(*breaches);
    if (!lines) return true;
    report_.comparison = compare(*offline, *lines);
    return std::all_of(lines->begin(), lines->end(),
                       [](const auto& line) { return line.is_final; });
  });
  wait_for(kSettleWithin / 4, [&] {
    const auto made = read_payouts(*payouts);
    if (!made) return true;
    report_.payments = check_payments(*offline, *made);
    return report_.payments.is_right();
  });
  const auto lines = read_lines(*breaches);
  if (!lines) {
    fail(format_error(lines.error()));
    return;
  }
  report_.comparison = compare(*offline, *lines);
  const auto is_open = [](const auto& line) { return !line.is_final; };
  if (const auto open = std::count_if(lines->begin(), lines->end(), is_open); open > 0)
    fail(fmt::format("{} verdicts are not final though every source has closed", open));
  judge_again(*offline);
}

/// An orderly stop and one more start change nothing.
void Trial::judge_again(const Lines& offline) {
  if (!stop_orderly()) return;
  start_server();
  if (!wait_for(kStartWithin, [this] { return is_ready(); })) {
    fail("the server does not start after an orderly stop");
    return;
  }
  wires_ = std::make_unique<Wires>(grpc_address(read_text(places_.ready)));
  const auto lines = read_lines(*v1::BreachService::NewStub(wires_->channels.front()));
  if (!lines) {
    fail(format_error(lines.error()));
    return;
  }
  report_.after_restart = compare(offline, *lines);
  stop_orderly();
}

Report Trial::run() {
  start_server();
  connect();
  if (!report_.failures.empty()) return report_;
  {
    const std::scoped_lock lock(traffic_mutex_);
    traffic_.introduce_all(now());
  }
  begin_ticking();
  const auto is_introduced = [this] { return sum(&Speaker::Figures::acked) == kSourceCount; };
  if (!wait_for(kStartWithin, is_introduced)) fail("the sources cannot introduce themselves");
  const auto from = Steady::now();
  {
    const std::scoped_lock lock(traffic_mutex_);
    traffic_.open(now());
  }
  kill_many();
  wait_for(milliseconds(1'000), [] { return false; });
  {
    const std::scoped_lock lock(traffic_mutex_);
    traffic_.close();
  }
  const uint64_t told = sum(&Speaker::Figures::told);
  wait_for(kSettleWithin, [&] { return sum(&Speaker::Figures::acked) >= told; });
  report_.seconds = seconds_since(from);
  report_.acked_per_second = static_cast<double>(sum(&Speaker::Figures::acked)) / report_.seconds;
  Instant as_of{};
  const bool is_lost = settings_.is_fault_expected && sum(&Speaker::Figures::lost) > 0;
  if (!is_lost && report_.failures.empty() && settle(as_of)) judge(as_of);
  end_ticking();
  report_.told = sum(&Speaker::Figures::told);
  report_.acked = sum(&Speaker::Figures::acked);
  report_.sent_again = sum(&Speaker::Figures::sent_again);
  report_.lost = sum(&Speaker::Figures::lost);
  for (const auto& speaker : speakers_)
    if (const auto said = speaker->figures().complaint; !said.empty()) fail(said);
  return report_;
}

}  // namespace lupaus::tests::crash
