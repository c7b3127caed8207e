#include "server/api/backup_service.h"

#include <utility>

#include "fmt/format.h"
#include "lupaus/v1/backup.grpc.pb.h"
#include "server/api/call.h"
#include "server/api/roles.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

using rules::model::Result;

class BackupService::Body final : public v1::BackupService::Service {
 public:
  explicit Body(MakeBackup make) : make_(std::move(make)) {}

  grpc::Status CreateBackup(grpc::ServerContext* context, const v1::CreateBackupRequest* request,
                            v1::CreateBackupResponse* response) override {
    return serve_person(*context, [&](const wire::Identity& identity) -> Result<void> {
      // WHY: the call writes where its caller says, on the server's machine.
      if (auto allowed = require_role(identity, "operator"); !allowed) return allowed;
      if (!request->folder().starts_with('/'))
        return wire::invalid_field("folder", "expected an absolute path on the server's machine");
      // Also keeps a second backup waiting while one is made.
      return answers_.once(identity.name, *request, *response,
                           [&] { return create(request->folder(), *response); });
    });
  }

 private:
  Result<void> create(const std::string& folder, v1::CreateBackupResponse& response) {
    const auto made = make_(folder);
    if (!made) return made.error();
    response.set_folder(folder);
    wire::to_timestamp(made->made_at, *response.mutable_made_at());
    response.set_last_position(made->last_position);
    response.set_journal_checksum(fmt::format("{:08x}", made->journal_checksum));
    response.set_size_bytes(made->bytes);
    response.set_files_count(made->file_count);
    return {};
  }

  const MakeBackup make_;
  wire::RecentAnswers<v1::CreateBackupResponse> answers_;
};

BackupService::BackupService(MakeBackup make) : body_(std::make_unique<Body>(std::move(make))) {}
BackupService::~BackupService() = default;
grpc::Service& BackupService::service() { return *body_; }

}  // namespace lupaus::server::api
