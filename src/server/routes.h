#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"
#include "server/request_text.h"

namespace plimsoll::server {

class Api;
struct Call;

// Who may call a route: each may do what those before may, too.
enum class Access { open, viewer, operator_, admin };

// One thing the API does. `path` is a template: "/api/v1/assets/{id}".
struct Route {
  std::string_view method, path;
  Access access;
  std::string_view event;  // journalled under this kind when it was done; empty: it changes nothing
  Response (*handle)(Api& api, const Call& call);
  bool tells = false;  // the handler journals it by itself, with more than the path
  bool kept = false;   // the answer is everybody's, and the same until the world changes: AnswerCache has it
};

// All of them: what docs/openapi.yaml describes.
std::span<const Route> routes();

// What a path comes to: the route for the method, and what stood for {name}.
struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> parameters;
  std::vector<std::string_view> allowed;  // methods of the path, when there is none for this one; empty: no such path
};
Match find_route(std::span<const Route> table, std::string_view method, const std::vector<std::string>& segments);

}  // namespace plimsoll::server
