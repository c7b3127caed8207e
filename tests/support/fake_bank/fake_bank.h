// A bank that receives webhooks: credits each idempotency key once, checks every signature, and
// misbehaves as a test tells it, request by request. Listens on a free loopback port.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lupaus::tests::support {

/// How the bank treats one request.
enum class Whim : uint8_t {
  credit,         ///< credits and answers 200 with reference and amount
  drop_reply,     ///< credits, then hangs up without an answer
  cut_reply,      ///< credits, then hangs up in the middle of the answer
  process_twice,  ///< as if the network had delivered the request twice
  fail_before,    ///< 503 without a credit
  fail_after,     ///< credits, then answers 500
  refuse,         ///< 422: will never pay
  busy,           ///< 429
  wrong_amount,   ///< credits, answers 200 with another amount
  redirect,       ///< 307 to the bank's own /elsewhere
  silence,        ///< credits, answers only when the bank is closed
};

class FakeBank {
 public:
  /// `whim` is asked for each request with its key and how often the key was seen before; any
  /// thread.
  using Choose = std::function<Whim(const std::string& key, int seen_count)>;

  struct Received {
    std::string target, key, content_type, signature, body;
    bool is_signed = false;  ///< with the bank's secret
  };

  FakeBank(std::string secret, Choose whim);
  ~FakeBank();
  FakeBank(const FakeBank&) = delete;
  FakeBank& operator=(const FakeBank&) = delete;

  /// "http://127.0.0.1:41233/pay".
  std::string url() const;
  /// How often each key was credited.
  std::map<std::string, int> credits() const;
  /// What was credited for a key: "EUR 10.00".
  std::string credited(const std::string& key) const;
  std::vector<Received> received() const;

 private:
  class Counter;
  std::unique_ptr<Counter> counter_;
};

}  // namespace lupaus::tests::support
