// Who is calling, from certificates' names; and errors as statuses.
#include "server/wire/identity.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::wire {
namespace {

using rules::model::Result;

Result<Identity> read(std::vector<std::string> names) { return identity_of_certificate(names); }

TEST(Identity, ReadsASourceAndItsPrefix) {
  Result<Identity> source = read({"localhost", "lupaus:source/helsinki-1"});
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->kind, Identity::Kind::source);
  EXPECT_TRUE(source->may_send_for("helsinki-1"));
  EXPECT_TRUE(source->may_send_for("helsinki-1/kiosk-1"));
  EXPECT_FALSE(source->may_send_for("helsinki-10/kiosk-1"));
  EXPECT_FALSE(source->may_send_for("helsinki-"));
  EXPECT_FALSE(require_person(*source).ok());
}

TEST(Identity, ReadsAPersonAndTheRoles) {
  Result<Identity> person = read({"lupaus:person/anna?role=author,manager"});
  ASSERT_TRUE(person.ok());
  EXPECT_EQ(person->actor()->id, "anna");
  EXPECT_EQ(person->actor()->roles, "author,manager");
  EXPECT_TRUE(person->actor()->is_authenticated);
  EXPECT_TRUE(require_person(*person).ok());
}

TEST(Identity, RefusesCertificatesThatNameNobodyOrTwo) {
  for (const std::vector<std::string>& names :
       std::vector<std::vector<std::string>>{{},
                                             {"localhost"},
                                             {"lupaus:source/"},
                                             {"lupaus:person/?role=author"},
                                             {"lupaus:person/a?role=king"},
                                             {"lupaus:person/a?roles=author"},
                                             {"lupaus:robot/r"},
                                             {"lupaus:source/a", "lupaus:person/b"}}) {
    EXPECT_FALSE(read(names).ok()) << (names.empty() ? "none" : names.front());
  }
}

TEST(Status, CarriesSentenceHintAndReason) {
  grpc::Status status = to_status({"sequence_gap", "expected 5, but 9", "send again", {}});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(status.error_message(), "expected 5, but 9; send again");
  EXPECT_NE(status.error_details().find("sequence_gap"), std::string::npos);
}

TEST(Status, TellsHintAndFieldApart) {
  const grpc::Status status = to_status(invalid_field("page_size", "expected more; or less"));
  EXPECT_NE(status.error_details().find("google.rpc.BadRequest"), std::string::npos);
  EXPECT_NE(status.error_details().find("\x0A\x09page_size\x12\x16"
                                        "expected more; or less"),
            std::string::npos);
  const grpc::Status hinted = to_status({"wrong_state", "expected a draft", "look again", {}});
  EXPECT_NE(hinted.error_details().find("\x0A\x04hint\x12\x0Alook again"), std::string::npos);
  EXPECT_EQ(hinted.error_details().find("BadRequest"), std::string::npos);
}

TEST(PageToken, ComesBackAsItWasAndRefusesOthers) {
  std::string bytes("b1\0A7", 5);
  EXPECT_EQ(from_page_token(to_page_token(bytes)).value(), bytes);
  EXPECT_FALSE(from_page_token("xyz").ok());
  EXPECT_FALSE(position_of_token("12x").ok());
}

}  // namespace
}  // namespace lupaus::server::wire
