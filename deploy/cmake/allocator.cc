// What our programs ask of jemalloc. Tickets and logs of events are read at random over hundreds of
// megabytes: with large pages the processor finds them without walking its tables each time, which
// makes a backtest half as fast again.
extern "C" {
// The name that jemalloc looks for.
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}
