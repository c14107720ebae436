// Speed of the OSV parser over the archives of a mirror: feed_bench MIRROR/osv. Three passes over the same records in
// memory: simdjson skipping through each, our parser filling an Advisory, and unzipping. Prints MB of JSON per second.
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "feed/advisory.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Pass {
  size_t bytes = 0;
  Clock::duration time{0};
  double rate() const { return static_cast<double>(bytes) / std::chrono::duration<double>(time).count() / 1e6; }
};

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

template <class F>
void timed(Pass& pass, size_t bytes, F&& f) {
  const auto start = Clock::now();
  f();
  pass.time += Clock::now() - start;
  pass.bytes += bytes;
}

// The least that a reader can do: find every member of the top object.
size_t skim(simdjson::ondemand::parser& parser, const simdjson::padded_string& json) {
  size_t members = 0;
  simdjson::ondemand::document document = parser.iterate(json);
  for (auto field : document.get_object()) members += field.key().raw()[0] != 0;
  return members;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: feed_bench MIRROR/osv\n"), 2;
  Pass raw, ours, unzip;
  size_t sink = 0;
  plimsoll::feed::OsvParser parser;
  plimsoll::feed::Advisory advisory;
  simdjson::ondemand::parser raw_parser;
  for (const auto& folder : std::filesystem::directory_iterator(argv[1])) {
    if (!folder.is_directory()) continue;
    const std::string bytes = slurp(folder.path() / "all.zip");
    auto zip = plimsoll::feed::ZipReader::open(bytes);
    if (!zip.ok()) return std::fprintf(stderr, "%s\n", zip.error().to_string().c_str()), 1;
    std::string json;
    for (size_t i = 0; i < zip->entries(); ++i) {
      timed(unzip, zip->size(i), [&] { sink += zip->read(i, json).ok(); });
      const simdjson::padded_string padded(json);
      timed(raw, json.size(), [&] { sink += skim(raw_parser, padded); });
      timed(ours, json.size(), [&] { sink += parser.parse(json, zip->name(i), advisory).ok(); });
    }
  }
  std::printf(
      "%zu bytes of JSON (%zu)\nunzip          %7.0f MB/s\nsimdjson skims %7.0f MB/s\nAdvisory       %7.0f MB/s = %.2f "
      "of it\n",
      ours.bytes, sink, unzip.rate(), raw.rate(), ours.rate(), ours.rate() / raw.rate());
  return 0;
}
