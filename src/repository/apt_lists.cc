#include "repository/apt_lists.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/sha256.h"
#include "base/text.h"
#include "repository/deb822.h"
#include "repository/inflate.h"
#include "repository/openpgp.h"
#include "repository/release_file.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_entries = 400'000;

std::string told(const AptSource& source) {
  return "package lists of " + printable(source.uri, 200) + " " + printable(source.suite, 100);
}

std::string root_relative(const std::string& path) {
  const size_t start = path.find_first_not_of('/');
  return start == std::string::npos ? "" : path.substr(start);
}

// The keys that count for a source: those that it names, else those trusted for every source.
Keyring keyring_of(const AptSource& source, const Files& files) {
  Keyring ring;
  const auto add = [&](const std::string& path) {
    if (const std::string* bytes = files.find(path)) ring.keys.push_back(*bytes);
  };
  const auto add_trusted = [&] {
    add("etc/apt/trusted.gpg");
    for (const std::string_view ending : {".gpg", ".asc"}) {
      for (const std::string& path : files.below("etc/apt/trusted.gpg.d/", ending)) add(path);
    }
  };
  if (!source.embedded_key.empty()) {
    ring.keys.push_back(source.embedded_key);
    return ring;
  }
  bool named_file = false;
  for (const std::string& one : source.signed_by) {
    if (one.starts_with('/')) {
      named_file = true;
      add(root_relative(one));
    } else {
      ring.fingerprints.push_back(one);
    }
  }
  if (!named_file) add_trusted();
  return ring;
}

bool is_security_suite(const ReleaseFile& release) {
  // Debian: label "Debian-Security", codename "bookworm-security" (up to 10 "buster" with suite "stable"). Ubuntu and
  // its extended maintenance, Devuan: suites "jammy-security", "jammy-infra-security".
  return release.label.ends_with("-Security") || release.suite.ends_with("-security") ||
         release.codename.ends_with("-security");
}

// One suite while its files are looked up.
class SuiteReader {
 public:
  SuiteReader(const Files& files, const AptSource& source, const DpkgSystem& system, const WantsPackage& wants,
              AptLists& out)
      : files_(files), source_(source), system_(system), wants_(wants), out_(out) {}

  // False when the tree has no Release file of the suite.
  bool read(const std::string& found_in) {
    std::string text;
    if (!find_release(text)) return false;
    Result<ReleaseFile> parsed = parse_release(text);
    if (!parsed.ok()) {
      out_.not_assessed.push_back({told(source_), "its Release file " + parsed.error().message, "apt-get update"});
      return true;
    }
    release_ = std::move(*parsed);
    about_.uri = source_.uri;
    about_.origin = release_.origin;
    about_.label = release_.label;
    about_.suite = release_.suite.empty() ? source_.suite : release_.suite;
    about_.codename = release_.codename;
    about_.found_in = found_in;
    about_.date = release_.date;
    about_.valid_until = release_.valid_until;
    about_.security = is_security_suite(release_);
    list_ = out_.lists.size();
    read_indexes();
    about_.unverified = unverified_;
    about_.verified = unverified_.empty();
    out_.lists.push_back(about_);
    out_.releases.push_back(pin_target());
    out_.changelogs.push_back(release_.changelogs);
    return true;
  }

 private:
  const std::string* list_file(const std::string& name) const {
    return files_.find(std::string(apt_lists_directory) + list_file_name(source_.release_url() + name));
  }

  // The text of the Release file; what its signature says goes to unverified_.
  bool find_release(std::string& text) {
    const Keyring ring = keyring_of(source_, files_);
    Status verified = Done{};
    if (const std::string* message = list_file("InRelease")) {
      Result<std::string> split = split_clearsigned(*message);
      if (split.ok()) {
        Result<std::string> signed_text = verify_clearsigned(*message, ring);
        text = signed_text.ok() ? std::move(*signed_text) : std::move(*split);
        if (!signed_text.ok()) verified = std::move(signed_text).error();
      } else {
        text = *message;
        verified = std::move(split).error();
      }
    } else if (const std::string* release = list_file("Release")) {
      text = *release;
      const std::string* signature = list_file("Release.gpg");
      verified = signature == nullptr ? Status(Error{ErrorKind::denied, "its Release file is not signed"})
                                      : verify_detached(text, *signature, ring);
    } else {
      return false;
    }
    if (!verified.ok()) unverified_ = verified.error().message;
    if (source_.trusted == true && !verified.ok()) unverified_ += " (its source says trusted=yes, so apt uses it)";
    if (source_.trusted == false) unverified_ = "its source says trusted=no";
    return true;
  }

