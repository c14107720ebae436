#include "wire/response_json.h"

#include <simdjson.h>

#include <array>

#include "base/text.h"
#include "model/names.h"
#include "wire/report_pieces.h"

namespace plimsoll::wire {
namespace {

using Element = simdjson::dom::element;
using std::chrono::seconds;

constexpr size_t most_bytes = size_t{1} << 20, most_items = 10'000;

std::string text_of(const IpNetwork& network) {
  const int bits = network.address.v4() ? network.bits - 96 : network.bits;
  return to_text(network.address) + "/" + std::to_string(bits);
}

// Reads with the first fault kept; what is absent keeps its value.
class Reader {
 public:
  explicit Reader(Element element) : element_(element) {}

  Reader& text(const char* name, std::string& into) {
    std::string_view value;
    Element found;
    if (!find(name, found)) return *this;
    if (found.get(value) != simdjson::SUCCESS)
      fail(name);
    else
      into = value;
    return *this;
  }
  template <class Number>
  Reader& number(const char* name, Number& into, int64_t most) {
    Element found;
    int64_t value = 0;
    if (!find(name, found)) return *this;
    if (found.get(value) != simdjson::SUCCESS || value < 0 || value > most)
      fail(name);
    else
      into = static_cast<Number>(value);
    return *this;
  }
  Reader& instant(const char* name, Instant& into) {
    std::string value;
    text(name, value);
    if (value.empty()) return *this;
    const auto at = parse_rfc3339(value);
    if (at)
      into = *at;
    else
      fail(name);
    return *this;
  }
  template <class Enum>
  Reader& word(const char* name, Enum& into, std::optional<Enum> (*parse)(std::string_view)) {
    std::string value;
    text(name, value);
    if (value.empty()) return *this;
    const auto parsed = parse(value);
    if (parsed)
      into = *parsed;
    else
      fail(name);
    return *this;
  }
  // Calls `take(Element)` for each, which says whether it is well.
  template <class Take>
  Reader& list(const char* name, Take&& take) {
    Element found;
    simdjson::dom::array array;
    if (!find(name, found)) return *this;
    if (found.get(array) != simdjson::SUCCESS || array.size() > most_items) {
      fail(name);
      return *this;
    }
    for (const Element item : array) {
      if (!take(item)) fail(name);
    }
    return *this;
  }
  bool find(const char* name, Element& into) {
    return element_.at_key(name).get(into) == simdjson::SUCCESS && !into.is_null();
  }
  void fail(const char* name) {
    if (fault_.empty()) fault_ = name;
  }
  bool ok() const { return fault_.empty(); }
  Status status() const {
    if (ok()) return Done{};
    return Error{ErrorKind::malformed, "a response's \"" + fault_ + "\" is not what it must be"};
  }

