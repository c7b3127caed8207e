// A server as a process of its own: started, asked for its figures, stopped or killed.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace lupaus::tests::bench {

class ServerProcess {
 public:
  /// Starts the program and waits until `ready_file` says where it listens. Aborts the benchmark
  /// when it dies.
  ServerProcess(const std::vector<std::string>& command, const std::string& ready_file,
                const std::string& log_file);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& grpc() const { return grpc_; }
  const std::string& http() const { return http_; }  ///< "" when there is none
  /// User and system time so far, seconds.
  double cpu_seconds() const;
  uint64_t resident_bytes() const;
  /// Metrics by "name" or "name{labels}"; empty when there is no HTTP.
  std::map<std::string, double> metrics() const;
  /// Waits until every projection is at the journal's end; seconds waited, or -1 after
  /// `limit_seconds`.
  double wait_caught_up(double limit_seconds) const;
  double seconds_to_ready() const { return seconds_to_ready_; }
  void stop();  ///< SIGTERM, and waits
  void kill();  ///< SIGKILL, and waits

 private:
  void end(int signal);

  pid_t pid_ = 0;
  double seconds_to_ready_ = 0;
  std::string grpc_, http_;
};

/// Runs a command to its end with its output in `log_file`; its exit code.
int run_command(const std::vector<std::string>& command, const std::string& log_file);

}  // namespace lupaus::tests::bench
