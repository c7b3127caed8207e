#include "server/api/branch_board.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <charconv>
#include <functional>

#include "fmt/format.h"
#include "lupaus/v1/ticket.pb.h"
#include "server/api/ticket_message.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using report::TicketKey;
using rules::model::Instant;

/// Of one answer; gRPC refuses messages above 4 MiB where nobody says otherwise.
constexpr size_t kAnswerBytesMax = 1024 * 1024;
/// No answer has it: whoever resumes there begins again.
constexpr uint64_t kNoSequence = 0;

/// Of what is shown, but for the time that a clock has counted, which grows by itself.
uint64_t fingerprint(const v1::Ticket& ticket) {
  v1::Ticket shown = ticket;
  for (v1::TicketCommitment& one : *shown.mutable_commitments()) {
    if (!one.has_stopped_at() && one.has_due_at()) one.clear_counted_ms();
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // attributes are a map
    shown.SerializeToCodedStream(&coded);
  }
  return std::hash<std::string>()(bytes);
}

}  // namespace

BranchBoard::BranchBoard(std::string branch, uint64_t id) : branch_(std::move(branch)), id_(id) {}

void BranchBoard::apply(TicketReading reading) {
  if (reading.is_known) count(reading);
  const auto found = entries_.find(reading.key);
  const bool was_shown = found != entries_.end() && found->second.shown != nullptr;
  if (reading.shown == nullptr && was_shown) changed_.insert_or_assign(reading.key, nullptr);
  if (reading.shown == nullptr && !reading.is_unfinished && !reading.is_timed) {
    if (found != entries_.end()) entries_.erase(found);
    return;
  }
  Entry entry{std::move(reading.shown), 0, reading.waits_for, reading.is_timed};
  if (entry.shown != nullptr) {
    entry.fingerprint = fingerprint(*entry.shown);
    if (!was_shown || found->second.fingerprint != entry.fingerprint)
      changed_.insert_or_assign(reading.key, entry.shown);
  }
  if (found != entries_.end()) {
    found->second = std::move(entry);
  } else {
    entries_.emplace(std::move(reading.key), std::move(entry));
  }
}

void BranchBoard::count(const TicketReading& reading) {
  turn_day(reading.key.first, reading.day);
  Day& day = days_[reading.key.first];
  const auto found = day.counts.find(reading.key.second);
  if (found == day.counts.end()) {
    if (reading.count.is_empty()) return;
    day.counts.emplace(reading.key.second, reading.count);
  } else {
    if (found->second == reading.count) return;
    day.sum.subtract(found->second);
    if (reading.count.is_empty()) {
      day.counts.erase(found);
    } else {
      found->second = reading.count;
    }
  }
  day.sum.add(reading.count);
  day.is_changed = true;
}

void BranchBoard::turn_day(const std::string& branch, const report::LocalDay& day) {
  const auto [found, is_new] = days_.try_emplace(branch);
  if (found->second.day == day) return;
  // WHY: what was read before the day turned was decided before it.
  const bool is_counted = !found->second.sum.is_empty();
  found->second = Day{day, {}, {}, is_counted || (is_new && branch == branch_)};
}

std::vector<std::string> BranchBoard::days_over(Instant now) const {
  std::vector<std::string> branches;
  for (const auto& [branch, day] : days_) {
    if (day.day.end <= now) branches.push_back(branch);
  }
  if (!branch_.empty() && days_.empty()) branches.push_back(branch_);
  return branches;
}

void BranchBoard::set_silent(const HeldBySource& silent) {
  v1::SilentSources message;
  for (const auto& [id, held] : silent) to_message(id, held, *message.add_sources());
  std::string bytes = message.SerializeAsString();
  if (bytes == silent_) return;
  silent_ = std::move(bytes);
  is_silent_changed_ = true;
}

