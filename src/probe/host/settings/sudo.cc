#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sudoers.h"

namespace plimsoll::probe::settings {
namespace {

// Programs that give root, or the runtime's root, whatever arguments are allowed with them.
constexpr std::array kEqualRoot = {
    "docker", "podman", "nerdctl", "ctr",   "crictl", "kubectl", "runc",    "crun",        "nsenter",    "buildctl",
    "lxc",    "incus",  "vi",      "vim",   "nano",   "emacs",   "ed",      "less",        "more",       "man",
    "sh",     "bash",   "dash",    "zsh",   "ksh",    "fish",    "su",      "python",      "python3",    "perl",
    "ruby",   "awk",    "find",    "env",   "tar",    "chroot",  "unshare", "systemd-run", "machinectl", "tee",
    "cp",     "mv",     "dd",      "chmod", "chown",  "mount",   "sudoedit"};

bool has_login_password(const FactTree& users, const std::string& name) {
  return std::any_of(users.items.begin(), users.items.end(), [&](const FactTree& user) {
    return user.at("name").text == name && user.at("password").at("state").text == "hash";
  });
}

// "alice", "#1000", "%wheel", "%#27", "ALL": whether any of them can be logged in to by password.
FactTree by_password(const Context& context, const FactTree& users, const std::string& who) {
  if (users.kind != FactTree::Kind::list) return FactTree::unknown_because(users.text);
  if (std::any_of(users.items.begin(), users.items.end(),
                  [](const FactTree& u) { return u.at("password").kind == FactTree::Kind::unknown; })) {
    return FactTree::unknown_because("the passwords cannot be read", "/etc/shadow");
  }
  bool out = false;
  for (const User& user : context.users) {
    bool is = who == "ALL" || who == user.name || (user.uid && who == "#" + std::to_string(*user.uid));
    for (const Group& group : context.groups) {
      const bool named = who == "%" + group.name || (group.gid && who == "%#" + std::to_string(*group.gid));
      is |= named && (user.gid == group.gid ||
                      std::find(group.members.begin(), group.members.end(), user.name) != group.members.end());
    }
    out |= is && has_login_password(users, user.name);
  }
  return FactTree::of(out);
}

bool equals_root(const std::string& command) {
  const std::string program(base_name(command.substr(0, command.find(' '))));
  return std::find(kEqualRoot.begin(), kEqualRoot.end(), program) != kEqualRoot.end();
}

FactTree describe_grant(const Context& context, const FactTree& users, const SudoGrant& grant) {
  return FactTree::map_of({{"who", FactTree::of(grant.who)},
                           {"runas", FactTree::of(grant.runas)},
                           {"command", FactTree::of(grant.command)},
                           {"all", FactTree::of(grant.command == "ALL")},
                           {"password", FactTree::of(grant.password)},
                           {"negated_neighbour", FactTree::of(grant.negated_neighbour)},
                           {"equals_root", FactTree::of(equals_root(grant.command))},
                           {"login_by_password", by_password(context, users, grant.who)}},
                          grant.source);
}

// The last setting for everybody counts; those for one user, host or command only are listed.
FactTree describe_defaults(const Sudoers& sudoers) {
  Members global;
  std::vector<FactTree> scoped;
  for (const SudoDefault& one : sudoers.defaults) {
    FactTree value = one.negated         ? FactTree::of(false, one.source)
                     : one.value.empty() ? FactTree::of(true, one.source)
                                         : value_of(one.value, one.source);
    if (one.scope.empty()) {
      global[one.name] = std::move(value);
    } else {
      scoped.push_back(FactTree::map_of(
          {{"scope", FactTree::of(one.scope)}, {"name", FactTree::of(one.name)}, {"value", std::move(value)}},
          one.source));
    }
  }
  return FactTree::map_of(
      {{"everybody", FactTree::map_of(std::move(global))}, {"scoped", FactTree::list_of(std::move(scoped))}});
}

// Rules that sudo takes from a directory service.
FactTree remote_rules(const Context& context) {
  const auto text = read_following(context.machine, "/etc/nsswitch.conf");
  for (const std::string_view line : config_lines(text_or_none(text))) {
    if (!line.starts_with("sudoers:")) continue;
    for (const std::string_view word : split_words(line.substr(8))) {
      if (word == "sss" || word == "ldap") return FactTree::of(true, "/etc/nsswitch.conf");
    }
  }
  return FactTree::of(false, "/etc/nsswitch.conf");
}

// From dpkg's status file; the version decides what is on by default.
FactTree package_version(const Context& context) {
  const std::string path = "/var/lib/dpkg/status";
  const auto text = context.machine.read_file(path, size_t{64} << 20);
  if (!text.ok()) return FactTree::unknown_because("the version of sudo is not known", path);
  const size_t at = text->find("Package: sudo\n");
  if (at == std::string::npos) return FactTree::unknown_because("the version of sudo is not known", path);
  const std::string_view entry = std::string_view(*text).substr(at, text->find("\n\n", at) - at);
  for (const std::string_view line : split(entry, '\n')) {
    if (line.starts_with("Version: ")) return FactTree::of(std::string(line.substr(9, line.find('-') - 9)), path);
  }
  return FactTree::unknown_because("the version of sudo is not known", path);
}

}  // namespace

FactTree read_sudo(const Context& context) {
  const std::string path = "/etc/sudoers";
  const auto there = context.machine.stat(path, true);
  if (!there.ok()) return from_error(there.error(), path);
  const SudoersSource source = {
      [&](const std::string& file) { return read_following(context.machine, file, size_t{1} << 20); },
      [&](const std::string& directory) {
        return context.machine.list_directory(resolve(context.machine, directory), 1000);
      }};
  const Sudoers sudoers = parse_sudoers(source, path);
  const FactTree users = read_accounts(context).at("users");
  std::vector<FactTree> grants;
  for (const SudoGrant& grant : sudoers.grants) {
    if (grant.who == "root" || grant.who == "#0") continue;
    grants.push_back(describe_grant(context, users, grant));
  }
  // An unread part may hold anything: it stands in the list as an unknown grant.
  for (const std::string& reason : sudoers.unknown) grants.push_back(FactTree::unknown_because(reason, path));
  const FactTree remote = remote_rules(context);
  if (remote.boolean)
    grants.push_back(FactTree::unknown_because("rules of a directory service are not seen", remote.source));
  FactTree defaults = describe_defaults(sudoers);
  if (!sudoers.unknown.empty()) defaults.members["unread"] = FactTree::unknown_because(sudoers.unknown.front(), path);
  return FactTree::map_of({{"grants", FactTree::list_of(std::move(grants), path)},
                           {"defaults", std::move(defaults)},
                           {"version", package_version(context)}},
                          path);
}

}  // namespace plimsoll::probe::settings