  PinTarget pin_target() const {
    PinTarget target;
    target.archive = release_.suite;
    target.codename = release_.codename;
    target.release_version = release_.version;
    target.origin = release_.origin;
    target.label = release_.label;
    target.not_automatic = release_.not_automatic;
    target.but_automatic_upgrades = release_.but_automatic_upgrades;
    const size_t scheme = source_.uri.find("://");
    if (scheme != std::string::npos) {
      const std::string rest = source_.uri.substr(scheme + 3);
      target.host = rest.substr(0, rest.find('/'));
      if (const size_t at = target.host.rfind('@'); at != std::string::npos) target.host.erase(0, at + 1);
    }
    return target;
  }

  void read_indexes() {
    std::vector<std::string> archs = source_.architectures;
    if (archs.empty()) {
      archs.push_back(system_.native);
      archs.insert(archs.end(), system_.foreign.begin(), system_.foreign.end());
    }
    if (source_.suite.ends_with('/')) {
      read_index("Packages", "", system_.native);
      return;
    }
    for (const std::string& component : source_.components) {
      for (const std::string& arch : archs) {
        read_index(component + "/binary-" + arch + "/Packages", component, arch);
      }
      const std::string all = component + "/binary-all/Packages";
      if (std::ranges::find(archs, "all") == archs.end() && find_index(all).first) read_index(all, component, "all");
    }
  }

  std::pair<const std::string*, std::string> find_index(const std::string& name) const {
    for (const std::string_view packing : apt_packings) {
      const std::string packed = name + std::string(packing);
      if (const std::string* bytes = list_file(packed)) return {bytes, packed};
    }
    return {nullptr, name};
  }

  // Whether the Release file says that this index has something in it.
  bool is_announced(const std::string& name) const {
    for (const std::string_view packing : apt_packings) {
      const auto entry = release_.hashes.find(name + std::string(packing));
      if (entry != release_.hashes.end()) return packing.empty() ? entry->second.size > 0 : entry->second.size > 64;
    }
    return false;
  }

  void read_index(const std::string& name, const std::string& component, const std::string& arch) {
    const auto [bytes, found_name] = find_index(name);
    if (bytes == nullptr) {
      if (is_announced(name))
        out_.not_assessed.push_back({told(source_) + ": " + printable(name, 200), "is not there", "apt-get update"});
      return;
    }
    const size_t before = out_.entries.size();
    Sha256 hash;
    uint64_t size = 0;
    ParagraphReader reader([&](const Paragraph& p) { take(p, component, arch); },
                           {"package", "version", "architecture", "source", "pre-depends", "depends"}, wants_);
    const Status inflated = inflate_each(*bytes, max_index_bytes, [&](std::string_view piece) {
      hash.update(piece);
      size += piece.size();
      reader.feed(piece);
    });
    reader.finish();
    if (!inflated.ok()) {
      out_.entries.resize(before);
      out_.not_assessed.push_back(
          {told(source_) + ": " + printable(name, 200), inflated.error().message, "apt-get update"});
      return;
    }
    if (unverified_.empty()) unverified_ = content_fault(name, found_name, *bytes, hash.hex(), size);
  }

