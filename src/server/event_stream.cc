#include "server/event_stream.h"

#include <memory>

#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

struct Follower {
  EventTail& tail;
  const Auth& auth;
  const World& world;
  Principal who;
  journal::Sequence after;
  std::function<Instant()> now;
  bool begun = false;
  uint64_t changes = 0;  // of the works, when they were told last
  World::Task scan, database;

  std::optional<std::string> more() {
    // Looked at each time: whoever signs out, or is removed, hears no more.
    if (!auth.still_valid(who, now())) return std::nullopt;
    std::string out;
    if (!std::exchange(begun, true)) out = "retry: 2000\n\n";
    const Result<EventTail::Piece> piece = tail.after(after);
    if (!piece.ok()) return std::nullopt;  // the client comes back, and resumes where it was
    out += piece->frames;
    after = piece->last;
    tell_progress(out);
    return out;
  }

  void tell_progress(std::string& out) {
    const World::Progress progress = world.progress();
    if (progress.changes == std::exchange(changes, progress.changes)) return;
    const auto tell = [&](std::string_view name, const World::Task& task, World::Task& told) {
      if (task == told) return;
      out += "event: progress\ndata: " + progress_json(name, task) + "\n\n";
      told = task;
    };
    tell("scan", progress.scan, scan);
    tell("database", progress.database, database);
  }
};

}  // namespace

std::string progress_json(std::string_view name, const World::Task& task) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("task", name).member("running", task.running).member("step", task.step);
  out.member("done", task.done).member("total", task.total).member("fault", task.fault).end_object();
  return std::move(out).take();
}

StreamSource event_stream(EventTail& tail, const Auth& auth, const World& world, Principal who, journal::Sequence after,
                          std::function<Instant()> now) {
  const auto follower =
      std::make_shared<Follower>(Follower{tail, auth, world, std::move(who), after, std::move(now), false, 0, {}, {}});
  return [follower] { return follower->more(); };
}

}  // namespace plimsoll::server
