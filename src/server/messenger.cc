#include "server/messenger.h"

#include <algorithm>
#include <random>

#include "base/clock.h"
#include "base/text.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

using notify::Outcome;

constexpr unsigned told_after = 3;      // failures in a row: one alone is the daily life of networks
constexpr unsigned given_up_after = 3;  // refusals of one message
constexpr std::chrono::days oldest{7};  // of a message that nobody takes
constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::minutes longest_attempt{5};

double spread() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(random);
}

}  // namespace

Messenger::Messenger(Ground ground, system::Descriptor control)
    : ground_(ground), link_(std::move(control)), thread_([this] { live(); }) {
  link_.on_change([this] {
    {
      const std::lock_guard lock(mutex_);
      posted_ = true;
    }
    changed_.notify_one();
  });
}

Messenger::~Messenger() {
  link_.on_change({});
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Result<std::string> Messenger::post(const std::vector<std::string>& receivers, notify::Message message) {
  for (const std::string& receiver : receivers) {
    if (ground_.settings.receiver(receiver) == nullptr)
      return Error{ErrorKind::not_found, "there is no receiver '" + printable(receiver, 60) + "'"};
  }
  if (message.at == Instant{}) message.at = wall_clock();
  if (message.node.empty()) message.node = ground_.host;
  Result<std::string> id = ground_.outbox.post(receivers, std::move(message));
  {
    const std::lock_guard lock(mutex_);
    posted_ = true;
  }
  changed_.notify_one();
  return id;
}

Result<Outcome> Messenger::test(const std::string& receiver) {
  constexpr std::chrono::seconds patience{25};
  if (ground_.settings.receiver(receiver) == nullptr)
    return Error{ErrorKind::not_found, "there is no receiver '" + printable(receiver, 60) + "'"};
  PLIMSOLL_TRY(message, notify::test_message());
  message.node = ground_.host;
  const std::string payload = "test/" + receiver + "\n" + receiver + "\n" + message_to_json(message);
  const Result<std::string> reply = link_.ask(ToCourier::deliver, payload, patience);
  if (!reply.ok()) return reply.error();
  return CourierLink::outcome_of(reply);
}

void Messenger::events_added() {
  {
    const std::lock_guard lock(mutex_);
    events_ = true;
  }
  changed_.notify_one();
}

std::vector<Messenger::State> Messenger::states() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

void Messenger::start_lanes() {
  for (const notify::Receiver& receiver : ground_.settings.receivers) {
    lanes_.emplace_back();
    lanes_.back().state.receiver = receiver.name;
  }
  for (const notify::Stream& stream : ground_.settings.streams) {
    lanes_.emplace_back();
    lanes_.back().state.receiver = stream.to;
    lanes_.back().state.stream = stream.name;
    lanes_.back().source.emplace(ground_.journal, stream, ground_.host);
    if (const Status started = lanes_.back().source->start(); !started.ok()) {
      lanes_.back().state.fault = started.error().message;
      lanes_.back().source.reset();
    }
  }
  // What waits for a receiver that the settings name no more is given up: nobody knows where it was.
  for (const std::string& receiver : ground_.outbox.receivers_waited_for()) {
    if (ground_.settings.receiver(receiver) != nullptr) continue;
    Lane gone;
    gone.state.receiver = receiver;
    while (const auto waiting = ground_.outbox.next_file(receiver)) {
      gone.file = *waiting;
      give_up(gone, "there is no such receiver any more");
    }
  }
}

void Messenger::live() {
  start_lanes();
  for (;;) {
    std::deque<Arrived> arrived;
    bool events = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, look_every, [this] { return ending_ || posted_ || events_ || !arrived_.empty(); });
      if (ending_) return;
      arrived.swap(arrived_);
      events = std::exchange(events_, false);
      posted_ = false;
    }
    for (const Arrived& each : arrived) take(each);
    for (size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].more = lanes_[i].more || events;
      look_after(i);
    }
    const std::lock_guard lock(mutex_);
    shown_.clear();
    for (Lane& lane : lanes_) {
      lane.state.waiting = lane.source                 ? ground_.journal.health().newest_event - lane.source->cursor()
                           : lane.state.stream.empty() ? ground_.outbox.waiting(lane.state.receiver)
                                                       : 0;
      shown_.push_back(lane.state);
    }
  }
}

void Messenger::look_after(size_t index) {
  Lane& lane = lanes_[index];
  if (lane.in_flight && Clock::now() - lane.sent_at > longest_attempt)
    take({index, lane.attempt, {Outcome::Kind::later, "no answer", {}}});
  if (lane.in_flight || Clock::now() < lane.next_try || !link_.connected()) return;
  if (const auto message = next_message(lane)) send(index, *message);
}

