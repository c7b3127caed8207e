#include "tests/support/fake_bank/fake_bank.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

namespace lupaus::tests::support {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr int kTellers = 8;

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

std::string amount_in(const std::string& body) {
  error_code error;
  const boost::json::value event = boost::json::parse(body, error);
  if (error) return "unreadable";
  const auto& amount = event.at("data").at("amount");
  return std::string(amount.at("currency").as_string().c_str()) + " " +
         amount.at("amount").as_string().c_str();
}

}  // namespace

class FakeBank::Counter {
 public:
  Counter(std::string secret, Choose whim) : secret_(std::move(secret)), whim_(std::move(whim)) {
    for (int i = 0; i < kTellers; ++i) tellers_.emplace_back([this] { serve(); });
  }

  ~Counter() {
    is_closing_ = true;
    {
      const std::scoped_lock lock(lock_);
      closed_.notify_all();
    }
    for (int i = 0; i < kTellers; ++i) {  // wakes each teller from its accept
      tcp::socket knock(loop_);
      error_code ignored;
      knock.connect(acceptor_.local_endpoint(), ignored);
    }
    for (std::thread& teller : tellers_) teller.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/pay";
  }

  mutable std::mutex lock_;
  std::map<std::string, int> credits_;
  std::map<std::string, std::string> amounts_;
  std::vector<Received> received_;

 private:
  void serve() {
    while (!is_closing_) {
      asio::io_context loop;
      tcp::socket socket(loop);
      error_code error;
      acceptor_.accept(socket, error);
      if (error || is_closing_) continue;
      boost::beast::flat_buffer buffer;
      Request request;
      http::read(socket, buffer, request, error);
      if (!error) answer(socket, request);
    }
  }

  Whim receive(const Request& request, const std::string& key) {
    const std::string signature(request["Lupaus-Signature"]);
    const std::scoped_lock lock(lock_);
    received_.push_back({std::string(request.target()), key,
                         std::string(request[http::field::content_type]), signature, request.body(),
                         is_signed_with(secret_, signature, request.body())});
    return whim_(key, seen_[key]++);
  }

  void credit(const std::string& key, const std::string& amount) {
    const std::scoped_lock lock(lock_);
    if (!amounts_.emplace(key, amount).second) return;  // known key: answered again, not paid again
    ++credits_[key];
  }

  static bool is_crediting(Whim whim) {
    return whim != Whim::fail_before && whim != Whim::refuse && whim != Whim::busy &&
           whim != Whim::redirect;
  }

  void answer(tcp::socket& socket, const Request& request) {
    const std::string key(request["Idempotency-Key"]);
    const Whim whim = receive(request, key);
    const std::string amount = amount_in(request.body());
    if (is_crediting(whim)) credit(key, amount);
    if (whim == Whim::process_twice) credit(key, amount);
    if (whim == Whim::drop_reply) return;
    if (whim == Whim::silence) {
      std::unique_lock lock(lock_);
      closed_.wait(lock, [this] { return is_closing_.load(); });
      return;
    }
    Response response = make_response(whim, key, amount);
    error_code ignored;
    if (whim == Whim::cut_reply) {
      const std::string part =
          "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"reference\":\"bank";
      asio::write(socket, asio::buffer(part), ignored);
      return;
    }
    http::write(socket, response, ignored);
    socket.shutdown(tcp::socket::shutdown_both, ignored);
  }

  static Response make_response(Whim whim, const std::string& key, const std::string& amount) {
    Response response(http::status::ok, 11);
    switch (whim) {
      case Whim::fail_before:
        response.result(http::status::service_unavailable);
        break;
      case Whim::fail_after:
        response.result(http::status::internal_server_error);
        break;
      case Whim::refuse:
        response.result(http::status::unprocessable_entity);
        break;
      case Whim::busy:
        response.result(http::status::too_many_requests);
        break;
      case Whim::redirect:
        response.result(http::status::temporary_redirect);
        response.set(http::field::location, "/elsewhere");
        break;
      default:
        break;
    }
    boost::json::object body{{"reference", "bank-" + key}};
    const size_t space = amount.find(' ');
    body["amount"] = {{"currency", amount.substr(0, space)},
                      {"amount", whim == Whim::wrong_amount ? "0.01" : amount.substr(space + 1)}};
    response.body() = boost::json::serialize(body);
    response.set(http::field::content_type, "application/json");
    response.keep_alive(false);
    response.prepare_payload();
    return response;
  }

  const std::string secret_;
  const Choose whim_;
  std::map<std::string, int> seen_;
  std::condition_variable closed_;
  std::atomic<bool> is_closing_{false};
  asio::io_context loop_;
  tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::loopback(), 0}};
  std::vector<std::thread> tellers_;
};

FakeBank::FakeBank(std::string secret, Choose whim)
    : counter_(std::make_unique<Counter>(std::move(secret), std::move(whim))) {}
FakeBank::~FakeBank() = default;

std::string FakeBank::url() const { return counter_->url(); }

std::map<std::string, int> FakeBank::credits() const {
  const std::scoped_lock lock(counter_->lock_);
  return counter_->credits_;
}

std::string FakeBank::credited(const std::string& key) const {
  const std::scoped_lock lock(counter_->lock_);
  const auto found = counter_->amounts_.find(key);
  return found == counter_->amounts_.end() ? "" : found->second;
}

std::vector<FakeBank::Received> FakeBank::received() const {
  const std::scoped_lock lock(counter_->lock_);
  return counter_->received_;
}

}  // namespace lupaus::tests::support