  // Why the content of an index is not what the Release file announces; empty when it is.
  std::string content_fault(const std::string& name, const std::string& found_name, const std::string& bytes,
                            const std::string& hex, uint64_t size) const {
    if (const auto plain = release_.hashes.find(name); plain != release_.hashes.end()) {
      const bool fits = plain->second.sha256 == hex && plain->second.size == size;
      return fits ? "" : "the content of " + printable(name, 200) + " is not what its Release file announces";
    }
    const auto packed = release_.hashes.find(found_name);
    if (packed == release_.hashes.end()) return "its Release file holds no SHA-256 of " + printable(name, 200);
    return packed->second.sha256 == sha256_hex(bytes)
               ? ""
               : "the content of " + printable(found_name, 200) + " is not what its Release file announces";
  }

  void take(const Paragraph& p, const std::string& component, const std::string& arch) {
    AptEntry entry;
    entry.name = p.get("Package");
    entry.version = p.get("Version");
    entry.arch = p.get("Architecture");
    if (entry.version.empty() || out_.entries.size() >= max_entries) return;
    // A list of one architecture shows packages for all of them too: there they count as its own.
    if (entry.arch == "all" && arch != "all") entry.arch = arch;
    const std::string_view source = p.get("Source");
    const size_t open = source.find('(');
    entry.source = source.empty() ? entry.name : std::string(trim(source.substr(0, open)));
    entry.source_version = entry.version;
    if (const size_t close = source.find(')'); open != std::string_view::npos && close != std::string_view::npos)
      entry.source_version = std::string(trim(source.substr(open + 1, close - open - 1)));
    entry.component = component;
    entry.needs = std::string(p.get("Pre-Depends")) + "," + std::string(p.get("Depends"));
    entry.list = list_;
    out_.entries.push_back(std::move(entry));
  }

  const Files& files_;
  const AptSource& source_;
  const DpkgSystem& system_;
  const WantsPackage& wants_;
  AptLists& out_;
  ReleaseFile release_;
  OfferedList about_;
  std::string unverified_;
  size_t list_ = 0;
};

}  // namespace

bool AptLists::has_security() const {
  return std::ranges::any_of(lists, [](const OfferedList& list) { return list.security; });
}

std::vector<AptSource> apt_sources(const Files& files) {
  std::vector<AptSource> out;
  const auto add = [&](std::vector<AptSource> more) {
    for (AptSource& source : more) {
      if (std::ranges::find(out, source) == out.end()) out.push_back(std::move(source));
    }
  };
  std::vector<std::string> paths = files.below("etc/apt/sources.list.d/");
  paths.emplace_back("etc/apt/sources.list");
  for (const std::string& path : paths) {
    const std::string* text = files.find(path);
    if (text == nullptr) continue;
    if (path.ends_with(".list")) add(parse_sources_list(*text));
    if (path.ends_with(".sources")) add(parse_deb822_sources(*text));
  }
  return out;
}

AptLists read_apt_lists(const Files& files, const std::vector<AptSource>& sources, const DpkgSystem& system,
                        const WantsPackage& wants, const FoundIn& found_in) {
  AptLists out;
  std::vector<const AptSource*> missing;
  for (const AptSource& source : sources) {
    if (!SuiteReader(files, source, system, wants, out).read(found_in(source))) missing.push_back(&source);
  }
  // Where there is none at all, one sentence of the caller says so.
  for (const AptSource* source : missing) {
    if (!out.lists.empty()) out.not_assessed.push_back({told(*source), "are not there", "apt-get update"});
  }
  return out;
}

AptLists read_security_lists(const Files& files) {
  const DpkgSystem system = read_dpkg_system(files);
  const std::vector<AptSource> sources = apt_sources(files);
  std::vector<AptSource> security;
  std::ranges::copy_if(sources, std::back_inserter(security), [](const AptSource& source) {
    return source.suite.find("security") != std::string::npos || source.uri.find("security") != std::string::npos;
  });
  const auto on_host = [](const AptSource&) { return std::string("the host"); };
  std::set<std::string, std::less<>> names;
  const AptLists first = read_apt_lists(files, security, system, [](std::string_view) { return true; }, on_host);
  for (const AptEntry& entry : first.entries) names.insert(entry.name);
  AptLists out = read_apt_lists(files, sources, system, [&](std::string_view n) { return names.contains(n); }, on_host);
  out.native = system.native;
  return out;
}

}  // namespace plimsoll::repository
