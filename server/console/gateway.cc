// One state machine a call, on a completion queue of the gateway's own. At most one operation of a
// call is under way at any time, so a call needs no lock but for the moment in which it is parked.
#include "server/console/gateway.h"

#include <google/protobuf/message.h>
#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "server/console/answer_form.h"
#include "server/console/call_status.h"
#include "server/console/refusal.h"
#include "server/console/shared_pieces.h"
#include "server/console/shares.h"
#include "server/console/transcode.h"
#include "server/console/worker.h"
#include "server/runtime/give_way.h"
#include "server/wire/identity.h"
#include "server/wire/status.h"

namespace lupaus::server::console {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using rules::model::Error;
using rules::model::Result;
using Stub = grpc::TemplatedGenericStub<Message, grpc::ByteBuffer>;
using Stream = grpc::ClientAsyncReaderWriter<Message, grpc::ByteBuffer>;

/// Two make JSON beside each other; more would take the machine from the engine.
constexpr size_t kThreads = 2;
/// A body up to it is read within a millisecond; a larger one would keep everybody's pages and
/// events waiting.
constexpr size_t kSmallBodyMax = 16 * 1024;

/// WHY: a queue that polls reads whatever socket is ready, the branches' too, and what came there
/// would wait for the JSON that its thread makes next. Calls in this process need no polling.
grpc_completion_queue* make_queue() {
  const grpc_completion_queue_attributes attributes{GRPC_CQ_CURRENT_VERSION, GRPC_CQ_NEXT,
                                                    GRPC_CQ_NON_POLLING, nullptr};
  return grpc_completion_queue_create(grpc_completion_queue_factory_lookup(&attributes),
                                      &attributes, nullptr);
}

std::unique_ptr<Message> make_message(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

Reply refuse(const Error& error) {
  const Refusal refusal = to_refusal(wire::to_status(error));
  return to_reply(http_status(refusal.code), refusal);
}

/// A reconnecting reader goes on behind what it has: its last id is `resume`, or the position
/// before the first one wanted.
Result<void> resume(const std::string& last_id, Message& request) {
  if (last_id.empty()) return {};
  if (has_field(request, "resume")) return set_field(request, "resume", last_id);
  if (!has_field(request, "from_position")) return {};
  if (Result<void> set = set_field(request, "from_position", last_id); !set) return set;
  return set_field(request, "from_position",
                   fmt::format("{}", number_of(request, "from_position") + 1));
}

Result<void> read_request(const Route& route, const Request& http, Message& request) {
  const auto bindings = bind_path(route, http.path());
  const auto parameters = read_query(http.query());
  if (!bindings || !parameters) {
    return Error{
        "invalid_argument", "expected a path and a query in percent-encoded UTF-8", "", {}};
  }
  if (route.verb == "POST") {
    if (!parameters->empty()) {
      return Error{"invalid_argument", "expected no query, but everything in the body", "", {}};
    }
    if (Result<void> read = read_json(http.body, request); !read) return read;
    return fill(request, *bindings, {});
  }
  if (Result<void> filled = fill(request, *bindings, *parameters); !filled) return filled;
  return resume(http.last_event_id, request);
}

wire::Identity identity_of(const Visitor& visitor) {
  if (visitor.kind == Visitor::Kind::nobody) return {};
  return {wire::Identity::Kind::person, visitor.kind == Visitor::Kind::proxy, visitor.name,
          visitor.roles};
}

/// Who has a share of the calls.
std::string key_of(const Visitor& visitor) {
  return fmt::format("{}:{}", static_cast<int>(visitor.kind), visitor.name);
}

Reply busy(int status, const Refusal& refusal) {
  Reply reply = to_reply(status, refusal);
  reply.headers.push_back({"Retry-After", "1"});
  return reply;
}

Reply refuse_entry(Shares::Entry entry, size_t most) {
  if (entry == Shares::Entry::share_full) {
    return busy(429, {"RESOURCE_EXHAUSTED",
                      "too_many_calls",
                      fmt::format("expected at most {} calls of one visitor at once", most),
                      "wait for the answers of those that are under way",
                      {}});
  }
  return busy(
      503, {"UNAVAILABLE", "busy", "the server is busy or stopping", "ask again in a second", {}});
}

/// The bytes in one piece; not copied where they are.
std::shared_ptr<const grpc::Slice> flat(const grpc::ByteBuffer& bytes) {
  auto slice = std::make_shared<grpc::Slice>();
  if (!bytes.TrySingleSlice(slice.get()).ok() && !bytes.DumpToSingleSlice(slice.get()).ok())
    *slice = grpc::Slice();
  return slice;
}

/// One call, from its request to its end.
struct Call {
  enum class Step { unread, writing, reading, parked, finishing };
  const Route* route = nullptr;
  Visitor visitor;
  std::string share;  ///< key of the visitor's
  std::shared_ptr<Exchange> exchange;
  std::optional<Request> posted;  ///< with a large body, until it is read or the client has gone
  std::unique_ptr<Message> request, answer;
  grpc::ByteBuffer bytes;            ///< the answer as it came
  std::unique_ptr<AnswerForm> form;  ///< of a stream
  grpc::ClientContext context;
  std::unique_ptr<Stream> stream;
  grpc::Status status;
  std::atomic<Step> step = Step::unread;
  std::atomic<bool> is_cancelled = false;
  bool has_answer = false;  ///< one has come
  bool has_begun = false;   ///< the head of a stream was sent
};

}  // namespace

class Gateway::Body {
 public:
  Body(std::shared_ptr<grpc::Channel> channel, GatewaySettings settings)
      : settings_(settings),
        stub_(std::move(channel)),
        queue_(make_queue()),
        unary_shares_({settings.unary_calls_max, settings.unary_calls_a_visitor_max}),
        stream_shares_({settings.streams_max, settings.streams_a_visitor_max}) {
    for (size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
  }

  const RouteTable& table() const { return table_; }
  void call(Request http, const Visitor& visitor, std::shared_ptr<Exchange> exchange);
  void stop();

 private:
  using CallPtr = std::shared_ptr<Call>;
  void run();
  bool admit(const CallPtr& call);
  void read_posted(const CallPtr& call);
  void read_and_start(const CallPtr& call, const Request& http);
  void start(const CallPtr& call);
  void leave(Call& call);
  Shares& shares_of(const Call& call) { return call.form ? stream_shares_ : unary_shares_; }
  void step(Call& call, bool is_ok);
  void on_answer(Call& call);
  void on_end(Call& call);
  void end_stream(Call& call);
  void park(Call& call, Piece piece);
  void unpark(const CallPtr& call);
  void cancel(const CallPtr& call);
  void read_next(Call& call);
  void finish(Call& call);

  const GatewaySettings settings_;
  const RouteTable table_;
  SharedPieces pieces_;
  Stub stub_;
  grpc::CompletionQueue queue_;
  std::mutex mutex_;  ///< of what follows, and of whoever moves a parked call on
  std::condition_variable ended_;
  std::map<Call*, CallPtr> calls_;
  Shares unary_shares_, stream_shares_;
  bool is_stopping_ = false;
  Worker reader_;  ///< of large bodies
  std::vector<std::thread> threads_;
};

void Gateway::Body::call(Request http, const Visitor& visitor, std::shared_ptr<Exchange> exchange) {
  const Route* route = table_.find(http.method, http.path());
  if (route == nullptr) {
    return exchange->reply(refuse({"not_found", "expected a call that is served here", "", {}}));
  }
  auto call = std::make_shared<Call>();
  call->route = route;
  call->visitor = visitor;
  call->share = key_of(visitor);
  call->exchange = std::move(exchange);
  if (route->is_stream) call->form = form_of(*route);
  if (!admit(call)) return;
  call->exchange->on_gone([this, weak = std::weak_ptr<Call>(call)] {
    if (const auto gone = weak.lock()) cancel(gone);
  });
  if (http.body.size() <= kSmallBodyMax) return read_and_start(call, http);
  {
    const std::scoped_lock lock(mutex_);
    if (!call->is_cancelled) call->posted = std::move(http);
  }
  if (!reader_.post([this, call] { read_posted(call); })) leave(*call);
}

/// Before anything is read: whoever is refused costs nothing.
bool Gateway::Body::admit(const CallPtr& call) {
  Shares::Entry entry = Shares::Entry::full;
  {
    const std::scoped_lock lock(mutex_);
    if (!is_stopping_) entry = shares_of(*call).enter(call->share);
    if (entry == Shares::Entry::taken) calls_.emplace(call.get(), call);
  }
  if (entry == Shares::Entry::taken) return true;
  call->exchange->reply(refuse_entry(
      entry, call->form ? settings_.streams_a_visitor_max : settings_.unary_calls_a_visitor_max));
  return false;
}

void Gateway::Body::leave(Call& call) {
  const std::scoped_lock lock(mutex_);
  shares_of(call).leave(call.share);
  calls_.erase(&call);
  if (calls_.empty()) ended_.notify_all();
}

/// WHY the call has the body: it goes with its client, as the door counts what its clients sent.
void Gateway::Body::read_posted(const CallPtr& call) {
  std::optional<Request> http;
  {
    const std::scoped_lock lock(mutex_);
    http = std::exchange(call->posted, std::nullopt);
  }
  return http ? read_and_start(call, *http) : leave(*call);
}

void Gateway::Body::read_and_start(const CallPtr& call, const Request& http) {
  if (call->is_cancelled) return leave(*call);
  call->request = make_message(call->route->method->input_type());
  call->answer = make_message(call->route->method->output_type());
  if (Result<void> read = read_request(*call->route, http, *call->request); !read) {
    call->exchange->reply(refuse(read.error()));
    return leave(*call);
  }
  start(call);
}

void Gateway::Body::start(const CallPtr& call) {
  const auto [key, value] = wire::metadata_of_visitor(identity_of(call->visitor));
  call->context.AddMetadata(key, value);
  call->context.set_initial_metadata_corked(true);
  if (!call->form) {
    call->context.set_deadline(std::chrono::system_clock::now() + settings_.unary_limit);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (!call->is_cancelled) {
      call->step = Call::Step::writing;
      call->stream = stub_.PrepareCall(&call->context, call->route->call_name(), &queue_);
      call->stream->StartCall(nullptr);
      call->stream->WriteLast(*call->request, grpc::WriteOptions(), call.get());
      return;
    }
  }
  leave(*call);
}

void Gateway::Body::run() {
  runtime::give_way();
  void* tag = nullptr;
  bool is_ok = false;
  while (queue_.Next(&tag, &is_ok)) step(*static_cast<Call*>(tag), is_ok);
}

void Gateway::Body::step(Call& call, bool is_ok) {
  switch (call.step) {
    case Call::Step::writing:
      return is_ok ? read_next(call) : finish(call);
    case Call::Step::reading:
      return is_ok ? on_answer(call) : finish(call);
    case Call::Step::finishing:
      return on_end(call);
    case Call::Step::unread:
    case Call::Step::parked:
      return;  // nothing is under way
  }
}

void Gateway::Body::read_next(Call& call) {
  call.step = Call::Step::reading;
  call.stream->Read(&call.bytes, &call);
}

void Gateway::Body::finish(Call& call) {
  call.step = Call::Step::finishing;
  call.stream->Finish(&call.status, &call);
}

void Gateway::Body::on_answer(Call& call) {
  const bool is_first = !std::exchange(call.has_answer, true);
  const auto held = flat(call.bytes);
  call.bytes.Clear();
  const std::string_view bytes(reinterpret_cast<const char*>(held->begin()), held->size());
  const auto read = [&] {
    rules::model::ensure(call.answer->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                         "a service's answer is read back");
  };
  // WHY: many watch the same; what they get is made of the same bytes, once.
  const bool is_shared = call.form && call.route->verb == "GET" && !call.route->is_file;
  if (!is_shared) read();
  if (!call.form) return finish(call);
  if (is_first) {
    call.has_begun = true;
    call.exchange->begin(call.form->head(call.answer.get()), call.form->size(*call.answer));
  }
  const auto make = [&] { return call.form->piece(*call.answer); };
  if (!is_shared) return park(call, std::make_shared<const std::string>(make()));
  park(call, pieces_.find_or_make(call.route, bytes, held, [&] {
    read();
    return make();
  }));
}

/// Waits until the client has taken the piece; only then the next answer is asked for.
void Gateway::Body::park(Call& call, Piece piece) {
  CallPtr kept;
  {
    const std::scoped_lock lock(mutex_);
    if (call.is_cancelled) return finish(call);
    call.step = Call::Step::parked;
    kept = calls_.at(&call);
  }
  kept->exchange->write(std::move(piece), [this, weak = std::weak_ptr<Call>(kept)] {
    if (const auto written = weak.lock()) unpark(written);
  });
}

void Gateway::Body::unpark(const CallPtr& call) {
  const std::scoped_lock lock(mutex_);
  if (call->step == Call::Step::parked && !call->is_cancelled) read_next(*call);
}

void Gateway::Body::cancel(const CallPtr& call) {
  const std::scoped_lock lock(mutex_);
  if (call->is_cancelled || !calls_.contains(call.get())) return;
  call->is_cancelled = true;
  if (call->step == Call::Step::unread) {
    call->posted.reset();
    return;  // whoever reads it ends it
  }
  call->context.TryCancel();
  if (call->step == Call::Step::parked) finish(*call);
}

void Gateway::Body::on_end(Call& call) {
  if (call.form) {
    end_stream(call);
  } else if (!call.status.ok() || !call.has_answer) {
    const Refusal refusal = to_refusal(call.status);
    call.exchange->reply(to_reply(http_status(refusal.code), refusal));
  } else if (call.route->is_file) {
    call.exchange->reply(file_reply(*call.answer));
  } else {
    Reply reply;
    reply.content_type = "application/json";
    reply.body = write_json(*call.answer) + "\n";
    call.exchange->reply(std::move(reply));
  }
  leave(call);
}

void Gateway::Body::end_stream(Call& call) {
  if (call.is_cancelled) return call.exchange->end(false);
  const Refusal refusal = to_refusal(call.status);
  if (!call.status.ok() && !call.has_begun) {
    return call.exchange->reply(to_reply(http_status(refusal.code), refusal));
  }
  if (!call.has_begun) call.exchange->begin(call.form->head(nullptr), std::nullopt);
  const auto last = call.status.ok() ? call.form->ending() : call.form->failure(refusal);
  if (last && !last->empty()) call.exchange->write(*last, nullptr);
  call.exchange->end(last.has_value());
}

void Gateway::Body::stop() {
  std::vector<CallPtr> open;
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(is_stopping_, true)) return;
    for (const auto& [raw, call] : calls_) open.push_back(call);
  }
  for (const CallPtr& call : open) cancel(call);
  {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return calls_.empty(); });
  }
  reader_.stop();
  queue_.Shutdown();
  for (std::thread& thread : threads_) thread.join();
}

Gateway::Gateway(std::shared_ptr<grpc::Channel> channel, GatewaySettings settings)
    : body_(std::make_unique<Body>(std::move(channel), settings)) {}
Gateway::~Gateway() { stop(); }

const RouteTable& Gateway::table() const { return body_->table(); }

std::string Gateway::verbs(std::string_view path) const {
  std::string verbs;
  for (const Route* route : body_->table().at(path)) {
    verbs += verbs.empty() ? "" : ", ";
    verbs += route->verb;
    if (route->verb == "GET" && !route->is_stream) verbs += ", HEAD";
  }
  return verbs;
}

void Gateway::call(Request request, const Visitor& visitor, std::shared_ptr<Exchange> exchange) {
  body_->call(std::move(request), visitor, std::move(exchange));
}

void Gateway::stop() { body_->stop(); }

}  // namespace lupaus::server::console
