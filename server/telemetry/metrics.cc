// The registry and its exposition.
#include "server/telemetry/metrics.h"

#include <algorithm>

#include "fmt/format.h"

namespace lupaus::server::telemetry {
namespace {

void line(const std::string& name, const std::string& labels, const std::string& value,
          std::string& text) {
  text += name;
  if (!labels.empty()) text += "{" + labels + "}";
  text += " " + value + "\n";
}

}  // namespace

Histogram::Histogram(std::vector<uint64_t> bounds)
    : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {}

void Histogram::observe(uint64_t value) {
  size_t bucket = static_cast<size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) -
                                      bounds_.begin());
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

uint64_t Histogram::at_or_below(size_t bound) const {
  uint64_t total = 0;
  for (size_t i = 0; i <= bound; ++i) total += buckets_[i].load(std::memory_order_relaxed);
  return total;
}

uint64_t Histogram::count() const { return at_or_below(bounds_.size()); }

void Registry::add(Series series) {
  auto last = std::find_if(series_.rbegin(), series_.rend(),
                           [&](const Series& s) { return s.name == series.name; });
  series_.insert(last == series_.rend() ? series_.end() : last.base(), std::move(series));
}

Counter& Registry::counter(const std::string& name, const std::string& help,
                           const std::string& labels) {
  std::lock_guard lock(mutex_);
  Counter& made = counters_.emplace_back();
  add({name, help, "counter", labels, [&made](const Series& s, std::string& text) {
         line(s.name, s.labels, std::to_string(made.value()), text);
       }});
  return made;
}

Gauge& Registry::gauge(const std::string& name, const std::string& help,
                       const std::string& labels) {
  std::lock_guard lock(mutex_);
  Gauge& made = gauges_.emplace_back();
  add({name, help, "gauge", labels, [&made](const Series& s, std::string& text) {
         line(s.name, s.labels, std::to_string(made.value()), text);
       }});
  return made;
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               std::vector<uint64_t> bounds) {
  std::lock_guard lock(mutex_);
  Histogram& made = histograms_.emplace_back(std::move(bounds));
  add({name, help, "histogram", "", [&made](const Series& s, std::string& text) {
         for (size_t i = 0; i < made.bounds().size(); ++i) {
           line(s.name + "_bucket", fmt::format("le=\"{}\"", made.bounds()[i]),
                std::to_string(made.at_or_below(i)), text);
         }
         std::string count = std::to_string(made.count());
         line(s.name + "_bucket", "le=\"+Inf\"", count, text);
         line(s.name + "_sum", "", std::to_string(made.sum()), text);
         line(s.name + "_count", "", count, text);
       }});
  return made;
}

void Registry::computed(const std::string& name, const std::string& help, const std::string& kind,
                        std::function<double()> read) {
  std::lock_guard lock(mutex_);
  add({name, help, kind, "", [read = std::move(read)](const Series& s, std::string& text) {
         line(s.name, s.labels, fmt::format("{}", read()), text);
       }});
}

std::string Registry::expose() const {
  std::lock_guard lock(mutex_);
  std::string text;
  const std::string* previous = nullptr;
  for (const Series& series : series_) {
    if (previous == nullptr || *previous != series.name) {
      text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", series.name, series.help, series.name,
                          series.kind);
    }
    previous = &series.name;
    series.write(series, text);
  }
  return text;
}

}  // namespace lupaus::server::telemetry
