#include "wire/recording.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "wire/random_facts.h"
#include "wire/test_report.h"

namespace plimsoll::wire {
namespace {

std::string with_asset(const std::string& members) {
  return R"({"schema": "plimsoll.recording/1", "assets": [{)" + members + "}]}";
}

Error error_of(const std::string& json) {
  const auto report = facts_from_json(json, "facts.json");
  return report.ok() ? Error{ErrorKind::bug, "accepted"} : report.error();
}

// The texts of these promise to be printable.
void make_printable(IncompleteList& list) {
  for (Incomplete& gap : list) gap = {printable(gap.what), printable(gap.reason), printable(gap.remedy)};
}

TEST(Recording, RoundTripOfRandomFacts) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Report report;
    RandomFill(seed).fill(report);
    for (AssetReport& asset : report.assets) {
      if (asset.container) asset.host.reset();
      make_printable(asset.assessment.not_assessed);
      make_printable(asset.offered.not_assessed);
    }
    make_printable(report.incomplete);
    wire::make_printable(report.network);
    const auto again = facts_from_json(facts_to_json(report), "facts.json");
    ASSERT_TRUE(again.ok()) << again.error().to_string();
    ASSERT_EQ(*again, report) << "seed " << seed;
  }
}

TEST(Recording, KeepsFactsAndDropsJudgement) {
  const Report report = rich_report();
  const auto again = facts_from_json(facts_to_json(report), "facts.json");
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(again->assets[0].container, report.assets[0].container);
  EXPECT_EQ(again->assets[0].packages, report.assets[0].packages);
  EXPECT_EQ(again->assets[0].assessment.not_assessed, report.assets[0].assessment.not_assessed);
  EXPECT_EQ(again->assets[0].settings, report.assets[0].settings);
  EXPECT_TRUE(again->assets[0].checks.empty());
  EXPECT_EQ(again->assets[1].host, report.assets[1].host);
  EXPECT_EQ(again->flows, report.flows);
  EXPECT_EQ(again->network, report.network);
  EXPECT_EQ(again->incomplete, report.incomplete);
  EXPECT_TRUE(again->assets[0].threats.empty());
  EXPECT_TRUE(again->fixes.empty());
  EXPECT_EQ(again->assets[0].assessment.score, 0);
}

TEST(Recording, OddNumbersSurvive) {
  Report report;
  report.assets.resize(2);
  ContainerFacts& first = report.assets[0].container.emplace();
  first.cpu_limit = Fact<double>::of(INFINITY);
  first.memory_limit = Fact<uint64_t>::of(UINT64_MAX);
  report.assets[1].container.emplace().cpu_limit = Fact<double>::of(NAN);
  const auto again = facts_from_json(facts_to_json(report), "facts.json");
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(again->assets[0].container->cpu_limit.value, INFINITY);
  EXPECT_EQ(again->assets[0].container->memory_limit.value, UINT64_MAX);
  EXPECT_TRUE(std::isnan(again->assets[1].container->cpu_limit.value.value()));
}

// A member that describe.h forgets is lost without a sound, so the members are counted on both sides.
struct CountOnly {
  template <class T>
  void member(const char*, const T&) {
    ++members;
  }
  int members = 0;
};

template <class T>
int described() {
  CountOnly counter;
  const T value{};
  describe(counter, value);
  return counter.members;
}

// Anything, for counting how many initialisers an aggregate takes.
struct Anything {
  template <class T>
  operator T() const {
    return T{};
  }
};

template <class T, class... Args>
constexpr int aggregate_size() {
  if constexpr (requires { T{Args{}..., Anything{}}; })
    return aggregate_size<T, Args..., Anything>();
  else
    return static_cast<int>(sizeof...(Args));
}

template <class T>
void expect_all_described(const char* name) {
  EXPECT_EQ(described<T>(), aggregate_size<T>()) << name;
}

