#include "analyzer/needless.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace plimsoll::analyzer {
namespace {

// As Debian, Ubuntu, Alpine and the RPM families call them.
constexpr std::array<std::string_view, 46> needless = {"atd",
                                                       "build-base",
                                                       "build-essential",
                                                       "clang",
                                                       "cron",
                                                       "cronie",
                                                       "dropbear",
                                                       "ftp",
                                                       "g++",
                                                       "gcc",
                                                       "gcc-c++",
                                                       "gdb",
                                                       "go",
                                                       "golang-go",
                                                       "hping3",
                                                       "inetutils-telnet",
                                                       "lftp",
                                                       "ltrace",
                                                       "make",
                                                       "masscan",
                                                       "nc",
                                                       "ncat",
                                                       "netcat-openbsd",
                                                       "netcat-traditional",
                                                       "nmap",
                                                       "nmap-ncat",
                                                       "openssh-server",
                                                       "rsh-client",
                                                       "rsh-server",
                                                       "rustc",
                                                       "socat",
                                                       "sshpass",
                                                       "strace",
                                                       "sudo",
                                                       "tcpdump",
                                                       "telnet",
                                                       "telnet-server",
                                                       "telnetd",
                                                       "tftp",
                                                       "tftp-hpa",
                                                       "tftp-server",
                                                       "tinyproxy",
                                                       "tshark",
                                                       "vsftpd",
                                                       "wireshark",
                                                       "xinetd"};
static_assert(std::ranges::is_sorted(needless));

// "gcc-12", "clang-19": the versioned twins of Debian.
std::string_view without_number(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == name.size()) return name;
  const std::string_view tail = name.substr(dash + 1);
  return tail.find_first_not_of("0123456789.") == std::string_view::npos ? name.substr(0, dash) : name;
}

}  // namespace

std::vector<std::string> needless_in(const std::vector<Package>& packages) {
  std::set<std::string> out;
  for (const Package& package : packages) {
    if (is_os_package(package.type) && std::ranges::binary_search(needless, without_number(package.name)))
      out.insert(package.name);
  }
  return {out.begin(), out.end()};
}

}  // namespace plimsoll::analyzer
