// What StreamEvents does, apart from the call that carries it.
#include "server/ingest/stream.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::ingest {

using rules::model::Error;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;
using wire::invalid_field;

Stream::Stream(runtime::EngineLoop& loop, IngestSettings settings, StreamMetrics& metrics,
               wire::Identity identity, StreamLine& line)
    : loop_(loop),
      settings_(settings),
      metrics_(metrics),
      identity_(std::move(identity)),
      line_(line) {}

void Stream::open() {
  metrics_.streams.add(1);
  std::lock_guard lock(mutex_);
  self_ = shared_from_this();
  read_more();
}

void Stream::read_done(bool ok) {
  std::shared_ptr<Incoming> message;
  {
    std::lock_guard lock(mutex_);
    is_reading_ = false;
    message = std::move(reading_into_);
    if (!ok) {
      is_read_done_ = true;
      finish_when_idle();
      return;
    }
    if (is_ending_) return;
    is_taking_ = true;
  }
  Result<void> taken;
  v1::StreamEventsRequest& request = message->request();
  const size_t size = request.ByteSizeLong();
  if (size > settings_.max_message_bytes) {
    taken = wire::too_large(size, settings_.max_message_bytes);
  } else {
    taken = take(std::move(message));
  }
  std::lock_guard lock(mutex_);
  is_taking_ = false;
  if (!taken) {
    end(taken.error());
  } else {
    read_more();
  }
}

Result<void> Stream::take(std::shared_ptr<Incoming> message) {
  v1::StreamEventsRequest& request = message->request();
  switch (request.message_case()) {
    case v1::StreamEventsRequest::kHello:
      return take_hello(request.hello());
    case v1::StreamEventsRequest::kBatch:
      return take_batch(std::move(message));
    case v1::StreamEventsRequest::kHeartbeat:
      return take_heartbeat(request.heartbeat());
    default:
      return invalid_field("message", "expected a hello, a batch or a heartbeat, but it is empty");
  }
}

Result<void> Stream::take_hello(const v1::Hello& hello) {
  {
    std::lock_guard lock(mutex_);
    if (is_hello_taken_) return invalid_field("hello", "expected it once, but it came again");
    Result<void> checked = check_hello(hello);
    if (!checked) return checked;
    for (int i = 0; i < hello.sources_size(); ++i) {
      const v1::Hello::Source& source = hello.sources(i);
      if (!identity_.may_send_for(source.source())) {
        return Error{"forbidden",
                     fmt::format("hello.sources[{}].source: the certificate speaks for `{}`, not "
                                 "for `{}`",
                                 i, identity_.name, source.source()),
                     "",
                     {}};
      }
      Speaker& speaker = speakers_.emplace_back();
      speaker.id = source.source();
      speaker.epoch = source.epoch();
      speaker.announced = source.last_sequence();
      speaker.known_acked = source.last_acked_sequence();
      speaker.actor = identity_.actor_for_source(source.source());
      by_id_.emplace(speaker.id, &speaker);
    }
    is_hello_taken_ = true;
    is_backfill_ = hello.backfill();
    unregistered_ = speakers_.size();
  }
  register_speakers(hello);
  return {};
}

void Stream::register_speakers(const v1::Hello& hello) {
  for (int i = 0; i < hello.sources_size(); ++i) {
    const v1::Hello::Source& source = hello.sources(i);
    rules::model::Register command{source.source(), source.epoch(), source.kept_from_sequence(),
                                   hello.backfill()};
    auto index = static_cast<size_t>(i);
    loop_.submit(std::move(command), speakers_[static_cast<size_t>(i)].actor,
                 [self = shared_from_this(), index](const Result<Facts>& answer) {
                   self->registered(index, answer);
                 });
  }
}

void Stream::registered(size_t index, const Result<Facts>& answer) {
  {
    std::lock_guard lock(mutex_);
    if (!answer) {
      end(answer.error());
      return;
    }
    for (const rules::model::Fact& fact : *answer) {
      const auto* made = std::get_if<rules::model::SourceRegistered>(&fact.body);
      if (made != nullptr && made->source == speakers_[index].id)
        speakers_[index].epoch = made->epoch;
    }
    const Speaker& speaker = speakers_[index];
    metrics_.announced.say(speaker.id, speaker.epoch, speaker.announced);
    if (--unregistered_ > 0) return;
  }
  ask_positions();
}

void Stream::ask_positions() {
  auto self = shared_from_this();
  loop_.query(
      [self](const rules::ledger::State& state) {
        std::lock_guard lock(self->mutex_);
        for (Speaker& speaker : self->speakers_) {
          const rules::engine::Source* source = state.engine.find_source(speaker.id);
          bool is_ours = source != nullptr && source->epoch == speaker.epoch;
          speaker.next_sequence = is_ours ? source->next_sequence : 0;
        }
      },
      [self] { self->send_welcome(); });
}

