#include "tests/e2e/crash/speaker.h"

#include <grpcpp/client_context.h>

#include <algorithm>

#include "fmt/format.h"
#include "server/wire/values.h"
#include "tests/e2e/crash/book.h"

namespace lupaus::tests::crash {

using rules::model::Duration;
using rules::model::Instant;
using server::wire::to_timestamp;

namespace {

constexpr uint64_t kBatchMax = 200;
/// A batch is sent at the next pump, or at once when so much waits.
constexpr uint64_t kFullBatch = 48;
constexpr Duration kHeartbeatEvery{200};

}  // namespace

/// The reactor of one call. At most one read and one write are under way.
class Speaker::Call final
    : public grpc::ClientBidiReactor<v1::StreamEventsRequest, v1::StreamEventsResponse> {
 public:
  explicit Call(Speaker& speaker) : speaker_(speaker) {}

  void begin(v1::EventService::Stub& stub) {
    v1::Hello& hello = *request_.mutable_hello();
    v1::Hello::Source& source = *hello.add_sources();
    source.set_source(speaker_.id_);
    source.set_epoch(speaker_.figures_.epoch);
    source.set_last_acked_sequence(speaker_.figures_.acked);
    stub.async()->StreamEvents(&context_, this);
    AddHold();  // for writes that a pump starts
    is_writing_ = true;
    StartWrite(&request_);
    StartRead(&response_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      {
        const std::scoped_lock lock(speaker_.mutex_);
        is_ended_ = true;
        speaker_.figures_.is_welcome = false;
      }
      RemoveHold();
      return;
    }
    const std::scoped_lock lock(speaker_.mutex_);
    if (response_.has_welcome()) speaker_.take_welcome(response_.welcome());
    if (response_.has_ack()) speaker_.take_ack(response_.ack());
    StartRead(&response_);
    if (speaker_.figures_.told + 1 - speaker_.next_to_send_ >= kFullBatch) speaker_.send_next();
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(speaker_.mutex_);
    is_writing_ = false;
    if (!ok || is_ended_) return;
    if (speaker_.is_closing_ && !is_last_written_) {
      speaker_.send_closing();
    } else if (speaker_.is_closing_) {
      StartWritesDone();
    } else if (speaker_.figures_.told + 1 - speaker_.next_to_send_ >= kFullBatch) {
      speaker_.send_next();
    }
  }

  void OnDone(const grpc::Status& status) override {
    const std::scoped_lock lock(speaker_.mutex_);
    is_over_ = true;
    const auto code = status.error_code();
    const bool is_expected = code == grpc::StatusCode::UNAVAILABLE ||
                             code == grpc::StatusCode::CANCELLED ||
                             (speaker_.is_closing_ && status.ok());
    if (!is_expected) {
      speaker_.complain(fmt::format("the stream ended with code {}: {}", static_cast<int>(code),
                                    status.error_message()));
    }
    speaker_.over_.notify_all();
  }

  // With the speaker's mutex held:
  v1::StreamEventsRequest* writable() {
    if (is_writing_ || is_ended_) return nullptr;
    request_.Clear();
    return &request_;
  }
  void write() {
    is_writing_ = true;
    StartWrite(&request_);
  }
  void write_last() {
    is_last_written_ = true;
    write();
  }
  bool is_over() const { return is_over_; }

 private:
  Speaker& speaker_;
  grpc::ClientContext context_;
  v1::StreamEventsRequest request_;
  v1::StreamEventsResponse response_;
  bool is_writing_ = false;
  bool is_ended_ = false;
  bool is_last_written_ = false;
  bool is_over_ = false;
};

Speaker::Speaker(size_t number, bool repeats)
    : id_(source_name(number)),
      branch_(branch_name(number / kSourcesOfBranch)),
      repeats_(repeats) {}

Speaker::~Speaker() = default;

void Speaker::tell(const Told& told) {
  const std::scoped_lock lock(mutex_);
  events_.push_back(told);
  ++figures_.told;
}

void Speaker::pump(Instant now) {
  const std::scoped_lock lock(mutex_);
  now_ = now;
  if (call_ && figures_.is_welcome && !is_closing_) send_next();
}

void Speaker::open(v1::EventService::Stub& stub) {
  const std::scoped_lock lock(mutex_);
  in_flight_.clear();
  heard_at_ = Instant{};
  figures_.is_welcome = false;
  call_ = std::make_unique<Call>(*this);
  call_->begin(stub);
}

void Speaker::wait_until_over() {
  std::unique_ptr<Call> over;
  std::unique_lock lock(mutex_);
  if (!call_) return;
  over_.wait(lock, [this] { return call_->is_over(); });
  over = std::move(call_);
}

void Speaker::close(Instant now) {
  const std::scoped_lock lock(mutex_);
  if (!call_ || figures_.acked != figures_.told)
    return complain("expected to have nothing left to send at the end");
  is_closing_ = true;
  now_ = now;
  send_closing();
}

void Speaker::send_closing() {
  v1::StreamEventsRequest* request = call_->writable();
  if (request == nullptr) return;  // when the write under way is done
  fill_heartbeat(*request->mutable_heartbeat());
  request->mutable_heartbeat()->set_closing(true);
  call_->write_last();
}

void Speaker::fill_heartbeat(v1::Heartbeat& heartbeat) const {
  heartbeat.set_source(id_);
  heartbeat.set_epoch(figures_.epoch);
  heartbeat.set_last_sequence(figures_.told);
  to_timestamp(now_, *heartbeat.mutable_at());
  to_timestamp(now_, *heartbeat.mutable_sent_at());
}

Speaker::Figures Speaker::figures() const {
  const std::scoped_lock lock(mutex_);
  return figures_;
}

void Speaker::complain(std::string sentence) {
  if (figures_.complaint.empty()) figures_.complaint = fmt::format("{}: {}", id_, sentence);
}

void Speaker::take_welcome(const v1::Welcome& welcome) {
  if (welcome.sources_size() != 1 || welcome.sources(0).source() != id_)
    return complain("expected a welcome for itself");
  const v1::Welcome::Source& source = welcome.sources(0);
  const uint64_t next = source.next_sequence();
  if (figures_.acked > 0 && source.epoch() != figures_.epoch)
    return complain("expected its epoch to stay");
  if (next > sent_most_ + 1) return complain("expected no more to be known than was sent");
  figures_.epoch = source.epoch();
  if (next <= figures_.acked) {
    figures_.lost += figures_.acked + 1 - next;
    figures_.acked = next - 1;
  }
  next_to_send_ = repeats_ ? figures_.acked + 1 : next;
  figures_.acked = std::max(figures_.acked, repeats_ ? figures_.acked : next - 1);
  window_ = std::max(1U, welcome.window_batches_count());
  figures_.is_welcome = true;
}

void Speaker::take_ack(const v1::Ack& ack) {
  if (ack.source() != id_ || ack.epoch() != figures_.epoch || ack.up_to_sequence() > sent_most_)
    return complain("expected acknowledgements of what it sent");
  if (ack.rejected_size() > 0) {
    return complain(fmt::format("expected every event to be taken, but {} was not: {}",
                                ack.rejected(0).sequence(), ack.rejected(0).message()));
  }
  figures_.acked = std::max(figures_.acked, ack.up_to_sequence());
  while (!in_flight_.empty() && in_flight_.front() <= ack.up_to_sequence()) in_flight_.pop_front();
}

void Speaker::send_next() {
  if (!figures_.is_welcome) return;
  const bool has_events = next_to_send_ <= figures_.told;
  if (has_events ? in_flight_.size() >= window_ : now_ - heard_at_ < kHeartbeatEvery) return;
  v1::StreamEventsRequest* request = call_->writable();
  if (request == nullptr) return;
  if (has_events) {
    fill_batch(*request->mutable_batch());
  } else {
    heard_at_ = now_;
    fill_heartbeat(*request->mutable_heartbeat());
  }
  call_->write();
}

void Speaker::fill_batch(v1::Batch& batch) {
  batch.set_source(id_);
  batch.set_epoch(figures_.epoch);
  batch.set_first_sequence(next_to_send_);
  to_timestamp(now_, *batch.mutable_sent_at());
  const uint64_t last = std::min(figures_.told, next_to_send_ + kBatchMax - 1);
  for (uint64_t sequence = next_to_send_; sequence <= last; ++sequence) {
    const Told& told = events_[sequence - 1];
    v1::Event& event = *batch.add_events();
    event.set_branch(branch_);
    event.set_ticket(ticket_name(told.ticket));
    event.set_type(type_name(told.type));
    to_timestamp(told.at, *event.mutable_occurred_at());
    if (told.type != Told::Type::issued) continue;
    (*event.mutable_attributes())["service"] = service_of(told.ticket);
    (*event.mutable_attributes())["customer"] = customer_of(told.ticket);
  }
  if (sent_most_ >= next_to_send_)
    figures_.sent_again += std::min(sent_most_, last) + 1 - next_to_send_;
  sent_most_ = std::max(sent_most_, last);
  next_to_send_ = last + 1;
  in_flight_.push_back(last);
}

}  // namespace lupaus::tests::crash
