#include "tests/support/fake_bank/fake_bank.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace lupaus::tests::support {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::string_view kPayments = "/payments/";

/// The signature as a receiver checks it, written apart from the sender's code.
bool is_signed_with(const std::string& secret, const std::string& header, const std::string& body) {
  const size_t comma = header.find(',');
  if (!header.starts_with("t=") || comma == std::string::npos) return false;
  const std::string text = header.substr(2, comma - 2) + "." + body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  std::string expected = "v1=";
  for (unsigned int i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    expected += kDigits[digest[i] >> 4];
    expected += kDigits[digest[i] & 15];
  }
  std::stringstream parts(header.substr(comma + 1));
  for (std::string part; std::getline(parts, part, ',');) {
    if (part == expected) return true;
  }
  return false;
}

/// What a request asks to be paid; nothing for an apology.
struct Sum {
  std::string currency, amount;
  int64_t minor = 0;
  size_t debt = 0;  ///< hash of the commitment that it is for
  std::string text() const { return currency.empty() ? "" : currency + " " + amount; }
};

Sum sum_in(const std::string& body) {
  error_code error;
  const json::value event = json::parse(body, error);
  if (error) return {"unreadable", "", 0, 0};
  Sum sum;
  sum.debt = std::hash<std::string_view>()(event.at("subject").as_string());
  const json::value* amount = event.at("data").as_object().if_contains("amount");
  if (amount == nullptr) return sum;
  sum.currency = amount->at("currency").as_string().c_str();
  sum.amount = amount->at("amount").as_string().c_str();
  sum.minor = amount->at("minor").as_int64();
  return sum;
}

bool is_crediting(Whim whim) {
  return whim != Whim::fail_before && whim != Whim::refuse && whim != Whim::busy &&
         whim != Whim::redirect;
}

http::status status_of(Whim whim) {
  switch (whim) {
    case Whim::fail_before:
      return http::status::service_unavailable;
    case Whim::fail_after:
      return http::status::internal_server_error;
    case Whim::refuse:
      return http::status::unprocessable_entity;
    case Whim::busy:
      return http::status::too_many_requests;
    case Whim::redirect:
      return http::status::temporary_redirect;
    default:
      return http::status::ok;
  }
}

}  // namespace

/// What the bank knows of one key.
struct Account {
  uint32_t seen_count = 0, credit_count = 0;
  size_t body_hash = 0;
  Sum sum;
};