void Stream::send_welcome() {
  std::lock_guard lock(mutex_);
  if (is_ending_ || is_finished_) return;
  for (const Speaker& speaker : speakers_) {
    if (speaker.next_sequence != 0) continue;
    end(Error{"old_epoch",
              fmt::format("`{}` has a newer epoch than {}: another one speaks under its name",
                          speaker.id, speaker.epoch),
              "",
              {}});
    return;
  }
  for (Speaker& speaker : speakers_) {
    // WHY: a copy of the source may have sent what is durable beyond.
    speaker.up_to = std::min(speaker.next_sequence - 1, speaker.known_acked);
    speaker.is_behind = speaker.announced >= speaker.next_sequence;
    if (speaker.is_behind) ++behind_;
  }
  line_.moved(behind_ == 0);
  is_welcome_due_ = true;
  write_next();
}

void Stream::note_progress(Speaker& speaker) {
  if (!speaker.is_behind || is_finished_) return;
  if (speaker.up_to >= speaker.announced) {
    speaker.is_behind = false;
    --behind_;
  }
  line_.moved(behind_ == 0);
}

Result<Stream::Speaker*> Stream::find_speaker(std::string_view source, uint64_t epoch,
                                              std::string_view field) {
  std::lock_guard lock(mutex_);
  if (!is_welcomed_) return invalid_field(field, "expected a hello and its welcome first");
  auto found = by_id_.find(source);
  if (found == by_id_.end()) {
    return invalid_field(fmt::format("{}.source", field),
                         fmt::format("expected a source of the hello, but got `{}`", source));
  }
  if (found->second->epoch != epoch) {
    return invalid_field(
        fmt::format("{}.epoch", field),
        fmt::format("expected {} as welcomed, but got {}", found->second->epoch, epoch));
  }
  return found->second;
}

Result<void> Stream::take_batch(std::shared_ptr<Incoming> message) {
  const v1::Batch& batch = message->request().batch();
  Result<Speaker*> speaker = find_speaker(batch.source(), batch.epoch(), "batch");
  if (!speaker) return speaker.error();
  Result<void> translated = translate(batch, message->views());
  if (!translated) return translated;
  auto sent_at = sent_at_of(batch);
  if (!sent_at) return sent_at.error();
  metrics_.batches.add();
  metrics_.events.add(message->views().events.size());
  runtime::Intake intake;
  const Instant received_at = loop_.now();
  {
    std::lock_guard lock(mutex_);
    ++in_flight_;
    ++(*speaker)->in_flight;
    intake.events = message->views().events;
    intake.storage = std::move(message);
    intake.actor = (*speaker)->actor;
    intake.is_backfill = is_backfill_;
    intake.sent_at = *sent_at;
    intake.received_at = received_at;
    intake.done = [self = shared_from_this(), at = *speaker](Outcome outcome) {
      self->settled(*at, std::move(outcome));
    };
    is_waiting_for_room_ = true;  // until it is in: nothing else is read
  }
  if (loop_.submit_in_turn(std::move(intake), [self = shared_from_this()] { self->admitted(); })) {
    admitted();
  } else {
    metrics_.waits.add();
  }
  return {};
}

void Stream::admitted() {
  std::lock_guard lock(mutex_);
  is_waiting_for_room_ = false;
  read_more();
  finish_when_idle();
}

Result<void> Stream::take_heartbeat(const v1::Heartbeat& heartbeat) {
  Result<Speaker*> speaker = find_speaker(heartbeat.source(), heartbeat.epoch(), "heartbeat");
  if (!speaker) return speaker.error();
  Result<rules::model::Hear> command = to_hear(heartbeat);
  if (!command) return command.error();
  command->received_at = loop_.now();
  metrics_.announced.say(command->source, command->epoch, command->last_sequence);
  {
    std::lock_guard lock(mutex_);
    if (heartbeat.wants_ack()) (*speaker)->is_hear_ack_wanted = true;
    if ((*speaker)->is_hear_under_way) {
      (*speaker)->held = std::move(*command);  // says all that an older one says
      return {};
    }
    (*speaker)->is_hear_under_way = true;
  }
  hear(**speaker, std::move(*command));
  return {};
}

// Passes the events of others, never those of its own source, and never another heartbeat of it.
void Stream::hear(Speaker& speaker, rules::model::Hear command) {
  bool is_ahead = false;
  {
    std::lock_guard lock(mutex_);
    is_ahead = speaker.in_flight == 0;
  }
  auto answer = [self = shared_from_this(), at = &speaker](const Result<Facts>&) {
    self->heard(*at);
  };
  if (is_ahead) {
    loop_.submit_ahead(std::move(command), speaker.actor, std::move(answer));
  } else {
    loop_.submit(std::move(command), speaker.actor, std::move(answer));
  }
}