void BranchBoard::stamp(const BoardMoment& moment, v1::WatchTicketsResponse& message) const {
  wire::to_timestamp(moment.as_of, *message.mutable_as_of());
  message.set_position(moment.position);
  const bool is_told = moment.watermark > rules::model::kBeginningOfTime &&
                       moment.watermark < rules::model::kEndOfTime;
  if (!branch_.empty() && is_told)
    wire::to_timestamp(moment.watermark, *message.mutable_watermark());
}

BoardFramePtr BranchBoard::seal(v1::WatchTicketsResponse& message, uint64_t sequence) const {
  message.set_resume(fmt::format("{:016x}-{}", id_, sequence));
  return std::make_shared<BoardFrame>(BoardFrame{sequence, message.SerializeAsString()});
}

std::optional<uint64_t> BranchBoard::sequence_of(std::string_view resume) const {
  const std::string prefix = fmt::format("{:016x}-", id_);
  if (!resume.starts_with(prefix)) return std::nullopt;
  resume.remove_prefix(prefix.size());
  uint64_t sequence = kNoSequence;
  const auto [end, error] = std::from_chars(resume.data(), resume.data() + resume.size(), sequence);
  const bool is_whole = error == std::errc() && end == resume.data() + resume.size();
  if (!is_whole || sequence == kNoSequence) return std::nullopt;
  return sequence;
}

void BranchBoard::add_silent(v1::WatchTicketsResponse& message) const {
  rules::model::ensure(message.mutable_silent()->ParseFromString(silent_),
                       "what was serialised here is read back");
}

void BranchBoard::add_day(const std::string& branch, const Day& day,
                          v1::WatchTicketsResponse& message) {
  v1::BranchToday& today = *message.add_today();
  today.set_branch(branch);
  today.set_kept_count(day.sum.kept);
  today.set_breached_count(day.sum.breached);
  for (const auto& [currency, minor] : day.sum.owed_minor)
    wire::to_money(currency, minor, *today.add_owed());
}

std::vector<BoardFramePtr> BranchBoard::changes(const BoardMoment& moment, bool is_heartbeat) {
  std::vector<BoardFramePtr> frames;
  v1::WatchTicketsResponse message;
  size_t size = 0;
  const auto finish = [&] {
    stamp(moment, message);
    frames.push_back(seal(message, ++sequence_));
    message.Clear();
    size = 0;
  };
  bool has_changed = is_heartbeat || is_silent_changed_;
  if (std::exchange(is_silent_changed_, false)) add_silent(message);
  for (auto& [branch, day] : days_) {
    if (!std::exchange(day.is_changed, false)) continue;
    add_day(branch, day, message);
    has_changed = true;
  }
  for (const auto& [key, ticket] : changed_) {
    if (size > kAnswerBytesMax) finish();
    if (ticket == nullptr) {
      v1::TicketName& name = *message.add_gone();
      name.set_branch(key.first);
      name.set_ticket(key.second);
      size += key.first.size() + key.second.size();
    } else {
      *message.add_tickets() = *ticket;
      size += ticket->ByteSizeLong();
    }
    has_changed = true;
  }
  changed_.clear();
  if (has_changed) finish();
  return frames;
}

std::vector<BoardFramePtr> BranchBoard::whole(const BoardMoment& moment) const {
  std::vector<BoardFramePtr> frames;
  v1::WatchTicketsResponse message;
  size_t size = 0;
  message.set_begin(true);
  add_silent(message);
  for (const auto& [branch, day] : days_) {
    if (branch == branch_ || !day.sum.is_empty()) add_day(branch, day, message);
  }
  stamp(moment, message);
  for (const auto& [key, entry] : entries_) {
    if (entry.shown == nullptr) continue;
    if (size > kAnswerBytesMax) {
      frames.push_back(seal(message, kNoSequence));
      message.Clear();
      stamp(moment, message);
      size = 0;
    }
    *message.add_tickets() = *entry.shown;
    size += entry.shown->ByteSizeLong();
  }
  frames.push_back(seal(message, sequence_));
  return frames;
}

}  // namespace lupaus::server::api