TEST(Recording, NoMemberIsForgotten) {
  expect_all_described<CapabilitySets>("CapabilitySets");
  expect_all_described<ProcessFacts>("ProcessFacts");
  expect_all_described<MountFacts>("MountFacts");
  expect_all_described<RuntimeSocketFacts>("RuntimeSocketFacts");
  expect_all_described<Listener>("Listener");
  expect_all_described<PublishedPort>("PublishedPort");
  expect_all_described<NetworkAttachment>("NetworkAttachment");
  expect_all_described<DeviceNode>("DeviceNode");
  expect_all_described<ContainerFacts>("ContainerFacts");
  expect_all_described<RuntimeFacts>("RuntimeFacts");
  expect_all_described<HardwareFacts>("HardwareFacts");
  expect_all_described<HostFacts>("HostFacts");
  expect_all_described<Package>("Package");
  expect_all_described<OsRelease>("OsRelease");
  expect_all_described<OfferedList>("OfferedList");
  expect_all_described<OfferedVersion>("OfferedVersion");
  expect_all_described<Offered>("Offered");
  expect_all_described<FlowEnd>("FlowEnd");
  expect_all_described<Flow>("Flow");
  expect_all_described<NetworkSource>("NetworkSource");
  expect_all_described<NetworkEvent>("NetworkEvent");
  expect_all_described<AssetBehaviour>("AssetBehaviour");
  expect_all_described<NetworkView>("NetworkView");
  expect_all_described<Incomplete>("Incomplete");
  expect_all_described<Asset>("Asset");
}

TEST(Recording, SettingsKeepTheirKinds) {
  Report report;
  report.assets.resize(1);
  using Tree = FactTree;
  Tree& tree = report.assets[0].settings = Tree::map_of({{"a.b", Tree::list_of({Tree::of(int64_t{INT64_MIN}), {}})},
                                                         {"c", Tree::map_of({}, "somewhere")},
                                                         {"d", Tree::of("", "/x")},
                                                         {"\xff", Tree::unknown_because("\xfe")}});
  const auto again = facts_from_json(facts_to_json(report), "facts.json");
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(again->assets[0].settings, tree);
  const auto kind_of = [](const std::string& json) { return error_of(json).kind; };
  EXPECT_EQ(kind_of(with_asset(R"("settings": {"kind": "integer", "text": "x"})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("settings": {"kind": "number"})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("settings": {"members": {}})")), ErrorKind::malformed);
}

TEST(Recording, ErrorsNameFileAndPlace) {
  const Error error = error_of(with_asset(R"("container": {"pid": "x"})"));
  EXPECT_EQ(error.kind, ErrorKind::malformed);
  EXPECT_EQ(error.context, "facts.json: $.assets[0].container.pid");
}

TEST(Recording, RefusesWhatIsNotOne) {
  const auto kind_of = [](const std::string& json) { return error_of(json).kind; };
  EXPECT_EQ(kind_of(""), ErrorKind::malformed);
  EXPECT_EQ(kind_of("[]"), ErrorKind::malformed);
  EXPECT_EQ(kind_of("{}"), ErrorKind::unsupported);
  EXPECT_EQ(kind_of(R"({"schema": "plimsoll.recording/2"})"), ErrorKind::unsupported);
  EXPECT_EQ(kind_of(R"({"schema": "plimsoll.recording/1", "extra": 1})"), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("asset": {"kind": "starship"})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {}, "host": {})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"pid": 99999999999})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"pid": 1, "pid": 2})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"labels": {"a": "1", "a": "2"}})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"labels": [["a"]]})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"name": {"hex": "6g"}})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"name": {"hex": "666"}})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"created": "yesterday"})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset(R"("container": {"namespace_inode": {"pid": -1}})")), ErrorKind::malformed);
  EXPECT_EQ(kind_of(std::string(100'000, '[')), ErrorKind::malformed);
  EXPECT_EQ(kind_of(with_asset("\"container\": {\"name\": \"\xff\"}")), ErrorKind::malformed);
}

TEST(Recording, SmallTextThatStandsForMuchMemoryIsRefused) {
  std::string packages = "{}";
  for (int i = 0; i < 400'000; ++i) packages += ",{}";
  EXPECT_EQ(error_of(with_asset("\"packages\": [" + packages + "]")).kind, ErrorKind::limit);
}

TEST(Recording, TextsThatPromiseToBePrintableAre) {
  const auto report = facts_from_json(with_asset(R"("not_assessed": [{"what": "\u001b[31mred"}])"), "facts.json");
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->assets[0].assessment.not_assessed[0].what, "\\x1B[31mred");
}

}  // namespace
}  // namespace plimsoll::wire
