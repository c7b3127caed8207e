// The file of the sealing key: where it lies, who may read it, which forms it may have.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/payees/sealing_key.h"

namespace lupaus::server::payees {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kCredential = "credential:";
/// Room for 64 digits, a line's end and one byte more, which tells that there is more.
constexpr size_t kReadBytes = 2 * kKeyBytes + 3;

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

struct KeyPlace {
  std::string_view setting;
  std::string path;
};

Error wrong(const char* code, const KeyPlace& place, std::string_view what, std::string hint) {
  return Error{code,
               "expected the payee key that `" + std::string(place.setting) + "` names in `" +
                   place.path + "`, but " + std::string(what),
               std::move(hint),
               {}};
}

Result<std::string> path_of(const std::string& source, std::string_view setting) {
  if (!source.starts_with(kCredential)) return source;
  const std::string name = source.substr(kCredential.size());
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  const KeyPlace place{setting, source};
  if (name.empty() || name.find('/') != std::string::npos)
    return wrong("payee_key_missing", place, "that is no name of a credential",
                 "for example `credential:payee.key`");
  if (folder == nullptr) {
    return wrong("payee_key_missing", place, "CREDENTIALS_DIRECTORY is not set",
                 "systemd sets it for units with LoadCredential= or LoadCredentialEncrypted=");
  }
  return std::string(folder) + "/" + name;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The key in `text`, which is 32 bytes or 64 digits with or without a line's end; "" else.
std::string key_in(std::string_view text) {
  if (text.size() == kKeyBytes) return std::string(text);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() != 2 * kKeyBytes) return "";
  std::string key;
  key.reserve(kKeyBytes);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) {
      wipe(key);
      return "";
    }
    key += static_cast<char>(high * 16 + low);
  }
  return key;
}

}  // namespace

Result<SealingKey> load_sealing_key(const std::string& source, std::string_view setting) {
  Result<std::string> path = path_of(source, setting);
  if (!path) return path.error();
  const KeyPlace place{setting, *path};
  const Descriptor file(*path);
  if (file.number() < 0) {
    return wrong("payee_key_missing", place, std::strerror(errno),
                 "make one where there is none yet: (umask 077; openssl rand -out " + *path +
                     " 32); else put it back, or payees cannot be read");
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0)
    return wrong("payee_key_missing", place, std::strerror(errno), "");
  if (!S_ISREG(status.st_mode))
    return wrong("payee_key_bad", place, "it is no file", "name the file itself");
  if ((status.st_mode & 077) != 0)
    return wrong("payee_key_exposed", place, "other users can read or write it",
                 "chmod 600 " + *path);
  std::string text(kReadBytes, '\0');
  const ssize_t size = ::read(file.number(), text.data(), text.size());
  if (size < 0) return wrong("payee_key_missing", place, std::strerror(errno), "");
  std::string bytes = key_in(std::string_view(text).substr(0, static_cast<size_t>(size)));
  wipe(text);
  if (bytes.empty()) {
    return wrong("payee_key_bad", place, "it has neither 32 bytes nor 64 hexadecimal digits",
                 "openssl rand -out " + *path + " 32 makes one; never over a key that is in use");
  }
  SealingKey key(bytes);
  wipe(bytes);
  return key;
}

}  // namespace lupaus::server::payees
