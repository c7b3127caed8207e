// `lupaus events send FILE`: a file of JSON lines into a server. The file is checked whole before
// anything is sent; exit 0 means that every event is durable. Sending it again is harmless.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <ostream>
#include <sstream>

#include "clients/cli/json_events.h"
#include "clients/cli/online.h"
#include "clients/cli/progress.h"
#include "lupaus/v1/event.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using rules::model::Error;
using rules::model::Event;
using rules::model::Instant;
using rules::model::Result;

constexpr int kBatchEventsMax = 256;
constexpr uint64_t kRejectedShownMax = 20;

/// What the whole file says about one source.
struct SourceInFile {
  uint64_t epoch = 0;
  uint64_t last = 0;  ///< sequence
  uint64_t next = 1;  ///< sequence that the server wants; before it everything is there
  Instant latest = rules::model::kBeginningOfTime;
};
struct Census {
  std::map<std::string, SourceInFile, std::less<>> sources;
  uint64_t count = 0;
  size_t largest_bytes = 0;  ///< of a message with one event
  uint64_t largest_line = 0;
};

void write_event(const Event& event, v1::Event& one) {
  one.set_branch(std::string(event.branch));
  one.set_ticket(std::string(event.ticket));
  one.set_type(std::string(event.type));
  one.set_label(std::string(event.label));
  set_time(event.occurred_at, *one.mutable_occurred_at());
  for (const auto& [name, value] : event.attributes)
    (*one.mutable_attributes())[std::string(name)] = value;
}

void begin_batch(const Event& event, v1::Batch& batch) {
  batch.set_source(std::string(event.source));
  batch.set_epoch(event.epoch);
  batch.set_first_sequence(event.sequence);
}

size_t message_bytes(const Event& event) {
  v1::StreamEventsRequest alone;
  begin_batch(event, *alone.mutable_batch());
  write_event(event, *alone.mutable_batch()->add_events());
  return alone.ByteSizeLong();
}

/// Fills in the identity that a file leaves out: all lines, or none.
class Identities {
 public:
  explicit Identities(std::string name) : name_(std::move(name)) {}

  Result<void> complete(Event& event, uint64_t line) {
    const bool has_all = !event.source.empty() && event.epoch != 0 && event.sequence != 0;
    const bool has_none = event.source.empty() && event.epoch == 0 && event.sequence == 0;
    if (!has_all && !has_none)
      return complaint(
          line, "expected source, epoch and sequence, or none of them, but some are missing");
    if (++count_ == 1) is_numbered_ = has_all;
    if (is_numbered_ != has_all) {
      return complaint(line,
                       "expected every line or none to carry source, epoch and sequence, but this "
                       "one differs from the first");
    }
    if (has_none) {
      event.source = "file";
      event.epoch = 1;
      event.sequence = count_;
    }
    return {};
  }
  Error complaint(uint64_t line, std::string message) const {
    return {"", std::move(message), "", {name_, static_cast<uint32_t>(line), 0}};
  }

 private:
  std::string name_;
  uint64_t count_ = 0;  // WHY: not the line, so that empty lines leave no gap
  bool is_numbered_ = false;
};

Result<Census> take_census(const std::string& text, const std::string& name) {
  std::istringstream in(text);
  JsonEventReader reader(in, name);
  Identities identities(name);
  Census census;
  Event event;
  while (true) {
    const auto has_next = reader.next(event);
    if (!has_next) return has_next.error();
    if (!*has_next) return census;
    if (auto completed = identities.complete(event, reader.line()); !completed)
      return completed.error();
    auto& source = census.sources[std::string(event.source)];
    if (source.epoch != 0 && source.epoch != event.epoch) {
      return identities.complaint(reader.line(), "expected one epoch of a source in a file, but `" +
                                                     std::string(event.source) + "` has two");
    }
    if (source.epoch != 0 && event.sequence > source.last + 1) {
      return identities.complaint(reader.line(), "expected sequence " +
                                                     std::to_string(source.last + 1) + " of `" +
                                                     std::string(event.source) + "`, but it is " +
                                                     std::to_string(event.sequence));
    }
    source.epoch = event.epoch;
    source.last = std::max(source.last, event.sequence);
    source.latest = std::max(source.latest, event.occurred_at);
    if (const size_t bytes = message_bytes(event); bytes > census.largest_bytes) {
      census.largest_bytes = bytes;
      census.largest_line = reader.line();
    }
    ++census.count;
  }
}

