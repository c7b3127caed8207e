#include "server/console/answer_form.h"

#include <google/protobuf/message.h>

#include <array>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "server/console/escapes.h"
#include "server/console/route_table.h"
#include "server/console/transcode.h"

namespace lupaus::server::console {
namespace {

using google::protobuf::Message;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFileTypes = {{
    {".csv", "text/csv; charset=utf-8"},
    {".json", "application/json"},
    {".ndjson", "application/x-ndjson"},
    {".xml", "application/xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}};

Reply head_of_type(std::string type) {
  Reply head;
  head.content_type = std::move(type);
  // WHY: proxies that gather an answer before they pass it on would hold events back.
  head.headers.push_back({"X-Accel-Buffering", "no"});
  return head;
}

class Events final : public AnswerForm {
 public:
  Reply head(const Message*) const override { return head_of_type("text/event-stream"); }
  std::string piece(const Message& answer) const override {
    std::string id = text_of(answer, "resume");
    if (const uint64_t position = number_of(answer, "position"); id.empty() && position > 0)
      id = fmt::format("{}", position);
    return fmt::format("{}data: {}\n\n", id.empty() ? "" : fmt::format("id: {}\n", id),
                       write_json(answer));
  }
  std::string ending() const override { return "event: end\ndata: {}\n\n"; }
  std::optional<std::string> failure(const Refusal& refusal) const override {
    return fmt::format("event: error\ndata: {}\n\n", to_json(refusal));
  }
};

class Lines final : public AnswerForm {
 public:
  Reply head(const Message*) const override { return head_of_type("application/x-ndjson"); }
  std::string piece(const Message& answer) const override { return write_json(answer) + "\n"; }
  std::optional<std::string> failure(const Refusal& refusal) const override {
    return fmt::format("{{\"error\":{}}}\n", to_json(refusal));
  }
};

class File final : public AnswerForm {
 public:
  Reply head(const Message* first) const override {
    const std::string name = first == nullptr ? std::string() : text_of(*first, "file_name");
    Reply head;
    head.content_type = "application/octet-stream";
    for (const auto& [ending, type] : kFileTypes) {
      if (name.ends_with(ending)) head.content_type = type;
    }
    // Both forms of the name: escaped, it holds neither quotation mark nor line break.
    const std::string shown = escape(name.empty() ? "file" : name);
    head.headers.push_back(
        {"Content-Disposition",
         fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", shown, shown)});
    return head;
  }
  std::optional<uint64_t> size(const Message& first) const override {
    const uint64_t size = number_of(first, "size_bytes");
    return size == 0 ? std::nullopt : std::optional(size);
  }
  std::string piece(const Message& answer) const override { return text_of(answer, "content"); }
  std::optional<std::string> failure(const Refusal&) const override { return std::nullopt; }
};

}  // namespace

std::optional<uint64_t> AnswerForm::size(const Message&) const { return std::nullopt; }

std::unique_ptr<AnswerForm> form_of(const Route& route) {
  if (route.is_file) return std::make_unique<File>();
  if (route.verb == "GET") return std::make_unique<Events>();
  return std::make_unique<Lines>();
}

Reply file_reply(const Message& answer) {
  const File file;
  Reply reply = file.head(&answer);
  reply.body = file.piece(answer);
  return reply;
}

}  // namespace lupaus::server::console
