// Puts the importer's events into order of time in bounded memory: what does not fit is sorted in
// runs on disk, and the runs are merged.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/import_map.h"
#include "rules/model/result.h"

namespace lupaus::clients::cli {

struct SortedEvent {
  RowEvent event;
  uint64_t sequence = 0;  ///< of its source, from 1
};

/// Add everything, then take everything. The order is (time, source by bytes, order of adding), so
/// the same table always gives the same sequences.
class EventSorter {
 public:
  /// Above `bytes_max` of events in memory a run goes to a temporary file.
  explicit EventSorter(size_t bytes_max = size_t{256} << 20);
  ~EventSorter();

  rules::model::Result<void> add(RowEvent event);
  /// Call once after the last add.
  rules::model::Result<void> finish();
  /// False at the end.
  rules::model::Result<bool> next(SortedEvent& sorted);

  size_t run_count() const { return runs_.size(); }
  uint64_t count() const { return count_; }
  /// Every source seen, with how many events it has.
  const std::map<std::string, uint64_t>& sources() const { return totals_; }
  /// Of the last event in time.
  rules::model::Instant last_at() const { return last_at_; }

 private:
  struct Record {
    RowEvent event;
    uint64_t order = 0;
  };
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Run {
    std::unique_ptr<std::FILE, CloseFile> file;
    Record head;
    bool is_over = false;
  };

  static bool comes_before(const Record& left, const Record& right);
  void sort_records();
  rules::model::Result<void> spill();
  rules::model::Result<void> advance(Run& run);

  size_t bytes_max_;
  size_t bytes_ = 0;
  uint64_t count_ = 0;
  std::vector<Record> records_;
  size_t next_record_ = 0;
  std::vector<Run> runs_;
  std::map<std::string, uint64_t> totals_, sequences_;
  rules::model::Instant last_at_ = rules::model::kBeginningOfTime;
};

}  // namespace lupaus::clients::cli