/// One stream. Writes until the window is full, then reads acknowledgements; one thread.
class Sender {
 public:
  Sender(Context& context, v1::EventService::Stub& stub, Census& census, bool is_backfill)
      : context_(context),
        census_(census),
        is_backfill_(is_backfill),
        progress_(context, "sending events", census.count) {
    name_actor(context, call_);
    stream_ = stub.StreamEvents(&call_);
  }

  bool greet() {
    v1::StreamEventsRequest request;
    request.mutable_hello()->set_backfill(is_backfill_);
    for (const auto& [name, source] : census_.sources) {
      auto* entry = request.mutable_hello()->add_sources();
      entry->set_source(name);
      entry->set_epoch(source.epoch);
    }
    v1::StreamEventsResponse answer;
    if (!stream_->Write(request) || !stream_->Read(&answer) || !answer.has_welcome()) return false;
    window_ = std::max<uint32_t>(1, answer.welcome().window_batches_count());
    if (answer.welcome().max_message_bytes() != 0)
      bytes_max_ = answer.welcome().max_message_bytes();
    for (const auto& told : answer.welcome().sources()) {
      const auto source = census_.sources.find(told.source());
      if (source != census_.sources.end() && source->second.epoch == told.epoch())
        source->second.next = told.next_sequence();
    }
    return true;
  }

  /// False when the stream ended.
  bool add(const Event& event) {
    // WHY: what is there already is sent again too, so that a changed duplicate is found.
    if (event.sequence < census_.sources.find(event.source)->second.next) ++known_count_;
    auto& batch = *request_.mutable_batch();
    v1::Event one;
    write_event(event, one);
    const size_t bytes = one.ByteSizeLong() + 8;
    const bool is_next =
        batch.events_size() != 0 && batch.source() == event.source && last_ + 1 == event.sequence;
    if (batch.events_size() != 0 &&
        (!is_next || batch.events_size() >= kBatchEventsMax || bytes_ + bytes + 512 > bytes_max_)) {
      if (!flush()) return false;
    }
    if (batch.events_size() == 0) begin_batch(event, batch);
    *batch.add_events() = std::move(one);
    bytes_ += bytes;
    last_ = event.sequence;
    return true;
  }

  /// Sends what is gathered and waits until all is durable; with `is_closing` says that all is
  /// told.
  bool finish(bool is_closing) {
    if (!flush()) return false;
    while (!under_way_.empty()) {
      if (!read_ack()) return false;
    }
    for (const auto& [name, source] : census_.sources) {
      if (is_closing && !close(name, source)) return false;
    }
    stream_->WritesDone();
    v1::StreamEventsResponse answer;
    while (stream_->Read(&answer)) take(answer);
    return true;
  }

  /// Ends the stream without an answer.
  void give_up() {
    call_.TryCancel();
    (void)stream_->Finish();
  }
  grpc::Status status() { return stream_->Finish(); }
  size_t bytes_max() const { return bytes_max_; }
  uint64_t durable_count() const { return done_; }
  uint64_t rejected_count() const { return rejected_count_; }
  uint64_t known_count() const { return known_count_; }

 private:
  bool flush() {
    auto& batch = *request_.mutable_batch();
    if (batch.events_size() == 0) return true;
    under_way_.push_back({batch.source(), last_, static_cast<uint64_t>(batch.events_size())});
    const bool is_written = stream_->Write(request_);
    batch.Clear();
    bytes_ = 0;
    while (is_written && under_way_.size() >= window_) {
      if (!read_ack()) return false;
    }
    return is_written;
  }
  bool read_ack() {
    v1::StreamEventsResponse answer;
    if (!stream_->Read(&answer)) return false;
    take(answer);
    return true;
  }
  void take(const v1::StreamEventsResponse& answer) {
    const auto& ack = answer.ack();
    const auto is_done = [&](const UnderWay& batch) {
      if (batch.source != ack.source() || batch.last > ack.up_to_sequence()) return false;
      done_ += batch.count;
      return true;
    };
    under_way_.erase(std::remove_if(under_way_.begin(), under_way_.end(), is_done),
                     under_way_.end());
    progress_.show(done_);
    for (const auto& rejected : ack.rejected()) {
      if (++rejected_count_ > kRejectedShownMax) continue;
      context_.err() << "rejected: " << ack.source() << " " << rejected.sequence() << ": "
                     << rejected.reason() << ": " << rejected.message() << "\n";
    }
  }
  bool close(const std::string& name, const SourceInFile& source) {
    v1::StreamEventsRequest request;
    auto* heartbeat = request.mutable_heartbeat();
    heartbeat->set_source(name);
    heartbeat->set_epoch(source.epoch);
    heartbeat->set_last_sequence(source.last);
    // A watermark says that everything before it is told; the last event itself needs the next
    // instant.
    set_time(source.latest + rules::model::Duration(1), *heartbeat->mutable_at());
    heartbeat->set_closing(true);
    return stream_->Write(request);
  }

