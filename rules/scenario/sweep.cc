// WHY: nothing in the course of a clock depends on its limit, only what is thought of it in the
// end; so most promises are judged once, at the longest limit, and each shorter one is read off.
// Where a promise has a clause for which that is not so, each limit is judged by itself.
#include "rules/scenario/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/calendar/zone.h"
#include "rules/scenario/charging.h"

namespace lupaus::rules::scenario {
namespace {

using model::BookPtr;
using model::Error;
using model::Promise;
using model::Result;
using model::Verdict;

/// Whether a limit decides nothing but whether `counted` is beyond it, and when.
bool is_read_off(const Promise& promise) {
  const bool has_excuse = std::any_of(promise.excuses.begin(), promise.excuses.end(),
                                      [](const auto& excuse) { return excuse.when != nullptr; });
  if (promise.within.size() != 1 || has_excuse) return false;
  if (!promise.compensation) return true;
  const auto& terms = *promise.compensation;
  return !terms.is_settled_at_breach && terms.group.empty() &&
         std::none_of(terms.tiers.begin(), terms.tiers.end(),
                      [](const auto& tier) { return tier.every.has_value(); });
}

std::string describe(const SweepAxis& axis, size_t choice, const Promise& edited) {
  if (axis.clause == SweepAxis::Clause::within) return model::format_duration(axis.limits[choice]);
  return model::format_amount(edited.compensation->tiers[axis.tier].pay);
}

/// One sweep. Borrows log, book and options.
class Sweep {
 public:
  Sweep(const EventLog& log, const BookPtr& book, const SweepOptions& options,
        const Promise& promise)
      : log_(log), book_(book), options_(options), promise_(promise) {
    for (size_t i = 0; i < options_.axes.size(); ++i) {
      if (options_.axes[i].clause == SweepAxis::Clause::within) within_ = i;
    }
  }

  Result<SweepGrid> run() {
    if (auto made = make_variants(); !made) return made.error();
    SweepGrid& grid = grid_;
    grid.promise = promise_.name;
    for (const SweepAxis& axis : options_.axes) grid.axes.push_back(axis.name);
    grid.as_of = options_.as_of ? options_.as_of : log_.last_at();
    grid.first_at = log_.first_at();
    grid.last_at = log_.last_at();
    grid.book_hash = book_->hash;
    grid.tz_version = book_->tz_version;
    note();
    grid.cells.resize(variants_.size());
    for (size_t limit = 0; limit < limit_count(); ++limit) {
      if (auto judged = judge_limit(limit); !judged) return judged.error();
      if (auto charged = charge_limit(limit); !charged) return charged.error();
    }
    return std::move(grid_);
  }

 private:
  struct Variant {
    std::vector<size_t> choice;
    Promise promise;
  };

  size_t limit_count() const { return within_ ? options_.axes[*within_].size() : 1; }
  size_t limit_of(const Variant& variant) const { return within_ ? variant.choice[*within_] : 0; }

  Result<void> make_variants() {
    size_t count = 1;
    for (const SweepAxis& axis : options_.axes) {
      count *= axis.size();
      if (count <= kVariantsMax) continue;
      return Error{"bad_sweep",
                   fmt::format("expected at most {} variants, but there are more", kVariantsMax),
                   "take longer steps",
                   {}};
    }
    for (size_t i = 0; i < count; ++i) {
      std::vector<size_t> choice(options_.axes.size());
      size_t rest = i;
      for (size_t axis = choice.size(); axis-- > 0;) {
        choice[axis] = rest % options_.axes[axis].size();
        rest /= options_.axes[axis].size();
      }
      auto edited = edit_promise(promise_, options_.axes, choice);
      if (!edited) return edited.error();
      variants_.push_back({std::move(choice), std::move(*edited)});
    }
    return {};
  }

  void note() {
    if (!within_ || !promise_.compensation) return;
    const auto& tiers = promise_.compensation->tiers;
    for (size_t i = 0; i < tiers.size(); ++i) {
      if (tiers[i].over != promise_.within.front().within) continue;
      grid_.notes.push_back(fmt::format("tiers[{}] (over {}, the limit) goes with `within`{}", i,
                                        model::format_limit(tiers[i].over), where_it_stays(i)));
    }
  }

