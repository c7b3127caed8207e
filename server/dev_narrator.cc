#include "server/dev_narrator.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "rules/calendar/zone.h"

namespace lupaus::server {

using rules::model::Instant;

namespace {

Instant to_instant(const google::protobuf::Timestamp& timestamp) {
  return rules::model::from_unix_ms(timestamp.seconds() * 1'000 + timestamp.nanos() / 1'000'000);
}

/// "helsinki-1/20260105-kiosk-1-17/served-in-15/1" is of the promise "served-in-15".
std::string promise_of(const std::string& commitment) {
  const size_t end = commitment.rfind('/');
  if (end == std::string::npos || end == 0) return commitment;
  const size_t begin = commitment.rfind('/', end - 1);
  return commitment.substr(begin + 1, end - begin - 1);
}

std::string amount_of(const lupaus::v1::WatchSignalsResponse& signal) {
  if (!signal.has_amount()) return "";
  return signal.amount().currency() + " " + signal.amount().amount();
}

}  // namespace

DevNarrator::DevNarrator(const std::shared_ptr<grpc::Channel>& channel,
                         const rules::model::ZoneTable& zone, rules::model::Duration hold)
    : stub_(lupaus::v1::SignalService::NewStub(channel)), zone_(zone), hold_(hold) {
  thread_ = std::thread([this] { listen(); });
}

DevNarrator::~DevNarrator() {
  context_.TryCancel();
  thread_.join();
}

void DevNarrator::listen() {
  lupaus::v1::WatchSignalsRequest request;
  request.set_from_position(1);
  const auto reader = stub_->WatchSignals(&context_, request);
  lupaus::v1::WatchSignalsResponse signal;
  while (reader->Read(&signal)) {
    take(signal);
    heard_.store(signal.position());
  }
  static_cast<void>(reader->Finish());
}

void DevNarrator::take(const lupaus::v1::WatchSignalsResponse& signal) {
  std::string what;
  const std::string amount = amount_of(signal);
  switch (signal.kind()) {
    case lupaus::v1::SIGNAL_KIND_AT_RISK:
      what = "warning: about to break, due " + time_of_day(to_instant(signal.due_at()));
      if (!amount.empty()) what += ", " + amount + " at stake";
      break;
    case lupaus::v1::SIGNAL_KIND_BREACHED_PROVISIONAL:
      what = "breach (provisional)";
      break;
    case lupaus::v1::SIGNAL_KIND_RETRACTED:
      what = "breach retracted: kept after all";
      break;
    case lupaus::v1::SIGNAL_KIND_CONFIRMED:
      if (signal.verdict() == "kept") return;
      what = signal.verdict() == "breached" ? "breach confirmed" : "verdict " + signal.verdict();
      break;
    case lupaus::v1::SIGNAL_KIND_OWED:
      what = "owed " + amount;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_ISSUED:
      what = "voucher " + signal.voucher() + " for " + amount;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_VOIDED:
      what = "voucher " + signal.voucher() + " is void";
      break;
    default:
      return;
  }
  const std::string name = signal.label().empty() ? signal.ticket() : signal.label();
  put(to_instant(signal.at()), fmt::format("{:<12}{:<6}  >> {} [{}]", signal.branch(), name, what,
                                           promise_of(signal.commitment())));
}

void DevNarrator::tell(const clients::branch::simulator::Occurrence& occurrence) {
  std::string more;
  for (const auto& [name, value] : occurrence.attributes) more += " " + name + "=" + value;
  put(occurrence.at,
      fmt::format("{:<12}{:<6}  {}{}", occurrence.branch, occurrence.label, occurrence.type, more));
}

std::string DevNarrator::time_of_day(Instant at) const {
  return rules::calendar::format_time_of_day(zone_, at).substr(0, 8);
}

void DevNarrator::put(Instant at, std::string line) {
  if (is_quiet_.load()) return;
  std::string text = time_of_day(at) + "  " + std::move(line);
  const std::scoped_lock lock(mutex_);
  if (hold_.count() > 0) {
    held_.emplace(at, std::move(text));
    return;
  }
  std::puts(text.c_str());
  std::fflush(stdout);
}

void DevNarrator::move_to(Instant now) {
  if (hold_.count() == 0) return;
  const std::scoped_lock lock(mutex_);
  const auto end = held_.upper_bound(now - hold_);
  for (auto line = held_.begin(); line != end; ++line) std::puts(line->second.c_str());
  held_.erase(held_.begin(), end);
}

void DevNarrator::finish(uint64_t position, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (heard_.load() < position && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::scoped_lock lock(mutex_);
  for (const auto& [at, line] : held_) std::puts(line.c_str());
  held_.clear();
  std::fflush(stdout);
}

}  // namespace lupaus::server
