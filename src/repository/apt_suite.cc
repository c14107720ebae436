#include "repository/apt_suite.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "repository/hash_beside.h"
#include "repository/inflate.h"
#include "repository/openpgp.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_entries = 400'000;

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

std::string hash_of(rootfs::File& file) {
  constexpr size_t piece_bytes = size_t{64} << 10;
  Sha256 hash;
  for (uint64_t at = 0;;) {
    const Result<std::string> piece = file.read_at(at, piece_bytes);
    if (!piece.ok()) return {};
    if (piece->empty()) return hash.hex();
    hash.update(*piece);
    at += piece->size();
  }
}

bool is_security_suite(const ReleaseFile& release) {
  // Debian: label "Debian-Security", codename "bookworm-security" (up to 10 "buster" with suite "stable"). Ubuntu and
  // its extended maintenance, Devuan: suites "jammy-security", "jammy-infra-security".
  return release.label.ends_with("-Security") || release.suite.ends_with("-security") ||
         release.codename.ends_with("-security");
}

// One paragraph of an index, of the list that is added to `out` next.
void take(const Paragraph& p, const std::string& component, const std::string& arch, AptLists& out) {
  AptEntry entry;
  entry.name = p.get("Package");
  entry.version = p.get("Version");
  entry.arch = p.get("Architecture");
  if (entry.version.empty() || out.entries.size() >= max_entries) return;
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
  entry.list = out.lists.size();
  out.entries.push_back(std::move(entry));
}

}  // namespace

std::string told(const AptSource& source) {
  return "package lists of " + printable(source.uri, 200) + " " + printable(source.suite, 100);
}

bool AptSuite::open() {
  if (const std::string* message = list_file("InRelease")) {
    Result<std::string> split = split_clearsigned(*message);
    text_ = split.ok() ? std::move(*split) : *message;
    message_ = message;
    if (!split.ok()) fault_ = std::move(split).error().message;
  } else if (const std::string* release = list_file("Release")) {
    text_ = *release;
  } else {
    return false;
  }
  Result<ReleaseFile> parsed = parse_release(text_);
  if (parsed.ok())
    release_ = std::move(*parsed);
  else
    broken_ = "its Release file " + parsed.error().message;
  return true;
}

bool AptSuite::is_security() const { return is_security_suite(release_); }

bool AptSuite::may_be_security() const {
  constexpr std::string_view word = "security";
  return is_security() || source_.suite.find(word) != std::string::npos || source_.uri.find(word) != std::string::npos;
}

void AptSuite::read(const WantsPackage& wants, AptLists& out) {
  const size_t before = out.entries.size();
  read_indexes(wants, out);
  if (!may_be_security() && out.entries.size() == before) return;
  verify();
  for (const Content& content : contents_) {
    if (unverified_.empty()) unverified_ = fault_of(content);
  }
  OfferedList about;
  about.uri = source_.uri;
  about.origin = release_.origin;
  about.label = release_.label;
  about.suite = release_.suite.empty() ? source_.suite : release_.suite;
  about.codename = release_.codename;
  about.found_in = found_in_;
  about.date = release_.date;
  about.valid_until = release_.valid_until;
  about.security = is_security();
  about.unverified = unverified_;
  about.verified = unverified_.empty();
  out.lists.push_back(std::move(about));
  out.releases.push_back(pin_target());
  out.changelogs.push_back(release_.changelogs);
}

std::string AptSuite::list_path(const std::string& name) const {
  return std::string(apt_lists_directory) + list_file_name(source_.release_url() + name);
}

