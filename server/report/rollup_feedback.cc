// Customers' answers, joined to what was final of their ticket: whichever comes first, and whatever
// is decided or paid later.
#include <charconv>
#include <utility>

#include "server/report/rollup_cells.h"

namespace lupaus::server::report {
namespace {

using rules::model::CommitmentKey;
using rules::model::Verdict;

constexpr int64_t kPromoterMin = 9;
constexpr int64_t kDetractorMax = 6;

struct Scale {
  std::string_view name;
  int64_t least = 0, most = 0;
};
/// By AnswerKind.
constexpr Scale kScales[] = {{"nps", 0, 10}, {"ces", 1, 7}, {"csi", 0, 100}};

/// nullopt when the event says no score of a known kind: it is kept in the journal all the same.
std::optional<Answer> read_answer(const rules::model::Event& event) {
  const auto* kind = rules::model::find_attribute(event.attributes, "kind");
  const auto* score = rules::model::find_attribute(event.attributes, "score");
  if (kind == nullptr || score == nullptr) return std::nullopt;
  for (size_t i = 0; i < std::size(kScales); ++i) {
    if (kScales[i].name != kind->value) continue;
    Answer answer{static_cast<AnswerKind>(i), 0};
    const char* const end = score->value.data() + score->value.size();
    const auto [stopped, failure] = std::from_chars(score->value.data(), end, answer.score);
    const bool is_whole = failure == std::errc() && stopped == end;
    if (!is_whole || answer.score < kScales[i].least || answer.score > kScales[i].most)
      return std::nullopt;
    return answer;
  }
  return std::nullopt;
}

FeedbackSums sums_of(const Answer& answer, AnswerGroup group) {
  const bool is_nps = answer.kind == AnswerKind::nps;
  return {answer.kind,
          group,
          1,
          answer.score,
          is_nps && answer.score >= kPromoterMin ? 1 : 0,
          is_nps && answer.score <= kDetractorMax ? 1 : 0};
}

}  // namespace

RollupTotals feedback_figures(std::span<const Answer> answers, Verdict verdict,
                              std::optional<AnswerGroup> paid) {
  RollupTotals figures;
  for (const Answer& answer : answers) {
    if (verdict == Verdict::kept) figures.add_feedback(sums_of(answer, AnswerGroup::kept));
    if (verdict != Verdict::breached) continue;
    figures.add_feedback(sums_of(answer, AnswerGroup::breached));
    if (paid) figures.add_feedback(sums_of(answer, *paid));
  }
  return figures;
}

KeptTicket* RollupCells::find(const TicketName& name) {
  auto found = tickets_.find(name);
  if (found == tickets_.end()) {
    auto kept = lookup_.ticket ? lookup_.ticket(name) : std::nullopt;
    found = tickets_.emplace(name, kept ? std::move(*kept) : KeptTicket{}).first;
  }
  changed_tickets_.insert(name);
  return &found->second;
}

void RollupCells::add_answer(const KeptTicket::Judged& judged, const Answer& answer) {
  if (judged.is_kept) {
    add(judged.cell, feedback_figures({&answer, 1}, Verdict::kept, std::nullopt));
    return;
  }
  KeptCommitment* commitment = find(judged.key);
  if (commitment == nullptr) return;
  commitment->answers.push_back(answer);
  add(*commitment, feedback_figures({&answer, 1}, commitment->verdict, commitment->paid));
}

void RollupCells::take_answer(const rules::model::Observed& observed) {
  const auto answer = read_answer(observed.event);
  if (!answer) return;
  KeptTicket* ticket =
      find(TicketName{std::string(observed.event.branch), std::string(observed.event.ticket)});
  ticket->given.push_back({*answer, observed.corrected_at()});
  for (const auto& judged : ticket->judged) {
    if (judged.started_at <= observed.corrected_at()) add_answer(judged, *answer);
  }
}

void RollupCells::join(const rules::model::Confirmed& confirmed, const CellKey& cell) {
  const Verdict verdict = confirmed.cycle.verdict;
  const bool is_kept = verdict == Verdict::kept;
  if (!is_kept && verdict != Verdict::breached && verdict != Verdict::indeterminate) return;
  const CommitmentKey& key = confirmed.key;
  KeptTicket* ticket = find(TicketName{key.branch, key.ticket});
  ticket->judged.push_back({key, cell, confirmed.cycle.started_at, is_kept});
  for (const auto& given : ticket->given) {
    if (given.at >= confirmed.cycle.started_at) add_answer(ticket->judged.back(), given.answer);
  }
}

void RollupCells::change_paid(KeptCommitment& commitment, std::optional<AnswerGroup> paid) {
  RollupTotals change;
  change.add(feedback_figures(commitment.answers, commitment.verdict, commitment.paid), -1);
  change.add(feedback_figures(commitment.answers, commitment.verdict, paid));
  commitment.paid = paid;
  add(commitment, change);
}

}  // namespace lupaus::server::report
