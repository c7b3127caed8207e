#include "server/compensate/apology.h"

#include <algorithm>
#include <latch>
#include <optional>
#include <string_view>
#include <vector>

namespace lupaus::server::compensate {
namespace {

using rules::ledger::Compensation;
using rules::ledger::State;
using rules::model::CommitmentKey;
using rules::model::Instant;

struct Template {
  std::string_view language, before, after, plain;
};
constexpr Template kTemplates[] = {
    {"fi", "Lupasimme: ”", "” Emme pitäneet lupaustamme. Olemme pahoillamme.",
     "Emme pitäneet lupaustamme. Olemme pahoillamme."},
    {"sv", "Vi lovade: ”", "” Vi höll inte vårt löfte. Vi ber om ursäkt.",
     "Vi höll inte vårt löfte. Vi ber om ursäkt."},
    {"en", "We promised: “", "” We did not keep our promise. We are sorry.",
     "We did not keep our promise. We are sorry."},
};

const Template* find_template(std::string_view language) {
  const auto found = std::find_if(std::begin(kTemplates), std::end(kTemplates),
                                  [&](const Template& each) { return each.language == language; });
  return found == std::end(kTemplates) ? nullptr : found;
}

/// "sv" of "sv-FI", "SV" and "sv_FI.UTF-8".
std::string plain_language(std::string_view text) {
  std::string language(text.substr(0, text.find_first_of("-_.")));
  for (char& c : language) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return language;
}

const std::string* find_text(const std::vector<std::pair<std::string, std::string>>& attributes,
                             std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == attributes.end() ? nullptr : &found->second;
}

/// What the loop knows of one commitment.
struct Known {
  std::map<std::string, std::string> by_language;
  std::optional<std::string> of_ticket;
  std::optional<std::string> of_branch;
  bool is_in_memory = false;
};

void read_ticket(const State& state, const CommitmentKey& key, Known& known) {
  const auto slot = state.engine.find_ticket(key.branch, key.ticket);
  if (!slot) return;
  known.is_in_memory = true;
  const auto& ticket = state.engine.ticket(*slot);
  for (const auto& commitment : ticket.commitments) {
    if (state.engine.key_of(ticket, commitment) != key) continue;
    std::vector<rules::model::Attribute> merged;
    state.engine.attributes_at(ticket, commitment.cycle.started_at, merged);
    if (const auto* language = rules::model::find_attribute(merged, "language"))
      known.of_ticket = std::string(language->value);
  }
}

void read_book(const State& state, const CommitmentKey& key, Known& known) {
  const auto& lines = state.engine.lines();
  const auto line = std::find_if(lines.begin(), lines.end(),
                                 [&](const auto& each) { return each.name == key.promise; });
  if (line == lines.end()) return;
  const auto* revision = line->find(key.revision);
  if (revision == nullptr) return;
  known.by_language = revision->promise->wording;
  const auto* branch = revision->book->book().find_branch(key.branch);
  if (branch == nullptr) return;
  if (const auto* language = find_text(branch->attributes, "language")) known.of_branch = *language;
}

/// The attribute as it was when the archived ticket's cycle began.
std::optional<std::string> archived_language(const runtime::Storage& storage,
                                             const CommitmentKey& key) {
  const auto row = storage.get(runtime::Table::archive, key.branch + '\0' + key.ticket);
  if (!row.ok() || !row->has_value()) return std::nullopt;
  const auto image = storage.codec().ticket(**row);
  if (!image.ok()) return std::nullopt;
  const auto& all = image->commitments;
  const auto mine = std::find_if(all.begin(), all.end(), [&](const auto& each) {
    return each.promise == key.promise && each.commitment.number == key.cycle;
  });
  if (mine == all.end()) return std::nullopt;
  std::optional<std::string> language;
  for (const auto& event : image->events) {
    if (event.at > mine->commitment.cycle.started_at) break;
    if (const auto* text = find_text(event.attributes, "language")) language = *text;
  }
  return language;
}

Known look_up(runtime::EngineLoop& loop, const CommitmentKey& key) {
  Known known;
  std::latch is_read(1);
  loop.query(
      [&](const State& state) {
        read_ticket(state, key, known);
        read_book(state, key, known);
      },
      [&] { is_read.count_down(); });
  is_read.wait();
  return known;
}

}  // namespace

std::string apology_text(const Wording& wording) {
  const Template* found = find_template(wording.language);
  const Template& chosen = found == nullptr ? kTemplates[0] : *found;
  if (wording.text.empty()) return std::string(chosen.plain);
  return std::string(chosen.before) + wording.text + std::string(chosen.after);
}

Wording choose_wording(const std::map<std::string, std::string>& by_language,
                       std::span<const std::string> languages) {
  std::vector<std::string> wanted;
  for (const std::string& language : languages) wanted.push_back(plain_language(language));
  for (const Template& each : kTemplates) wanted.emplace_back(each.language);
  std::erase_if(wanted, [](const std::string& each) { return find_template(each) == nullptr; });
  for (const std::string& language : wanted) {
    const auto spoken = by_language.find(language);
    if (spoken != by_language.end() && !spoken->second.empty()) return {language, spoken->second};
  }
  return {wanted.front(), ""};
}

std::function<Wording(const Compensation&)> wordings_of(runtime::EngineLoop& loop,
                                                        const runtime::Storage& storage,
                                                        LanguageOf language_of) {
  return [&loop, &storage, language_of = std::move(language_of)](const Compensation& compensation) {
    Known known = look_up(loop, compensation.key);
    if (!known.is_in_memory) known.of_ticket = archived_language(storage, compensation.key);
    std::vector<std::string> languages;
    if (language_of && !compensation.customer.empty())
      languages.push_back(language_of(compensation.customer));
    for (auto* language : {&known.of_ticket, &known.of_branch}) {
      if (*language) languages.push_back(std::move(**language));
    }
    return choose_wording(known.by_language, languages);
  };
}

}  // namespace lupaus::server::compensate
