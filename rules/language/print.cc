// Prints a promise clause by clause, in the order of the reference.
#include "rules/language/print.h"

#include <string_view>

namespace lupaus::rules::language {
namespace {

/// A text in double quotes, as YAML reads them back byte for byte.
std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (byte < 0x20 || byte == 0x7F) {
      out.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    } else {
      out += c;
    }
  }
  return out + '"';
}
std::string quoted(const model::ConditionPtr& condition) { return quoted(condition->text()); }

/// `{key: value, …}` in one line; keys without a value are left out.
class Flow {
 public:
  Flow& put(std::string_view key, std::string_view value) {
    text_.append(text_.empty() ? "{" : ", ").append(key).append(": ").append(value);
    return *this;
  }
  template <typename T>
  Flow& put(std::string_view key, const std::optional<T>& value) {
    return value ? put(key, written(*value)) : *this;
  }
  Flow& put(std::string_view key, const model::ConditionPtr& condition) {
    return condition ? put(key, quoted(condition)) : *this;
  }
  std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

  static std::string written(const model::Amount& amount) { return model::format_amount(amount); }
  static std::string written(const model::Money& money) { return model::format_money(money); }
  static std::string written(const model::Limit& limit) { return model::format_limit(limit); }
  static std::string written(const model::LocalDate& date) {
    return model::format_local_date(date);
  }
  static std::string written(int32_t number) { return std::to_string(number); }

 private:
  std::string text_;
};

std::string texts(const std::map<std::string, std::string>& texts) {
  Flow flow;
  for (const auto& [key, text] : texts) flow.put(quoted(key), quoted(text));
  return flow.text();
}

std::string effect_line(const model::EffectLine& line) {
  if (line.cases.empty()) return std::string(model::format_effect(line.otherwise));
  std::string list = "[";
  for (const model::EffectLine::Case& choice : line.cases) {
    list += Flow().put("when", choice.when).put("then", model::format_effect(choice.then)).text();
    list += ", ";
  }
  return list + Flow().put("else", model::format_effect(line.otherwise)).text() + "]";
}

/// Prints one promise; lives for it.
class Printer {
 public:
  explicit Printer(const model::Promise& promise) : promise_(promise) {}

  std::string print() {
    out_ = "apiVersion: lupaus/v1\nkind: Promise\n";
    Flow metadata;
    metadata.put("name", promise_.name);
    if (!promise_.owner.empty()) metadata.put("owner", quoted(promise_.owner));
    if (!promise_.labels.empty()) metadata.put("labels", texts(promise_.labels));
    line(0, "metadata", metadata.text());
    out_ += "spec:\n";
    put_head();
    put_clock();
    put_target();
    put_warn();
    if (promise_.compensation) put_compensation(*promise_.compensation);
    put_exemptions();
    return std::move(out_);
  }

 private:
  void line(size_t indent, std::string_view key, std::string_view value) {
    out_.append(indent, ' ').append(key).append(": ").append(value).append("\n");
  }
  void item(size_t indent, const Flow& flow) {
    out_.append(indent, ' ').append("- ").append(flow.text()).append("\n");
  }
  template <typename T>
  void line(size_t indent, std::string_view key, const std::optional<T>& value) {
    if (value) line(indent, key, Flow::written(*value));
  }

