#pragma once
#include <simdjson.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::runtime {

using Json = simdjson::dom::element;

// One reply of a runtime, parsed within bounds; root() and all below it live as long as the reply.
class JsonReply {
 public:
  // malformed: no JSON, or nested too deeply. `what` names the request in the error.
  static Result<JsonReply> parse(std::string_view body, const std::string& what);
  Json root() const { return root_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
  Json root_;
};

// JSON, but not what the API promises of it. `what` names the request.
Error wrong_shape(const std::string& what);

// Look-ups that never fail loudly: a member that is absent, null or of another type is nothing.
std::optional<Json> at(Json from, std::initializer_list<std::string_view> path);
std::optional<std::string> text_at(Json from, std::initializer_list<std::string_view> path);
std::optional<bool> truth_at(Json from, std::initializer_list<std::string_view> path);
std::optional<int64_t> whole_at(Json from, std::initializer_list<std::string_view> path);
std::optional<simdjson::dom::array> array_at(Json from, std::initializer_list<std::string_view> path);
std::optional<simdjson::dom::object> object_at(Json from, std::initializer_list<std::string_view> path);

}  // namespace plimsoll::runtime
