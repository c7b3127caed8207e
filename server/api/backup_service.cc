#include "server/api/backup_service.h"

#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "lupaus/v1/backup.grpc.pb.h"
#include "server/api/call.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::Error;
using rules::model::Result;

/// WHY: the call writes where its caller says, on the server's machine.
Result<void> require_operator(const wire::Identity& identity) {
  if (!identity.is_authenticated) return {};  // loopback without certificates
  std::string_view rest = identity.roles;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    if (rest.substr(0, comma) == "operator") return {};
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return Error{
      "forbidden",
      fmt::format("expected the role operator, but `{}` has `{}`", identity.name, identity.roles),
      "",
      {}};
}

}  // namespace

class BackupService::Body final : public v1::BackupService::Service {
 public:
  explicit Body(MakeBackup make) : make_(std::move(make)) {}

  grpc::Status CreateBackup(grpc::ServerContext* context, const v1::CreateBackupRequest* request,
                            v1::CreateBackupResponse* response) override {
    return serve_person(*context, [&](const wire::Identity& identity) -> Result<void> {
      if (auto allowed = require_operator(identity); !allowed) return allowed;
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
