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

/// lupaus.v1.PromiseService. Lives as long as the loop.
class PromiseService {
 public:
  explicit PromiseService(runtime::EngineLoop& loop);
  ~PromiseService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// Compiles `files` (those of book.dir) and publishes them as the whole book, unless they are what
/// was last published from there: a book that people applied since then stays. True when published.
/// The first error of the files, or a clause that is not judged yet, is the error.
rules::model::Result<bool> publish_files(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                         const std::vector<rules::model::SourceFile>& files);

}  // namespace lupaus::server::api
