// report() never waits for a server that is silent, deaf or slow.
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/clients/branch/terminal_fixture.h"

namespace lupaus::clients::branch {
namespace {

using SlowServer = TerminalTest;

TEST_F(SlowServer, ReportsAtOnceWhileTheServerNeverAnswers) {
  events_.manner_ = FakeEvents::Manner::silent;
  auto terminal = open(options());
  ASSERT_TRUE(events_.wait([&] { return events_.held_ == 1; }));
  for (int count = 1; count <= 20; ++count)
    ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
  EXPECT_FALSE(terminal->status().is_connected);
  EXPECT_EQ(terminal->status().reported, 20U);
  terminal.reset();
  events_.manner_ = FakeEvents::Manner::prompt;
  terminal = open(options());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets().size(), 20U);
}

TEST_F(SlowServer, ReportsAtOnceWhileTheServersMachineTakesConnectionsAndDoesNothing) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  auto deaf = options();
  deaf.server = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  auto terminal = open(deaf);
  for (int count = 1; count <= 20; ++count)
    ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
  EXPECT_FALSE(terminal->status().is_connected);
  terminal->close();
  ::close(listener);
}

TEST_F(SlowServer, ReportsAtOnceWhileTheServerReadsNothing) {
  events_.manner_ = FakeEvents::Manner::slow;
  auto chosen = options();
  chosen.sync_every = milliseconds(5);
  auto terminal = open(chosen);
  ASSERT_TRUE(events_.wait([&] { return events_.held_ == 1; }));
  constexpr uint64_t kEvents = 2'000;  // far more than the network holds
  const Attributes attributes = {{"note", std::string(1'000, 'x')}};
  for (uint64_t count = 1; count <= kEvents; ++count)
    ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count), attributes).ok());
  EXPECT_EQ(terminal->status().acked, 0U);
  events_.release();
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets().size(), kEvents);
}

}  // namespace
}  // namespace lupaus::clients::branch
