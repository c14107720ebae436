#include "system/errno_error.h"

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace plimsoll::system {
namespace {

struct Row {
  int number;
  ErrorKind kind;
};

constexpr Row rows[] = {
    {ENOENT, ErrorKind::not_found},
    {ENOTDIR, ErrorKind::not_found},
    {ESRCH, ErrorKind::not_found},
    {EACCES, ErrorKind::denied},
    {EPERM, ErrorKind::denied},
    {EINVAL, ErrorKind::unsupported},
    {ENOSYS, ErrorKind::unsupported},
    {EOPNOTSUPP, ErrorKind::unsupported},
    {ELOOP, ErrorKind::unsupported},
    {EISDIR, ErrorKind::unsupported},
    {ENXIO, ErrorKind::unsupported},
    {ENAMETOOLONG, ErrorKind::limit},
    {EMFILE, ErrorKind::limit},
    {ENFILE, ErrorKind::limit},
    {ENOMEM, ErrorKind::limit},
    {ETIMEDOUT, ErrorKind::timeout},
    {EBUSY, ErrorKind::conflict},
    {ESTALE, ErrorKind::not_found},
    {ECONNREFUSED, ErrorKind::unreachable},
    {EPROTOTYPE, ErrorKind::unsupported},
};

}  // namespace

ErrorKind kind_of_errno(int number) {
  for (const Row& row : rows) {
    if (row.number == number) return row.kind;
  }
  return ErrorKind::unreachable;
}

Error errno_error(int number, std::string_view verb, const std::string& path) {
  const ErrorKind kind = kind_of_errno(number);
  std::string advice = kind == ErrorKind::denied ? "run as root to see it" : "";
  std::string message = "cannot " + std::string(verb) + ": " + std::generic_category().message(number);
  return {kind, std::move(message), printable(path), std::move(advice)};
}

}  // namespace plimsoll::system
