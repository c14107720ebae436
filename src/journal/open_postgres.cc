#include <chrono>
#include <thread>

#include "journal/opening.h"
#include "journal/schema.h"

namespace plimsoll::journal {
namespace {

// A server that starts together with us needs a while.
constexpr std::chrono::seconds for_the_server{30};

Result<std::unique_ptr<Database>> await(const Connect& connect, Access access) {
  const auto end = std::chrono::steady_clock::now() + for_the_server;
  for (;;) {
    Result<std::unique_ptr<Database>> made = connect(access);
    if (made.ok() || made.error().kind != ErrorKind::unreachable || access == Access::read) return made;
    if (std::chrono::steady_clock::now() > end) return made;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

}  // namespace

Result<std::unique_ptr<Journal>> open_postgres(const Place& place, const Opening& opening) {
  const Connect connect = [place](Access access) -> Result<std::unique_ptr<Database>> {
    Result<std::unique_ptr<Database>> opened = connect_to(place, access);
    if (opened.ok()) return opened;
    Error error = opened.error();
    error.context = place.name;
    return error;
  };
  Store store{place.name, opening.key.empty() ? default_key() : opening.key, connect, true};
  PLIMSOLL_TRY(db, await(connect, opening.read_only ? Access::read : Access::write));
  if (opening.read_only) return open_reading(std::move(store), *db);
  PLIMSOLL_CHECK(migrate(*db));
  return open_writing(std::move(store), std::move(db), {});
}

}  // namespace plimsoll::journal
