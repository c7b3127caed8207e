// Months of the books: closed once, in order, by a person.
#pragma once

#include <memory>

#include "server/finance/settings.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

/// lupaus.v1.PeriodService. Lives as long as loop and storage.
class PeriodService {
 public:
  PeriodService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                finance::PostingAccounts accounts);
  ~PeriodService();
  grpc::Service& service();
  /// Ends what reads the journal.
  void close();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
