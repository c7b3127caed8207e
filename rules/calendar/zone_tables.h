// The zone tables that generate_zone_tables made at build, packed into bytes. Read by zone.cc
// alone.
#pragma once

#include <cstddef>
#include <string_view>

namespace lupaus::rules::calendar {

struct PackedZone {
  std::string_view name;
  size_t table = 0;  ///< place in kPackedTables; links share the table of their zone
};

/// Ascending by name.
extern const PackedZone* const kPackedZones;
extern const size_t kPackedZoneCount;
extern const std::string_view kPackedTzVersion;

/// A table is numbers of seven bits a byte, lowest first, the eighth set when more follow; signed
/// ones are zigzag. In order: how many transitions, the offset before the first, then for each
/// transition its distance from the one before (the first: from 1970) and its offset, all in
/// seconds.
extern const char* const kPackedTables;

}  // namespace lupaus::rules::calendar
