// libxml2's SAX interface with the dangerous half left out: no callback declares or finds an
// entity, so there is none to expand or to fetch. Its own messages are never shown, since they
// quote the file.
#include "server/finance/bank_xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "fmt/format.h"
#include "rules/model/utf8.h"

namespace lupaus::server::finance {
namespace {

using rules::model::Error;
using rules::model::Result;

/// Parsed at once; whoever refuses an element is heard after it.
constexpr size_t kPieceBytes = 16 * 1024;
/// The XML declaration lies within it.
constexpr size_t kHeadBytes = 256;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view as_view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// The value of `encoding` in an XML declaration; nullopt where it cannot be read.
std::optional<std::string> declared_encoding(std::string_view declaration) {
  const size_t name = declaration.find("encoding");
  if (name == std::string_view::npos) return "UTF-8";
  std::string_view rest = trim(declaration.substr(name + std::string_view("encoding").size()));
  if (!rest.starts_with('=')) return std::nullopt;
  rest = trim(rest.substr(1));
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return std::nullopt;
  const size_t end = rest.find(rest[0], 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::string value(rest.substr(1, end - 1));
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return value;
}

/// WHY: other encodings would be decoded by whatever converters the machine has.
Result<void> check_encoding(std::string_view head) {
  constexpr std::string_view kExpected = "expected XML in UTF-8 or ISO-8859-1";
  head = rules::model::after_byte_order_mark(head);
  if (head.empty()) return bad_answer(fmt::format("{}, but the file is empty", kExpected), 1);
  if (head[0] != '<' && kBlanks.find(head[0]) == std::string_view::npos)
    return bad_answer(fmt::format("{}, but the file begins with something else", kExpected), 1);
  if (!head.starts_with("<?xml")) return {};
  const size_t end = head.find("?>");
  const auto encoding =
      end == std::string_view::npos ? std::nullopt : declared_encoding(head.substr(0, end));
  if (!encoding) return bad_answer(fmt::format("{}, but its declaration is broken", kExpected), 1);
  if (*encoding == "UTF-8" || *encoding == "ISO-8859-1" || *encoding == "US-ASCII") return {};
  return bad_answer(fmt::format("{}, but the file says that it is in another encoding", kExpected),
                    1, "save it as UTF-8, with the declaration to match");
}

std::string describe(int code, bool is_at_end) {
  switch (code) {
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_ENCODING:
    case XML_I18N_CONV_FAILED:
      return "expected characters of the encoding that the file declares, but there are others";
    case XML_ERR_TAG_NAME_MISMATCH:
      return "expected each element to end as it began, but one does not";
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
      return "expected no entities, but one is used";
    default:
      break;
  }
  if (is_at_end) return "expected the end of the document, but the file is cut off before it";
  return fmt::format("expected well-formed XML, but it is not (libxml2 says {})", code);
}

}  // namespace

Error bad_answer(std::string message, uint32_t line, std::string hint) {
  return Error{"bad_answer", std::move(message), std::move(hint), {"", line, 0}};
}

class BankXml::Body {
 public:
  explicit Body(BankElements& elements) : elements_(elements) {
    // WHY: parsers of several calls run at once; the library is set up once, before the first.
    static const bool is_set_up = [] {
      xmlInitParser();
      return true;
    }();
    rules::model::ensure(is_set_up, "libxml2 is set up");
  }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() {
    if (parser_ == nullptr) return;
    if (parser_->myDoc != nullptr) xmlFreeDoc(parser_->myDoc);
    xmlFreeParserCtxt(parser_);
  }

  Result<void> feed(std::string_view bytes) {
    if (failure_) return *failure_;
    if (parser_ == nullptr) {
      head_ += bytes;
      if (head_.size() < kHeadBytes) return {};
      if (Result<void> begun = begin_parser(); !begun) return begun;
      const std::string head = std::move(head_);
      return parse(head);
    }
    return parse(bytes);
  }

  Result<void> finish() {
    if (failure_) return *failure_;
    if (parser_ == nullptr) {
      if (Result<void> begun = begin_parser(); !begun) return begun;
      if (Result<void> parsed = parse(head_); !parsed) return parsed;
    }
    is_at_end_ = true;
    xmlParseChunk(parser_, nullptr, 0, 1);
    if (!failure_ && parser_->wellFormed == 0)
      failure_ = bad_answer(describe(parser_->errNo, true), last_line_);
    if (failure_) return *failure_;
    return {};
  }

 private:
  Result<void> begin_parser() {
    if (Result<void> fits = check_encoding(std::string_view(head_).substr(0, kHeadBytes)); !fits) {
      failure_ = fits.error();
      return fits;
    }
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_begin;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.ignorableWhitespace = on_text;
    handler.cdataBlock = on_text;
    handler.internalSubset = on_document_type;
    handler.serror = on_error;
    parser_ = xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr);
    rules::model::ensure(parser_ != nullptr, "there is memory for a parser");
    xmlCtxtUseOptions(parser_, XML_PARSE_NONET);
    return {};
  }

