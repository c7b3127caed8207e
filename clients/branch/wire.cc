#include "clients/branch/wire.h"

namespace lupaus::clients::branch {

void set_instant(google::protobuf::Timestamp& out, Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<int32_t>((instant - seconds).count() * 1'000'000));
}

Instant to_instant(const google::protobuf::Timestamp& timestamp) {
  return Instant(
      std::chrono::milliseconds(timestamp.seconds() * 1'000 + timestamp.nanos() / 1'000'000));
}

Signal to_signal(const lupaus::v1::WatchSignalsResponse& response) {
  Signal signal;
  switch (response.kind()) {
    case lupaus::v1::SIGNAL_KIND_BREACHED_PROVISIONAL:
      signal.kind = Signal::Kind::breached_provisional;
      break;
    case lupaus::v1::SIGNAL_KIND_RETRACTED:
      signal.kind = Signal::Kind::retracted;
      break;
    case lupaus::v1::SIGNAL_KIND_CONFIRMED:
      signal.kind = Signal::Kind::confirmed;
      break;
    case lupaus::v1::SIGNAL_KIND_OWED:
      signal.kind = Signal::Kind::owed;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_ISSUED:
      signal.kind = Signal::Kind::voucher_issued;
      break;
    case lupaus::v1::SIGNAL_KIND_VOUCHER_VOIDED:
      signal.kind = Signal::Kind::voucher_voided;
      break;
    default:
      signal.kind = Signal::Kind::at_risk;
  }
  signal.position = response.position();
  signal.branch = response.branch();
  signal.ticket = response.ticket();
  signal.label = response.label();
  signal.commitment = response.commitment();
  if (response.has_due_at()) signal.due_at = to_instant(response.due_at());
  signal.at = to_instant(response.at());
  signal.amount = response.amount().amount();
  signal.currency = response.amount().currency();
  signal.voucher = response.voucher();
  signal.verdict = response.verdict();
  return signal;
}

}  // namespace lupaus::clients::branch