 private:
  Element element_;
  std::string fault_;
};

Result<Element> parse(simdjson::dom::parser& parser, std::string_view json) {
  Element root;
  if (json.size() > most_bytes) return Error{ErrorKind::limit, "a response is longer than 1 MiB"};
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS || !root.is_object())
    return Error{ErrorKind::malformed, "a response is not a JSON object"};
  return root;
}

bool take_text(Element item, std::vector<std::string>& into) {
  std::string_view text;
  if (item.get(text) != simdjson::SUCCESS) return false;
  into.emplace_back(text);
  return true;
}

bool read_action(Element element, ResponseAction& action) {
  Reader in(element);
  std::string peer, transport;
  in.word("action", action.kind, parse_action_kind).text("peer", peer).text("transport", transport);
  in.text("network", action.network);
  in.list("allow", [&](Element item) {
    std::vector<std::string> text;
    const auto network = take_text(item, text) ? parse_prefix(text[0]) : std::nullopt;
    if (network) action.allow.push_back(*network);
    return network.has_value();
  });
  in.list("receivers", [&](Element item) { return take_text(item, action.receivers); });
  int64_t port = 0, lasts = action.lasts.count();
  in.number("port", port, 65535).number("seconds", lasts, 86400);
  in.number("most_bytes", action.most_bytes, int64_t{1} << 40);
  action.lasts = seconds{lasts};
  if (port != 0) action.port = static_cast<uint16_t>(port);
  if (!peer.empty()) action.peer = parse_prefix(peer);
  if (!transport.empty()) action.transport = parse_transport(transport);
  return in.ok() && (peer.empty() || action.peer) && (transport.empty() || action.transport);
}

bool read_step(Element element, ResponseStep& step) {
  Reader in(element);
  Element action;
  in.text("what", step.what).text("undo", step.undo).text("note", step.note).text("before", step.before);
  in.word("state", step.state, parse_step_state);
  return in.ok() && in.find("do", action) && read_action(action, step.action);
}

bool read_change(Element element, ResponseChange& change) {
  Reader in(element);
  in.word("phase", change.phase, parse_response_phase).instant("at", change.at);
  in.text("actor", change.actor).text("note", change.note);
  return in.ok();
}

Status read_response(Element root, ResponseRecord& out) {
  Reader in(root);
  int64_t expires = 0;
  in.text("id", out.id).text("rule", out.rule).text("asset", out.asset.value).text("asset_name", out.asset_name);
  in.text("why", out.why).word("phase", out.phase, parse_response_phase).word("on_stop", out.on_stop, parse_on_stop);
  in.instant("until", out.until).instant("ask_until", out.ask_until).number("expires", expires, int64_t{1} << 40);
  out.expires = seconds{expires};
  in.list("steps", [&](Element item) { return read_step(item, out.steps.emplace_back()); });
  in.list("changes", [&](Element item) { return read_change(item, out.changes.emplace_back()); });
  PLIMSOLL_CHECK(in.status());
  if (out.id.empty()) return Error{ErrorKind::malformed, "a response has no id"};
  return Done{};
}

void write_step(JsonWriter& out, const ResponseStep& step) {
  out.begin_object().key("do");
  write_action(out, step.action);
  out.member("what", step.what).member("undo", step.undo).member("state", name_of(step.state));
  out.member("note", step.note).member("before", step.before).end_object();
}

constexpr std::array<std::string_view, 5> request_kinds = {"act", "approve", "refuse", "release", "plan"};

std::optional<ResponseRequest::Kind> parse_request_kind(std::string_view text) {
  for (size_t i = 0; i < request_kinds.size(); ++i) {
    if (request_kinds[i] == text) return static_cast<ResponseRequest::Kind>(i);
  }
  return std::nullopt;
}

std::string several(const std::vector<IpNetwork>& networks) {
  std::vector<std::string> out;
  for (const IpNetwork& network : networks) out.push_back(text_of(network));
  return join(out, ", ");
}

}  // namespace

void write_action(JsonWriter& out, const ResponseAction& action) {
  out.begin_object().member("action", name_of(action.kind));
  if (!action.allow.empty()) {
    out.key("allow").begin_array();
    for (const IpNetwork& network : action.allow) out.value(text_of(network));
    out.end_array();
  }
  if (action.peer) out.member("peer", text_of(*action.peer));
  if (action.port) out.member("port", *action.port);
  if (action.transport) out.member("transport", name_of(*action.transport));
  if (!action.network.empty()) out.member("network", action.network);
  if (!action.receivers.empty()) write_strings(out.key("receivers"), action.receivers);
  if (action.kind == ActionKind::capture)
    out.member("seconds", action.lasts.count()).member("most_bytes", action.most_bytes);
  out.end_object();
}

std::string describe_action(const ResponseAction& action) {
  switch (action.kind) {
    case ActionKind::quarantine:
      return action.allow.empty() ? "cut off from every network"
                                  : "cut off from every network but " + several(action.allow);
    case ActionKind::wan_cut:
      return "cut off from the outside";
    case ActionKind::block: {
      std::string out = "block";
      if (action.port)
        out += " port " + std::to_string(*action.port) +
               (action.transport ? "/" + std::string(name_of(*action.transport)) : "");
      return action.peer ? out + (action.port ? " of " : " ") + text_of(*action.peer) : out;
    }
    case ActionKind::disconnect:
      return action.network.empty() ? "disconnect from all its networks"
                                    : "disconnect from the network " + printable(action.network, 200);
    case ActionKind::capture:
      return "capture its packets for " + std::to_string(action.lasts.count()) + " s";
    case ActionKind::snapshot:
      return "keep a snapshot of its state";
    case ActionKind::alert:
      return "send an alert";
    case ActionKind::mark:
      return "mark it";
    case ActionKind::scan:
      return "scan again";
    default:
      return std::string(name_of(action.kind)) + " it";
  }
}