  Result<void> parse(std::string_view bytes) {
    while (!bytes.empty() && !failure_) {
      const std::string_view piece = bytes.substr(0, kPieceBytes);
      xmlParseChunk(parser_, piece.data(), static_cast<int>(piece.size()), 0);
      bytes.remove_prefix(piece.size());
    }
    if (failure_) return *failure_;
    return {};
  }

  void refuse(const Result<void>& result) {
    if (result || failure_) return;
    failure_ = result.error();
    if (failure_->span.line == 0) failure_->span.line = line();
  }
  void refuse(std::string message) { refuse(Result<void>(bad_answer(std::move(message), line()))); }

  uint32_t line() {
    if (parser_->input != nullptr) last_line_ = static_cast<uint32_t>(parser_->input->line);
    return last_line_;
  }

  static void on_begin(void* self, const xmlChar* name, const xmlChar*, const xmlChar* name_space,
                       int, const xmlChar**, int attribute_count, int, const xmlChar** attributes) {
    auto* body = static_cast<Body*>(self);
    if (!body->failure_)
      body->begin(as_view(name), as_view(name_space), attribute_count, attributes);
  }
  static void on_end(void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto* body = static_cast<Body*>(self);
    if (!body->failure_) body->end();
  }
  static void on_text(void* self, const xmlChar* text, int size) {
    auto* body = static_cast<Body*>(self);
    if (body->failure_) return;
    body->text_.append(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
    if (body->text_.size() > kTextBytesMax)
      body->refuse(fmt::format("expected texts of at most {} bytes, but one is longer",
                               BankXml::kTextBytesMax));
  }
  static void on_document_type(void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto* body = static_cast<Body*>(self);
    body->refuse("expected no document type and no entities, but there is one");
    // WHY: libxml2 keeps entities that are declared next, whoever wants them.
    xmlStopParser(body->parser_);
  }
  static void on_error(void* self, xmlErrorPtr error) {
    auto* body = static_cast<Body*>(self);
    if (body->failure_ || error == nullptr || error->level < XML_ERR_ERROR) return;
    const uint32_t line = error->line > 0 ? static_cast<uint32_t>(error->line) : body->last_line_;
    body->failure_ = bad_answer(describe(error->code, body->is_at_end_), line);
  }

  void begin(std::string_view name, std::string_view name_space, int attribute_count,
             const xmlChar** attributes) {
    if (begins_.size() >= kDepthMax)
      return refuse(fmt::format("expected elements at most {} deep, but one is deeper", kDepthMax));
    if (attribute_count > static_cast<int>(kAttributesMax))
      return refuse("expected few attributes, but an element has many");
    text_.clear();
    currency_.clear();
    if (begins_.empty()) return begin_document(name, name_space);
    begins_.push_back(path_.size());
    if (!path_.empty()) path_ += '/';
    path_ += name;
    is_leaf_ = true;
    if (foreign_depth_ == 0 && name == "SplmtryData") foreign_depth_ = begins_.size();
    if (foreign_depth_ != 0) return;
    if (name_space != name_space_)
      return refuse("expected elements of one namespace, but one has another");
    for (int i = 0; i < attribute_count; ++i) {
      const xmlChar** attribute = attributes + static_cast<ptrdiff_t>(5) * i;
      if (as_view(attribute[0]) == "Ccy" && attribute[1] == nullptr)
        currency_.assign(reinterpret_cast<const char*>(attribute[3]),
                         static_cast<size_t>(attribute[4] - attribute[3]));
    }
    refuse(elements_.begin(path_));
  }

  void begin_document(std::string_view name, std::string_view name_space) {
    begins_.push_back(0);
    if (name != "Document") return refuse("expected the element `Document`, but there is another");
    name_space_ = name_space;
    refuse(elements_.begin_document(name_space, line()));
  }

  void end() {
    const bool is_ours = foreign_depth_ == 0;
    if (foreign_depth_ == begins_.size()) foreign_depth_ = 0;
    if (begins_.size() > 1) {
      if (is_ours) {
        refuse(
            elements_.end({path_, is_leaf_ ? trim(text_) : std::string_view(), currency_, line()}));
      }
      path_.resize(begins_.back());
    }
    begins_.pop_back();
    text_.clear();
    currency_.clear();
    is_leaf_ = false;
  }

  BankElements& elements_;
  xmlParserCtxtPtr parser_ = nullptr;
  std::string head_;  ///< until there is enough to know the encoding
  std::optional<Error> failure_;
  std::string name_space_;
  std::string path_;
  std::vector<size_t> begins_;  ///< of each open element: the length of `path_` before it
  std::string text_;
  std::string currency_;
  size_t foreign_depth_ = 0;  ///< of the element whose content is nobody's business; 0: none
  uint32_t last_line_ = 1;
  bool is_leaf_ = false;
  bool is_at_end_ = false;
};

BankXml::BankXml(BankElements& elements) : body_(std::make_unique<Body>(elements)) {}
BankXml::~BankXml() = default;
Result<void> BankXml::feed(std::string_view bytes) { return body_->feed(bytes); }
Result<void> BankXml::finish() { return body_->finish(); }

}  // namespace lupaus::server::finance