class FakeBank::Counter {
 public:
  Counter(std::string secret, Choose whim, bool is_remembering)
      : secret_(std::move(secret)), whim_(std::move(whim)), is_remembering_(is_remembering) {
    accept();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Counter() {
    loop_.stop();
    thread_.join();
  }

  std::string origin() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

  mutable std::mutex lock_;
  std::unordered_map<std::string, Account> accounts_;
  std::unordered_set<size_t> debts_;  ///< credited
  std::vector<Received> received_;
  Totals totals_;

 private:
  struct Session {
    explicit Session(tcp::socket connected) : socket(std::move(connected)) {}
    tcp::socket socket;
    boost::beast::flat_buffer buffer;
    Request request;
    Response response;
    std::string part;
    asio::steady_timer timer{socket.get_executor()};
  };
  using SessionPtr = std::shared_ptr<Session>;

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return;
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      {
        const std::scoped_lock lock(lock_);
        ++totals_.connections;
      }
      read(std::make_shared<Session>(std::move(socket)));
      accept();
    });
  }

  void read(const SessionPtr& session) {
    session->request = {};
    http::async_read(session->socket, session->buffer, session->request,
                     [this, session](error_code error, size_t) {
                       if (error) return;
                       const bool is_question = session->request.method() == http::verb::get;
                       is_question ? tell(session) : answer(session);
                     });
  }

  void write(const SessionPtr& session, bool is_kept) {
    session->response.prepare_payload();
    http::async_write(session->socket, session->response,
                      [this, session, is_kept](error_code error, size_t) {
                        if (!error && is_kept) read(session);
                      });
  }

  /// What became of a key.
  void tell(const SessionPtr& session) {
    const std::string target(session->request.target());
    const std::string key = target.substr(std::min(target.size(), kPayments.size()));
    json::object body{{"state", "unknown"}};
    {
      const std::scoped_lock lock(lock_);
      ++totals_.questions;
      const std::string signature(session->request["Lupaus-Signature"]);
      if (!is_signed_with(secret_, signature, target)) ++totals_.unsigned_requests;
      const auto account = accounts_.find(key);
      if (account != accounts_.end() && account->second.credit_count > 0)
        body = reply_body(key, key, account->second.sum, "paid");
    }
    session->response = Response(http::status::ok, 11);
    session->response.body() = json::serialize(body);
    write(session, true);
  }

  void answer(const SessionPtr& session) {
    const std::string key(session->request["Idempotency-Key"]);
    const Sum sum = sum_in(session->request.body());
    const Whim whim = receive(session->request, key, sum);
    if (whim == Whim::drop_reply) return;
    if (whim == Whim::silence) {
      silent_.insert(session);
      return;
    }
    if (whim == Whim::cut_reply) {
      session->part = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"reference\":\"bank";
      asio::async_write(session->socket, asio::buffer(session->part), [session](auto, auto) {});
      return;
    }
    make_response(whim, key, sum, session->response);
    if (whim != Whim::delay) return write(session, whim != Whim::hang_up);
    session->timer.expires_after(std::chrono::milliseconds(20));
    session->timer.async_wait([this, session](error_code) { write(session, true); });
  }

  Whim receive(const Request& request, const std::string& key, const Sum& sum) {
    const std::string signature(request["Lupaus-Signature"]);
    const bool is_signed = is_signed_with(secret_, signature, request.body());
    const std::scoped_lock lock(lock_);
    Account& account = accounts_[key];
    const size_t hash = std::hash<std::string>()(request.body());
    if (account.seen_count == 0) account.body_hash = hash;
    if (account.body_hash != hash) ++totals_.changed_bodies;
    ++totals_.requests;
    if (!is_signed) ++totals_.unsigned_requests;
    if (is_remembering_) {
      received_.push_back({std::string(request.target()), key,
                           std::string(request[http::field::content_type]), signature,
                           request.body(), is_signed});
    }
    const Whim whim = whim_(key, static_cast<int>(account.seen_count++));
    if (is_crediting(whim)) credit(account, sum);
    if (whim == Whim::process_twice) credit(account, sum);
    return whim;
  }

  /// A known key is answered again, not paid again.
  void credit(Account& account, const Sum& sum) {
    ++totals_.crediting_requests;
    if (account.credit_count > 0) return;
    if (!debts_.insert(sum.debt).second) ++totals_.credited_twice;
    ++account.credit_count;
    account.sum = sum;
    totals_.credited_minor += static_cast<uint64_t>(sum.minor);
  }

  static json::object reply_body(const std::string& key, const std::string& about, const Sum& sum,
                                 std::string_view state) {
    json::object body{{"state", state}, {"reference", "bank-" + key}, {"compensation", about}};
    if (!sum.currency.empty())
      body["amount"] = {{"currency", sum.currency}, {"amount", sum.amount}, {"minor", sum.minor}};
    return body;
  }

  static void make_response(Whim whim, const std::string& key, Sum sum, Response& response) {
    response = Response(status_of(whim), 11);
    if (whim == Whim::redirect) response.set(http::field::location, "/elsewhere");
    if (whim == Whim::wrong_amount) sum = {sum.currency, "0.01", 1, 0};
    const std::string about = whim == Whim::wrong_id ? key + "0" : key;
    response.body() = json::serialize(reply_body(key, about, sum, "paid"));
    response.set(http::field::content_type, "application/json");
  }

  const std::string secret_;
  const Choose whim_;
  const bool is_remembering_;
  asio::io_context loop_{1};
  tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::loopback(), 0}};
  std::set<SessionPtr> silent_;
  std::thread thread_;
};

FakeBank::FakeBank(std::string secret, Choose whim, bool is_remembering)
    : counter_(std::make_unique<Counter>(std::move(secret), std::move(whim), is_remembering)) {}
FakeBank::~FakeBank() = default;

std::string FakeBank::url() const { return counter_->origin() + "/pay"; }
std::string FakeBank::status_url() const {
  return counter_->origin() + std::string(kPayments) + "{key}";
}

std::map<std::string, int> FakeBank::credits() const {
  const std::scoped_lock lock(counter_->lock_);
  std::map<std::string, int> credits;
  for (const auto& [key, account] : counter_->accounts_) {
    if (account.credit_count > 0) credits[key] = static_cast<int>(account.credit_count);
  }
  return credits;
}

std::string FakeBank::credited(const std::string& key) const {
  const std::scoped_lock lock(counter_->lock_);
  const auto found = counter_->accounts_.find(key);
  return found == counter_->accounts_.end() ? "" : found->second.sum.text();
}

std::vector<FakeBank::Received> FakeBank::received() const {
  const std::scoped_lock lock(counter_->lock_);
  return counter_->received_;
}

FakeBank::Totals FakeBank::totals() const {
  const std::scoped_lock lock(counter_->lock_);
  Totals totals = counter_->totals_;
  totals.keys = counter_->accounts_.size();
  for (const auto& [key, account] : counter_->accounts_) totals.credits += account.credit_count;
  return totals;
}

}  // namespace lupaus::tests::support