  /// At which limits the tier that goes with `within` stays, for tiers must ascend (R40).
  std::string where_it_stays(size_t tier) const {
    const auto& tiers = promise_.compensation->tiers;
    const auto& limits = options_.axes[*within_].limits;
    const auto [least, most] = std::minmax_element(limits.begin(), limits.end());
    const auto stays = [&](size_t other, std::string_view side) {
      return fmt::format("; at {} and {} it stays, for tiers[{}] lies there",
                         model::format_limit(tiers[other].over), side, other);
    };
    std::string text;
    if (tier > 0 && *least <= tiers[tier - 1].over.duration) text += stays(tier - 1, "below");
    if (tier + 1 < tiers.size() && tiers[tier + 1].over.duration <= *most)
      text += stays(tier + 1, "above");
    return text;
  }

  /// Every variant knows the same branches, types and attributes: what one takes, each takes. A
  /// journal's events that the book does not know must be left out of each.
  Result<std::unique_ptr<Replay>> replay(const Promise& promise) const {
    auto made = std::make_unique<Replay>(log_, replace_promise(*book_, promise));
    if (auto published = made->publish(); !published) return published.error();
    const bool is_checked = longest_ != nullptr && longest_->left_out().empty();
    if (auto checked = is_checked ? Result<void>() : made->check(); !checked)
      return checked.error();
    return made;
  }

  const Promise& promise_at(size_t limit) const {
    return std::find_if(variants_.begin(), variants_.end(),
                        [&](const Variant& variant) { return limit_of(variant) == limit; })
        ->promise;
  }

  /// Leaves the promise's cycles under this limit in `judged_`.
  Result<void> judge_limit(size_t limit) {
    const bool is_shared = within_ && is_read_off(promise_);
    if (!is_shared || longest_ == nullptr) {
      size_t wanted = limit;
      if (is_shared) {
        const auto& limits = options_.axes[*within_].limits;
        wanted =
            static_cast<size_t>(std::max_element(limits.begin(), limits.end()) - limits.begin());
      }
      auto made = judge_under(promise_at(wanted));
      if (!made) return made.error();
      longest_ = std::move(*made);
      at_longest_ = cycles_of(*longest_);
      judged_ = at_longest_;
      grid_.events = longest_->event_count();
      grid_.left_out = longest_->left_out();
    }
    return is_shared ? read_off(limit) : Result<void>();
  }

  Result<std::unique_ptr<Replay>> judge_under(const Promise& promise) const {
    auto made = replay(promise);
    if (!made) return made;
    if (grid_.as_of) {
      if (auto judged = (*made)->judge(*grid_.as_of, asked()); !judged) return judged.error();
    }
    return made;
  }

  Proceed asked() const {
    if (!options_.proceed) return {};
    return [this](uint64_t, uint64_t) { return options_.proceed(done_, variants_.size()); };
  }

  /// WHY: caps are those of one promise, so the others' cycles matter in a group alone.
  std::vector<Judged> cycles_of(const Replay& replay) {
    line_ = 0;
    while (replay.state().lines()[line_].name != promise_.name) ++line_;
    std::vector<Judged> cycles;
    for (const Judged& judged : replay.judged()) {
      if (judged.line == line_) cycles.push_back(judged);
    }
    return cycles;
  }

  Result<void> read_off(size_t limit) {
    const Promise& promise = promise_at(limit);
    const model::Duration within = promise.within.front().within.duration;
    const bool needs_date = promise.compensation && !promise.compensation->caps.empty();
    std::unique_ptr<Replay> exact;
    for (size_t i = 0; i < judged_.size(); ++i) {
      model::Cycle& cycle = judged_[i].cycle;
      cycle.limit = within;
      cycle.is_broken =
          promise.is_boundary_inclusive ? cycle.counted > within : cycle.counted >= within;
      cycle.verdict = cycle.is_broken ? Verdict::breached : at_longest_[i].cycle.verdict;
      cycle.due_at.reset();
      if (!cycle.is_broken || !needs_date || !cycle.stopped_at || is_within_a_date(judged_[i]))
        continue;
      if (exact == nullptr) {
        auto made = replay(promise);
        if (!made) return made.error();
        exact = std::move(*made);
        exact->prepare(*grid_.as_of);
      }
      cycle.due_at = exact->due_at(judged_[i]);
    }
    return {};
  }

