// The yardstick: a gRPC server that does with events only what cannot be left out. It parses each
// message into a reused one, gathers all that is queued into one write of a preallocated file with
// fdatasync, and acknowledges cumulatively. It knows the contract's messages and nothing of
// promises. bare_server FILE READY_FILE
#include <fcntl.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "lupaus/v1/event.pb.h"

namespace {

using lupaus::v1::StreamEventsRequest;
using lupaus::v1::StreamEventsResponse;

constexpr int kWindow = 16;
constexpr off_t kFileBytes = 1 << 30;

class BareStream;

struct Queued {
  BareStream* stream = nullptr;
  grpc::ByteBuffer bytes;
  uint64_t up_to = 0;
};

/// One thread: everything that is queued goes into one write and one fdatasync.
class Committer {
 public:
  explicit Committer(const char* path)
      : file_(::open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    // WHY: zeros, not only allocated blocks: else each write would also change the file's extents.
    const std::vector<char> zeros(1 << 20);
    for (off_t at = 0; at < kFileBytes; at += static_cast<off_t>(zeros.size())) {
      if (::pwrite(file_, zeros.data(), zeros.size(), at) < 0) std::abort();
    }
    ::fsync(file_);
    thread_ = std::thread([this] { run(); });
  }
  ~Committer() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    ::close(file_);
  }
  void submit(Queued queued) {
    bool was_empty = false;
    {
      const std::scoped_lock lock(mutex_);
      was_empty = queue_.empty();
      queue_.push_back(std::move(queued));
    }
    if (was_empty) changed_.notify_one();
  }

 private:
  void run();

  int file_;
  off_t offset_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Queued> queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

/// The same reactor as the product's: reads while fewer than a window wait, one write at a time.
class BareStream : public grpc::ServerGenericBidiReactor {
 public:
  explicit BareStream(Committer& committer) : committer_(committer) { StartRead(&incoming_); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const std::scoped_lock lock(mutex_);
      is_read_done_ = true;
      finish_when_idle();
      return;
    }
    grpc::ByteBuffer bytes;
    bytes.Swap(&incoming_);
    grpc::ProtoBufferReader reader(&bytes);
    if (!request_.ParseFromZeroCopyStream(&reader)) std::abort();
    const std::scoped_lock lock(mutex_);
    if (request_.has_hello()) {
      welcome(request_.hello());
    } else {
      const auto& batch = request_.batch();
      if (source_.empty()) source_ = batch.source();
      ++in_flight_;
      // The parsed message is read again for the next one; what is written are the bytes that came.
      committer_.submit(
          {this, bytes, batch.first_sequence() + static_cast<uint64_t>(batch.events_size()) - 1});
    }
    is_reading_ = false;
    read_more();
  }

  void durable(uint64_t up_to, int batches) {
    const std::scoped_lock lock(mutex_);
    in_flight_ -= batches;
    up_to_ = up_to;
    is_ack_due_ = true;
    write_next();
    read_more();
  }

  void OnWriteDone(bool) override {
    const std::scoped_lock lock(mutex_);
    is_writing_ = false;
    write_next();
  }
  void OnDone() override { delete this; }

 private:
  void welcome(const lupaus::v1::Hello& hello) {
    auto& welcome = *response_.mutable_welcome();
    for (const auto& source : hello.sources()) {
      auto& one = *welcome.add_sources();
      one.set_source(source.source());
      one.set_epoch(1);
      one.set_next_sequence(1);
    }
    welcome.set_window_batches_count(kWindow);
    write();
  }
  void read_more() {
    if (is_reading_ || is_read_done_ || in_flight_ >= kWindow) return;
    is_reading_ = true;
    StartRead(&incoming_);
  }
  void write_next() {
    if (is_writing_) return;
    if (!is_ack_due_) return finish_when_idle();
    is_ack_due_ = false;
    auto& ack = *response_.mutable_ack();
    ack.set_source(source_);
    ack.set_epoch(1);
    ack.set_up_to_sequence(up_to_);
    write();
  }
  void write() {
    bool own = false;
    const auto status =
        grpc::SerializationTraits<StreamEventsResponse>::Serialize(response_, &outgoing_, &own);
    if (!status.ok()) std::abort();
    is_writing_ = true;
    StartWrite(&outgoing_);
  }
  void finish_when_idle() {
    if (is_read_done_ && in_flight_ == 0 && !is_writing_ && !is_ack_due_ && !is_finished_) {
      is_finished_ = true;
      Finish(grpc::Status::OK);
    }
  }

  Committer& committer_;
  std::mutex mutex_;
  grpc::ByteBuffer incoming_, outgoing_;
  StreamEventsRequest request_;
  StreamEventsResponse response_;
  std::string source_;
  uint64_t up_to_ = 0;
  int in_flight_ = 0;
  bool is_reading_ = true, is_read_done_ = false, is_writing_ = false, is_ack_due_ = false,
       is_finished_ = false;
};

void Committer::run() {
  std::vector<Queued> taken;
  std::vector<char> bytes;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !queue_.empty() || is_stopping_; });
      if (queue_.empty()) return;
      taken.swap(queue_);
    }
    bytes.clear();
    for (const auto& queued : taken) {
      std::vector<grpc::Slice> slices;
      if (!queued.bytes.Dump(&slices).ok()) std::abort();
      for (const auto& slice : slices) bytes.insert(bytes.end(), slice.begin(), slice.end());
    }
    if (offset_ + static_cast<off_t>(bytes.size()) > kFileBytes) offset_ = 0;
    if (::pwrite(file_, bytes.data(), bytes.size(), offset_) < 0 || ::fdatasync(file_) != 0)
      std::abort();
    offset_ += static_cast<off_t>(bytes.size());
    for (size_t i = 0; i < taken.size(); ++i) {
      // Cumulative: the last of each stream answers for those before.
      int batches = 0;
      uint64_t up_to = 0;
      BareStream* stream = taken[i].stream;
      if (stream == nullptr) continue;
      for (size_t k = i; k < taken.size(); ++k) {
        if (taken[k].stream != stream) continue;
        ++batches;
        up_to = taken[k].up_to;
        taken[k].stream = nullptr;
      }
      stream->durable(up_to, batches);
    }
    taken.clear();
  }
}

class BareService : public grpc::CallbackGenericService {
 public:
  explicit BareService(Committer& committer) : committer_(committer) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new BareStream(committer_);
  }

 private:
  Committer& committer_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  Committer committer(argv[1]);
  BareService service(committer);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  const std::string ready = std::string(argv[2]) + ".new";
  std::FILE* file = std::fopen(ready.c_str(), "w");
  if (!server || file == nullptr) return 1;
  std::fprintf(file, "{\"grpc\":\"127.0.0.1:%d\",\"http\":\"\"}\n", port);
  std::fclose(file);
  if (std::rename(ready.c_str(), argv[2]) != 0) return 1;
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}
