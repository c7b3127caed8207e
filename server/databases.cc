#include "server/databases.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "server/payees/payees.h"
#include "server/recorded_book.h"
#include "server/store/store.h"
#include "server/store/vault.h"
#include "server/telemetry/log.h"

namespace lupaus::server {

using rules::model::Error;
using rules::model::Result;

namespace {

std::string vault_path(const std::string& data_dir) {
  return (std::filesystem::path(data_dir) / store::kVaultFolder).string();
}

std::string last_backup_path(const std::string& data_dir) {
  return (std::filesystem::path(data_dir) / "last_backup").string();
}

/// A backup copies the files of data_dir: there the key would travel with what it seals.
bool lies_in(const std::string& file, const std::string& folder) {
  std::error_code unknown;
  const auto inner = std::filesystem::weakly_canonical(file, unknown).parent_path();
  const auto outer = std::filesystem::weakly_canonical(folder, unknown);
  return !unknown && inner == outer;
}

}  // namespace

Result<std::unique_ptr<runtime::Storage>> open_store(const config::Config& config) {
  std::error_code failure;
  std::filesystem::create_directories(config.data_dir, failure);
  if (failure) {
    return Error{
        "database_path",
        fmt::format("data_dir `{}` cannot be made: {}", config.data_dir, failure.message()),
        "",
        {}};
  }
  // WHY: the secret is made in the first start, beside a database that is there by then. Without
  // one the journal was lost: an empty one would look healthy, and refuse every voucher handed out.
  const std::filesystem::path folder(config.data_dir);
  const std::filesystem::path current = folder / "store" / "CURRENT";
  const bool is_there = std::filesystem::exists(current, failure);
  if (failure) {
    return Error{"database_path",
                 fmt::format("cannot look at `{}`: {}", current.string(), failure.message()),
                 fmt::format("`{}` and all in it must belong to the user that the server runs as",
                             config.data_dir),
                 {}};
  }
  if (!is_there && std::filesystem::exists(folder / "voucher.secret", failure)) {
    return Error{"store_lost",
                 fmt::format("data_dir `{}` has a voucher.secret, but no database in `store`: the "
                             "journal was lost",
                             config.data_dir),
                 fmt::format("restore `store` from a backup; or, to begin with an empty journal "
                             "though vouchers were handed out, move `{}/voucher.secret` away",
                             config.data_dir),
                 {}};
  }
  store::StoreOptions options;
  options.compile_book = compile_recorded;
  auto opened = store::make_store(config.data_dir + "/store", std::move(options));
  if (!opened) return opened.error();
  return std::unique_ptr<runtime::Storage>(std::move(*opened));
}

Result<std::unique_ptr<payees::Payees>> open_payees(const config::Config& config) {
  const std::string& source = config.finance.payee_key;
  const std::string path = vault_path(config.data_dir);
  if (source.empty()) {
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown)) {
      telemetry::warn(fmt::format(
          "there are payees in `{}`, but `finance.payee_key` is not set: transfers find none",
          path));
    }
    return std::unique_ptr<payees::Payees>();
  }
  auto key = payees::load_sealing_key(source, "finance.payee_key");
  if (!key) return key.error();
  std::optional<payees::SealingKey> previous;
  if (!config.finance.payee_key_previous.empty()) {
    auto read =
        payees::load_sealing_key(config.finance.payee_key_previous, "finance.payee_key_previous");
    if (!read) return read.error();
    previous.emplace(std::move(*read));
  }
  if (lies_in(source, config.data_dir)) {
    telemetry::warn(
        "`finance.payee_key` lies in data_dir: each backup carries it along with what it seals; "
        "move it elsewhere");
  }
  auto rows = store::open_vault(path);
  if (!rows) return rows.error();
  auto payees = payees::Payees::open(std::move(*rows), std::move(*key), std::move(previous));
  if (!payees) return payees;
  if (const size_t unreadable = (*payees)->unreadable_count(); unreadable != 0) {
    telemetry::warn(fmt::format(
        "payees: {} rows are damaged; import these customers again, or restore `{}` from a backup",
        unreadable, path));
  }
  return payees;
}

Result<void> copy_payees_to(const std::string& folder, const payees::Payees* payees,
                            const std::string& data_dir) {
  const std::string copy = vault_path(folder);
  if (payees != nullptr) return payees->copy_to(copy);
  std::error_code unknown;
  if (!std::filesystem::exists(vault_path(data_dir), unknown)) return {};
  auto rows = store::open_vault(vault_path(data_dir));
  return rows ? (*rows)->copy_to(copy) : Result<void>(rows.error());
}

void note_backup(const std::string& data_dir, rules::model::Instant made_at) {
  const std::string path = last_backup_path(data_dir), fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << rules::model::format_instant(made_at) << "\n";
  file.close();
  std::error_code failure;
  if (file) std::filesystem::rename(fresh, path, failure);
  if (!file || failure) {
    telemetry::warn(
        fmt::format("`{}` cannot be written: after a restart nobody knows of this backup", path));
  }
}

std::optional<rules::model::Instant> noted_backup(const std::string& data_dir) {
  std::ifstream file(last_backup_path(data_dir));
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const auto made_at = rules::model::parse_instant(text);
  return made_at ? std::optional(*made_at) : std::nullopt;
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace lupaus::server
