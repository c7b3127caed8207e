// A workbook for people. Cells from outside are written as text, so that none becomes a formula;
// amounts are numbers with the currency's decimals. Its properties carry the batch's own time, so
// the same batch gives the same bytes. The library needs files: the workbook is made in anonymous
// memory, its rows pass through scratch files that have no name.
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <mutex>

#include "rules/model/money.h"
#include "rules/model/utf8.h"
#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::model::Error;
using rules::model::Money;
using rules::model::Result;

/// The sheet format's own limits: beyond them a workbook does not open.
constexpr size_t kRowsMax = 1'048'576;
constexpr size_t kCellCharactersMax = 32'767;
/// Numbers of a sheet have 15 exact digits: a greater amount is written as text.
constexpr int64_t kExactMax = 999'999'999'999'999;

Error no_room() {
  return Error{"storage",
               "expected room for a workbook's scratch files, but there is none",
               "give `scratch_dir` of finance a folder with more room, or take csv-excel",
               {}};
}

/// A file without a name, in memory; closed with the object.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("workbook", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (is_open()) close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  void pass_to(const Sink& sink) const {
    std::array<char, 64 * 1024> piece{};
    off_t at = 0;
    for (;;) {
      const ssize_t got = pread(descriptor_, piece.data(), piece.size(), at);
      if (got <= 0) return;
      sink({piece.data(), static_cast<size_t>(got)});
      at += got;
    }
  }
  /// Uncompressed size of the archive's entry `name`, by its central directory (APPNOTE 4.3.12); 0:
  /// it has none.
  uint64_t entry_bytes(std::string_view name) const {
    constexpr std::string_view kCentralHeader = "PK\x01\x02";
    constexpr size_t kSizeAt = 24, kNameAt = 46, kTail = 4096;
    const off_t end = lseek(descriptor_, 0, SEEK_END);
    std::string tail(std::min<size_t>(static_cast<size_t>(std::max<off_t>(end, 0)), kTail), '\0');
    const ssize_t got =
        pread(descriptor_, tail.data(), tail.size(), end - static_cast<off_t>(tail.size()));
    if (got != static_cast<ssize_t>(tail.size())) return 0;
    for (size_t at = tail.find(kCentralHeader); at != std::string::npos;
         at = tail.find(kCentralHeader, at + 1)) {
      if (at + kNameAt + name.size() > tail.size()) return 0;
      if (tail.compare(at + kNameAt, name.size(), name) != 0) continue;
      uint64_t size = 0;
      for (size_t i = 4; i-- > 0;)
        size = size << 8 | static_cast<unsigned char>(tail[at + kSizeAt + i]);
      return size;
    }
    return 0;
  }

 private:
  int descriptor_;
};

/// Text that a sheet can hold: what is no UTF-8, or would end a C string, becomes `?`.
void make_text(std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = rules::model::utf8_length(std::string_view(text).substr(at));
    if (length == 0 || text[at] == '\0') text[at] = '?';
    at += std::max<size_t>(length, 1);
  }
}

