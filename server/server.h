// The whole server as one object: made in order, run, stopped in reverse. `serve` runs it on the
// machine's clock, `dev` and tests on a virtual one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rules/model/result.h"
#include "server/config/config.h"
#include "server/runtime/clock.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"

namespace lupaus::server {

/// Owns everything but the clock. `start` and `stop` from one thread; the rest from any.
class Server {
 public:
  /// Called once, on any thread, with a sentence, when the journal cannot be written: the process
  /// must stop.
  using OnFailure = std::function<void(const std::string&)>;

  /// Opens the database below data_dir, recovers, publishes book.dir when it has changed, and takes
  /// events when this returns. `clock` outlives it. Without `on_failure` a failure is only logged.
  static rules::model::Result<std::unique_ptr<Server>> start(config::Config config,
                                                             runtime::Clock& clock,
                                                             OnFailure on_failure = {});
  /// The same over a storage of the caller's.
  static rules::model::Result<std::unique_ptr<Server>> start(
      config::Config config, runtime::Clock& clock, std::unique_ptr<runtime::Storage> storage,
      OnFailure on_failure = {});
  ~Server();

  /// Reads the webhook's secret files again; on an error those before stay. From the thread of
  /// `start`.
  rules::model::Result<void> reload();

  /// Ends streams and watches, decides and syncs what is queued, checkpoints. Idempotent.
  void stop();

  std::string grpc_address() const;  ///< "127.0.0.1:41233", with the port that was picked
  std::string http_address() const;
  runtime::EngineLoop& loop();
  const runtime::Storage& storage() const;

 private:
  class Body;
  explicit Server(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

/// Writes {"grpc":"…","http":"…"} to `path`, all or nothing.
rules::model::Result<void> write_ready_file(const std::string& path, const Server& server);

}  // namespace lupaus::server