// What the signature says of the Release file goes to unverified_; signed text takes the place of what was split.
void AptSuite::verify() {
  const Keyring ring = keyring_of(source_, *files_);
  Status verified = Done{};
  if (!fault_.empty()) {
    verified = Error{ErrorKind::malformed, fault_};
  } else if (message_ != nullptr) {
    Result<std::string> signed_text = verify_clearsigned(*message_, ring);
    if (!signed_text.ok()) {
      verified = std::move(signed_text).error();
    } else if (*signed_text != text_) {
      const Result<ReleaseFile> parsed = parse_release(*signed_text);
      if (parsed.ok() && is_security_suite(*parsed) == is_security())
        release_ = *parsed;
      else
        verified = Error{ErrorKind::malformed, "what is signed of it is not what it seems to be"};
    }
  } else {
    const std::string* signature = list_file("Release.gpg");
    verified = signature == nullptr ? Status(Error{ErrorKind::denied, "its Release file is not signed"})
                                    : verify_detached(text_, *signature, ring);
  }
  if (!verified.ok()) unverified_ = verified.error().message;
  if (source_.trusted == true && !verified.ok()) unverified_ += " (its source says trusted=yes, so apt uses it)";
  if (source_.trusted == false) unverified_ = "its source says trusted=no";
}

PinTarget AptSuite::pin_target() const {
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

void AptSuite::read_indexes(const WantsPackage& wants, AptLists& out) {
  std::vector<std::string> archs = source_.architectures;
  if (archs.empty()) {
    archs.push_back(system_->native);
    archs.insert(archs.end(), system_->foreign.begin(), system_->foreign.end());
  }
  if (source_.suite.ends_with('/')) {
    read_index("Packages", "", system_->native, wants, out);
    return;
  }
  for (const std::string& component : source_.components) {
    for (const std::string& arch : archs) {
      read_index(component + "/binary-" + arch + "/Packages", component, arch, wants, out);
    }
    const std::string all = component + "/binary-all/Packages";
    if (std::ranges::find(archs, "all") == archs.end() && find_index(all).first)
      read_index(all, component, "all", wants, out);
  }
}

std::pair<std::unique_ptr<rootfs::File>, std::string> AptSuite::find_index(const std::string& name) const {
  for (const std::string_view packing : apt_packings) {
    std::string packed = name + std::string(packing);
    if (auto file = files_->open(list_path(packed))) return {std::move(file), std::move(packed)};
  }
  return {nullptr, name};
}

// Whether the Release file says that this index has something in it.
bool AptSuite::is_announced(const std::string& name) const {
  for (const std::string_view packing : apt_packings) {
    const auto entry = release_.hashes.find(name + std::string(packing));
    if (entry != release_.hashes.end()) return packing.empty() ? entry->second.size > 0 : entry->second.size > 64;
  }
  return false;
}

void AptSuite::read_index(const std::string& name, const std::string& component, const std::string& arch,
                          const WantsPackage& wants, AptLists& out) {
  const auto [file, found_name] = find_index(name);
  if (file == nullptr) {
    if (is_announced(name))
      out.not_assessed.push_back({told(source_) + ": " + printable(name, 200), "is not there", "apt-get update"});
    return;
  }
  const size_t before = out.entries.size();
  HashBeside hash;
  uint64_t size = 0;
  ParagraphReader reader([&](const Paragraph& p) { take(p, component, arch, out); },
                         {"package", "version", "architecture", "source", "pre-depends", "depends"}, wants);
  const Status inflated = inflate_each(*file, max_index_bytes, [&](std::string_view piece) {
    hash.update(piece);
    size += piece.size();
    reader.feed(piece);
  });
  reader.finish();
  if (!inflated.ok()) {
    out.entries.resize(before);
    out.not_assessed.push_back(
        {told(source_) + ": " + printable(name, 200), inflated.error().message, "apt-get update"});
    return;
  }
  contents_.push_back({name, found_name, hash.hex(), size});
}

// Why the content of an index is not what the Release file announces; empty when it is.
std::string AptSuite::fault_of(const Content& content) const {
  const std::string differs = " is not what its Release file announces";
  if (const auto plain = release_.hashes.find(content.name); plain != release_.hashes.end()) {
    const bool fits = plain->second.sha256 == content.hash && plain->second.size == content.size;
    return fits ? "" : "the content of " + printable(content.name, 200) + differs;
  }
  const auto packed = release_.hashes.find(content.found_name);
  if (packed == release_.hashes.end()) return "its Release file holds no SHA-256 of " + printable(content.name, 200);
  const auto file = files_->open(list_path(content.found_name));
  const bool fits = file != nullptr && packed->second.sha256 == hash_of(*file);
  return fits ? "" : "the content of " + printable(content.found_name, 200) + differs;
}

}  // namespace plimsoll::repository
