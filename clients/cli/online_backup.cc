// `lupaus backup FOLDER`: a copy of everything, taken by the running server on its own machine.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "clients/cli/online.h"
#include "lupaus/v1/backup.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

void take_backup(Context& context, v1::CreateBackupRequest request) {
  if (!check_zone(context)) return;
  std::error_code failed;
  request.set_folder(
      std::filesystem::absolute(request.folder(), failed).lexically_normal().string());
  request.set_request_id(make_request_id());
  with_stub<v1::BackupService>(context, [&](v1::BackupService::Stub& stub) {
    const auto made = ask(context, stub, &v1::BackupService::Stub::CreateBackup, request);
    if (!made) return;
    Rows rows(context, {{"folder", "FOLDER"},
                        {"made_at", "MADE"},
                        {"last_position", "POSITION", false, true},
                        {"journal_checksum", "CHAIN", true},
                        {"files", "FILES", true, true},
                        {"bytes", "BYTES", false, true}});
    rows.add({Cell::text(made->folder()), time_cell(context, made->has_made_at(), made->made_at()),
              number_cell(made->last_position()), Cell::text(made->journal_checksum()),
              number_cell(made->files_count()), number_cell(made->size_bytes())});
    rows.finish();
  });
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto request = std::make_shared<v1::CreateBackupRequest>();
  CLI::App* verb = app.add_subcommand(
      "backup", "Copies everything to a folder on the server's machine, while it runs");
  verb->add_option_function<std::string>(
          "folder", [request](const auto& folder) { request->set_folder(folder); },
          "Made, and empty if it is there")
      ->required();
  verb->callback([&context, request] { take_backup(context, *request); });
}

}  // namespace lupaus::clients::cli
