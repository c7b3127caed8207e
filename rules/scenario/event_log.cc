// Keeping, checking and ordering the events of a file.
#include "rules/scenario/event_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace lupaus::rules::scenario {
namespace {

constexpr size_t kTextBlockBytes = size_t{1} << 20;
constexpr size_t kAttributeBlock = 4096;  // WHY: blocks never move, so views into them stay good
constexpr uint64_t kBlockShift = 32;
constexpr std::string_view kFileSource = "file";  // stands for a left-out source (R9)

}  // namespace

using model::Attribute;
using model::Error;
using model::Event;
using model::Result;

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > left_) {
    const size_t size = std::max(kTextBlockBytes, text.size());
    blocks_.push_back(std::make_unique<char[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
  }
  std::memcpy(next_, text.data(), text.size());
  const std::string_view kept(next_, text.size());
  next_ += text.size();
  left_ -= text.size();
  return kept;
}

EventLog::EventLog(std::string file) : file_(std::move(file)) {}

Error EventLog::complaint(std::string code, uint64_t line, std::string message,
                          std::string hint) const {
  return {std::move(code),
          std::move(message),
          std::move(hint),
          {file_, static_cast<uint32_t>(line), 0}};
}

Result<void> EventLog::add(const Event& event, uint64_t line) {
  if (auto checked = check_identity(event, line); !checked) return checked;
  Kept entry;
  entry.at = event.occurred_at;
  entry.line = line;
  const bool is_left_out = identity_ == Identity::left_out;
  entry.source = intern_source(is_left_out ? kFileSource : event.source);
  entry.epoch = is_left_out ? 1 : event.epoch;
  entry.sequence = is_left_out ? line : event.sequence;
  entry.branch = intern(event.branch);
  entry.type = intern(event.type);
  entry.ticket = arena_.keep(event.ticket);
  entry.label = arena_.keep(event.label);
  entry.attribute_count = static_cast<uint32_t>(event.attributes.size());
  if (!event.attributes.empty()) {
    const size_t wanted = event.attributes.size();
    if (attribute_blocks_.empty() ||
        attribute_blocks_.back().size() + wanted > attribute_blocks_.back().capacity()) {
      attribute_blocks_.emplace_back().reserve(std::max(kAttributeBlock, wanted));
    }
    auto& block = attribute_blocks_.back();
    entry.attributes_begin = (attribute_blocks_.size() - 1) << kBlockShift | block.size();
    for (const Attribute& attribute : event.attributes) {
      block.push_back({intern(attribute.name), arena_.keep(attribute.value)});
    }
  }
  const auto index = static_cast<uint32_t>(count_);
  Run& run = run_of(entry.source, entry.epoch);
  if (!run.events.empty() && kept(run.events.back()).sequence >= entry.sequence) {
    run.is_ascending = false;
  }
  run.events.push_back(index);
  if (count_ % kBlockEvents == 0) blocks_.push_back(std::make_unique<Kept[]>(kBlockEvents));
  blocks_[index / kBlockEvents][index % kBlockEvents] = entry;
  ++count_;
  return {};
}

Result<void> EventLog::check_identity(const Event& event, uint64_t line) {
  const bool has_any = !event.source.empty() || event.epoch != 0 || event.sequence != 0;
  const Identity here = has_any ? Identity::given : Identity::left_out;
  if (identity_ == Identity::unknown) identity_ = here;
  if (here != identity_) {
    return complaint("identity", line,
                     has_any ? "expected no `source`, `epoch` and `sequence` as on the lines "
                               "before, but this line has some"
                             : "expected `source`, `epoch` and `sequence` as on the lines before, "
                               "but this line has none",
                     "all lines of a file carry them, or none does");
  }
  if (!has_any) return {};
  if (event.source.empty())
    return complaint("identity", line, "field `source`: expected a source, but it is missing");
  if (event.epoch == 0)
    return complaint("identity", line,
                     "field `epoch`: expected a number from 1, but it is missing or 0");
  if (event.sequence == 0) {
    return complaint("identity", line,
                     "field `sequence`: expected a number from 1, but it is missing or 0");
  }
  return {};
}

uint32_t EventLog::intern_source(std::string_view name) {
  if (const auto found = source_numbers_.find(name); found != source_numbers_.end())
    return found->second;
  const std::string_view kept = arena_.keep(name);
  const auto number = static_cast<uint32_t>(sources_.size());
  sources_.push_back(kept);
  source_numbers_.emplace(kept, number);
  return number;
}

std::string_view EventLog::intern(std::string_view text) {
  if (const auto found = interned_.find(text); found != interned_.end()) return found->second;
  const std::string_view kept = arena_.keep(text);
  interned_.emplace(kept, kept);
  return kept;
}

EventLog::Run& EventLog::run_of(uint32_t source, uint64_t epoch) {
  const RunKey key{source, epoch};
  if (last_run_ == nullptr || key != last_key_) {
    last_run_ = &runs_[key];
    last_key_ = key;
  }
  return *last_run_;
}

Result<void> EventLog::arrange() {
  std::vector<bool> repeated(count_);
  const Error* first = nullptr;
  std::vector<Error> complaints;
  for (auto& [key, run] : runs_) {
    if (identity_ == Identity::left_out) break;
    if (auto checked = check_run(key, run, repeated); !checked)
      complaints.push_back(checked.error());
  }
  for (const Error& error : complaints) {
    if (first == nullptr || error.span.line < first->span.line) first = &error;
  }
  if (first != nullptr) return *first;
  order_.reserve(count_);
  for (uint32_t i = 0; i < count_; ++i) {
    if (repeated[i]) {
      ++repeated_count_;
    } else {
      order_.push_back(i);
    }
  }
  const auto before = [this](uint32_t left, uint32_t right) { return comes_before(left, right); };
  if (!std::is_sorted(order_.begin(), order_.end(), before))
    std::sort(order_.begin(), order_.end(), before);
  return {};
}

Result<void> EventLog::check_run(const RunKey& key, Run& run, std::vector<bool>& repeated) {
  if (!run.is_ascending) {
    std::sort(run.events.begin(), run.events.end(), [this](uint32_t left, uint32_t right) {
      return std::pair(kept(left).sequence, left) < std::pair(kept(right).sequence, right);
    });
  }
  uint64_t expected = 1;
  const Kept* previous = nullptr;
  for (const uint32_t index : run.events) {
    const Kept& entry = kept(index);
    if (previous != nullptr && entry.sequence == previous->sequence) {
      if (!is_same(*previous, entry)) {
        return complaint(
            "changed_duplicate", entry.line,
            fmt::format(
                "field `sequence`: {} of source `{}` was on line {} already, with other content",
                entry.sequence, sources_[key.first], previous->line),
            "an identity names one event for ever");
      }
      repeated[index] = true;
      continue;
    }
    if (entry.sequence != expected) {
      return complaint(
          "sequence_gap", entry.line,
          fmt::format("field `sequence`: expected {} of source `{}` (epoch {}), but {} comes next",
                      expected, sources_[key.first], key.second, entry.sequence),
          "sequences are contiguous from 1 in each epoch of a source");
    }
    expected = entry.sequence + 1;
    previous = &entry;
  }
  return {};
}

bool EventLog::is_same(const Kept& left, const Kept& right) const {
  if (left.at != right.at || left.branch != right.branch || left.ticket != right.ticket ||
      left.type != right.type || left.label != right.label ||
      left.attribute_count != right.attribute_count) {
    return false;
  }
  const auto others = attributes_of(right);
  for (const Attribute& attribute : attributes_of(left)) {
    const Attribute* other = model::find_attribute(others, attribute.name);
    if (other == nullptr || other->value != attribute.value) return false;
  }
  return true;
}

bool EventLog::comes_before(uint32_t left, uint32_t right) const {
  const Kept& a = kept(left);
  const Kept& b = kept(right);
  if (a.at != b.at) return a.at < b.at;
  if (a.source != b.source) return sources_[a.source] < sources_[b.source];
  if (a.epoch != b.epoch) return a.epoch < b.epoch;
  return a.sequence < b.sequence;
}

std::span<const Attribute> EventLog::attributes_of(const Kept& entry) const {
  if (entry.attribute_count == 0) return {};
  const auto& block = attribute_blocks_[entry.attributes_begin >> kBlockShift];
  const size_t begin = entry.attributes_begin & ((uint64_t{1} << kBlockShift) - 1);
  return {block.data() + begin, entry.attribute_count};
}

Event EventLog::event(size_t place) const {
  const Kept& entry = kept(order_[place]);
  Event event;
  event.source = sources_[entry.source];
  event.epoch = entry.epoch;
  event.sequence = entry.sequence;
  event.branch = entry.branch;
  event.ticket = entry.ticket;
  event.type = entry.type;
  event.label = entry.label;
  event.occurred_at = entry.at;
  event.attributes = attributes_of(entry);
  return event;
}

}  // namespace lupaus::rules::scenario
