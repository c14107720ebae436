// Writes a small journal for tests of the command line. Usage: make_journal FILE
#include <cstdio>

#include "journal/journal.h"

int main(int argc, char** argv) {
  using namespace plimsoll;
  if (argc != 2) return 2;
  const auto log = journal::open_journal(argv[1]);
  if (!log.ok()) {
    std::fprintf(stderr, "%s\n", log.error().to_string().c_str());
    return 1;
  }
  const auto at = [](int64_t seconds) { return Instant(std::chrono::seconds(1'700'000'000 + seconds)); };
  std::vector<journal::NewEvent> events{
      {"auth.sign-in", "user:anna", {}, R"({"from": "10.0.0.1"})", at(0)},
      {"asset.appeared", "analyzer", {"docker:web"}, R"({"name": "web \u001b[31m", "score": 50})", at(1)},
      {"score.changed", "analyzer", {"docker:web"}, R"({"before": 50, "after": 70, "note": "é"})", at(2)},
      {"auth.sign-out", "user:anna", {}, "{}", at(3)}};
  for (int i = 0; i < 1200; ++i) events.push_back({"test.filler", "rule:x", {"docker:db"}, "{}", at(10 + i)});
  return (*log)->append(std::move(events)).ok() ? 0 : 1;
}
