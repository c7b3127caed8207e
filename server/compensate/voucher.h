// The voucher channel: a code that the terminal prints and a counter can redeem once. The code is a
// function of a secret and the compensation's id, so issuing again gives the same code, and nobody
// without the secret can guess one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rules/model/result.h"
#include "server/compensate/channel.h"

namespace lupaus::server::compensate {

/// The secret in `data_dir`/voucher.secret. Errors: `secret_missing`, `secret_unreadable`,
/// `secret_exposed` (others can read the file), `secret_damaged` (another size).
rules::model::Result<std::string> load_voucher_secret(const std::string& data_dir);
/// As above; made with 32 random bytes and mode 0600 when it is not there. For an empty journal
/// alone: another secret would refuse every voucher that was handed out.
rules::model::Result<std::string> make_voucher_secret(const std::string& data_dir);

/// "7K3Q-XM9T-B2ZD-41": twelve Crockford base32 digits (60 bits of an HMAC) and two check digits
/// (ISO 7064 mod 97-10).
std::string voucher_code(std::string_view secret, std::string_view compensation_id);

/// A code as a person types it (any case, spaces, hyphens, O for 0, I and L for 1) in its one
/// written form. Error `bad_voucher`: it cannot be a code, a digit is wrong or two are swapped.
rules::model::Result<std::string> read_voucher_code(std::string_view text);

std::unique_ptr<Channel> make_voucher_channel(std::string secret);

}  // namespace lupaus::server::compensate
