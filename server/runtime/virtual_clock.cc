// A clock that stands still until it is moved. It knows every alarm that is set, and posts those
// that it passes to their loops in the order of their instants.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <mutex>
#include <vector>

#include "server/runtime/clock.h"

namespace lupaus::server::runtime {
namespace {

using rules::model::Instant;

/// Shared by the clock and its alarms; each of them may go first.
struct Face {
  struct Waiting {
    boost::asio::io_context* loop = nullptr;
    Instant at{};
    uint64_t turn = 0;  ///< of the setting: a ring that was posted for an older one is void
    bool is_set = false;
    std::function<void()> ring;
  };
  mutable std::mutex mutex;
  Instant now{};
  rules::model::Duration jumped{};  ///< of wall time, all together
  uint64_t next_id = 1;
  std::map<uint64_t, Waiting> alarms;
};

void ring_now(const std::shared_ptr<Face>& face, uint64_t id, Face::Waiting& waiting) {
  waiting.is_set = false;
  boost::asio::post(*waiting.loop, [face, id, turn = waiting.turn] {
    std::function<void()> ring;
    {
      const std::scoped_lock lock(face->mutex);
      const auto found = face->alarms.find(id);
      if (found == face->alarms.end() || found->second.turn != turn) return;
      ring = std::move(found->second.ring);
      found->second.ring = nullptr;
    }
    if (ring) ring();
  });
}

class VirtualAlarm : public Alarm {
 public:
  VirtualAlarm(std::shared_ptr<Face> face, boost::asio::io_context& loop) : face_(std::move(face)) {
    const std::scoped_lock lock(face_->mutex);
    id_ = face_->next_id++;
    face_->alarms[id_].loop = &loop;
  }
  ~VirtualAlarm() override {
    const std::scoped_lock lock(face_->mutex);
    face_->alarms.erase(id_);
  }
  void set(Instant at, std::function<void()> ring) override {
    const std::scoped_lock lock(face_->mutex);
    auto& waiting = face_->alarms[id_];
    ++waiting.turn;
    waiting.at = at;
    waiting.ring = std::move(ring);
    waiting.is_set = true;
    if (at <= face_->now) ring_now(face_, id_, waiting);
  }
  void cancel() override {
    const std::scoped_lock lock(face_->mutex);
    auto& waiting = face_->alarms[id_];
    ++waiting.turn;
    waiting.is_set = false;
    waiting.ring = nullptr;
  }

 private:
  std::shared_ptr<Face> face_;
  uint64_t id_ = 0;
};

class StandingClock : public VirtualClock {
 public:
  explicit StandingClock(Instant start) : face_(std::make_shared<Face>()) { face_->now = start; }

  Instant now() const override {
    const std::scoped_lock lock(face_->mutex);
    return face_->now;
  }
  Reading read() const override {
    const std::scoped_lock lock(face_->mutex);
    return {face_->now, face_->now.time_since_epoch() - face_->jumped};
  }
  std::unique_ptr<Alarm> make_alarm(boost::asio::io_context& loop) override {
    return std::make_unique<VirtualAlarm>(face_, loop);
  }
  void jump(rules::model::Duration by) override {
    const std::scoped_lock lock(face_->mutex);
    face_->now += by;
    face_->jumped += by;
    for (auto& [id, waiting] : face_->alarms) {
      if (waiting.is_set) ring_now(face_, id, waiting);
    }
  }
  void move_to(Instant instant) override {
    const std::scoped_lock lock(face_->mutex);
    if (instant <= face_->now) return;
    face_->now = instant;
    std::vector<std::pair<Instant, uint64_t>> passed;
    for (const auto& [id, waiting] : face_->alarms) {
      if (waiting.is_set && waiting.at <= instant) passed.emplace_back(waiting.at, id);
    }
    std::sort(passed.begin(), passed.end());
    for (const auto& [at, id] : passed) ring_now(face_, id, face_->alarms[id]);
  }
  Instant next_alarm() const override {
    const std::scoped_lock lock(face_->mutex);
    Instant least = rules::model::kEndOfTime;
    for (const auto& [id, waiting] : face_->alarms) {
      if (waiting.is_set) least = std::min(least, waiting.at);
    }
    return least;
  }

 private:
  std::shared_ptr<Face> face_;
};

}  // namespace

std::unique_ptr<VirtualClock> make_virtual_clock(Instant start) {
  return std::make_unique<StandingClock>(start);
}

}  // namespace lupaus::server::runtime
