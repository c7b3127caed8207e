// `lupaus vouchers show`: a voucher as it stands, and its QR code for a screen or a printer.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "clients/cli/online.h"
#include "lupaus/v1/voucher.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

void show(Context& context, const v1::GetVoucherRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::VoucherService>(context, [&](v1::VoucherService::Stub& stub) {
    const auto voucher = ask(context, stub, &v1::VoucherService::Stub::GetVoucher, request);
    if (!voucher) return;
    if (request.qr() != v1::QR_FORM_UNSPECIFIED) {
      context.out() << voucher->qr();
      return;
    }
    Rows rows(context, {{"code", "CODE"},
                        {"compensation", "COMPENSATION"},
                        {"branch", "BRANCH"},
                        {"ticket", "TICKET"},
                        {"amount", "AMOUNT", false, true},
                        {"state", "STATE"},
                        {"expires_at", "EXPIRES"}});
    rows.add({Cell::text(voucher->code()), Cell::text(voucher->compensation()),
              Cell::text(voucher->branch()), Cell::text(voucher->ticket()),
              money_cell(context, voucher->has_amount(), voucher->amount()),
              Cell::text(voucher->state()),
              time_cell(context, voucher->has_expires_at(), voucher->expires_at())});
    rows.finish();
  });
}

}  // namespace

void add_voucher_verbs(CLI::App& app, Context& context) {
  auto request = std::make_shared<v1::GetVoucherRequest>();
  CLI::App* verb =
      verb_group(app, "vouchers", "Vouchers")
          .add_subcommand("show", "A voucher as it stands; with --qr its code as a QR code alone");
  verb->add_option_function<std::string>(
          "voucher", [request](const auto& text) { request->set_voucher(text); },
          "Its code, or the id of its compensation")
      ->required();
  verb->add_option_function<std::string>(
          "--qr",
          [request](const auto& form) {
            request->set_qr(form == "svg" ? v1::QR_FORM_SVG : v1::QR_FORM_TEXT);
          },
          "svg, or text for this terminal")
      ->check(CLI::IsMember({"svg", "text"}));
  verb->callback([&context, request] { show(context, *request); });
}

}  // namespace lupaus::clients::cli
