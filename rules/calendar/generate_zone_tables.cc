// Runs at build: turns the system's compiled tz database into one C++ source of packed tables,
// every zone and every link, with the rule of each zone's last years written out to 2100. Usage:
// generate_zone_tables DIR OUTPUT.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr int kFirstRuleYear = 1900;
constexpr int kLastYear = 2100;

struct Transition {
  int64_t at = 0;
  int64_t offset = 0;
};

struct Table {
  int64_t first_offset = 0;
  std::vector<Transition> transitions;
};

[[noreturn]] void fail(const std::string& why) {
  std::cerr << "generate_zone_tables: " << why << "\n";
  std::exit(1);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A big-endian signed number at the front of `bytes`, taken off it.
int64_t take_number(std::string_view& bytes, size_t size) {
  if (bytes.size() < size) fail("a TZif file ends too early");
  uint64_t value = static_cast<signed char>(bytes[0]) < 0 ? ~uint64_t{0} : 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  bytes.remove_prefix(size);
  return static_cast<int64_t>(value);
}

std::string_view take_bytes(std::string_view& bytes, size_t size) {
  if (bytes.size() < size) fail("a TZif file ends too early");
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

struct Header {
  size_t ut_count, standard_count, leap_count, time_count, type_count, letter_count;
};

Header take_header(std::string_view& bytes) {
  if (take_bytes(bytes, 4) != "TZif") fail("a TZif file without its mark");
  if (take_bytes(bytes, 1)[0] < '2') fail("a TZif file of version 1 has no rule for later years");
  take_bytes(bytes, 15);
  Header header{};
  for (size_t* count : {&header.ut_count, &header.standard_count, &header.leap_count,
                        &header.time_count, &header.type_count, &header.letter_count}) {
    *count = static_cast<size_t>(take_number(bytes, 4));
  }
  return header;
}

/// A rule in the form of the POSIX TZ variable, as RFC 8536 puts it at the end of a file.
class Rule {
 public:
  explicit Rule(std::string_view text) : rest_(text) {
    skip_name();
    standard_ = -take_seconds();
    if (rest_.empty()) return;
    has_summer_ = true;
    skip_name();
    summer_ = rest_.empty() || rest_[0] == ',' ? standard_ + 3600 : -take_seconds();
    start_ = take_day();
    end_ = take_day();
  }

  bool has_summer() const { return has_summer_; }
  Transition start_of(int year) const {
    return {midnight(start_, year) + start_.time - standard_, summer_};
  }
  Transition end_of(int year) const {
    return {midnight(end_, year) + end_.time - summer_, standard_};
  }

 private:
  struct Day {
    char form = 'M';  // M month.week.weekday, J day of the year without leap days, 0 with them
    int month = 0, week = 0, day = 0;
    int64_t time = 7200;
  };

  void skip_name() {
    if (!rest_.empty() && rest_[0] == '<') {
      rest_.remove_prefix(rest_.find('>') + 1);
      return;
    }
    while (!rest_.empty() && ((rest_[0] | 32) >= 'a' && (rest_[0] | 32) <= 'z'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  int take_int() {
    int value = 0;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  int64_t take_seconds() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    int64_t seconds = take_int() * 3600;
    if (take(':')) seconds += take_int() * 60;
    if (take(':')) seconds += take_int();
    return is_negative ? -seconds : seconds;
  }
  Day take_day() {
    if (!take(',')) fail("a rule without its days");
    Day day;
    if (take('M')) {
      day.month = take_int();
      take('.');
      day.week = take_int();
      take('.');
      day.day = take_int();
    } else {
      day.form = take('J') ? 'J' : '0';
      day.day = take_int();
    }
    if (take('/')) day.time = take_seconds();
    return day;
  }
  static int64_t midnight(const Day& day, int year) {
    using namespace std::chrono;
    const std::chrono::year y(year);
    sys_days date;
    if (day.form == 'M') {
      const weekday wanted(static_cast<unsigned>(day.day));
      const month m(static_cast<unsigned>(day.month));
      date = day.week == 5 ? sys_days(y / m / wanted[last])
                           : sys_days(y / m / wanted[static_cast<unsigned>(day.week)]);
    } else if (day.form == 'J') {
      date = sys_days(y / January / 1) + days(day.day - 1);
      if (y.is_leap() && day.day >= 60) date += days(1);
    } else {
      date = sys_days(y / January / 1) + days(day.day);
    }
    return date.time_since_epoch().count() * int64_t{86400};
  }

  std::string_view rest_;
  int64_t standard_ = 0, summer_ = 0;
  bool has_summer_ = false;
  Day start_, end_;
};

/// Writes the rule out for every year after the last transition that the file names. Where an end
/// and a start fall on one instant (a summer time that never ends), the start is the later.
void append_rule(Table& table, std::string_view footer) {
  if (footer.empty()) return;
  const Rule rule(footer);
  if (!rule.has_summer()) return;
  const int64_t known_to = table.transitions.empty() ? INT64_MIN : table.transitions.back().at;
  std::map<int64_t, int64_t> offsets;
  for (int year = kFirstRuleYear; year <= kLastYear; ++year) {
    const Transition end = rule.end_of(year);
    if (end.at > known_to) offsets.insert({end.at, end.offset});
    const Transition start = rule.start_of(year);
    if (start.at > known_to) offsets.insert_or_assign(start.at, start.offset);
  }
  for (const auto& [at, offset] : offsets) table.transitions.push_back({at, offset});
}

/// Leaves out transitions that change a name but not the offset, and those before anybody kept
/// time.
void drop_repeated(Table& table) {
  constexpr int64_t kEarliest =
      -5'000'000'000;  // 1811: files of the fat form begin with a mark far before
  std::vector<Transition> kept;
  int64_t offset = table.first_offset;
  for (const Transition& transition : table.transitions) {
    if (transition.at < kEarliest) {
      table.first_offset = transition.offset;
    } else if (transition.offset != offset) {
      kept.push_back(transition);
    }
    offset = transition.offset;
  }
  table.transitions = std::move(kept);
}

Table read_table(std::string_view bytes) {
  const Header old = take_header(bytes);
  take_bytes(bytes, old.time_count * 5 + old.type_count * 6 + old.letter_count +
                        old.leap_count * 8 + old.standard_count + old.ut_count);
  const Header header = take_header(bytes);
  std::vector<int64_t> times(header.time_count);
  for (int64_t& time : times) time = take_number(bytes, 8);
  const std::string_view types = take_bytes(bytes, header.time_count);
  std::vector<int64_t> offsets(header.type_count);
  for (int64_t& offset : offsets) {
    offset = take_number(bytes, 4);
    take_bytes(bytes, 2);
  }
  take_bytes(bytes, header.letter_count + header.leap_count * 12 + header.standard_count +
                        header.ut_count);
  Table table;
  table.first_offset = offsets.at(0);
  for (size_t i = 0; i < times.size(); ++i) {
    table.transitions.push_back({times[i], offsets.at(static_cast<unsigned char>(types[i]))});
  }
  take_bytes(bytes, 1);
  append_rule(table, bytes.substr(0, bytes.find('\n')));
  drop_repeated(table);
  return table;
}

void append_packed(std::string& bytes, uint64_t value) {
  while (value >= 0x80) {
    bytes += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
}

void append_packed_signed(std::string& bytes, int64_t value) {
  append_packed(bytes, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

/// The form that zone_tables.h describes.
std::string pack(const Table& table) {
  std::string bytes;
  append_packed(bytes, table.transitions.size());
  append_packed_signed(bytes, table.first_offset);
  int64_t before = 0;
  for (const Transition& transition : table.transitions) {
    append_packed_signed(bytes, transition.at - before);
    append_packed_signed(bytes, transition.offset);
    before = transition.at;
  }
  return bytes;
}

/// Every zone below `root` by name, links too. The folders posix/ and right/ repeat the others.
std::map<std::string, std::string> read_zones(const std::filesystem::path& root) {
  std::map<std::string, std::string> zones;
  for (auto entry = std::filesystem::recursive_directory_iterator(root);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().lexically_relative(root).generic_string();
    if (name == "posix" || name == "right") entry.disable_recursion_pending();
    if (!entry->is_regular_file() || name == "localtime" || name == "posixrules") continue;
    const std::string content = read_file(entry->path());
    if (content.starts_with("TZif")) zones[name] = pack(read_table(content));
  }
  return zones;
}

std::string read_version(const std::filesystem::path& root) {
  constexpr std::string_view kMark = "# version ";
  const std::string text = read_file(root / "tzdata.zi");
  if (!text.starts_with(kMark)) fail("tzdata.zi does not begin with its version");
  return text.substr(kMark.size(), text.find('\n') - kMark.size());
}

void write_source(std::ostream& out, const std::map<std::string, std::string>& zones,
                  const std::string& version) {
  std::map<std::string, size_t> places;
  std::string tables;
  out << "// Made at build by generate_zone_tables; not to be edited.\n"
         "#include \"rules/calendar/zone_tables.h\"\n\n"
         "namespace lupaus::rules::calendar {\nnamespace {\nconstexpr PackedZone kZones[] = {\n";
  for (const auto& [name, packed] : zones) {
    const auto [place, is_new] = places.insert({packed, tables.size()});
    if (is_new) tables += packed;
    out << "{\"" << name << "\"," << place->second << "},\n";
  }
  out << "};\n}  // namespace\n\nconst PackedZone* const kPackedZones = kZones;\n"
      << "const size_t kPackedZoneCount = " << zones.size() << ";\n"
      << "const std::string_view kPackedTzVersion = \"" << version << "\";\n"
      << "const char* const kPackedTables =\n\"";
  for (size_t i = 0; i < tables.size(); ++i) {
    char octal[8];
    std::snprintf(octal, sizeof octal, "\\%03o",
                  static_cast<unsigned>(static_cast<unsigned char>(tables[i])));
    out << octal << (i % 32 == 31 ? "\"\n\"" : "");
  }
  out << "\";\n\n}  // namespace lupaus::rules::calendar\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) fail("usage: generate_zone_tables DIR OUTPUT");
  const std::filesystem::path root = arguments[1];
  const std::map<std::string, std::string> zones = read_zones(root);
  // WHY: the tree of a full database has about 600 names; a system with a few of them would refuse
  // good calendars.
  if (zones.size() < 300) fail("too few zones below " + root.string() + ": install tzdata");
  std::ofstream out(arguments[2], std::ios::binary);
  write_source(out, zones, read_version(root));
  out.flush();
  if (!out) fail(std::string("cannot write ") + arguments[2]);
  return 0;
}
