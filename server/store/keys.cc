#include "server/store/keys.h"

namespace lupaus::server::store {
namespace {

void append_number(std::string& key, uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    key.push_back(static_cast<char>(number >> shift));
}

}  // namespace

std::string number_key(uint64_t number) {
  std::string key;
  append_number(key, number, 8);
  return key;
}

uint64_t key_number(std::string_view key) {
  if (key.size() != 8) return 0;
  uint64_t number = 0;
  for (const char byte : key) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

std::string archive_key(std::string_view branch, std::string_view ticket) {
  std::string key(branch);
  key.push_back('\0');
  key.append(ticket);
  return key;
}

std::string breach_key(const rules::model::CommitmentKey& key) {
  std::string bytes = archive_key(key.branch, key.ticket);
  bytes.push_back('\0');
  bytes.append(key.promise);
  bytes.push_back('\0');
  append_number(bytes, key.cycle, 4);
  return bytes;
}

std::string rejected_identity_key(const rules::model::Event& event) {
  std::string key(kRejectedPrefix);
  key.append(event.source);
  key.push_back('\0');
  append_number(key, event.epoch, 8);
  append_number(key, event.sequence, 8);
  return key;
}

}  // namespace lupaus::server::store
