// Differences of promises: texts, when they hold, the clock, the limit, excuses and suspensions.
#include "rules/language/difference_report.h"

namespace lupaus::rules::language {
namespace {

using model::Promise;

Phrase phrase_of(const model::ConditionPtr& condition) {
  Phrase phrase;
  phrase += condition;
  return phrase;
}

std::string text_of(const std::optional<model::LocalDate>& date) {
  return date ? model::format_local_date(*date) : "";
}

Phrase phrase_of(const model::EffectLine* line) {
  Phrase phrase;
  if (line == nullptr) return phrase;
  for (const model::EffectLine::Case& choice : line->cases) {
    phrase += model::format_effect(choice.then);
    phrase += " when ";
    phrase += choice.when;
    phrase += ", ";
  }
  if (!phrase.empty()) phrase += "else ";
  return phrase += model::format_effect(line->otherwise);
}

Phrase limit_of(const Promise& promise) {
  Phrase phrase;
  if (promise.by) phrase += model::format_deadline(*promise.by);
  for (const model::WithinEntry& entry : promise.within) {
    if (!phrase.empty()) phrase += entry.when ? ", " : ", else ";
    phrase += model::format_limit(entry.within);
    if (entry.when) phrase += " when ";
    phrase += entry.when;
  }
  return phrase;
}

std::string warnings_of(const Promise& promise) {
  std::string text;
  for (const model::Duration left : promise.warn) {
    text += (text.empty() ? "" : ", ") + model::format_duration(left);
  }
  return text;
}

std::string percent_of(const std::optional<int64_t>& parts_per_million) {
  return parts_per_million ? model::format_percent(*parts_per_million) : "";
}

std::string count_of(int32_t count) { return count == 0 ? "" : std::to_string(count); }

void compare_texts(const Promise& before, const Promise& after, DifferenceReport& report) {
  report.compare("owner", before.owner, after.owner);
  report.compare_maps("label", before.labels, after.labels);
  report.compare_words("problem", before.problem, after.problem);
  report.compare_maps("wording", before.wording, after.wording);
}

void compare_clocks(const Promise& before, const Promise& after, DifferenceReport& report) {
  report.compare("measure", before.measure, after.measure);
  std::map<std::string, std::pair<const model::EffectLine*, const model::EffectLine*>> lines;
  for (const auto& [event, line] : before.on) lines[event].first = &line;
  for (const auto& [event, line] : after.on) lines[event].second = &line;
  for (const auto& [event, both] : lines) {
    report.compare("on " + event, phrase_of(both.first), phrase_of(both.second));
  }
  const auto expiry = [](const Promise& promise) {
    const auto length = model::effective_expiry(promise);
    return length ? model::format_duration(*length) : std::string("never");
  };
  report.compare("expiry", expiry(before), expiry(after));
  const auto silence = [](const Promise& promise) {
    return promise.on_silence == Promise::OnSilence::review ? "review" : "favour_customer";
  };
  report.compare("on_silence", silence(before), silence(after));
  report.compare("hold", model::format_duration(before.hold), model::format_duration(after.hold));
}

void compare_targets(const Promise& before, const Promise& after, DifferenceReport& report) {
  report.compare("limit", limit_of(before), limit_of(after));
  const auto boundary = [](const Promise& promise) {
    return promise.is_boundary_inclusive ? "inclusive" : "exclusive";
  };
  report.compare("boundary", boundary(before), boundary(after));
  report.compare("objective", percent_of(before.objective_ppm), percent_of(after.objective_ppm));
  report.compare("objective per", before.objective_per, after.objective_per);
  report.compare("warnings", warnings_of(before), warnings_of(after));
}

/// Excuses have names; their order decides which one is named first.
void compare_excuses(const Promise& before, const Promise& after, DifferenceReport& report) {
  const auto names = [](const Promise& promise) {
    std::map<std::string, model::Excuse> list;
    for (const model::Excuse& excuse : promise.excuses) list[excuse.id] = excuse;
    return list;
  };
  const auto order = [](const Promise& promise) {
    std::string text;
    for (const model::Excuse& excuse : promise.excuses) {
      text += (text.empty() ? "" : ", ") + excuse.id;
    }
    return text;
  };
  const auto sentence = [](const model::Excuse& excuse) {
    Phrase phrase;
    phrase += excuse.when ? "when " : "by hand";
    return phrase += excuse.when;
  };
  const auto old_ones = names(before), new_ones = names(after);
  for (const auto& [id, excuse] : old_ones) {
    const std::string clause = "excuse " + id;
    const auto found = new_ones.find(id);
    if (found == new_ones.end()) {
      report.compare(clause, sentence(excuse), Phrase());
      continue;
    }
    const model::Excuse& other = found->second;
    report.compare(clause + " when", phrase_of(excuse.when), phrase_of(other.when));
    report.compare_maps(clause + " wording", excuse.wording, other.wording);
    report.compare(clause + " approvers", count_of(excuse.approvers), count_of(other.approvers));
    report.compare(clause + " max_share", percent_of(excuse.max_share_ppm),
                   percent_of(other.max_share_ppm));
  }
  bool is_same_set = old_ones.size() == new_ones.size();
  for (const auto& [id, excuse] : new_ones) {
    if (old_ones.contains(id)) continue;
    report.compare("excuse " + id, Phrase(), sentence(excuse));
    is_same_set = false;
  }
  if (is_same_set) report.compare("order of excuses", order(before), order(after));
}

void compare_suspensions(const Promise& before, const Promise& after, DifferenceReport& report) {
  const auto period = [](const model::Suspension& suspension) {
    return model::format_local_date(suspension.from) + " to " +
           model::format_local_date(suspension.until);
  };
  const auto keys = [&](const Promise& promise) {
    std::vector<std::string> list;
    for (const model::Suspension& suspension : promise.suspensions) {
      list.push_back(period(suspension) + " " + phrase_of(suspension.when).meaning());
    }
    return list;
  };
  const auto old_keys = keys(before), new_keys = keys(after);
  for (const auto& [old_index, new_index] : pair_items(old_keys, new_keys)) {
    const auto* old_one = old_index ? &before.suspensions[*old_index] : nullptr;
    const auto* new_one = new_index ? &after.suspensions[*new_index] : nullptr;
    if (old_one == nullptr || new_one == nullptr) {
      const auto* only = old_one != nullptr ? old_one : new_one;
      const std::string reason = only->reason.empty() ? "no reason given" : only->reason;
      report.compare("suspension " + period(*only), old_one != nullptr ? reason : "",
                     new_one != nullptr ? reason : "");
      continue;
    }
    report.compare("suspension", period(*old_one), period(*new_one));
    const std::string clause = "suspension " + period(*new_one);
    report.compare(clause + " when", phrase_of(old_one->when), phrase_of(new_one->when));
    report.compare_words(clause + " reason", old_one->reason, new_one->reason);
  }
  // A ticket is told the first one that holds it back.
  if (old_keys != new_keys &&
      std::is_permutation(old_keys.begin(), old_keys.end(), new_keys.begin(), new_keys.end())) {
    report.say({"", "", "order of suspensions", Difference::Change::changed, "", "",
                "suspensions stand in another order"});
  }
}

}  // namespace

void compare_promises(const Promise& before, const Promise& after, DifferenceReport& report) {
  compare_texts(before, after, report);
  report.compare("effective from", text_of(before.from), text_of(after.from));
  report.compare("effective until", text_of(before.until), text_of(after.until));
  report.compare("vocabulary", before.vocabulary, after.vocabulary);
  report.compare("applies", phrase_of(before.applies), phrase_of(after.applies));
  compare_clocks(before, after, report);
  compare_targets(before, after, report);
  compare_compensations(before.compensation, after.compensation, report);
  compare_excuses(before, after, report);
  compare_suspensions(before, after, report);
}

}  // namespace lupaus::rules::language
