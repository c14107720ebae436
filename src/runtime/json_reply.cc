#include "runtime/json_reply.h"

#include <algorithm>

namespace plimsoll::runtime {
namespace {

constexpr size_t max_depth = 64;

template <class T>
std::optional<T> get_at(Json from, std::initializer_list<std::string_view> path) {
  const auto found = at(from, path);
  T value{};
  if (!found || found->get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

}  // namespace

Result<JsonReply> JsonReply::parse(std::string_view body, const std::string& what) {
  JsonReply reply;
  reply.parser_ = std::make_unique<simdjson::dom::parser>();
  auto code = reply.parser_->allocate(std::max(body.size(), size_t{64}), max_depth);
  if (code == simdjson::SUCCESS) code = reply.parser_->parse(body.data(), body.size(), true).get(reply.root_);
  if (code != simdjson::SUCCESS) {
    return Error{ErrorKind::malformed, std::string("the reply is no JSON: ") + simdjson::error_message(code), what};
  }
  return reply;
}

Error wrong_shape(const std::string& what) {
  return {ErrorKind::malformed, "the reply has not the shape of the API", what};
}

std::optional<Json> at(Json from, std::initializer_list<std::string_view> path) {
  for (const std::string_view key : path) {
    simdjson::dom::object object;
    if (from.get(object) != simdjson::SUCCESS || object.at_key(key).get(from) != simdjson::SUCCESS) return std::nullopt;
  }
  if (from.is_null()) return std::nullopt;
  return from;
}

std::optional<std::string> text_at(Json from, std::initializer_list<std::string_view> path) {
  const auto text = get_at<std::string_view>(from, path);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}
std::optional<bool> truth_at(Json from, std::initializer_list<std::string_view> path) {
  return get_at<bool>(from, path);
}
std::optional<int64_t> whole_at(Json from, std::initializer_list<std::string_view> path) {
  return get_at<int64_t>(from, path);
}
std::optional<simdjson::dom::array> array_at(Json from, std::initializer_list<std::string_view> path) {
  return get_at<simdjson::dom::array>(from, path);
}
std::optional<simdjson::dom::object> object_at(Json from, std::initializer_list<std::string_view> path) {
  return get_at<simdjson::dom::object>(from, path);
}

}  // namespace plimsoll::runtime
