#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

struct Chrony {
  bool found = false;
  int64_t sources = 0;
  bool nts = false, port_closed = false, wide = false;
  std::string unknown;
};

void look_at(std::string_view line, Chrony& out, std::vector<std::string>& more) {
  const auto words = split_words(line);
  if (words.size() < 2) return;
  const std::string first = lower(words[0]);
  if (first == "server" || first == "pool" || first == "peer" || first == "refclock") {
    ++out.sources;
    for (const std::string_view word : words) out.nts |= word == "nts";
  }
  if (first == "cmdport" && words[1] == "0") out.port_closed = true;
  if (first == "bindcmdaddress" && (words[1] == "0.0.0.0" || words[1] == "::" || words[1] == "*")) out.wide = true;
  if (first == "cmdallow") out.wide = true;
  if (first == "confdir" || first == "sourcedir") {
    for (size_t i = 1; i < words.size(); ++i) more.emplace_back(words[i]);
  }
  if (first == "include") more.emplace_back(words[1]);
}

// chrony.conf(5): confdir (*.conf), sourcedir (*.sources) and include; not followed deeper than two levels.
Chrony read_chrony(const Context& context) {
  Chrony out;
  std::vector<std::string> files;
  for (const char* path : {"/etc/chrony/chrony.conf", "/etc/chrony.conf"}) {
    if (context.machine.stat(path, true).ok()) files.emplace_back(path);
  }
  std::set<std::string> seen;
  while (!files.empty() && seen.size() < 200) {
    const std::string file = files.back();
    files.pop_back();
    if (!seen.insert(file).second) continue;
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok()) {
      const auto below = files_in(context.machine, file, "");
      for (const std::string& one : below.ok() ? *below : std::vector<std::string>{}) {
        if (one.ends_with(".conf") || one.ends_with(".sources")) files.push_back(one);
      }
      if (text.error().kind == ErrorKind::denied) out.unknown = text.error().to_string();
      continue;
    }
    out.found = true;
    for (const std::string_view line : config_lines(*text)) {
      if (line.front() != '!' && line.front() != '%') look_at(line, out, files);
    }
  }
  return out;
}

FactTree timesyncd_sources(const Context& context) {
  const Layered config = read_systemd_config(context.machine, "timesyncd");
  if (!config.unknown.empty()) return FactTree::unknown_because(config.unknown);
  int64_t count = 0;
  for (const char* key : {"Time.NTP", "Time.FallbackNTP"}) {
    const auto found = config.values.find(key);
    if (found != config.values.end()) count += static_cast<int64_t>(split_words(found->second).size());
  }
  // Distributions build fallback servers in; only an empty FallbackNTP= takes them away.
  const auto fallback = config.values.find("Time.FallbackNTP");
  if (count == 0 && fallback == config.values.end()) count = 1;
  return FactTree::of(count, "/etc/systemd/timesyncd.conf");
}

}  // namespace

FactTree read_time(const Context& context) {
  Members out;
  const auto clock = context.machine.clock();
  if (clock.ok()) {
    out["synchronised"] = FactTree::of(clock->synchronised, "adjtimex");
    out["max_error_microseconds"] = number(clock->max_error_microseconds, "adjtimex");
  } else {
    out["synchronised"] = out["max_error_microseconds"] = FactTree::unknown_because(clock.error().message, "adjtimex");
  }
  std::vector<std::string> running;
  for (const std::string name : {"chronyd", "ntpd", "openntpd", "systemd-timesyncd"}) {
    const FactTree there = runs(context, {name});
    if (there.boolean) running.push_back(name);
  }
  out["daemons"] = running.empty() && !context.processes_unknown.empty()
                       ? FactTree::unknown_because(context.processes_unknown)
                       : FactTree::texts_of(running, "/proc");
  for (const Process& process : context.processes) {
    if (process.name != "chronyd" || process.in_container) continue;
    // The child that needs no privileges runs under the same name: the least of the uids is not what counts.
    if (process.uid) out["chronyd_uid"] = number(*process.uid, "/proc/" + std::to_string(process.pid) + "/status");
    break;
  }
  const Chrony chrony = read_chrony(context);
  if (chrony.found) {
    out["chrony"] = FactTree::map_of(
        {{"sources", chrony.unknown.empty() || chrony.sources > 0 ? FactTree::of(chrony.sources)
                                                                  : FactTree::unknown_because(chrony.unknown)},
         {"nts", FactTree::of(chrony.nts)},
         {"commands_from_net", FactTree::of(chrony.wide && !chrony.port_closed)}},
        "/etc/chrony");
  }
  out["timesyncd_sources"] = timesyncd_sources(context);
  // A virtual clock that the hypervisor keeps.
  out["hypervisor_clock"] = FactTree::of(context.machine.stat("/sys/class/ptp/ptp0", true).ok(), "/sys/class/ptp");
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings
