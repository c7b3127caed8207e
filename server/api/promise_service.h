// Publishing and listing promises.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/result.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

class KnownNames;

/// What a server can do for the promises that it publishes.
struct PublishTerms {
  bool has_webhook = false;  ///< a channel for what is paid by webhook
};

/// lupaus.v1.PromiseService. Lives as long as the loop. A book is published only when the promise
/// tests among its files pass; they run on the thread of the call.
class PromiseService {
 public:
  PromiseService(runtime::EngineLoop& loop, const runtime::Storage& storage, KnownNames& names,
                 PublishTerms terms = {});
  ~PromiseService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// Compiles `files` (those of book.dir) and publishes them as the whole book, unless they are what
/// was last published from there: a book that people applied since then stays. True when published.
/// The first error of the files, a clause that is not judged yet, or the promise tests that fail,
/// are the error.
rules::model::Result<bool> publish_files(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                         const std::vector<rules::model::SourceFile>& files);

/// Logs a warning for each promise of the newest book that the server cannot pay for.
rules::model::Result<void> warn_of_unpayable(runtime::EngineLoop& loop, PublishTerms terms);

}  // namespace lupaus::server::api
