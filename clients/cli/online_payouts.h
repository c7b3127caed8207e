// What the files of `lupaus payouts` share: how a compensation and a batch are printed, and that
// each adds its verbs.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/online.h"
#include "lupaus/v1/payout.grpc.pb.h"

namespace lupaus::clients::cli {

using PayoutStub = lupaus::v1::PayoutService::Stub;

std::vector<Column> payout_columns();
/// As many as there are columns, in their order.
std::vector<Cell> payout_cells(const Context& context, const lupaus::v1::Payout& payout);

/// One row as a JSON object.
std::string row_json(const std::vector<Column>& columns, const std::vector<Cell>& cells);

/// `payouts show|approve|decline|hold|release|confirm|fail|instrument`.
void add_payout_decisions(CLI::App& payouts, Context& context);
/// `payouts batch …` but for its proof; gives the group.
CLI::App& add_payout_batches(CLI::App& payouts, Context& context);
/// `payouts batch verify`, `payouts reconcile`.
void add_payout_proofs(CLI::App& payouts, CLI::App& batch, Context& context);

/// For `--reason`: what is wrong with the text, "" for nothing.
std::string reason_complaint(const std::string& text);

}  // namespace lupaus::clients::cli