/// The sheet's number nearest to the amount.
double to_cell_number(Money money) {
  const std::string text = rules::model::format_amount(money);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string amount_form(rules::model::Currency currency) {
  const int digits = rules::model::minor_digits(currency);
  return digits == 0 ? "#,##0" : "#,##0." + std::string(static_cast<size_t>(digits), '0');
}

/// One sheet under construction. `close` makes the file; without it there is none.
class Workbook {
 public:
  Workbook(const MemoryFile& memory, std::string scratch_dir)
      : memory_(memory), scratch_dir_(std::move(scratch_dir)) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = scratch_dir_.empty() ? nullptr : scratch_dir_.data();
    book_ = workbook_new_opt(memory.path().c_str(), &options);
    if (book_ != nullptr) sheet_ = workbook_add_worksheet(book_, "payouts");
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;
  ~Workbook() {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }

  bool is_open() const { return sheet_ != nullptr && sheet_->optimize_tmpfile != nullptr; }

  void begin(const rules::ledger::PayoutBatch& batch, std::vector<std::string_view> columns) {
    std::string title = batch.id;
    lxw_doc_properties properties{};
    properties.title = title.data();
    // WHY: at 0 the library would take its own clock.
    properties.created = std::max<time_t>(1, rules::model::to_unix_ms(batch.created_at) / 1000);
    workbook_set_properties(book_, &properties);
    lxw_format* bold = workbook_add_format(book_);
    format_set_bold(bold);
    amount_ = workbook_add_format(book_);
    format_set_num_format(amount_, amount_form(batch.total.currency).c_str());
    worksheet_set_column(sheet_, 0, static_cast<lxw_col_t>(columns.size() - 1), 20, nullptr);
    worksheet_freeze_panes(sheet_, 1, 0);
    for (size_t i = 0; i < columns.size(); ++i) write_text(0, i, std::string(columns[i]), bold);
  }

  void write_line(size_t row, std::vector<std::string>& cells, Money amount) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool is_exact = amount.minor <= kExactMax && amount.minor >= -kExactMax;
      if (i == kAmountColumn && is_exact) {
        note(worksheet_write_number(sheet_, static_cast<lxw_row_t>(row), kAmountColumn,
                                    to_cell_number(amount), amount_));
      } else {
        make_text(cells[i]);
        write_text(row, i, cells[i], nullptr);
      }
    }
  }

  /// The library does not notice a full disk, so there is room for the second copy that it makes of
  /// the rows, and what is in the file is no less than them.
  Result<void> close() {
    constexpr uint64_t kBesideRows = 1 << 20;
    const bool is_flushed = std::fflush(sheet_->optimize_tmpfile) == 0;
    const long rows_bytes = std::ftell(sheet_->optimize_tmpfile);
    if (!is_flushed || is_failed_ || rows_bytes < 0) return no_room();
    struct statvfs disk {};
    if (fstatvfs(fileno(sheet_->optimize_tmpfile), &disk) != 0 ||
        disk.f_bavail * disk.f_frsize < static_cast<uint64_t>(rows_bytes) + kBesideRows)
      return no_room();
    const bool is_closed = workbook_close(std::exchange(book_, nullptr)) == LXW_NO_ERROR;
    if (!is_closed ||
        memory_.entry_bytes("xl/worksheets/sheet1.xml") < static_cast<uint64_t>(rows_bytes))
      return no_room();
    return {};
  }

 private:
  void write_text(size_t row, size_t column, const std::string& text, lxw_format* format) {
    if (text.empty()) return;
    note(worksheet_write_string(sheet_, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                                text.c_str(), format));
  }
  void note(lxw_error error) { is_failed_ = is_failed_ || error != LXW_NO_ERROR; }

  const MemoryFile& memory_;
  std::string scratch_dir_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* amount_ = nullptr;
  bool is_failed_ = false;
};

Result<void> check_size(const BatchFile& file) {
  if (file.request.lines.size() >= kRowsMax) {
    return Error{"bad_payment",
                 "expected at most " + std::to_string(kRowsMax - 1) + " payouts, but there are " +
                     std::to_string(file.request.lines.size()),
                 "take csv",
                 {}};
  }
  std::vector<std::string> cells;
  for (size_t i = 0; i < file.request.lines.size(); ++i) {
    fill_row(file, false, i, cells);
    for (const std::string& cell : cells) {
      if (cell.size() <= kCellCharactersMax) continue;
      return Error{"bad_payment",
                   "expected cells of at most " + std::to_string(kCellCharactersMax) +
                       " bytes, but one of " + payout_id(file.request.lines[i]) + " is longer",
                   "take csv",
                   {}};
    }
  }
  return {};
}

}  // namespace

Result<void> write_xlsx(const BatchFile& file, const Sink& sink) {
  if (auto checked = check_size(file); !checked) return checked;
  // WHY: the library formats times in one static buffer; it also keeps one workbook's memory at a
  // time.
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  // WHY: the library would fall back to the system's folder without a word.
  const std::string& scratch_dir = file.request.settings.scratch_dir;
  if (!scratch_dir.empty() && access(scratch_dir.c_str(), W_OK | X_OK) != 0) return no_room();
  const MemoryFile memory;
  if (!memory.is_open()) return no_room();
  Workbook workbook(memory, scratch_dir);
  if (!workbook.is_open()) return no_room();
  workbook.begin(file.request.batch, columns_of(file, false));
  std::vector<std::string> cells;
  for (size_t i = 0; i < file.request.lines.size(); ++i) {
    fill_row(file, false, i, cells);
    workbook.write_line(i + 1, cells, *file.request.lines[i].amount);
  }
  if (auto closed = workbook.close(); !closed) return closed;
  memory.pass_to(sink);
  return {};
}

}  // namespace lupaus::server::finance
