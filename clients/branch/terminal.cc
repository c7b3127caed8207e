#include "clients/branch/terminal.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "clients/branch/channel.h"
#include "clients/branch/sender.h"
#include "clients/branch/signal_watcher.h"
#include "clients/branch/spool/spool.h"

namespace lupaus::clients::branch {
namespace {

/// Ticket numbers are reserved on disk by so many: a crash skips at most these.
constexpr uint64_t kTicketsReserved = 100;

/// 20260105 for an instant of that UTC day.
uint64_t day_number(Instant instant) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
  return static_cast<uint64_t>(static_cast<int>(date.year())) * 10'000 +
         static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day());
}

uint64_t second_of_day(Instant instant) {
  return static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(
                                   instant - std::chrono::floor<std::chrono::days>(instant))
                                   .count());
}

/// "helsinki-1/kiosk-1" at helsinki-1 is "kiosk-1"; another source keeps its whole name.
std::string short_name(const std::string& source, const std::string& branch) {
  std::string name = source.rfind(branch + "/", 0) == 0 ? source.substr(branch.size() + 1) : source;
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

Result<void> check(const Options& options) {
  const auto missing = [](const char* what) {
    return Error{"bad_option", std::string("expected `") + what + "`, but it is empty",
                 "set it in Options"};
  };
  if (options.server.empty()) return missing("server");
  if (options.source.empty()) return missing("source");
  if (options.branch.empty()) return missing("branch");
  if (options.spool_dir.empty()) return missing("spool_dir");
  return {};
}

}  // namespace

class Terminal::Body {
 public:
  Body(Options chosen, std::unique_ptr<spool::Spool> opened,
       const std::shared_ptr<grpc::Channel>& channel)
      : options(std::move(chosen)), spool(std::move(opened)), sender(options, *spool, channel) {
    if (options.on_signal) watcher = std::make_unique<SignalWatcher>(options, *spool, channel);
  }

  Instant now() const {
    if (options.now) return options.now();
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }

  Result<std::string> make_ticket_id() {
    const std::scoped_lock lock(tickets_mutex);
    const spool::Numbers numbers = spool->numbers();
    const Instant instant = now();
    // WHY max: a clock that was set back must not begin an old day again.
    const uint64_t day = std::max(day_number(instant), numbers.ticket_day);
    if (day != ticket_day) {
      const bool is_first_day = numbers.ticket_day == 0;
      const uint64_t from = is_first_day ? second_of_day(instant) : 0;
      ticket_day = day;
      ticket_number = day == numbers.ticket_day ? numbers.ticket_reserved : from;
      reserved = ticket_number;
    }
    if (ticket_number + 1 > reserved) {
      spool->set_tickets(day, ticket_number + kTicketsReserved);
      if (Result<void> saved = spool->save(); !saved) return saved.error();
      reserved = ticket_number + kTicketsReserved;
    }
    ++ticket_number;
    return std::to_string(day) + "-" + short_name(options.source, options.branch) + "-" +
           std::to_string(ticket_number);
  }

  const Options options;
  const std::unique_ptr<spool::Spool> spool;
  Sender sender;
  std::unique_ptr<SignalWatcher> watcher;
  std::mutex tickets_mutex;
  uint64_t ticket_day = 0;
  uint64_t ticket_number = 0;
  uint64_t reserved = 0;
};

Result<std::unique_ptr<Terminal>> Terminal::open(Options options) {
  if (Result<void> checked = check(options); !checked) return checked.error();
  Result<std::shared_ptr<grpc::Channel>> channel = make_channel(options);
  if (!channel) return channel.error();
  auto spool = spool::Spool::open(options.spool_dir, {options.spool_bytes_max, options.keep_acked});
  if (!spool) return spool.error();
  return std::unique_ptr<Terminal>(
      new Terminal(std::make_unique<Body>(std::move(options), std::move(*spool), *channel)));
}

Terminal::Terminal(std::unique_ptr<Body> body) : body_(std::move(body)) {}

Terminal::~Terminal() { close(); }

Result<uint64_t> Terminal::report(std::string_view type, std::string_view ticket,
                                  const Attributes& attributes, std::string_view label,
                                  std::optional<Instant> occurred_at) {
  lupaus::v1::Event event;
  event.set_branch(body_->options.branch);
  event.set_ticket(std::string(ticket));
  event.set_type(std::string(type));
  event.set_label(std::string(label));
  for (const auto& [name, value] : attributes) (*event.mutable_attributes())[name] = value;
  return body_->sender.record(std::move(event), occurred_at);
}

Result<std::string> Terminal::make_ticket_id() { return body_->make_ticket_id(); }

void Terminal::beat() { body_->sender.beat(); }

bool Terminal::wait_until_acked(std::chrono::milliseconds timeout) {
  return body_->sender.wait_until_acked(timeout);
}

Status Terminal::status() const { return body_->sender.status(); }

void Terminal::close(bool is_last) {
  if (body_->watcher) body_->watcher->close();
  body_->sender.close(is_last);
  static_cast<void>(body_->spool->save());
}

}  // namespace lupaus::clients::branch
