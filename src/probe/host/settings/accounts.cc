#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/login_users.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/shadow.h"

namespace plimsoll::probe::settings {
namespace {

// Groups whose members can become root without a password.
constexpr std::array kRootGroups = {"root", "docker", "lxd",    "incus-admin",  "libvirt",
                                    "disk", "kmem",   "shadow", "snap_microk8s"};

struct Shadow {
  std::vector<ShadowEntry> entries;
  std::string unknown;

  const ShadowEntry* find(std::string_view name) const {
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const ShadowEntry& e) { return e.name == name; });
    return at == entries.end() ? nullptr : &*at;
  }
};

Shadow read_shadow(const system::Machine& machine) {
  const auto text = machine.read_file("/etc/shadow");
  if (text.ok()) return {parse_shadow(*text), {}};
  return {{}, text.error().to_string()};
}

// "x" (in shadow), "empty", "locked" or "hash" of passwd's own second field.
std::string passwd_field(const User& user) {
  if (user.name.starts_with("+")) return "nis";
  if (user.password == "x") return "x";
  if (user.password.empty()) return "empty";
  return user.password.front() == '!' || user.password.front() == '*' ? "locked" : "hash";
}

FactTree password_of(const Context& context, const User& user, const Shadow& shadow) {
  const std::string field = passwd_field(user);
  if (field != "x") {
    Members out = {{"state", FactTree::of(field)}};
    if (field == "hash") out["scheme"] = FactTree::of(hash_scheme(user.password));
    return FactTree::map_of(std::move(out), "/etc/passwd");
  }
  if (!shadow.unknown.empty()) return FactTree::unknown_because(shadow.unknown, "/etc/shadow");
  const ShadowEntry* entry = shadow.find(user.name);
  if (entry == nullptr) return FactTree::map_of({{"state", FactTree::of("missing")}}, "/etc/shadow");
  Members out = {{"state", FactTree::of(entry->state)}};
  if (!entry->scheme.empty()) out["scheme"] = FactTree::of(entry->scheme);
  if (entry->rounds) out["rounds"] = number(*entry->rounds);
  const auto set = [&](const char* name, const std::optional<int64_t>& value) {
    if (value) out[name] = FactTree::of(*value);
  };
  set("max_days", entry->max_days);
  set("warn_days", entry->warn_days);
  set("inactive_days", entry->inactive_days);
  if (entry->changed_day) {
    const int64_t today = context.machine.now().time_since_epoch().count() / 86'400;
    out["changed_in_future"] = today < 14'610  // before 2010: the clock is wrong
                                   ? FactTree::unknown_because("this machine's clock is wrong")
                                   : FactTree::of(*entry->changed_day > today);
  }
  return FactTree::map_of(std::move(out), "/etc/shadow");
}

FactTree list_users(const Context& context, const Shadow& shadow) {
  if (!context.users_unknown.empty()) return FactTree::unknown_because(context.users_unknown, "/etc/passwd");
  std::vector<FactTree> out;
  for (const User& user : context.users) {
    Members one = {{"name", FactTree::of(user.name)},
                   {"home", FactTree::of(user.home)},
                   {"shell", FactTree::of(user.shell)},
                   {"login_shell", FactTree::of(is_login_shell(user.shell))},
                   {"person", FactTree::of(is_person(user))},
                   {"system", FactTree::of(user.uid && *user.uid < 1000 && *user.uid != 0)},
                   {"field", FactTree::of(passwd_field(user))},
                   {"password", password_of(context, user, shadow)}};
    if (user.uid) one["uid"] = number(*user.uid);
    if (user.gid) one["gid"] = number(*user.gid);
    if (is_person(user)) one["home_exists"] = FactTree::of(context.machine.stat(user.home, true).ok());
    out.push_back(FactTree::map_of(std::move(one), "/etc/passwd"));
  }
  return FactTree::list_of(std::move(out), "/etc/passwd");
}

template <class Item, class Key>
FactTree duplicates(const std::vector<Item>& items, Key key, const std::string& source) {
  std::map<std::string, int> seen;
  for (const Item& item : items) {
    const std::string value = key(item);
    if (!value.empty()) ++seen[value];
  }
  std::vector<std::string> out;
  for (const auto& [value, count] : seen) {
    if (count > 1) out.push_back(value);
  }
  return FactTree::texts_of(out, source);
}

