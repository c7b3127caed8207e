// The secrets by which what leaves the house is signed: one, or two while they are rotated. They
// may be replaced while requests leave; each request is signed by those of one moment.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::server::compensate {

/// `no_secret` unless they are one or two, none of them empty.
rules::model::Result<void> check_secrets(const std::vector<std::string>& secrets);

/// Shared by the channels that sign and by whoever reads the files again; any thread.
class SigningSecrets {
 public:
  explicit SigningSecrets(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}

  std::vector<std::string> current() const {
    const std::scoped_lock lock(mutex_);
    return secrets_;
  }
  /// Those before stay on an error of check_secrets.
  rules::model::Result<void> replace(std::vector<std::string> secrets);

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;
};

}  // namespace lupaus::server::compensate
