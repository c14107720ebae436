#include "server/courier_link.h"

#include <sys/socket.h>

#include "base/text.h"
#include "server/frames.h"

namespace plimsoll::server {
namespace {

Error gone() { return {ErrorKind::unreachable, "the process that speaks to receivers is not there"}; }

}  // namespace

CourierLink::CourierLink(system::Descriptor control) : control_(std::move(control)), ear_([this] { listen(); }) {}

CourierLink::~CourierLink() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    if (socket_) ::shutdown(socket_->get(), SHUT_RDWR);
  }
  ::shutdown(control_.get(), SHUT_RDWR);
  ear_.join();
}

void CourierLink::on_change(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(listener);
}

bool CourierLink::connected() const {
  const std::lock_guard lock(mutex_);
  return socket_ != nullptr;
}

std::vector<SandboxLayer> CourierLink::confinement() const {
  const std::lock_guard lock(mutex_);
  return layers_;
}

void CourierLink::listen() {
  for (;;) {
    Result<system::Descriptor> next = receive_courier(control_.get());
    if (!next.ok()) return;
    const auto socket = std::make_shared<system::Descriptor>(std::move(*next));
    const auto announce = [&](std::shared_ptr<system::Descriptor> now) {
      std::function<void()> changed;
      {
        const std::lock_guard lock(mutex_);
        if (ending_) ::shutdown(socket->get(), SHUT_RDWR);
        socket_ = std::move(now);
        changed = changed_;
      }
      if (changed) changed();
    };
    announce(socket);
    for (;;) {
      Result<Frame> frame = receive_frame(socket->get(), most_courier_bytes);
      if (!frame.ok()) break;
      hear(frame->payload, frame->type);
    }
    announce(nullptr);
    drop_all();
  }
}

void CourierLink::hear(const std::string& payload, uint32_t type) {
  std::string_view rest = payload;
  if (type == static_cast<uint32_t>(FromCourier::layers)) {
    std::vector<SandboxLayer> layers;
    while (layers.size() < 16) {
      const auto name = take_line(rest), in_force = take_line(rest), detail = take_line(rest);
      if (!name || !in_force || !detail) break;
      layers.push_back({printable(*name, 60), *in_force == "1", printable(*detail, 500)});
    }
    const std::lock_guard lock(mutex_);
    layers_ = std::move(layers);
    return;
  }
  const auto text = take_line(rest);
  const auto ticket = text ? parse_uint(*text) : std::nullopt;
  if (!ticket) return;
  Reply reply;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(*ticket);
    if (found == waiting_.end()) return;
    reply = std::move(found->second);
    waiting_.erase(found);
  }
  reply(std::string(rest));
}

void CourierLink::drop_all() {
  std::map<uint64_t, Reply> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(waiting_);
  }
  for (const auto& [ticket, reply] : dropped) reply(gone());
}

void CourierLink::send(ToCourier type, std::string_view payload, Reply reply) {
  std::shared_ptr<system::Descriptor> socket;
  uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    socket = socket_;
    if (socket) {
      ticket = ++ticket_;
      waiting_[ticket] = std::move(reply);
    }
  }
  if (!socket) return reply(gone());
  std::string bytes = std::to_string(ticket) + "\n";
  bytes += payload;
  const std::lock_guard lock(writing_);
  // One that cannot be written to is gone: its end is heard, and with it everything that waits is answered.
  if (!send_frame(socket->get(), static_cast<uint32_t>(type), bytes).ok()) ::shutdown(socket->get(), SHUT_RDWR);
}

Result<std::string> CourierLink::ask(ToCourier type, std::string_view payload, std::chrono::seconds patience) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result<std::string>> reply;
  };
  const auto shared = std::make_shared<Shared>();  // with a reply that comes when nobody waits any more
  send(type, payload, [shared](Result<std::string> reply) {
    {
      const std::lock_guard lock(shared->mutex);
      shared->reply = std::move(reply);
    }
    shared->changed.notify_one();
  });
  std::unique_lock lock(shared->mutex);
  if (!shared->changed.wait_for(lock, patience, [&] { return shared->reply.has_value(); }))
    return Error{ErrorKind::timeout, "no answer so far"};
  return std::move(*shared->reply);
}

notify::Outcome CourierLink::outcome_of(const Result<std::string>& reply) {
  using Kind = notify::Outcome::Kind;
  if (!reply.ok()) return {Kind::later, reply.error().message, {}};
  std::string_view rest = *reply;
  const auto kind = take_line(rest), wait = take_line(rest), why = take_line(rest);
  const auto seconds = wait ? parse_uint(*wait) : std::nullopt;
  if (!kind || !seconds || !why) return {Kind::later, "a broken answer", {}};
  notify::Outcome out;
  out.kind = *kind == "delivered" ? Kind::delivered : *kind == "refused" ? Kind::refused : Kind::later;
  out.wait = std::chrono::seconds(std::min<uint64_t>(*seconds, 3600));
  out.why = printable(*why, 500);
  return out;
}

}  // namespace plimsoll::server