std::string text_of(const std::optional<uint64_t>& id) { return id ? std::to_string(*id) : std::string(); }

// Members of a group's line, and users who have it as their primary one.
std::vector<std::string> all_members(const Context& context, const Group& group) {
  std::set<std::string> out(group.members.begin(), group.members.end());
  for (const User& user : context.users) {
    if (group.gid && user.gid == group.gid) out.insert(user.name);
  }
  return {out.begin(), out.end()};
}

// Who can become root by group. Nobody but root: an empty list; else it is for a person to say whether they are
// trusted.
FactTree root_equivalent(const Context& context) {
  std::vector<FactTree> out;
  for (const Group& group : context.groups) {
    if (std::find(kRootGroups.begin(), kRootGroups.end(), group.name) == kRootGroups.end()) continue;
    for (const std::string& member : all_members(context, group)) {
      static constexpr std::array<std::string_view, 6> kShipped = {"root", "sync",     "shutdown",
                                                                   "halt", "operator", "_ssh"};
      if (std::find(kShipped.begin(), kShipped.end(), member) != kShipped.end()) continue;
      out.push_back(FactTree::map_of({{"user", FactTree::of(member)}, {"group", FactTree::of(group.name)}}));
    }
  }
  return FactTree::list_of(std::move(out), "/etc/group, /etc/passwd");
}

void add_groups(const Context& context, Members& out) {
  if (!context.groups_unknown.empty() || !context.users_unknown.empty()) {
    const std::string& why = context.groups_unknown.empty() ? context.users_unknown : context.groups_unknown;
    for (const char* name : {"duplicate_groups", "duplicate_gids", "without_group", "gid0_users", "gid0_groups",
                             "shadow_members", "root_equivalent"}) {
      out[name] = FactTree::unknown_because(why, "/etc/group");
    }
    return;
  }
  out["duplicate_groups"] = duplicates(context.groups, [](const Group& g) { return g.name; }, "/etc/group");
  out["duplicate_gids"] = duplicates(context.groups, [](const Group& g) { return text_of(g.gid); }, "/etc/group");
  std::vector<std::string> without, gid0_users, gid0_groups, shadow;
  for (const User& user : context.users) {
    if (!user.gid) continue;
    const bool known = std::any_of(context.groups.begin(), context.groups.end(),
                                   [&](const Group& group) { return group.gid == user.gid; });
    if (!known) without.push_back(user.name);
    if (*user.gid == 0) gid0_users.push_back(user.name);
  }
  for (const Group& group : context.groups) {
    if (group.gid && *group.gid == 0) gid0_groups.push_back(group.name);
    if (group.name == "shadow") shadow = all_members(context, group);
  }
  out["without_group"] = FactTree::texts_of(without, "/etc/passwd");
  out["gid0_users"] = FactTree::texts_of(gid0_users, "/etc/passwd");
  out["gid0_groups"] = FactTree::texts_of(gid0_groups, "/etc/group");
  const bool has_shadow =
      std::any_of(context.groups.begin(), context.groups.end(), [](const Group& g) { return g.name == "shadow"; });
  if (has_shadow) out["shadow_members"] = FactTree::texts_of(shadow, "/etc/group");
  out["root_equivalent"] = root_equivalent(context);
}