  /// WHY: due lies between start and end; only where these lie on two dates must it be known, to
  /// tell whose cap it uses.
  bool is_within_a_date(const Judged& judged) const {
    const model::ZoneTable& zone = longest_->zone(judged);
    return calendar::local_date(zone, judged.cycle.started_at) ==
           calendar::local_date(zone, *judged.cycle.stopped_at);
  }

  Result<void> charge_limit(size_t limit) {
    const bool has_group = promise_.compensation && !promise_.compensation->group.empty();
    std::vector<Settled> bills;
    if (!has_group) bills = bills_of(*longest_, judged_);
    for (size_t i = 0; i < variants_.size(); ++i) {
      const Variant& variant = variants_[i];
      if (limit_of(variant) != limit) continue;
      if (options_.proceed && !options_.proceed(done_, variants_.size()))
        return Error{"stopped", "the backtest was stopped", "", {}};
      ++done_;
      SweepCell& cell = grid_.cells[i];
      for (size_t axis = 0; axis < options_.axes.size(); ++axis)
        cell.values.push_back(describe(options_.axes[axis], variant.choice[axis], variant.promise));
      if (has_group) {
        if (auto counted = count_group(variant.promise, cell.counts); !counted) return counted;
        continue;
      }
      reprice(*longest_, judged_, line_, variant.promise, bills);
      const std::vector<Charged> charged = charge_bills(bills, judged_.size());
      for (size_t j = 0; j < judged_.size(); ++j)
        cell.counts.count(judged_[j].cycle.verdict, charged[j].owed);
    }
    return {};
  }

  /// In a group what is paid hangs on the other promises too: the whole is judged and charged.
  Result<void> count_group(const Promise& promise, VerdictCounts& counts) const {
    const auto alone = judge_under(promise);
    if (!alone) return alone.error();
    const std::vector<Judged>& judged = (*alone)->judged();
    const std::vector<Charged> charged = charge_bills(bills_of(**alone, judged), judged.size());
    for (size_t j = 0; j < judged.size(); ++j) {
      if (judged[j].line == line_) counts.count(judged[j].cycle.verdict, charged[j].owed);
    }
    return {};
  }

  const EventLog& log_;
  const BookPtr& book_;
  const SweepOptions& options_;
  const Promise& promise_;
  std::optional<size_t> within_;  ///< the axis that varies the limit
  std::vector<Variant> variants_;
  SweepGrid grid_;
  std::unique_ptr<Replay> longest_;  ///< the newest replay; that of the longest limit when shared
  std::vector<Judged> at_longest_, judged_;  ///< of the promise
  uint32_t line_ = 0;
  uint64_t done_ = 0;
};

Result<const Promise*> find_swept(const model::Book& book, const std::string& name) {
  if (!name.empty()) {
    if (const Promise* promise = book.find_promise(name)) return promise;
    return Error{"bad_sweep", fmt::format("the book has no promise `{}`", name), "", {}};
  }
  if (book.promises.size() == 1) return &book.promises.front();
  return Error{"bad_sweep",
               fmt::format("expected the name of the promise to sweep, for the book has {}",
                           book.promises.size()),
               "say --promise NAME",
               {}};
}

}  // namespace

Result<SweepGrid> sweep_log(const EventLog& log, const BookPtr& book, const SweepOptions& options) {
  const auto promise = find_swept(*book, options.promise);
  if (!promise) return promise.error();
  for (size_t i = 0; i < options.axes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (options.axes[i].clause != options.axes[j].clause ||
          options.axes[i].tier != options.axes[j].tier)
        continue;
      return Error{"bad_sweep",
                   fmt::format("expected each clause once, but `{}` and `{}` are one",
                               options.axes[j].name, options.axes[i].name),
                   "",
                   {}};
    }
  }
  return Sweep(log, book, options, **promise).run();
}

}  // namespace lupaus::rules::scenario
