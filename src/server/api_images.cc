#include <algorithm>
#include <map>
#include <set>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/keyed_page.h"
#include "server/shown.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

using Element = simdjson::dom::element;

// An image by what its containers tell of it.
struct Image {
  std::string id;
  std::set<std::string> names, nodes;
  uint64_t running = 0;
  std::vector<journal::AssetRow> containers;  // worst first
};

std::string json_of(Element object, std::string_view name) {
  Element member;
  return object[name].get(member) == simdjson::SUCCESS ? simdjson::minify(member) : "null";
}

// Of all assets or of those on a node; in the order of their worst container.
Result<std::vector<Image>> read_images(const journal::Journal& journal, std::string_view node) {
  std::vector<Image> images;
  std::map<std::string, size_t> place;
  journal::AssetQuery query;
  query.kind = AssetKind::container;
  query.node = node;
  query.limit = journal::max_page;
  simdjson::dom::parser parser;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (journal::AssetRow& row : page.items) {
      Element details;
      if (parser.parse(row.details).get(details) != simdjson::SUCCESS) continue;
      std::string id(text_of(details, "image_id"));
      if (id.empty()) continue;
      const auto [found, fresh] = place.emplace(id, images.size());
      if (fresh) images.push_back({std::move(id), {}, {}, 0, {}});
      Image& image = images[found->second];
      if (!row.asset.image.empty()) image.names.insert(row.asset.image);
      image.nodes.insert(row.asset.node);
      image.running += row.asset.status == "running" ? 1 : 0;
      image.containers.push_back(std::move(row));
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return images;
}

// What was worked out of each image's content when the world was judged.
class Contents {
 public:
  explicit Contents(const journal::Journal& journal) {
    const Result<std::string> text = journal.setting(shown_images);
    known_ = text.ok() && parser_.parse(*text).get(root_) == simdjson::SUCCESS && root_.is_object();
  }
  void write(wire::JsonWriter& out, const std::string& image) const {
    Element content;
    const bool known = known_ && root_[image].get(content) == simdjson::SUCCESS;
    out.key("own");
    if (known) {
      out.begin_object()
          .member("score", number_of(content, "score"))
          .member("level", text_of(content, "level"))
          .end_object();
    } else {
      out.null();
    }
    out.key("counts").document(known ? json_of(content, "counts") : "null");
  }

 private:
  simdjson::dom::parser parser_;
  Element root_;
  bool known_ = false;
};

void write_image(wire::JsonWriter& out, const Image& image, const Contents& contents) {
  const journal::AssetRow& worst = image.containers.front();
  simdjson::dom::parser parser;
  Element details, told;
  const bool known =
      parser.parse(worst.details).get(details) == simdjson::SUCCESS && details["image"].get(told) == simdjson::SUCCESS;
  out.begin_object().member("id", image.id).member("name", image.names.empty() ? image.id : *image.names.begin());
  out.key("names").begin_array();
  for (const std::string& name : image.names) out.value(name);
  out.end_array().member("running", image.running).member("containers", image.containers.size()).key("worst");
  out.begin_object().member("id", worst.asset.id.value).member("name", worst.asset.name).member("score", worst.score);
  out.member("level", name_of(worst.level)).member("not_assessed", worst.not_assessed).end_object();
  contents.write(out, image.id);
  for (const char* name : {"size", "layers"}) out.key(name).document(known ? json_of(told, name) : "null");
  int64_t created = 0;
  out.key("created");
  if (known && told["created"].get(created) == simdjson::SUCCESS)
    out.value(format_rfc3339(Instant(std::chrono::seconds(created))));
  else
    out.null();
  out.key("base");
  if (known && !text_of(told, "base").empty())
    out.value(text_of(told, "base"));
  else
    out.null();
  out.member("os", worst.os).member("platform", worst.asset.platform).key("nodes").begin_array();
  for (const std::string& node : image.nodes) out.value(node);
  out.end_array().end_object();
}

bool passes(const Image& image, const std::string& text) {
  if (text.empty() || lower(image.id).find(text) != std::string::npos) return true;
  return std::any_of(image.names.begin(), image.names.end(),
                     [&](const std::string& name) { return lower(name).find(text) != std::string::npos; });
}

// The steps an image was built by, lowest first, as its runtime tells them. Which packages came with which is known
// where the layers themselves were read.
void write_layers(wire::JsonWriter& out, const FactTree& history) {
  out.key("layers").begin_array();
  for (const FactTree& step : history.items) {
    out.begin_object().member("created_by", step.at("created_by").text).member("size", step.at("size").integer);
    out.member("base", step.at("base").boolean).key("packages").null().key("threats").null().end_object();
  }
  out.end_array();
}

}  // namespace

Response list_images(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(images, read_images(api.journal(), call.asked("node")));
  const std::string text = lower(call.asked("text"));
  const Contents contents(api.journal());
  KeyedPages pages(call);
  for (const Image& image : images) {
    if (!passes(image, text)) continue;
    wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
    write_image(out, image, contents);
    // Worst first: what is missing to 999 sorts as text.
    pages.add(std::to_string(999 - image.containers.front().score) + image.id, std::move(out).take());
  }
  PLIMSOLL_OR_PROBLEM(page, pages.json());
  return json_response(std::move(page));
}

Response get_image(Api& api, const Call& call) {
  constexpr size_t most_containers = 1000;
  PLIMSOLL_OR_PROBLEM(images, read_images(api.journal(), ""));
  const auto image =
      std::find_if(images.begin(), images.end(), [&](const Image& each) { return each.id == call.parameter("id"); });
  if (image == images.end()) return problem(404, "no container that is there runs such an image");
  PLIMSOLL_OR_PROBLEM(facts, api.journal().stored_facts({image->containers.front().asset.id}));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("image");
  write_image(out, *image, Contents(api.journal()));
  const FactTree none;
  write_layers(out, facts.assets.empty() ? none : facts.assets.front().settings.at("image").at("history"));
  out.key("containers").begin_array();
  const OpenResponses open = api.open_responses();
  for (size_t i = 0; i < std::min(image->containers.size(), most_containers); ++i)
    write_row(out, image->containers[i], open);
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