void Stream::heard(Speaker& speaker) {
  std::optional<rules::model::Hear> next;
  {
    std::lock_guard lock(mutex_);
    next.swap(speaker.held);
    speaker.is_hear_under_way = next.has_value();
    if (!next && std::exchange(speaker.is_hear_ack_wanted, false)) {
      owe_ack(speaker);
      write_next();
    }
  }
  if (next) hear(speaker, std::move(*next));
}

void Stream::settled(Speaker& speaker, Outcome outcome) {
  std::lock_guard lock(mutex_);
  --in_flight_;
  --speaker.in_flight;
  if (!outcome.result) {
    metrics_.refused.add();
    Error error = outcome.result.error();
    if (error.code == "no_book") error.hint = "no book is published yet: try again in 5 s";
    end(error);
    return;
  }
  metrics_.rejected.add(outcome.rejected.size());
  speaker.up_to = std::max(speaker.up_to, outcome.up_to);
  for (runtime::Rejection& rejection : outcome.rejected)
    speaker.rejected.push_back(std::move(rejection));
  note_progress(speaker);
  owe_ack(speaker);
  write_next();
  read_more();
}

void Stream::owe_ack(Speaker& speaker) {
  if (speaker.is_ack_due) return;
  speaker.is_ack_due = true;
  acks_due_.push_back(&speaker);
}

void Stream::read_more() {
  bool is_stopped = is_ending_ || is_finished_ || is_read_done_ || is_reading_ || is_taking_;
  bool is_hello_open = is_hello_taken_ && !is_welcomed_;
  if (is_stopped || is_hello_open || is_waiting_for_room_ || in_flight_ >= settings_.window_batches)
    return;
  is_reading_ = true;
  reading_into_ = pool_->take();
  line_.read(reading_into_->request());
}

void Stream::write_next() {
  if (is_writing_ || is_finished_) return;
  if (is_welcome_due_) {
    is_welcome_due_ = false;
    response_.Clear();
    v1::Welcome& welcome = *response_.mutable_welcome();
    for (const Speaker& speaker : speakers_) {
      v1::Welcome::Source& source = *welcome.add_sources();
      source.set_source(speaker.id);
      source.set_epoch(speaker.epoch);
      source.set_next_sequence(speaker.next_sequence);
    }
    welcome.set_window_batches_count(settings_.window_batches);
    welcome.set_max_message_bytes(settings_.max_message_bytes);
    wire::to_timestamp(loop_.now(), *welcome.mutable_server_time());
    is_welcomed_ = true;
    read_more();
  } else if (!acks_due_.empty()) {
    Speaker& speaker = *acks_due_.front();
    acks_due_.pop_front();
    speaker.is_ack_due = false;
    response_.Clear();
    v1::Ack& ack = *response_.mutable_ack();
    ack.set_source(speaker.id);
    ack.set_epoch(speaker.epoch);
    ack.set_up_to_sequence(speaker.up_to);
    for (const runtime::Rejection& rejection : speaker.rejected) {
      v1::RejectedReason& reason = *ack.add_rejected();
      reason.set_sequence(rejection.sequence);
      reason.set_reason(rejection.reason);
      reason.set_message(rejection.message);
    }
    speaker.rejected.clear();
  } else {
    finish_when_idle();
    return;
  }
  is_writing_ = true;
  line_.write(response_);
}

void Stream::write_done(bool ok) {
  std::lock_guard lock(mutex_);
  is_writing_ = false;
  if (!ok) {
    acks_due_.clear();
    end(Error{"cancelled", "the source has gone", "", {}});
    return;
  }
  write_next();
}

void Stream::cancelled() {
  std::lock_guard lock(mutex_);
  acks_due_.clear();
  is_welcome_due_ = false;
  end(Error{"cancelled", "the call was cancelled", "", {}});
}

void Stream::end(const Error& error) {
  if (!is_ending_) ending_ = error;
  is_ending_ = true;
  finish_when_idle();
}

// What is durable is acknowledged before the stream ends, also where it ends with an error.
void Stream::finish_when_idle() {
  if (is_finished_ || is_writing_) return;
  if (!acks_due_.empty()) {
    write_next();
    return;
  }
  bool is_done = is_read_done_ && in_flight_ == 0 && !is_welcome_due_ && (unregistered_ == 0) &&
                 (!is_hello_taken_ || is_welcomed_);
  if (!is_ending_ && !is_done) return;
  is_finished_ = true;
  line_.finish(ending_);
}

void Stream::done() {
  metrics_.streams.add(-1);
  std::shared_ptr<Stream> last;
  std::lock_guard lock(mutex_);
  is_finished_ = true;
  last = std::move(self_);
}

}  // namespace lupaus::server::ingest
