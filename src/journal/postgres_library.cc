#include "journal/postgres_library.h"

#include <type_traits>

#include "base/late_library.h"

namespace plimsoll::journal::postgres {
namespace {

Result<Library> load() {
  const LateLibrary loaded("libpq.so.5", RTLD_NOW);
  if (!loaded.is_there())
    return Error{ErrorKind::unsupported,
                 "a journal in PostgreSQL needs the library libpq.so.5",
                 {},
                 "install it (Debian: libpq5), or keep the journal in a file"};
  Library out;
  bool whole = true;
  const auto find = [&](auto& function, const char* name) {
    function = loaded.find<std::remove_pointer_t<std::remove_reference_t<decltype(function)>>>(name);
    whole = whole && function != nullptr;
  };
#define PLIMSOLL_FIND(name) find(out.name, #name);
  PLIMSOLL_LIBPQ(PLIMSOLL_FIND)
#undef PLIMSOLL_FIND
  if (!whole) return Error{ErrorKind::unsupported, "libpq.so.5 of this machine is older than PostgreSQL 14"};
  return out;
}

}  // namespace

Result<const Library*> library() {
  static const Result<Library> loaded = load();
  if (!loaded.ok()) return loaded.error();
  return &*loaded;
}

}  // namespace plimsoll::journal::postgres
