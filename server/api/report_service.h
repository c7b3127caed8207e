// A period's figures for those who answer for a promise.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "rules/model/money.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime
namespace lupaus::server::report {
class Rollups;
}

namespace lupaus::server::api {

class KnownNames;

/// By promise: what a month may cost.
using Budgets = std::map<std::string, rules::model::Money>;

/// lupaus.v1.ReportService over the rollups. Lives as long as the loop.
class ReportService {
 public:
  ReportService(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names,
                report::Rollups& rollups, Budgets budgets);
  ~ReportService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
