#include "server/payees/payees.h"

#include <utility>

#include "rules/model/iban.h"

namespace lupaus::server::payees {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kCheckRow = "check";
constexpr std::string_view kCheckText = "lupaus payees 1";
/// There while what was erased may still be in the files: a crash in between is made good at the
/// next start.
constexpr std::string_view kScrubRow = "scrub";
constexpr char kPayeeRow = 'p';
/// Rows are filled up to a multiple, so that their sizes tell little of the names in them.
constexpr size_t kPadding = 64;

void append_field(std::string& out, const std::string& text) {
  out += static_cast<char>(text.size() >> 8);
  out += static_cast<char>(text.size() & 0xFF);
  out += text;
}

/// Its buffer is reserved at once: growing would leave plain copies behind.
std::string encode(const Payee& payee) {
  std::string out;
  out.reserve(payee.customer.size() + payee.name.size() + payee.iban.size() +
              payee.language.size() + 8 + kPadding);
  for (const std::string* field : {&payee.customer, &payee.name, &payee.iban, &payee.language})
    append_field(out, *field);
  out.resize((out.size() + kPadding - 1) / kPadding * kPadding, '\0');
  return out;
}

bool take_field(std::string_view& rest, std::string& field) {
  if (rest.size() < 2) return false;
  const size_t size = static_cast<size_t>(static_cast<unsigned char>(rest[0])) << 8 |
                      static_cast<unsigned char>(rest[1]);
  if (rest.size() - 2 < size) return false;
  field.assign(rest.substr(2, size));
  rest.remove_prefix(2 + size);
  return true;
}

std::optional<Payee> decode(std::string_view rest) {
  Payee payee;
  for (std::string* field : {&payee.customer, &payee.name, &payee.iban, &payee.language}) {
    if (take_field(rest, *field)) continue;
    wipe(payee);
    return std::nullopt;
  }
  return payee;
}

std::optional<Payee> open_row(const SealingKey& key, std::string_view row_key,
                              std::string_view value) {
  std::optional<std::string> plain = key.open(value, row_key);
  if (!plain) return std::nullopt;
  std::optional<Payee> payee = decode(*plain);
  wipe(*plain);
  return payee;
}

/// A payee that is wiped at the end of its scope.
class Opened {
 public:
  Opened(const SealingKey& key, std::string_view row_key, std::string_view value)
      : payee_(open_row(key, row_key, value)) {}
  ~Opened() {
    if (payee_) wipe(*payee_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  explicit operator bool() const { return payee_.has_value(); }
  const Payee& operator*() const { return *payee_; }
  const Payee* operator->() const { return &*payee_; }

 private:
  std::optional<Payee> payee_;
};

bool opens_check(const SealingKey& key, std::string_view value) {
  return key.open(value, kCheckRow) == kCheckText;
}

Error key_wrong(bool has_previous) {
  return Error{"payee_key_wrong",
               has_previous ? "the payees were sealed neither by `finance.payee_key` nor by "
                              "`finance.payee_key_previous`"
                            : "the payees were sealed by another key than `finance.payee_key`",
               "put the right key back; where the key was changed, name the one of before as "
               "`finance.payee_key_previous`. Nothing was changed",
               {}};
}

}  // namespace

void wipe(Payee& payee) {
  wipe(payee.name);
  wipe(payee.iban);
}

Payees::Payees(std::unique_ptr<VaultRows> rows, SealingKey key)
    : rows_(std::move(rows)), key_(std::move(key)) {}

Result<std::unique_ptr<Payees>> Payees::open(std::unique_ptr<VaultRows> rows, SealingKey key,
                                             std::optional<SealingKey> previous) {
  std::unique_ptr<Payees> payees(new Payees(std::move(rows), std::move(key)));
  if (auto loaded = payees->load(previous); !loaded) return loaded.error();
  return payees;
}

Result<void> Payees::load(const std::optional<SealingKey>& previous) {
  std::optional<std::string> check;
  bool has_payees = false;
  auto read = rows_->scan([&](std::string_view row_key, std::string_view value) {
    if (row_key == kCheckRow) check = std::string(value);
    is_scrub_due_ = is_scrub_due_ || row_key == kScrubRow;
    has_payees = has_payees || row_key.starts_with(kPayeeRow);
    return true;
  });
  if (!read) return read;
  if (!check && has_payees) {
    return Error{"payees_damaged",
                 "the payees lost the row that tells whether their key is right",
                 "restore the folder `payees` of data_dir from a backup",
                 {}};
  }
  if (!check) return write_check_row();
  if (!opens_check(key_, *check)) {
    if (!previous || !opens_check(*previous, *check)) return key_wrong(previous.has_value());
    if (auto sealed = seal_anew(*previous); !sealed) return sealed;
  }
  if (auto gone = scrub_if_due(); !gone) return gone;
  return rows_->scan([&](std::string_view row_key, std::string_view value) {
    if (row_key.starts_with(kPayeeRow)) admit(std::string(row_key), std::string(value));
    return true;
  });
}

Result<void> Payees::replace(std::vector<VaultChange> changes) {
  changes.push_back({std::string(kScrubRow), ""});
  auto written = rows_->write(changes);
  is_scrub_due_ = is_scrub_due_ || written.ok();
  return written;
}

Result<void> Payees::scrub_if_due() {
  if (!is_scrub_due_) return {};
  if (auto gone = rows_->scrub(); !gone) return gone;
  const VaultChange done{std::string(kScrubRow), std::nullopt};
  auto written = rows_->write({&done, 1});
  is_scrub_due_ = !written.ok();
  return written;
}

Result<void> Payees::write_check_row() {
  const VaultChange change{std::string(kCheckRow), key_.seal(kCheckText, kCheckRow)};
  return rows_->write({&change, 1});
}

Result<void> Payees::seal_anew(const SealingKey& previous) {
  std::vector<VaultChange> changes{{std::string(kCheckRow), key_.seal(kCheckText, kCheckRow)}};
  auto read = rows_->scan([&](std::string_view row_key, std::string_view value) {
    if (!row_key.starts_with(kPayeeRow)) return true;
    const Opened payee(previous, row_key, value);
    // WHY: a row that the key of before cannot open stays as it is, and is told of as unreadable.
    if (!payee) return true;
    SealedPayee sealed = seal(*payee);
    changes.push_back({std::string(row_key), std::nullopt});
    changes.push_back({std::move(sealed.row_key), std::move(sealed.value)});
    return true;
  });
  if (!read) return read;
  return replace(std::move(changes));
}

void Payees::admit(const std::string& row_key, std::string value) {
  const Opened payee(key_, row_key, value);
  const bool is_right = payee && row_of(payee->customer) == row_key;
  (is_right ? sealed_ : unreadable_).insert_or_assign(row_key, std::move(value));
}

std::string Payees::row_of(std::string_view customer) const {
  return kPayeeRow + key_.name_of(customer);
}

std::optional<Payee> Payees::find(std::string_view customer) const {
  const std::string row_key = row_of(customer);
  std::string value;
  {
    std::shared_lock lock(mutex_);
    const auto found = sealed_.find(row_key);
    if (found == sealed_.end()) return std::nullopt;
    value = found->second;
  }
  return open_row(key_, row_key, value);
}

bool Payees::has(std::string_view customer) const {
  const std::string row_key = row_of(customer);
  std::shared_lock lock(mutex_);
  return sealed_.contains(row_key);
}

std::string Payees::digest_of(std::span<const std::string> customers) const {
  // WHY the first byte: no customer's key begins so, and a name stands for one text alone.
  std::string digest(1, '\0');
  for (const std::string& customer : customers) {
    std::optional<Payee> payee = find(customer);
    std::string text = digest;
    const auto put = [&text](const std::string* part) {
      text += part == nullptr ? "-" : std::to_string(part->size()) + ":" + *part;
    };
    put(&customer);
    put(payee ? &payee->name : nullptr);
    put(payee ? &payee->iban : nullptr);
    digest = std::string(1, '\0') + key_.name_of(text);
    wipe(text);
    if (payee) wipe(*payee);
  }
  std::string digits;
  for (const char byte : digest.substr(1)) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    digits += {kDigits[value >> 4], kDigits[value & 15]};
  }
  return digits;
}

SealedPayee Payees::seal(const Payee& payee) const {
  SealedPayee sealed{row_of(payee.customer), ""};
  std::string plain = encode(payee);
  sealed.value = key_.seal(plain, sealed.row_key);
  wipe(plain);
  return sealed;
}

Novelty Payees::novelty(const Payee& payee) const {
  std::optional<Payee> known = find(payee.customer);
  if (!known) return Novelty::added;
  const bool is_same =
      known->name == payee.name && known->iban == payee.iban && known->language == payee.language;
  wipe(*known);
  return is_same ? Novelty::unchanged : Novelty::changed;
}

Result<void> Payees::keep(std::vector<SealedPayee> payees) {
  std::lock_guard writing(writing_);
  if (payees.empty()) return scrub_if_due();
  std::vector<VaultChange> changes;
  changes.reserve(payees.size());
  bool does_replace = false;
  for (const SealedPayee& payee : payees) {
    does_replace =
        does_replace || sealed_.contains(payee.row_key) || unreadable_.contains(payee.row_key);
    changes.push_back({payee.row_key, payee.value});
  }
  auto written = does_replace ? replace(std::move(changes)) : rows_->write(changes);
  if (!written) return written;
  {
    std::unique_lock lock(mutex_);
    for (SealedPayee& payee : payees) {
      unreadable_.erase(payee.row_key);
      sealed_.insert_or_assign(std::move(payee.row_key), std::move(payee.value));
    }
  }
  return scrub_if_due();
}

Result<bool> Payees::erase(std::string_view customer) {
  std::lock_guard writing(writing_);
  const std::string row_key = row_of(customer);
  const bool is_there = sealed_.contains(row_key) || unreadable_.contains(row_key);
  if (is_there) {
    if (auto written = replace({{row_key, std::nullopt}}); !written) return written.error();
    std::unique_lock lock(mutex_);
    sealed_.erase(row_key);
    unreadable_.erase(row_key);
  }
  // WHY: also where nothing is there any more: the one before may have failed in the middle.
  if (auto gone = scrub_if_due(); !gone) return gone.error();
  return is_there;
}

PayeeCounts Payees::counts() const {
  PayeeCounts counts;
  std::shared_lock lock(mutex_);
  counts.payees = sealed_.size();
  counts.unreadable = unreadable_.size();
  for (const auto& [row_key, value] : sealed_) {
    const Opened payee(key_, row_key, value);
    if (payee) ++counts.by_language[payee->language];
  }
  return counts;
}

size_t Payees::unreadable_count() const {
  std::shared_lock lock(mutex_);
  return unreadable_.size();
}

std::string Payees::list(std::string_view after, size_t count,
                         const std::function<void(const PayeeListing&)>& visit) const {
  std::shared_lock lock(mutex_);
  auto next = sealed_.upper_bound(after);
  std::string last;
  for (size_t i = 0; i < count && next != sealed_.end(); ++i, ++next) {
    const Opened payee(key_, next->first, next->second);
    if (payee) visit({payee->customer, rules::model::mask_iban(payee->iban), payee->language});
    last = next->first;
  }
  return next == sealed_.end() ? "" : last;
}

Result<void> Payees::copy_to(const std::string& path) const {
  std::lock_guard writing(writing_);
  return rows_->copy_to(path);
}

}  // namespace lupaus::server::payees
