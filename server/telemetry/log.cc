// spdlog behind three functions, so that nobody else compiles it.
#include "server/telemetry/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lupaus::server::telemetry {
namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> only = [] {
    auto made = std::make_shared<spdlog::logger>("lupausd",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *only;
}

spdlog::string_view_t text(std::string_view message) { return {message.data(), message.size()}; }

}  // namespace

void info(std::string_view message) { logger().info(text(message)); }
void warn(std::string_view message) { logger().warn(text(message)); }
void error(std::string_view message) { logger().error(text(message)); }

}  // namespace lupaus::server::telemetry