FactTree subid_overlaps(const Context& context) {
  std::vector<std::string> out;
  bool found = false;
  for (const std::string path : {"/etc/subuid", "/etc/subgid"}) {
    const auto text = context.machine.read_file(path);
    if (!text.ok() && text.error().kind != ErrorKind::not_found) return from_error(text.error(), path);
    if (!text.ok()) continue;
    found = true;
    std::vector<IdRange> ranges = parse_subids(*text);
    for (const User& user : context.users) {
      const std::optional<uint64_t>& id = path == "/etc/subuid" ? user.uid : user.gid;
      if (id && *id >= 1000 && *id < 60'000) ranges.push_back({user.name + " itself", *id, 1});
    }
    // A range and its own user's ids are different owners here: the range must not hold any real id.
    for (std::string& line : overlapping_ranges(ranges)) {
      if (line.find(" itself and ") == std::string::npos || !line.ends_with(" itself")) out.push_back(std::move(line));
    }
  }
  return found ? FactTree::texts_of(out, "/etc/subuid, /etc/subgid") : FactTree{};
}

FactTree login_settings(const Context& context) {
  const std::string path = "/etc/login.defs";
  const auto text = read_following(context.machine, path);
  if (!text.ok()) return from_error(text.error(), path);
  const auto values = parse_login_defs(*text);
  Members out;
  for (const char* key :
       {"PASS_MAX_DAYS", "PASS_MIN_DAYS", "PASS_WARN_AGE", "UMASK", "ENCRYPT_METHOD", "USERGROUPS_ENAB"}) {
    const auto found = values.find(key);
    if (found != values.end()) out[key] = value_of(found->second, path);
  }
  if (const auto umask = values.find("UMASK"); umask != values.end()) {
    const auto bits = parse_uint(umask->second, 8);
    out["UMASK"] = bits ? number(*bits, path) : FactTree::unknown_because("not an octal number", path);
  }
  const auto useradd = read_following(context.machine, "/etc/default/useradd");
  if (useradd.ok()) {
    const auto defaults = parse_assignments(*useradd);
    if (const auto found = defaults.find("INACTIVE"); found != defaults.end())
      out["INACTIVE"] = value_of(found->second, "/etc/default/useradd");
  }
  return FactTree::map_of(std::move(out), path);
}

// TMOUT set and made readonly in the files that login shells read.
FactTree shell_timeout(const Context& context) {
  std::vector<std::string> files = {"/etc/profile", "/etc/bash.bashrc", "/etc/bashrc"};
  const auto more = files_in(context.machine, "/etc/profile.d", ".sh");
  if (more.ok()) files.insert(files.end(), more->begin(), more->end());
  std::optional<uint64_t> seconds;
  bool fixed = false;
  for (const std::string& file : files) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    for (const std::string_view line : config_lines(text_or_none(text))) {
      const size_t at = line.find("TMOUT=");
      if (at != std::string_view::npos) {
        const std::string_view value = line.substr(at + 6);
        size_t digits = 0;
        while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9') ++digits;
        if (const auto read = parse_uint(value.substr(0, digits))) seconds = read;
      }
      fixed |= line.find("readonly") != std::string_view::npos && line.find("TMOUT") != std::string_view::npos;
      fixed |= line.starts_with("declare -") && line.find("r TMOUT") != std::string_view::npos;
    }
  }
  if (!seconds) return {};
  return FactTree::map_of({{"seconds", number(*seconds)}, {"readonly", FactTree::of(fixed)}}, "/etc/profile");
}

// Sources of accounts beyond the files: words of nsswitch's passwd line.
FactTree remote_sources(const Context& context) {
  const std::string path = "/etc/nsswitch.conf";
  const auto text = read_following(context.machine, path);
  std::vector<std::string> out;
  for (const std::string_view line : config_lines(text_or_none(text))) {
    if (!line.starts_with("passwd:")) continue;
    for (const std::string_view word : split_words(line.substr(7))) {
      if (word != "files" && word != "compat" && word != "systemd" && word != "extrausers" && word != "altfiles" &&
          word.front() != '[')
        out.emplace_back(word);
    }
  }
  return FactTree::texts_of(out, path);
}

FactTree polkit_yes(const Context& context) {
  const std::string directory = "/etc/polkit-1/rules.d";
  const auto files = files_in(context.machine, directory, ".rules");
  if (!files.ok()) return from_error(files.error(), directory);
  std::vector<std::string> out;
  for (const std::string& file : *files) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok()) return from_error(text.error(), file);
    if (text->find("Result.YES") != std::string::npos) out.push_back(file);
  }
  return FactTree::texts_of(out, directory);
}

}  // namespace

FactTree read_accounts(const Context& context) {
  const Shadow shadow = read_shadow(context.machine);
  Members out = {{"users", list_users(context, shadow)},      {"subid_overlaps", subid_overlaps(context)},
                 {"login_settings", login_settings(context)}, {"shell_timeout", shell_timeout(context)},
                 {"remote", remote_sources(context)},         {"polkit_yes", polkit_yes(context)}};
  if (context.users_unknown.empty()) {
    out["duplicate_names"] = duplicates(context.users, [](const User& u) { return u.name; }, "/etc/passwd");
    out["duplicate_uids"] = duplicates(context.users, [](const User& u) { return text_of(u.uid); }, "/etc/passwd");
  } else {
    out["duplicate_names"] = out["duplicate_uids"] = FactTree::unknown_because(context.users_unknown, "/etc/passwd");
  }
  add_groups(context, out);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings
