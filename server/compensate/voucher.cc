#include "server/compensate/voucher.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "server/compensate/signature.h"

namespace lupaus::server::compensate {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: no I, L, O, U
constexpr size_t kCodeDigits =
    12;  // 60 bits: a guess at a counter hits one of a million codes once in 10^12
constexpr size_t kSecretBytes = 32;

/// ISO 7064 mod 97-10 over the digits, each read as its two-digit index (as IBANs do with letters).
int mod_97(std::string_view digits) {
  int rest = 0;
  for (const char c : digits) rest = (rest * 100 + static_cast<int>(kDigits.find(c))) % 97;
  return rest;
}

std::string check_digits(std::string_view digits) {
  const int check = 98 - (mod_97(digits) * 100) % 97;
  return {static_cast<char>('0' + check / 10), static_cast<char>('0' + check % 10)};
}

std::string in_groups(std::string_view digits) {
  std::string code;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && i % 4 == 0) code += '-';
    code += digits[i];
  }
  return code;
}

Error file_error(std::string code, const std::string& path, std::string what, std::string hint) {
  return Error{std::move(code),
               "expected the voucher secret in `" + path + "`, but " + std::move(what),
               std::move(hint),
               {}};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

Result<std::string> make_secret(const std::string& data_dir, const std::string& path) {
  std::string secret(kSecretBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()),
                 static_cast<int>(secret.size())) != 1) {
    return file_error("secret_unreadable", path, "no random bytes are to be had", "");
  }
  // Written beside and renamed: a crash leaves no half secret, which would change every code.
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool is_written =
      file.is_open() &&
      ::write(file.number(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
      ::fsync(file.number()) == 0 && ::rename(draft.c_str(), path.c_str()) == 0;
  if (!is_written) {
    return file_error("secret_unreadable", path, std::strerror(errno),
                      "the data directory must be writable");
  }
  const Descriptor folder(::open(data_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.number());
  return secret;
}

class VoucherChannel : public Channel {
 public:
  explicit VoucherChannel(std::string secret) : secret_(std::move(secret)) {}
  std::string_view name() const override { return "voucher"; }
  rules::model::Instrument instrument() const override { return rules::model::Instrument::voucher; }
  bool is_remote() const override { return false; }
  Outcome deliver(const rules::ledger::Compensation& compensation, const Wording&) override {
    return {Outcome::Kind::issued,
            voucher_code(secret_, rules::ledger::compensation_id(kPartition, compensation.number))};
  }

 private:
  const std::string secret_;
};

}  // namespace

Result<std::string> make_voucher_secret(const std::string& data_dir) {
  const std::string path = data_dir + "/voucher.secret";
  if (::access(path.c_str(), F_OK) == 0 || errno != ENOENT) return load_voucher_secret(data_dir);
  return make_secret(data_dir, path);
}

Result<std::string> load_voucher_secret(const std::string& data_dir) {
  const std::string path = data_dir + "/voucher.secret";
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    if (errno == ENOENT) {
      return file_error("secret_missing", path, "there is none though the journal has begun",
                        "put it back from the backup: without it no voucher that was handed out "
                        "can be redeemed");
    }
    return file_error("secret_unreadable", path, std::strerror(errno), "");
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0)
    return file_error("secret_unreadable", path, std::strerror(errno), "");
  if ((status.st_mode & 077) != 0) {
    return file_error("secret_exposed", path, "other users can read or write it",
                      "chmod 600 " + path);
  }
  std::string secret(kSecretBytes + 1, '\0');
  const ssize_t size = ::read(file.number(), secret.data(), secret.size());
  if (size != static_cast<ssize_t>(kSecretBytes)) {
    return file_error("secret_damaged", path, "it does not have 32 bytes",
                      "restore it from the backup: another secret makes other codes");
  }
  secret.resize(kSecretBytes);
  return secret;
}

std::string voucher_code(std::string_view secret, std::string_view compensation_id) {
  const std::string digest =
      hmac_sha256(secret, "lupaus voucher 1\n" + std::string(compensation_id));
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; ++i) bits = bits << 8 | static_cast<unsigned char>(digest[i]);
  std::string digits;
  for (size_t i = 0; i < kCodeDigits; ++i) digits += kDigits[bits >> (59 - 5 * i) & 31];
  return in_groups(digits + check_digits(digits));
}

Result<std::string> read_voucher_code(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    digits += c;
  }
  const bool is_well_formed =
      digits.size() == kCodeDigits + 2 && digits.find_first_not_of(kDigits) == std::string::npos;
  if (!is_well_formed ||
      check_digits(digits.substr(0, kCodeDigits)) != digits.substr(kCodeDigits)) {
    return Error{"bad_voucher",
                 "expected a voucher code such as `7K3Q-XM9T-B2ZD-41`, but it is `" +
                     std::string(text.substr(0, 40)) + "`",
                 "type it again as it is printed",
                 {}};
  }
  return in_groups(digits);
}

std::unique_ptr<Channel> make_voucher_channel(std::string secret) {
  return std::make_unique<VoucherChannel>(std::move(secret));
}

}  // namespace lupaus::server::compensate