  void put_head() {
    if (promise_.vocabulary != "queue") line(2, "vocabulary", promise_.vocabulary);
    if (!promise_.problem.empty()) line(2, "problem", quoted(promise_.problem));
    if (promise_.from || promise_.until) {
      line(2, "effective", Flow().put("from", promise_.from).put("until", promise_.until).text());
    }
    line(2, "wording", texts(promise_.wording));
    line(2, "applies", quoted(promise_.applies));
  }
  void put_clock() {
    out_ += "  clock:\n";
    line(4, "measure", promise_.measure);
    if (promise_.expire_after) {
      line(4, "expire_after", model::format_duration(*promise_.expire_after));
    }
    out_ += "    on:\n";
    for (const auto& [event, effect] : promise_.on) line(6, quoted(event), effect_line(effect));
    const bool is_review = promise_.on_silence == model::Promise::OnSilence::review;
    line(4, "on_silence", is_review ? "review" : "favour_customer");
    if (promise_.hold != model::kDefaultHold)
      line(4, "hold", model::format_duration(promise_.hold));
  }
  void put_target() {
    out_ += "  target:\n";
    if (promise_.by) {
      const model::Duration offset = promise_.by->offset;
      std::string by = "ticket." + promise_.by->attribute;
      if (offset.count() != 0) {
        by += offset.count() < 0 ? " - " : " + ";
        by += model::format_duration(offset.count() < 0 ? -offset : offset);
      }
      line(4, "by", by);
    } else if (promise_.within.size() == 1) {
      line(4, "within", model::format_limit(promise_.within.front().within));
    } else {
      out_ += "    within:\n";
      for (const model::WithinEntry& entry : promise_.within) {
        item(6, Flow().put("when", entry.when).put("within", Flow::written(entry.within)));
      }
    }
    line(4, "boundary", promise_.is_boundary_inclusive ? "inclusive" : "exclusive");
    if (promise_.objective_ppm)
      line(4, "objective", model::format_percent(*promise_.objective_ppm));
    if (!promise_.objective_per.empty()) line(4, "per", promise_.objective_per);
  }
  void put_warn() {
    if (promise_.warn.empty()) return;
    out_ += "  warn:\n";
    for (const model::Duration left : promise_.warn) {
      item(4, Flow().put("left", model::format_duration(left)));
    }
  }
  void put_compensation(const model::Promise::Compensation& compensation) {
    out_ += "  compensation:\n";
    line(4, "settle", compensation.is_settled_at_breach ? "breach" : "end");
    line(4, "stack", compensation.is_stacked ? "add" : "replace");
    if (!compensation.tiers.empty()) out_ += "    tiers:\n";
    for (const model::Tier& tier : compensation.tiers) put_tier(tier);
    line(4, "at_most", compensation.at_most);
    line(4, "at_least", compensation.at_least);
    line(4, "min_payable", compensation.min_payable);
    if (!compensation.group.empty()) line(4, "group", compensation.group);
    if (!compensation.caps.empty()) out_ += "    caps:\n";
    for (const model::Cap& cap : compensation.caps) put_cap(cap);
    line(4, "instrument", model::format_instrument(compensation.instrument));
    line(4, "nature", compensation.nature);
    put_payment(compensation);
    if (compensation.approval_over) {
      line(4, "approval",
           Flow()
               .put("over", compensation.approval_over)
               .put("approvers", Flow::written(compensation.approvers))
               .text());
    }
  }
  void put_payment(const model::Promise::Compensation& compensation) {
    if (compensation.due && !compensation.due_days.empty()) {
      line(4, "due",
           Flow().put("within", compensation.due).put("days", compensation.due_days).text());
    } else {
      line(4, "due", compensation.due);
    }
    line(4, "late", compensation.late);
    if (compensation.claim) {
      line(4, "claim",
           Flow()
               .put("required", "true")
               .put("on", compensation.claim->on)
               .put("within", Flow::written(compensation.claim->within))
               .text());
    }
    line(4, "voucher_valid", compensation.voucher_valid);
  }
  void put_tier(const model::Tier& tier) {
    Flow flow;
    flow.put("over", Flow::written(tier.over)).put("pay", Flow::written(tier.pay));
    if (tier.every) {
      flow.put("every", tier.every);
      flow.put("count", tier.count == model::Tier::Count::full ? "full" : "started");
      if (!tier.measure.empty()) flow.put("measure", tier.measure);
    }
    item(6, flow.put("at_most", tier.at_most).put("at_least", tier.at_least));
  }
  void put_cap(const model::Cap& cap) {
    Flow flow;
    flow.put("per", model::format_cap_scope(cap.scope));
    if (cap.max_times) {
      flow.put("max", std::to_string(*cap.max_times) + (*cap.max_times == 1 ? " time" : " times"));
    } else {
      flow.put("max", cap.max);
    }
    flow.put("then", cap.then == model::Cap::Then::hold ? "hold" : "record");
    if (cap.from_month != 1 || cap.from_day != 1) {
      flow.put("from", model::format_local_date({2001, cap.from_month, cap.from_day}).substr(5));
    }
    item(6, flow);
  }
  void put_exemptions() {
    if (!promise_.excuses.empty()) out_ += "  excuses:\n";
    for (const model::Excuse& excuse : promise_.excuses) {
      Flow flow;
      flow.put("id", excuse.id).put("when", excuse.when);
      if (excuse.approvers != 0) flow.put("approvers", Flow::written(excuse.approvers));
      if (excuse.max_share_ppm) flow.put("max_share", model::format_percent(*excuse.max_share_ppm));
      if (!excuse.wording.empty()) flow.put("wording", texts(excuse.wording));
      item(4, flow);
    }
    if (!promise_.suspensions.empty()) out_ += "  suspensions:\n";
    for (const model::Suspension& suspension : promise_.suspensions) {
      Flow flow;
      flow.put("from", Flow::written(suspension.from));
      flow.put("until", Flow::written(suspension.until)).put("when", suspension.when);
      if (!suspension.reason.empty()) flow.put("reason", quoted(suspension.reason));
      item(4, flow);
    }
  }

  const model::Promise& promise_;
  std::string out_;
};

}  // namespace

std::string print_promise(const model::Promise& promise) { return Printer(promise).print(); }

}  // namespace lupaus::rules::language
