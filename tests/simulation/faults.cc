#include "tests/simulation/faults.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <optional>

namespace lupaus::tests::simulation {

using rules::model::Error;
using rules::model::Result;

namespace {

constexpr std::array<std::string_view, kFaultKinds> kNames = {"server_kill",
                                                              "server_stop",
                                                              "server_power_cut",
                                                              "engine_stall",
                                                              "disk_stop",
                                                              "disk_error",
                                                              "disk_full",
                                                              "disk_slow",
                                                              "disk_flip",
                                                              "link_delay",
                                                              "link_duplicate",
                                                              "link_break",
                                                              "link_ghost",
                                                              "link_partition",
                                                              "terminal_kill",
                                                              "terminal_power_cut",
                                                              "terminal_replacement",
                                                              "terminal_disk_full",
                                                              "terminal_skew",
                                                              "terminal_drift",
                                                              "terminal_twin",
                                                              "bank_lost_reply",
                                                              "bank_refusal",
                                                              "bank_duplicate",
                                                              "person_decides"};

std::optional<FaultKind> find_fault(std::string_view name) {
  for (size_t i = 0; i < kFaultKinds; ++i) {
    if (kNames[i] == name) return static_cast<FaultKind>(i);
  }
  return std::nullopt;
}

/// Of one kind's map; a word that says what is wrong, or nothing.
std::string read_fault(const YAML::Node& node, Fault& fault) {
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (key == "every") {
      const auto every = rules::model::parse_duration(entry.second.as<std::string>());
      if (!every) return every.error().message;
      fault.every = *every;
    } else if (key == "per_million") {
      fault.per_million = entry.second.as<uint32_t>();
    } else if (key == "for" && entry.second.size() == 2) {
      const auto least = rules::model::parse_duration(entry.second[0].as<std::string>());
      const auto most = rules::model::parse_duration(entry.second[1].as<std::string>());
      if (!least || !most || *least > *most) return "expected `for: [LEAST, MOST]`";
      fault.least = *least;
      fault.most = *most;
    } else {
      return fmt::format("expected `every`, `per_million` or `for`, but got `{}`", key);
    }
  }
  return "";
}

}  // namespace

std::string_view format_fault(FaultKind kind) { return kNames[static_cast<size_t>(kind)]; }

Result<void> Faults::read(const std::string& path) {
  const auto wrong = [&](int line, const std::string& what) {
    return Error{"faults", fmt::format("{}:{}: {}", path, line + 1, what), "", {}};
  };
  try {
    for (const auto& entry : YAML::LoadFile(path)) {
      const auto name = entry.first.as<std::string>();
      const auto kind = find_fault(name);
      if (!kind) return wrong(entry.first.Mark().line, "no such kind of fault: `" + name + "`");
      Fault& fault = faults_[static_cast<size_t>(*kind)] = Fault{};
      const auto said = read_fault(entry.second, fault);
      if (!said.empty()) return wrong(entry.first.Mark().line, said);
    }
  } catch (const YAML::Exception& thrown) {
    return wrong(thrown.mark.line, thrown.msg);
  }
  return {};
}

bool Faults::leave_out(std::string_view kind) {
  const auto found = find_fault(kind);
  if (found) faults_[static_cast<size_t>(*found)] = Fault{};
  return found.has_value();
}

std::vector<FaultKind> Faults::kinds() const {
  std::vector<FaultKind> on;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    if (faults_[i].is_on()) on.push_back(static_cast<FaultKind>(i));
  }
  return on;
}

bool Faults::meets(FaultKind kind, Chance& chance) {
  if (has_ended_ || of(kind).per_million == 0) return false;
  if (!chance.happens(of(kind).per_million)) return false;
  note(kind);
  return true;
}

}  // namespace lupaus::tests::simulation
