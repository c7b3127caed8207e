// Any answers of a server, in any order and at any time, to a terminal's session: it never sends
// what is not on its disk, an event twice on one stream, or a batch before a welcome; it believes
// no acknowledgement of what it never had; and it always knows what to do next.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "clients/branch/channel.h"
#include "clients/branch/session.h"
#include "tests/support/faulty_disk.h"

namespace {

using namespace lupaus;
using namespace lupaus::clients::branch;
using std::chrono::milliseconds;
using tests::support::FaultyDisk;

constexpr uint64_t kEvents = 300;

void require(bool is_so) {
  if (!is_so) std::abort();
}

/// Takes the input apart: the first byte of a piece says what it is, the second how long.
class Pieces {
 public:
  Pieces(const uint8_t* bytes, size_t size) : text_(reinterpret_cast<const char*>(bytes), size) {}
  bool next(uint8_t& kind, std::string_view& content) {
    if (text_.size() < 2) return false;
    kind = static_cast<uint8_t>(text_[0]);
    content = text_.substr(2, static_cast<uint8_t>(text_[1]));
    text_.remove_prefix(2 + content.size());
    return true;
  }

 private:
  std::string_view text_;
};

class Conversation {
 public:
  Conversation() {
    options_.server = "bank:7443";
    options_.source = "s";
    options_.branch = "b";
    spool_ = std::move(*spool::Spool::open("/spool", {}, disk_));
    session_ = std::make_unique<Session>(options_, *spool_, 1);
    for (uint64_t count = 0; count < kEvents; ++count) record();
    require(spool_->sync_to(kEvents).ok());
  }

  void take(uint8_t kind, std::string_view content) {
    lupaus::v1::StreamEventsResponse response;
    const std::string bytes(content);
    switch (kind % 7) {
      case 0:
        now_.steady += milliseconds(content.size() * content.size());
        break;
      case 1:
        session_->disconnected({kind > 127, kind > 250, bytes, retry_after_of(content)}, now_);
        is_connected_ = is_hello_said_ = false;
        break;
      case 2:
        if (is_connected_) hear_welcome(content);
        break;
      case 3:
        if (is_connected_) hear_ack(content);
        break;
      case 4:
        record();
        break;
      case 5:
        session_->beat();
        break;
      default:
        if (is_connected_ && response.ParseFromString(bytes)) session_->received(response, now_);
    }
    work();
    require(spool_->numbers().acked <= spool_->synced());
  }

 private:
  void record() {
    lupaus::v1::Event event;
    event.set_ticket("t");
    require(session_->record(std::move(event), {}, now_).ok());
  }
  static uint64_t number(std::string_view content, size_t at) {
    return at < content.size() ? static_cast<uint8_t>(content[at]) * (at % 2 == 0 ? 1U : 2U) : 1;
  }
  void hear_welcome(std::string_view content) {
    lupaus::v1::StreamEventsResponse response;
    auto& source = *response.mutable_welcome()->add_sources();
    source.set_source("s");
    source.set_next_sequence(number(content, 0));
    source.set_epoch(number(content, 2) % 3);
    response.mutable_welcome()->set_window_batches_count(static_cast<uint32_t>(number(content, 4)));
    response.mutable_welcome()->set_max_message_bytes(static_cast<uint32_t>(number(content, 6)));
    session_->received(response, now_);
  }
  void hear_ack(std::string_view content) {
    lupaus::v1::StreamEventsResponse response;
    response.mutable_ack()->set_source("s");
    response.mutable_ack()->set_epoch(number(content, 0) % 3);
    response.mutable_ack()->set_up_to_sequence(number(content, 1));
    session_->received(response, now_);
  }

  /// As a driver: until there is nothing more to do. A session that never waits would not end.
  void work() {
    for (int steps = 0; steps < 10'000; ++steps) {
      lupaus::v1::StreamEventsRequest message;
      const Step step = session_->next(now_, is_connected_ ? &message : nullptr);
      switch (step.kind) {
        case Step::Kind::wait:
          require(step.wake_at > now_.steady);
          return;
        case Step::Kind::connect:
          require(!is_connected_);
          is_connected_ = true;
          session_->connected();
          sent_ = 0;
          break;
        case Step::Kind::send:
          check(message);
          break;
        case Step::Kind::hang_up:
          session_->disconnected({}, now_);
          is_connected_ = is_hello_said_ = false;
          break;
        case Step::Kind::sync:
          session_->synced(spool_->sync_to(spool_->last()));
          break;
        case Step::Kind::save:
          session_->saved(spool_->save(), now_);
          break;
        default:
          require(false);  // it was never closed
      }
    }
    require(false);
  }
  void check(const lupaus::v1::StreamEventsRequest& message) {
    require(is_connected_ && message.has_hello() != is_hello_said_);
    is_hello_said_ = true;
    if (message.has_batch()) {
      const lupaus::v1::Batch& batch = message.batch();
      require(batch.events_size() > 0 && batch.first_sequence() > sent_);
      sent_ = batch.first_sequence() + static_cast<uint64_t>(batch.events_size()) - 1;
      require(sent_ <= spool_->synced() && batch.epoch() == spool_->numbers().epoch);
    }
    if (message.has_heartbeat()) require(message.heartbeat().last_sequence() == spool_->last());
  }

  const std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  Options options_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Session> session_;
  Moment now_{Instant(std::chrono::hours(1)), milliseconds(0)};
  bool is_connected_ = false;
  bool is_hello_said_ = false;
  uint64_t sent_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  Conversation conversation;
  Pieces pieces(bytes, size);
  uint8_t kind = 0;
  std::string_view content;
  while (pieces.next(kind, content)) conversation.take(kind, content);
  return 0;
}
