// Sorting in memory, spilling runs, merging them.
#include "clients/cli/import_sort.h"

#include <algorithm>
#include <tuple>

namespace lupaus::clients::cli {

using rules::model::Error;
using rules::model::Result;

namespace {

Error disk_error() {
  return {"",
          "the table is too large to be sorted in memory, and its runs cannot be kept in a "
          "temporary file",
          "make room in $TMPDIR or /tmp",
          {}};
}

size_t bytes_of(const RowEvent& event) {
  size_t bytes = sizeof(RowEvent) + event.source.size() + event.branch.size() +
                 event.ticket.size() + event.type.size();
  for (const auto& [name, value] : event.attributes) bytes += 64 + name.size() + value.size();
  return bytes;
}

bool write_number(std::FILE* file, uint64_t number) {
  return std::fwrite(&number, sizeof number, 1, file) == 1;
}

bool write_text(std::FILE* file, const std::string& text) {
  return write_number(file, text.size()) &&
         (text.empty() || std::fwrite(text.data(), text.size(), 1, file) == 1);
}

bool read_number(std::FILE* file, uint64_t& number) {
  return std::fread(&number, sizeof number, 1, file) == 1;
}

bool read_text(std::FILE* file, std::string& text) {
  uint64_t size = 0;
  if (!read_number(file, size)) return false;
  text.resize(size);
  return size == 0 || std::fread(text.data(), size, 1, file) == 1;
}

}  // namespace

EventSorter::EventSorter(size_t bytes_max) : bytes_max_(bytes_max) {}
EventSorter::~EventSorter() = default;

bool EventSorter::comes_before(const Record& left, const Record& right) {
  return std::tie(left.event.at, left.event.source, left.order) <
         std::tie(right.event.at, right.event.source, right.order);
}

Result<void> EventSorter::add(RowEvent event) {
  bytes_ += bytes_of(event);
  last_at_ = std::max(last_at_, event.at);
  ++totals_[event.source];
  records_.push_back({std::move(event), count_++});
  if (bytes_ <= bytes_max_) return {};
  return spill();
}

void EventSorter::sort_records() { std::sort(records_.begin(), records_.end(), comes_before); }

Result<void> EventSorter::spill() {
  sort_records();
  Run run;
  run.file.reset(std::tmpfile());
  if (run.file == nullptr) return disk_error();
  std::FILE* file = run.file.get();
  for (const Record& record : records_) {
    const RowEvent& event = record.event;
    bool is_written =
        write_number(file, record.order) &&
        write_number(file, static_cast<uint64_t>(rules::model::to_unix_ms(event.at))) &&
        write_text(file, event.source) && write_text(file, event.branch) &&
        write_text(file, event.ticket) && write_text(file, event.type) &&
        write_number(file, event.attributes.size());
    for (const auto& [name, value] : event.attributes) {
      is_written = is_written && write_text(file, name) && write_text(file, value);
    }
    if (!is_written) return disk_error();
  }
  if (std::fflush(file) != 0) return disk_error();
  std::rewind(file);
  runs_.push_back(std::move(run));
  records_.clear();
  bytes_ = 0;
  return {};
}

Result<void> EventSorter::advance(Run& run) {
  std::FILE* file = run.file.get();
  if (!read_number(file, run.head.order)) {
    run.is_over = true;
    if (std::ferror(file) != 0) return disk_error();
    return {};
  }
  RowEvent& event = run.head.event;
  uint64_t at = 0, attribute_count = 0;
  bool is_read = read_number(file, at) && read_text(file, event.source) &&
                 read_text(file, event.branch) && read_text(file, event.ticket) &&
                 read_text(file, event.type) && read_number(file, attribute_count);
  event.at = rules::model::from_unix_ms(static_cast<int64_t>(at));
  event.attributes.clear();
  for (uint64_t i = 0; is_read && i < attribute_count; ++i) {
    auto& [name, value] = event.attributes.emplace_back();
    is_read = read_text(file, name) && read_text(file, value);
  }
  if (!is_read) return disk_error();
  return {};
}

Result<void> EventSorter::finish() {
  sort_records();
  for (Run& run : runs_) {
    if (auto advanced = advance(run); !advanced) return advanced;
  }
  return {};
}

Result<bool> EventSorter::next(SortedEvent& sorted) {
  Record* first = next_record_ < records_.size() ? &records_[next_record_] : nullptr;
  Run* from = nullptr;
  for (Run& run : runs_) {
    if (run.is_over || (first != nullptr && !comes_before(run.head, *first))) continue;
    first = &run.head;
    from = &run;
  }
  if (first == nullptr) return false;
  sorted.event = std::move(first->event);
  sorted.sequence = ++sequences_[sorted.event.source];
  if (from == nullptr) {
    ++next_record_;
    return true;
  }
  if (auto advanced = advance(*from); !advanced) return advanced.error();
  return true;
}

}  // namespace lupaus::clients::cli
