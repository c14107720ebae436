// Redis's protocol, RESP 2 and 3, and its inline commands: a known command, answered by a reply of one of its types.
#include <array>

#include "base/text.h"
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr std::array<std::string_view, 76> commands = {
    "acl",     "append",  "auth",     "bgrewriteaof", "bgsave",  "blpop",    "brpop",     "client",     "cluster",
    "command", "config",  "dbsize",   "debug",        "decr",    "decrby",   "del",       "discard",    "echo",
    "eval",    "evalsha", "exec",     "exists",       "expire",  "flushall", "flushdb",   "get",        "getset",
    "hdel",    "hello",   "hget",     "hgetall",      "hmget",   "hmset",    "hset",      "incr",       "incrby",
    "info",    "keys",    "latency",  "llen",         "lpop",    "lpush",    "lrange",    "memory",     "mget",
    "migrate", "module",  "monitor",  "mset",         "multi",   "object",   "ping",      "psubscribe", "psync",
    "publish", "quit",    "replconf", "rpop",         "rpush",   "sadd",     "save",      "scan",       "script",
    "select",  "set",     "setex",    "slaveof",      "slowlog", "smembers", "subscribe", "sync",       "ttl",
    "type",    "watch",   "xadd",     "zadd"};

bool is_command(std::string_view word) {
  const std::string name = lower(word);
  return std::find(commands.begin(), commands.end(), name) != commands.end();
}

// "*2\r\n$3\r\nGET\r\n" or "GET x\r\n".
Verdict look_request(std::string_view text) {
  const auto line = first_line(text);
  if (!line) return text.size() < 512 && is_plain(text.substr(0, text.find('\r'))) ? Verdict::more : Verdict::no;
  if (!line->starts_with('*')) {
    const auto words = split_words(*line);
    return !words.empty() && is_command(words[0]) ? Verdict::likely : Verdict::no;
  }
  const auto count = parse_uint(line->substr(1));
  if (!count || *count == 0 || *count > 1'000'000) return Verdict::no;
  text.remove_prefix(line->size() + 2 > text.size() ? text.size() : line->size() + 2);
  const auto size_line = first_line(text);
  if (!size_line) return text.size() < 16 ? Verdict::more : Verdict::no;
  if (!size_line->starts_with('$')) return Verdict::no;
  const auto size = parse_uint(size_line->substr(1));
  if (!size || *size == 0 || *size > 32) return Verdict::no;
  text.remove_prefix(std::min(text.size(), size_line->size() + 2));
  if (text.size() < *size) return Verdict::more;
  return is_command(text.substr(0, *size)) ? Verdict::likely : Verdict::no;
}

bool is_reply(std::string_view text) {
  return std::string_view("+-:$*%~#,_(=>").find(text[0]) != std::string_view::npos && text.find("\r\n") < 512;
}

void read_version(std::string_view reply, Identity& identity) {
  for (const auto& [mark, software] :
       {std::pair<std::string_view, std::string_view>{"valkey_version:", "Valkey"}, {"redis_version:", "Redis"}}) {
    const std::string_view version = between(reply, mark, "\r\n");
    if (version.empty()) continue;
    identity.software = software;
    identity.software_version = version;
    return;
  }
  // HELLO answers with pairs: ... version, a text of its own ...
  const size_t at = reply.find("$7\r\nversion\r\n$");
  if (at == std::string_view::npos) return;
  const std::string_view rest = reply.substr(at + 14);
  identity.software_version = between(rest, "\r\n", "\r\n");
  if (!identity.software_version.empty()) identity.software = "Redis";
}

}  // namespace

Verdict look_redis(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const Verdict request = look_request(heads.client);
  if (request != Verdict::likely) return request;
  identity.application = "Redis";
  if (heads.server.empty()) return Verdict::likely;
  if (!is_reply(heads.server))
    return heads.server.find('\n') == std::string_view::npos && heads.server.size() < 64 ? Verdict::more : Verdict::no;
  read_version(heads.server, identity);
  identity.awaits_details = identity.software_version.empty();
  return Verdict::sure;
}

}  // namespace plimsoll::network
