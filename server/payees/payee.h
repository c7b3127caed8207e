// Who is behind a pseudonymous customer key, as finance told it. Lives in the sealed store alone;
// never in the journal, a log, a metric or an error message.
#pragma once

#include <string>

namespace lupaus::server::payees {

struct Payee {
  std::string customer;  ///< the pseudonymous key that promises and tickets know
  std::string name;      ///< as the bank knows it, UTF-8
  std::string iban;  ///< in electronic form, without spaces; its length and check digits are right
  std::string language;  ///< "fi", "sv", "en" or "" where nobody said
};

}  // namespace lupaus::server::payees