std::optional<notify::Message> Messenger::next_message(Lane& lane) {
  if (lane.source) {
    if (!lane.more) return std::nullopt;
    Result<std::optional<EventSource::Batch>> batch = lane.source->next();
    if (!batch.ok()) {
      fail(lane, {Outcome::Kind::later, batch.error().message, {}});
      return std::nullopt;
    }
    lane.more = batch->has_value();
    if (!*batch) return std::nullopt;
    lane.cursor = (*batch)->last;
    return std::move((*batch)->message);
  }
  if (!lane.state.stream.empty()) return std::nullopt;  // a stream that could not start
  for (;;) {
    const auto file = ground_.outbox.next_file(lane.state.receiver);
    if (!file) return std::nullopt;
    if (lane.file != *file) lane.refusals = 0;
    lane.file = *file;
    Result<notify::Message> message = ground_.outbox.read(*file);
    if (message.ok() && wall_clock() - message->at <= oldest) return std::move(*message);
    if (message.ok()) lane.message = std::move(*message);
    give_up(lane, message.ok() ? "nobody took it for a week" : message.error().message);
  }
}

void Messenger::send(size_t index, const notify::Message& message) {
  Lane& lane = lanes_[index];
  lane.in_flight = true;
  lane.sent_at = Clock::now();
  const uint64_t attempt = ++lane.attempt;
  lane.message = message;
  lane.message.attachment.reset();
  const std::string name = lane.source ? "stream/" + lane.state.stream : "outbox/" + lane.state.receiver;
  const std::string payload = name + "\n" + lane.state.receiver + "\n" + message_to_json(message);
  link_.send(ToCourier::deliver, payload, [this, index, attempt](const Result<std::string>& reply) {
    {
      const std::lock_guard lock(mutex_);
      arrived_.push_back({index, attempt, CourierLink::outcome_of(reply)});
    }
    changed_.notify_one();
  });
}

void Messenger::take(const Arrived& arrived) {
  Lane& lane = lanes_[arrived.lane];
  if (!lane.in_flight || lane.attempt != arrived.attempt) return;
  lane.in_flight = false;
  if (arrived.outcome.kind == Outcome::Kind::delivered) return succeed(lane);
  fail(lane, arrived.outcome);
  // Events are never left out: who refuses them gets them again.
  const bool refused = arrived.outcome.kind == Outcome::Kind::refused && !lane.source;
  if (refused && ++lane.refusals >= given_up_after) give_up(lane, arrived.outcome.why);
}

void Messenger::succeed(Lane& lane) {
  const Status kept =
      lane.source ? lane.source->arrived(lane.cursor) : ground_.outbox.remove(lane.state.receiver, lane.file);
  if (!kept.ok()) return fail(lane, {Outcome::Kind::later, kept.error().message, {}});
  lane.state.failures = lane.refusals = 0;
  lane.state.fault.clear();
  lane.state.failing_since = {};
  lane.state.last_delivered = wall_clock();
  ++lane.state.delivered;
  lane.next_try = {};
  if (std::exchange(lane.told, false)) tell("notify.receiver-back", lane, "");
}

void Messenger::fail(Lane& lane, const Outcome& outcome) {
  if (lane.state.failures++ == 0) lane.state.failing_since = wall_clock();
  lane.state.fault = outcome.why;
  const auto wait = std::max<std::chrono::milliseconds>(notify::back_off(lane.state.failures, spread()), outcome.wait);
  lane.next_try = Clock::now() + wait;
  if (lane.state.failures < told_after || lane.told) return;
  lane.told = true;
  tell("notify.receiver-failing", lane, outcome.why);
}

void Messenger::give_up(Lane& lane, const std::string& why) {
  ++lane.state.given_up;
  tell("notify.given-up", lane, why);
  (void)ground_.outbox.remove(lane.state.receiver, lane.file);
  lane.file.clear();
  lane.refusals = 0;
}

void Messenger::tell(const std::string& kind, const Lane& lane, const std::string& why) {
  wire::JsonWriter body;
  body.begin_object().member("receiver", lane.state.receiver);
  if (!lane.state.stream.empty()) body.member("stream", lane.state.stream);
  if (!why.empty()) body.member("why", printable(why, 500));
  if (kind == "notify.given-up")
    body.member("message", lane.message.id).member("title", printable(lane.message.title, 200));
  body.end_object();
  journal::NewEvent event;
  event.kind = kind;
  event.actor = "messenger";
  event.body = std::move(body).take();
  (void)ground_.journal.append({event});  // a journal that takes nothing is told by its own health
}

}  // namespace plimsoll::server