  struct UnderWay {
    std::string source;
    uint64_t last = 0;
    uint64_t count = 0;
  };

  Context& context_;
  Census& census_;
  bool is_backfill_;
  Progress progress_;
  grpc::ClientContext call_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  v1::StreamEventsRequest request_;
  size_t bytes_ = 0, bytes_max_ = size_t{64} << 10;
  uint64_t last_ = 0, done_ = 0, rejected_count_ = 0, known_count_ = 0;
  uint32_t window_ = 1;
  std::vector<UnderWay> under_way_;
};

struct Sending {
  std::string path;
  bool is_backfill = false;
  bool is_closing = false;
};

/// Whether everything was written and acknowledged; the text was checked before.
bool send_all(Sender& sender, const std::string& text, const Sending& sending) {
  std::istringstream in(text);
  JsonEventReader reader(in, sending.path);
  Identities identities(sending.path);
  Event event;
  while (true) {
    const auto has_next = reader.next(event);
    if (!has_next) return false;
    if (!*has_next) return sender.finish(sending.is_closing || sending.is_backfill);
    if (!identities.complete(event, reader.line()) || !sender.add(event)) return false;
  }
}

void send(Context& context, const Sending& sending) {
  const auto text = context.read_file(sending.path);
  if (!text) return context.fail(text.error(), kUsage);
  const std::string name = sending.path == "-" ? "standard input" : sending.path;
  auto census = take_census(*text, name);
  if (!census) return context.fail(census.error());
  if (census->count == 0) {
    context.err() << "no events\n";
    return;
  }
  with_stub<v1::EventService>(context, [&](v1::EventService::Stub& stub) {
    Sender sender(context, stub, *census, sending.is_backfill);
    const bool is_welcome = sender.greet();
    if (is_welcome && census->largest_bytes > sender.bytes_max()) {
      sender.give_up();
      return context.fail(Identities(name).complaint(
          census->largest_line, "expected an event whose message has at most " +
                                    std::to_string(sender.bytes_max()) + " bytes, but it has " +
                                    std::to_string(census->largest_bytes) + "; nothing was sent"));
    }
    const bool is_sent = is_welcome && send_all(sender, *text, sending);
    const grpc::Status status = sender.status();
    if (!status.ok()) {
      fail_with(context, status);
      if (sender.durable_count() != 0) {
        context.err() << sender.durable_count() << " of " << census->count
                      << " events are durable; sending the file again is harmless\n";
      }
      // The command line was right; what the file holds is not.
      if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) context.exit_code = kNo;
      return;
    }
    if (!is_sent)
      return context.fail("the server ended the stream before every event was durable",
                          kUnreachable);
    context.err() << census->count << " events are durable";
    if (sender.known_count() != 0)
      context.err() << ", " << sender.known_count() << " of them were on the server already";
    if (sender.rejected_count() != 0) {
      context.err() << ", " << sender.rejected_count()
                    << " of them not applied: see `lupaus events rejected`";
    }
    context.err() << "\n";
  });
}

}  // namespace

void add_send(CLI::App& events, Context& context) {
  auto sending = std::make_shared<Sending>();
  CLI::App* verb = events.add_subcommand("send", "Sends JSON lines; exit 0 when all are durable");
  verb->add_option("file", sending->path, "A file of events, or - for standard input")->required();
  verb->add_flag("--backfill", sending->is_backfill,
                 "History: judged without warnings and signals, then closed");
  verb->add_flag("--closing", sending->is_closing, "Says at the end that all is told");
  verb->callback([&context, sending] { send(context, *sending); });
}

}  // namespace lupaus::clients::cli
