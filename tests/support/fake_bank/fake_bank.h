// A bank that receives webhooks: credits each idempotency key once, checks every signature, and
// misbehaves as a test tells it, request by request. Says on `status_url` what became of a key.
// Keeps connections open. Listens on a free loopback port.
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
  wrong_id,       ///< credits, answers 200 about another compensation
  redirect,       ///< 307 to the bank's own /elsewhere
  silence,        ///< credits, answers only when the bank is closed
  delay,          ///< credits, answers after 20 ms
  hang_up,        ///< credits, answers 200, and closes the connection though it said it would not
};

class FakeBank {
 public:
  /// `whim` is asked for each request with its key and how often the key was seen before; on the
  /// bank's thread.
  using Choose = std::function<Whim(const std::string& key, int seen_count)>;

  struct Received {
    std::string target, key, content_type, signature, body;
    bool is_signed = false;  ///< with the bank's secret
  };
  /// What was credited: without known keys each crediting request would have been paid again.
  struct Totals {
    uint64_t requests = 0, unsigned_requests = 0, questions = 0, connections = 0;
    uint64_t crediting_requests = 0;  ///< as many credits a bank would give that knows no keys
    uint64_t keys = 0, credits = 0, credited_minor = 0;
    uint64_t credited_twice = 0;  ///< debts that came under two keys
    uint64_t changed_bodies = 0;  ///< requests whose body differs from the first of their key
  };

  /// With `is_remembering` off, requests are counted and not kept.
  FakeBank(std::string secret, Choose whim, bool is_remembering = true);
  ~FakeBank();
  FakeBank(const FakeBank&) = delete;
  FakeBank& operator=(const FakeBank&) = delete;

  /// "http://127.0.0.1:41233/pay".
  std::string url() const;
  /// "http://127.0.0.1:41233/payments/{key}".
  std::string status_url() const;
  /// How often each key was credited.
  std::map<std::string, int> credits() const;
  /// What was credited for a key: "EUR 10.00".
  std::string credited(const std::string& key) const;
  std::vector<Received> received() const;
  Totals totals() const;

 private:
  class Counter;
  std::unique_ptr<Counter> counter_;
};

}  // namespace lupaus::tests::support
