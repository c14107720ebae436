// The first byte picks the format: sources (both forms), preferences, dpkg's status, a Packages list, a changelog.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "repository/apt_lists.h"
#include "repository/changelog.h"
#include "repository/deb822.h"

using namespace plimsoll::repository;

namespace {

void packages(std::string_view text) {
  // In pieces of any size the paragraphs are the same.
  size_t whole = 0, pieces = 0;
  ParagraphReader at_once([&](const Paragraph&) { ++whole; }, {"package", "version"});
  at_once.feed(text);
  at_once.finish();
  ParagraphReader slowly([&](const Paragraph&) { ++pieces; }, {"package", "version"});
  for (size_t at = 0; at < text.size(); at += 7) slowly.feed(text.substr(at, 7));
  slowly.finish();
  if (whole != pieces && !at_once.too_long() && !slowly.too_long()) std::abort();
}

void lists(std::string_view text) {
  const std::string base = "var/lib/apt/lists/h_dists_s_";
  Files files({{"etc/apt/sources.list", "deb http://h s-security main\ndeb http://h s main\n"},
               {"etc/apt/preferences", "Package: *\nPin: release a=s\nPin-Priority: 100\n"},
               {"var/lib/dpkg/status", std::string(text)},
               {base + "Release", "Suite: s-security\nOrigin: Debian\n"},
               {base + "main_binary-amd64_Packages", std::string(text)}});
  const DpkgSystem system = read_dpkg_system(files);
  const AptLists read = read_apt_lists(files, apt_sources(files), system, [](const AptSource&) { return "here"; });
  read_host_lists(files, {.all_suites = true});
  apt_offers(read, system, files);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'l':
      for (const AptSource& source : parse_sources_list(text)) list_file_name(source.release_url());
      break;
    case 's':
      for (const AptSource& source : parse_deb822_sources(text)) list_file_name(source.release_url());
      break;
    case 'p': {
      PinTarget target;
      target.package = target.source = "openssl";
      target.version = "3.0.17-1";
      target.archive = "stable-security";
      target.label = "Debian-Security";
      priority_of(parse_preferences(text), target, "stable");
      break;
    }
    case 'c':
      cves_between(text, "1", "9");
      break;
    case 'd':
      lists(text);
      break;
    default:
      packages(text);
  }
  return 0;
}
