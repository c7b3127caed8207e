// The keys of all rows. Numbers are big-endian, so that bytes sort as numbers do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/model/event.h"
#include "rules/model/verdict.h"

namespace lupaus::server::store {

std::string number_key(uint64_t number);
/// 0 for anything but eight bytes.
uint64_t key_number(std::string_view key);

/// Table::archive.
std::string archive_key(std::string_view branch, std::string_view ticket);
/// Table::breaches.
std::string breach_key(const rules::model::CommitmentKey& key);
/// Table::meta: leads from a rejected event's identity to its position.
std::string rejected_identity_key(const rules::model::Event& event);

/// All of those in Table::meta begin so.
inline constexpr std::string_view kRejectedPrefix{"rejected\0", 9};
inline constexpr std::string_view kReplayFromKey = "replay_from";
inline constexpr std::string_view kStorageVersionKey = "storage_version";

}  // namespace lupaus::server::store
