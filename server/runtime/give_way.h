// Threads that show things to people go behind those that acknowledge what terminals send.
#pragma once

namespace lupaus::server::runtime {

/// From now on the calling thread gets a tenth of what others get where the processors are short,
/// and all that it needs where they are not. For threads that make what people look at; never for
/// one of gRPC's, nor for one that holds a lock for long which the loop, its writer or the
/// callbacks of a stream of events may need. Threads that it starts inherit it. Linux alone; where
/// it is refused nothing changes.
void give_way();

}  // namespace lupaus::server::runtime
