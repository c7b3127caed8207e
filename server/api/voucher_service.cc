#include "server/api/voucher_service.h"

#include <optional>
#include <utility>

#include "fmt/format.h"
#include "lupaus/v1/voucher.grpc.pb.h"
#include "server/api/call.h"
#include "server/api/roles.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Instant;
using rules::model::PaidState;
using rules::model::Result;

std::string_view state_of(const Compensation& compensation, Instant now) {
  if (compensation.is_redeemed) return "redeemed";
  const auto& expires_at = compensation.voucher_expires_at;
  const bool is_held = compensation.state == PaidState::held;  // and valid anew once let go
  if (!is_held && expires_at && now >= *expires_at) return "expired";
  if (compensation.is_voucher_void) return "void";
  // WHY: as the counter that redeems it is answered.
  return compensation.state == PaidState::dispatched
             ? "redeemable"
             : rules::model::format_paid_state(compensation.state);
}

void to_voucher(const Compensation& compensation, const std::string& id, Instant now,
                v1::Voucher& voucher) {
  voucher.set_code(compensation.voucher);
  voucher.set_compensation(id);
  voucher.set_branch(compensation.key.branch);
  voucher.set_ticket(compensation.key.ticket);
  if (compensation.amount) wire::to_money(*compensation.amount, *voucher.mutable_amount());
  voucher.set_state(std::string(state_of(compensation, now)));
  if (compensation.voucher_expires_at)
    wire::to_timestamp(*compensation.voucher_expires_at, *voucher.mutable_expires_at());
}

}  // namespace

class VoucherService::Body final : public v1::VoucherService::Service {
 public:
  Body(runtime::EngineLoop& loop, VoucherCodes codes) : loop_(loop), codes_(std::move(codes)) {}

  grpc::Status GetVoucher(grpc::ServerContext* context, const v1::GetVoucherRequest* request,
                          v1::Voucher* response) override {
    return serve_person(*context, [&](const wire::Identity& who) -> Result<void> {
      // WHY: ids are counted up, so anybody can name one; who names a code has it already.
      if (is_id(request->voucher())) {
        if (auto allowed = require_voucher_codes(who); !allowed) return allowed;
      }
      if (auto found = find(request->voucher(), *response); !found) return found;
      if (request->qr() == v1::QR_FORM_UNSPECIFIED) return {};
      auto drawn = codes_.draw(response->code(), request->qr() == v1::QR_FORM_SVG);
      if (!drawn) return drawn.error();
      response->set_qr(std::move(*drawn));
      return {};
    });
  }

 private:
  static bool is_id(const std::string& asked) { return asked.starts_with("C-"); }

  Result<void> find(const std::string& asked, v1::Voucher& response) {
    std::string code;
    const bool is_by_id = is_id(asked);
    if (!is_by_id) {
      auto read = codes_.read(asked);
      if (!read) return wire::invalid_field("voucher", read.error().message);
      code = std::move(*read);
    }
    bool is_found = false;
    auto looked = wire::look(loop_, [&](const State& state) {
      const uint32_t partition = state.engine.settings().partition;
      const uint64_t number = rules::ledger::compensation_number(partition, asked);
      const Compensation* compensation =
          is_by_id ? state.ledger.find(number) : state.ledger.find_voucher(code);
      is_found = compensation != nullptr && !compensation->voucher.empty();
      if (!is_found) return;
      const std::string id = rules::ledger::compensation_id(partition, compensation->number);
      to_voucher(*compensation, id, loop_.now(), response);
    });
    if (!looked || is_found) return looked;
    return Error{
        "not_found", fmt::format("there is no voucher `{}`", is_by_id ? asked : code), "", {}};
  }

  runtime::EngineLoop& loop_;
  const VoucherCodes codes_;
};

VoucherService::VoucherService(runtime::EngineLoop& loop, VoucherCodes codes)
    : body_(std::make_unique<Body>(loop, std::move(codes))) {}
VoucherService::~VoucherService() = default;
grpc::Service& VoucherService::service() { return *body_; }

}  // namespace lupaus::server::api
