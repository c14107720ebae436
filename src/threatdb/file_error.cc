#include "threatdb/file_error.h"

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace plimsoll::threatdb {

Error file_error(const std::string& path, std::string_view doing) {
  const int code = errno;
  const ErrorKind kind = code == EACCES || code == EPERM || code == EROFS ? ErrorKind::denied : ErrorKind::unreachable;
  return {kind, "cannot " + std::string(doing) + ": " + std::strerror(code), printable(path)};
}

}  // namespace plimsoll::threatdb
