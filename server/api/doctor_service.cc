#include "server/api/doctor_service.h"

#include <utility>

#include "lupaus/v1/doctor.grpc.pb.h"
#include "server/api/call.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

using rules::model::Result;

class DoctorService::Body final : public v1::DoctorService::Service {
 public:
  explicit Body(TakeVitals take) : take_(std::move(take)) {}

  grpc::Status Diagnose(grpc::ServerContext* context, const v1::DiagnoseRequest*,
                        v1::DiagnoseResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) -> Result<void> {
      const Result<Vitals> vitals = take_();
      if (!vitals) return vitals.error();
      wire::to_timestamp(vitals->now, *response->mutable_as_of());
      for (const Finding& finding : diagnose(*vitals)) {
        v1::Finding& message = *response->add_findings();
        message.set_subject(finding.subject);
        message.set_severity(std::string(format_severity(finding.severity)));
        message.set_message(finding.message);
        message.set_command(finding.command);
      }
      return {};
    });
  }

 private:
  const TakeVitals take_;
};

DoctorService::DoctorService(TakeVitals take) : body_(std::make_unique<Body>(std::move(take))) {}
DoctorService::~DoctorService() = default;
grpc::Service& DoctorService::service() { return *body_; }

}  // namespace lupaus::server::api
