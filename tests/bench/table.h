// The one table that the benchmarks print.
#pragma once

#include <string>
#include <vector>

namespace lupaus::tests::bench {

/// What a median is compared with; without one the figure is only shown.
struct Target {
  double value = 0;
  bool is_lower_bound = true;
  bool is_set = false;
};
inline Target at_least(double value) { return {value, true, true}; }
inline Target at_most(double value) { return {value, false, true}; }

/// Lines with min, median and max of several runs beside what is aimed at.
class Table {
 public:
  void add(const std::string& what, const std::string& unit, std::vector<double> values,
           Target target = {});
  /// Writes all lines to stdout.
  void print() const;

 private:
  std::vector<std::string> lines_;
};

double median(std::vector<double> values);
/// `values` ascending, 0 <= part <= 1.
double quantile(const std::vector<double>& values, double part);

}  // namespace lupaus::tests::bench
