#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/fact_tree.h"
#include "model/facts.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {

// Replies of the Docker Engine API as the trees that benchmark rules read (docs/facts.md, "Settings"). Pure. What a
// reply should say and does not is an unknown node.

// Member `configured` of a container: GET /containers/ID/json.
FactTree container_configuration(Json inspect);

// Tree of an image: GET /images/ID/json and GET /images/ID/history (its error when that failed). Values that look like
// secrets are taken out of the steps; `secrets` says where they were.
Result<FactTree> image_settings(std::string_view inspect, const Result<std::string>& history, Instant now);

// Tree of the engine itself: name, kind, version, components, what /info says. `info` may be an error.
FactTree engine_settings(const RuntimeFacts& facts, const Result<std::string>& info);

// Member `networks` of an engine: GET /networks.
Result<FactTree> network_settings(std::string_view body);

// Member `images` of an engine: GET /images/json and GET /containers/json?all=true: total, used and tags.
Result<FactTree> image_use(std::string_view images, std::string_view containers);

}  // namespace plimsoll::runtime
