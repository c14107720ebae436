#include "analyzer/offers.h"

#include <fcntl.h>

#include <span>
#include <utility>

#include "analyzer/reading.h"
#include "base/file.h"
#include "base/text.h"
#include "inventory/os_release.h"
#include "inventory/take_inventory.h"
#include "system/descriptor.h"
#include "system/http_get.h"

namespace plimsoll::analyzer {
namespace {

// Directories of settings, keys and indexes whose names are not known; all else of the machine is read by name.
constexpr const char* const apt_places[] = {"etc/apt"};
constexpr const char* const apk_places[] = {"etc/apk", "var/cache/apk"};

constexpr size_t largest_os_release = size_t{1} << 20;
constexpr size_t largest_file = size_t{256} << 20;
constexpr size_t most_held = size_t{512} << 20;  // bytes remembered of the network
constexpr size_t most_urls = 64;                 // asked for by one tree at once

// What tells repositories below those directories of the directory `root`, by path from `root`.
std::map<std::string, std::string> settings_below(int root, std::span<const char* const> places) {
  std::map<std::string, std::string> out;
  for (const std::string place : places) {
    const int directory = ::openat(root, place.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (directory < 0) continue;
    auto tree = rootfs::open_directory_at(directory);
    if (!tree.ok()) continue;
    const auto wanted = [&](std::string_view path) {
      const bool wanted_here = repository::wants_repository_file(place + "/" + std::string(path));
      return wanted_here ? inventory::Keep::whole : inventory::Keep::no;
    };
    Result<inventory::Taken> taken = inventory::take_inventory(**tree, {}, wanted);
    if (!taken.ok()) continue;
    for (auto& [path, bytes] : taken->kept) out[place + "/" + path] = std::move(bytes);
  }
  return out;
}

}  // namespace

OfferAnswer answer_offers(repository::Files files, const std::optional<OsRelease>& os,
                          const std::vector<Package>& packages, const OfferHelp& help) {
  OfferAnswer answer;
  const auto read_host = [&] {
    repository::HostLists lists;
    answer.needs_host = !help.host;
    if (!help.host) return lists;
    lists.os = help.host->os;
    lists.files = repository::Files(help.host->files);
    return lists;
  };
  const auto fetch = [&](const std::string& url, size_t) -> Result<std::optional<std::string>> {
    const auto known = help.fetched.find(url);
    if (known != help.fetched.end()) {
      if (known->second.fault.empty()) return known->second.bytes;
      const ErrorKind kind = known->second.unreachable ? ErrorKind::unreachable : ErrorKind::unsupported;
      return Error{kind, known->second.fault, printable(url, 300)};
    }
    if (answer.needs_urls.size() < most_urls) answer.needs_urls.push_back(url);
    return Error{ErrorKind::unsupported, "was not fetched", printable(url, 300)};
  };
  repository::Sources sources(read_host, fetch, {.repositories = help.repositories, .changelogs = help.changelogs});
  if (help.host) sources.know_host_apt_lists(help.host->apt);
  answer.offered = repository::take_offers(std::move(files), os, packages, sources);
  return answer;
}

Result<HostOffers> read_host_offers(int root, const HostOrder& order) {
  const system::Descriptor base(root);
  std::unique_ptr<rootfs::Tree> whole;
  if (auto tree = rootfs::open_directory_at(::openat(base.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC)); tree.ok())
    whole = std::move(*tree);
  HostOffers out;
  const repository::Files by_name({}, whole.get());
  if (const std::string* text = by_name.find("etc/os-release")) out.os = inventory::parse_os_release(*text);
  out.apt_read = repository::same_apt_release(order.os, out.os);
  out.files = settings_below(base.get(), apk_places);
  if (!out.apt_read) return out;
  const repository::Files files(settings_below(base.get(), apt_places), whole.get());
  out.apt = repository::read_host_lists(files, order.wish);
  return out;
}

OfferHelp OfferDesk::begin() const {
  OfferHelp help;
  help.repositories = settings_->repositories;
  help.changelogs = settings_->changelogs;
  return help;
}

// Most of what runs here is of another release than this machine: that shows without a worker that reads its lists.
bool OfferDesk::is_of_another_release(const std::optional<OsRelease>& os, const std::vector<Package>& packages) {
  if (!host_os_) {
    const Result<std::string> text = read_file("/etc/os-release", largest_os_release);
    host_os_.emplace(text.ok() ? inventory::parse_os_release(*text) : std::nullopt);
  }
  const bool apt = std::ranges::any_of(packages, [](const Package& p) { return p.type == PackageType::deb; });
  const auto same = apt ? repository::same_apt_release : repository::same_apk_release;
  return *host_os_ && !same(os, *host_os_);
}

// What this machine's lists say of them, read as far as that makes it necessary: those of the security suites first,
// the far larger ones of the whole distribution only when one of the packages is pending.
HostOffers OfferDesk::host_for(const std::optional<OsRelease>& os, const std::vector<Package>& packages) {
  if (is_of_another_release(os, packages)) return {*host_os_, false, {}, {}};
  HostOrder order{os, {}};
  repository::HostWish& wish = order.wish;
  wish.only_these = one_tree_;
  std::set<std::string_view> names;
  for (const Package& package : packages) {
    if (package.type != PackageType::deb) continue;
    wish.installed.push_back({package.name, package.version});
    names.insert(package.name);
  }
  const bool read = host_ && repository::same_apt_release(os, host_->os);
  wish.all_suites = read && host_->apt_read && !host_->apt.whole && repository::any_pending(host_->apt, wish.installed);
  if (!host_ || (read && !host_->apt_read) || wish.all_suites) host_ = read_host(*settings_, order);
  HostOffers out = *host_;
  std::erase_if(out.apt.entries, [&](const repository::AptEntry& entry) { return !names.contains(entry.name); });
  return out;
}

Fetched OfferDesk::fetch(const std::string& url) {
  const size_t start = url.find("://");
  const std::string server = start == std::string::npos ? "" : url.substr(0, url.find('/', start + 3));
  if (dead_servers_.contains(server)) return {std::nullopt, "its server did not answer before", true};
  const auto got = system::http_get(url, largest_file);
  if (got.ok()) return {*got, "", false};
  const ErrorKind kind = got.error().kind;
  const bool dead = kind == ErrorKind::unreachable || kind == ErrorKind::timeout;
  if (dead) dead_servers_.insert(server);
  return {std::nullopt, got.error().message, dead};
}

bool OfferDesk::serve(const OfferAnswer& answer, const std::optional<OsRelease>& os,
                      const std::vector<Package>& packages, OfferHelp& help) {
  bool more = false;
  if (answer.needs_host && !help.host) {
    help.host = host_for(os, packages);
    // A machine that has nothing for this tree is as one whose lists are not known: the answer stands.
    more = help.host->apt.has_security() || !help.host->files.empty();
  }
  for (const std::string& url : answer.needs_urls) {
    if (help.fetched.contains(url)) continue;
    auto known = fetched_.find(url);
    if (known == fetched_.end()) {
      Fetched fetched = fetch(url);
      held_ += fetched.bytes ? fetched.bytes->size() : 0;
      if (held_ > most_held) {
        help.fetched[url] = {std::nullopt, "the repositories of this run hold too much", false};
        continue;
      }
      known = fetched_.emplace(url, std::move(fetched)).first;
    }
    help.fetched[url] = known->second;
    more = true;
  }
  return more;
}

}  // namespace plimsoll::analyzer