std::string describe_actions(const std::vector<ResponseAction>& actions) {
  std::vector<std::string> out;
  for (const ResponseAction& action : actions) out.push_back(describe_action(action));
  return join(out, ", ");
}

void write_response(JsonWriter& out, const ResponseRecord& record) {
  out.begin_object().member("id", record.id).member("rule", record.rule).member("asset", record.asset.value);
  out.member("asset_name", record.asset_name).member("why", record.why).member("phase", name_of(record.phase));
  out.member("on_stop", name_of(record.on_stop)).member("expires", record.expires.count()).key("until");
  write_instant(out, record.until);
  out.key("ask_until");
  write_instant(out, record.ask_until);
  out.key("steps").begin_array();
  for (const ResponseStep& step : record.steps) write_step(out, step);
  out.end_array().key("changes").begin_array();
  for (const ResponseChange& change : record.changes) {
    out.begin_object().member("phase", name_of(change.phase)).key("at");
    write_instant(out, change.at);
    out.member("actor", change.actor).member("note", change.note).end_object();
  }
  out.end_array().end_object();
}

std::string response_to_json(const ResponseRecord& record) {
  JsonWriter out(JsonWriter::Layout::one_line);
  write_response(out, record);
  return std::move(out).take();
}

Result<ResponseRecord> response_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  PLIMSOLL_TRY(root, parse(parser, json));
  ResponseRecord out;
  PLIMSOLL_CHECK(read_response(root, out));
  return out;
}

void write_rule(JsonWriter& out, const ResponseRule& rule) {
  out.begin_object().member("id", rule.id).member("title", rule.title).member("mode", name_of(rule.mode)).key("do");
  out.begin_array();
  for (const ResponseAction& action : rule.actions) write_action(out, action);
  out.end_array().key("what").begin_array();
  for (const ResponseAction& action : rule.actions) out.value(describe_action(action));
  out.end_array().member("expires", rule.expires.count()).member("cooldown", rule.cooldown.count());
  out.member("ask_timeout", rule.ask_timeout.count()).key("limit").begin_object().member("most", rule.limit.most);
  out.member("within", rule.limit.within.count()).end_object().member("on_stop", name_of(rule.on_stop));
  out.member("spare_last_replica", rule.spare_last_replica).end_object();
}

std::string request_to_json(const ResponseRequest& request) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("kind", request_kinds[static_cast<size_t>(request.kind)]).member("token", request.token);
  out.member("rule", request.rule).member("asset", request.asset.value).member("id", request.id);
  out.member("actor", request.actor).member("why", request.why).end_object();
  return std::move(out).take();
}

Result<ResponseRequest> request_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  PLIMSOLL_TRY(root, parse(parser, json));
  ResponseRequest out;
  Reader in(root);
  in.word("kind", out.kind, parse_request_kind).number("token", out.token, INT64_MAX).text("rule", out.rule);
  in.text("asset", out.asset.value).text("id", out.id).text("actor", out.actor).text("why", out.why);
  PLIMSOLL_CHECK(in.status());
  return out;
}

std::string answer_to_json(const PlanAnswer& answer) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("token", answer.token).member("fault", answer.fault);
  if (answer.fault.empty()) write_response(out.key("plan"), answer.plan);
  out.end_object();
  return std::move(out).take();
}

Result<PlanAnswer> answer_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  PLIMSOLL_TRY(root, parse(parser, json));
  PlanAnswer out;
  Reader in(root);
  Element plan;
  in.number("token", out.token, INT64_MAX).text("fault", out.fault);
  PLIMSOLL_CHECK(in.status());
  if (in.find("plan", plan)) PLIMSOLL_CHECK(read_response(plan, out.plan));
  return out;
}

}  // namespace plimsoll::wire
