# Shared by the scripts of this folder: sourced, never run. Every message goes to standard error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'plimsoll: %s\n' "$*" >&2; }
fail() { printf 'plimsoll: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root; with sudo when we are not (never prompting without a terminal).
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo -E "$@"
  else
    fail "needs root to run: $* ; run this script as root or with sudo"
  fi
}

# missing_packages LIST...: names in script/packages/LIST that are not installed.
missing_packages() {
  local list name
  for list in "$@"; do
    while read -r name; do
      case "$name" in '' | '#'*) continue ;; esac
      [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
    done <"script/packages/$list"
  done
}

# missing_node: Debian's packages of Node and npm where no Node 18 or newer, or no npm, is there. Others than Debian's do as
# well, and bring npm along.
missing_node() {
  local version
  version=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 18 ] || echo nodejs
  command -v npm >/dev/null || echo npm
}

# install_packages LIST...: installs what is missing, and nothing when nothing is (so it works offline then).
install_packages() {
  command -v apt-get >/dev/null || fail "this needs Debian 12: no apt-get found"
  local missing
  missing=$(missing_packages "$@")
  case " $* " in *" build "* | *" test "* | *" page "*) missing="$missing $(missing_node)" ;; esac
  missing=$(printf '%s' "$missing" | tr '\n' ' ')
  if [ -z "${missing// /}" ]; then
    say "all packages for: $* are installed"
    return
  fi
  say "installing: $missing"
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -q >"$log" 2>&1 || say "apt-get update had faults; trying with the lists at hand ($(tail -1 "$log"))"
  # shellcheck disable=SC2086  # a list of names, split on purpose
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >"$log" 2>&1 ||
    { tail -5 "$log" >&2; rm -f "$log"; fail "could not install the packages above; check the network or proxy (http_proxy) and run again"; }
  rm -f "$log"
}

# install_unstarted LIST...: the same for packages that would start a service when installed: forbids that meanwhile.
install_unstarted() {
  [ -n "$(missing_packages "$@")" ] || return 0
  if [ -e /usr/sbin/policy-rc.d ]; then  # somebody's own rule for this machine: as in most containers
    install_packages "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root sh -c 'cat >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d'
  local code=0
  (install_packages "$@") || code=$?
  as_root rm -f /usr/sbin/policy-rc.d
  return "$code"
}

# make_database PROGRAM FILE: the threat database, where there is none yet, from PLIMSOLL_FEED (a directory or URL in the layout of
# the public sources) or, beside the project, ../shared/mirror; where neither is there, none.
make_database() {
  local feed=${PLIMSOLL_FEED:-../shared/mirror}
  [ ! -f "$2" ] || return 0
  case "$feed" in
    *://*) ;;
    *)
      if [ ! -d "$feed" ]; then
        say "no threat database yet: the built-in starter pack is used; get all with: $1 db update"
        return 0
      fi
      ;;
  esac
  say "building the threat database $2 from $feed"
  "$1" db import --db "$2" --from "$feed" || [ $? = 3 ] || fail "the threat database could not be built"
}
