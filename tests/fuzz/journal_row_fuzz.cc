// Any bytes behind a right checksum as a journal row: they decode to facts or are refused with a
// sentence, and what decodes is written again as bytes that give the same facts.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "server/store/checksum.h"
#include "server/store/row_codec.h"

namespace {

namespace store = lupaus::server::store;

void need(bool is_so, const char* what) {
  if (is_so) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

/// The row whose fields after the checksum are `fields`.
std::string row_of(std::string_view fields) {
  const uint32_t checksum = store::crc32c(fields);
  std::string row(5, '\x0d');  // field 1, fixed32
  std::memcpy(row.data() + 1, &checksum, sizeof checksum);
  return row.append(fields);
}

lupaus::rules::model::BookPtr no_book(std::span<const lupaus::rules::model::SourceFile>,
                                      std::span<const lupaus::rules::model::ZoneTable>,
                                      const std::string&) {
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string row = row_of({reinterpret_cast<const char*>(bytes), size});
  store::BookShelf books(no_book);
  store::RowDecoder decoder(books);
  const auto facts = decoder.decode(row);
  if (!facts) {
    need(!facts.error().code.empty() && !facts.error().message.empty(), "a refusal says why");
    return 0;
  }
  need(!facts->empty() && facts->front().position == decoder.header().first_position,
       "the first fact stands where the row says");
  store::RowEncoder encoder, again;
  const std::string first(encoder.encode(*facts, decoder.header().previous_checksum));
  store::RowDecoder other(books);
  const auto same = other.decode(first);
  need(same.ok(), same.ok() ? "" : same.error().message.c_str());
  need(same->size() == facts->size(), "as many facts are written as were read");
  need(again.encode(*same, other.header().previous_checksum) == first,
       "the same facts are written as the same bytes");
  return 0;
}
