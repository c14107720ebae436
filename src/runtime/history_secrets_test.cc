#include "runtime/history_secrets.h"

#include <gtest/gtest.h>

namespace plimsoll::runtime {
namespace {

struct Case {
  const char* step;
  std::vector<std::string> secrets;
  const char* text;
};

TEST(HistorySecrets, AreFoundByNameAndFormAndTakenOut) {
  const std::string aws = std::string("AKIA") + "ABCDEFGHIJKLMNOP";
  const std::vector<Case> cases = {
      {"/bin/sh -c #(nop)  ENV DB_PASSWORD=hunter2", {"DB_PASSWORD"}, "/bin/sh -c #(nop)  ENV DB_PASSWORD=***"},
      {"ENV API_TOKEN=\"a b\" HOME=/root", {"API_TOKEN"}, "ENV API_TOKEN=*** HOME=/root"},
      {"RUN |1 NPM_TOKEN=xyz /bin/sh -c npm ci", {"NPM_TOKEN"}, "RUN |1 NPM_TOKEN=*** /bin/sh -c npm ci"},
      {"RUN mysql --password=geheim -u root", {"--password"}, "RUN mysql --password=*** -u root"},
      {"RUN login --token geheim now", {"--token"}, "RUN login --token *** now"},
      {"RUN curl https://joe:geheim@example.org/x", {"password in a URL"}, "RUN curl https://joe:***@example.org/x"},
      // No secrets: references, switches, names of files, secret mounts.
      {"RUN x --password $PASS --token=", {}, "RUN x --password $PASS --token="},
      {"ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes", {}, "ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes"},
      {"ENV DB_PASSWORD_FILE=/run/secrets/db", {}, "ENV DB_PASSWORD_FILE=/run/secrets/db"},
      {"RUN --mount=type=secret,id=token make", {}, "RUN --mount=type=secret,id=token make"},
      {"RUN git clone https://example.org/x@2", {}, "RUN git clone https://example.org/x@2"},
      {"", {}, ""},
  };
  for (const Case& c : cases) {
    const CleanStep step = clean_step(c.step);
    EXPECT_EQ(step.secrets, c.secrets) << c.step;
    EXPECT_EQ(step.text, c.text);
  }
  EXPECT_EQ(clean_step("RUN aws configure " + aws).text, "RUN aws configure ***");
  const CleanStep key = clean_step("RUN echo -----BEGIN RSA PRIVATE KEY----- abc");
  EXPECT_EQ(key.secrets, std::vector<std::string>{"private key"});
  EXPECT_EQ(key.text.find("abc"), std::string::npos);
}

TEST(HistorySecrets, AssignmentsOfTheEnvironment) {
  std::string name;
  EXPECT_TRUE(is_secret_assignment("DB_PASSWORD=x", &name));
  EXPECT_EQ(name, "DB_PASSWORD");
  EXPECT_FALSE(is_secret_assignment("DB_PASSWORD=", &name));
  EXPECT_FALSE(is_secret_assignment("PATH=/bin", &name));
  EXPECT_FALSE(is_secret_assignment("PASSWORD", &name));
}

}  // namespace
}  // namespace plimsoll::runtime
