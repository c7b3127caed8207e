#include "server/restoration.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "server/store/backup.h"
#include "server/telemetry/log.h"

namespace lupaus::server {

using rules::model::Error;
using rules::model::Facts;
using rules::model::Result;

namespace fs = std::filesystem;

Restoration::Restoration(runtime::EngineLoop& loop, const std::string& data_dir)
    : mark_((fs::path(data_dir) / store::kRestoredMark).string()) {
  std::error_code failure;
  is_marked_ = fs::exists(mark_, failure) || failure;
  if (!is_marked_) return;
  loop.submit_ahead(
      rules::model::NoteRestore{}, nullptr,
      [filler = answer_.filler()](Result<Facts> facts) { filler->set(std::move(facts)); });
}

Result<void> Restoration::finish() {
  if (!is_marked_) return {};
  const std::optional<Result<Facts>> facts = answer_.get();
  if (!facts) return wire::stopping();
  if (!*facts) return facts->error();
  const auto& restored = std::get<rules::model::Restored>((*facts)->front().body);
  telemetry::info(
      fmt::format("restored from a backup: payouts go on from number {}, batches from {}",
                  restored.next_number, restored.first_ordinal));
  std::error_code failure;
  fs::remove(mark_, failure);
  if (!failure) return {};
  return Error{"restored_mark",
               fmt::format("`{}` cannot be removed: {}", mark_, failure.message()),
               "make its folder writable: while it is there each start gives other numbers",
               {}};
}

}  // namespace lupaus::server
