// What sources said that they have, so that what has not come yet can be counted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace lupaus::server::ingest {

/// The last sequence that each source said it has, by its hello or a heartbeat. Thread-safe.
class AnnouncedSequences {
 public:
  void say(const std::string& source, uint64_t epoch, uint64_t last) {
    std::lock_guard lock(mutex_);
    Said& said = by_source_[source];
    said = {epoch, epoch == said.epoch ? std::max(said.last, last) : last};
  }
  /// 0 when it said nothing in this epoch since the server's start.
  uint64_t last(std::string_view source, uint64_t epoch) const {
    std::lock_guard lock(mutex_);
    const auto found = by_source_.find(source);
    return found == by_source_.end() || found->second.epoch != epoch ? 0 : found->second.last;
  }

 private:
  struct Said {
    uint64_t epoch = 0, last = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Said, std::less<>> by_source_;
};

}  // namespace lupaus::server::ingest
