// Any bytes as a row of any table, the first byte saying which: they decode or are refused with a
// sentence, and what decodes is written again as bytes that give the same row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "server/store/entity_codec.h"

namespace {

namespace store = lupaus::server::store;
using lupaus::server::runtime::Codec;

void need(bool is_so) {
  if (!is_so) std::abort();
}

/// Decodes, encodes, and both again.
template <typename Entity, typename Encode>
void turn(const Codec& codec,
          lupaus::rules::model::Result<Entity> (Codec::*decode)(std::string_view) const,
          std::string_view bytes, Encode encode) {
  const auto entity = (codec.*decode)(bytes);
  if (!entity) return need(entity.error().code == "database_damaged");
  const auto row = encode(*entity);
  const auto same = (codec.*decode)(*row.value);
  need(same.ok());
  need(encode(*same).value == row.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  static const auto codec = store::make_codec(std::make_shared<store::BookShelf>(nullptr));
  const std::string_view value(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto row = [](const auto& entity) { return codec->row(entity); };
  switch (bytes[0] % 8) {
    case 0:
      turn(*codec, &Codec::ticket, value, row);
      break;
    case 1:
      turn(*codec, &Codec::source, value, row);
      break;
    case 2:
      turn(*codec, &Codec::branch, value, row);
      break;
    case 3:
      turn(*codec, &Codec::compensation, value, row);
      break;
    case 4:
      turn(*codec, &Codec::cap, value, row);
      break;
    case 5:
      turn(*codec, &Codec::batch, value, row);
      break;
    case 6:
      turn(*codec, &Codec::breach, value, store::breach_row);
      break;
    default:
      (void)codec->rejected(value, [](const lupaus::rules::model::Fact&, bool) {});
  }
  return 0;
}
