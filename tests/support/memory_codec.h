// A codec whose rows are numbers of entities that it keeps in memory.
#pragma once

#include <memory>

#include "server/runtime/storage.h"

namespace lupaus::tests::support {

std::shared_ptr<const server::runtime::Codec> make_memory_codec();

}  // namespace lupaus::tests::support
