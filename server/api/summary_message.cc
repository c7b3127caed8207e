#include "server/api/summary_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "fmt/format.h"
#include "lupaus/v1/breach.pb.h"
#include "server/api/file_digest.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::api {

void to_message(const report::WaitCounts& waits, v1::Waits& message) {
  message.set_count(waits.count());
  message.set_total_ms(waits.total_ms());
  message.set_p50_ms(waits.percentile(50));
  message.set_p90_ms(waits.percentile(90));
  message.set_p95_ms(waits.percentile(95));
  message.set_p99_ms(waits.percentile(99));
  message.set_max_ms(waits.max_ms());
}

void to_message(const report::RollupTotals& totals, v1::SummaryRow& row) {
  row.set_commitments_count(totals.commitments);
  row.set_kept_count(totals.kept);
  row.set_breached_count(totals.breached);
  row.set_other_count(totals.other());
  row.set_excused_count(totals.excused);
  row.set_void_count(totals.voided);
  row.set_indeterminate_count(totals.indeterminate);
  for (const report::MoneySums& sums : totals.money) {
    if (sums.owed != 0) wire::to_money(sums.currency, sums.owed, *row.add_owed());
    if (sums.paid != 0) wire::to_money(sums.currency, sums.paid, *row.add_paid());
    if (sums.capped != 0) wire::to_money(sums.currency, sums.capped, *row.add_capped());
  }
  to_message(totals.waits(), *row.mutable_waits());
}

void to_message(const report::RollupLine& line, v1::SummaryRow& row) {
  for (const std::string& text : line.group) row.add_keys(text);
  to_message(line.totals, row);
}

std::string digest_of(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    // WHY: maps come in no order otherwise.
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return hex_sha256(bytes);
}

rules::model::Result<rules::model::LocalDate> read_day(std::string_view field,
                                                       const std::string& text) {
  auto day = rules::model::parse_local_date(text);
  if (day) return *day;
  return wire::invalid_field(field,
                             fmt::format("expected a day like 2026-01-31, but got `{}`", text));
}

}  // namespace lupaus::server::api
