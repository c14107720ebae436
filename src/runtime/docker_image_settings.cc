// What the engine says of an image, as a tree.
#include <algorithm>

#include "base/text.h"
#include "runtime/docker_settings.h"
#include "runtime/history_secrets.h"
#include "runtime/json_tree.h"

namespace plimsoll::runtime {
namespace {

using Members = std::map<std::string, FactTree>;

constexpr size_t max_steps = 1000;
constexpr int64_t a_day = 86'400;

FactTree texts(Json from, std::initializer_list<std::string_view> path) {
  std::vector<FactTree> items;
  if (const auto list = array_at(from, path)) {
    for (const Json item : *list) {
      std::string_view text;
      if (item.get(text) == simdjson::SUCCESS && text != "<none>:<none>")
        items.push_back(FactTree::of(std::string(text)));
    }
  }
  return FactTree::list_of(std::move(items));
}

FactTree names_of(Json from, std::initializer_list<std::string_view> path) {
  std::vector<FactTree> items;
  if (const auto object = object_at(from, path)) {
    for (const auto field : *object) items.push_back(FactTree::of(std::string(field.key)));
  }
  return FactTree::list_of(std::move(items));
}

FactTree env_secrets(Json inspect) {
  std::vector<FactTree> names;
  if (const auto variables = array_at(inspect, {"Config", "Env"})) {
    for (const Json variable : *variables) {
      std::string_view text;
      std::string name;
      if (variable.get(text) == simdjson::SUCCESS && is_secret_assignment(text, &name)) {
        names.push_back(FactTree::of(name));
      }
    }
  }
  return FactTree::list_of(std::move(names), "image inspect Config.Env");
}

FactTree health_check(Json inspect) {
  const auto test = array_at(inspect, {"Config", "Healthcheck", "Test"});
  std::string_view first;
  if (!test || test->size() == 0 || test->at(0).get(first) != simdjson::SUCCESS || first == "NONE") return {};
  return FactTree::of(std::string(first), "image inspect Config.Healthcheck");
}

FactTree config_of(Json inspect) {
  if (!object_at(inspect, {"Config"}))
    return FactTree::unknown_because("the engine does not say", "image inspect Config");
  Members config;
  config["user"] = FactTree::of(text_at(inspect, {"Config", "User"}).value_or(""), "image inspect Config.User");
  config["healthcheck"] = health_check(inspect);
  config["exposed_ports"] = names_of(inspect, {"Config", "ExposedPorts"});
  config["volumes"] = names_of(inspect, {"Config", "Volumes"});
  config["entrypoint"] = texts(inspect, {"Config", "Entrypoint"});
  config["secret_variables"] = env_secrets(inspect);
  return FactTree::map_of(std::move(config), "image inspect Config");
}

// The engine tells the newest step first; ours are numbered from the oldest. `base` marks the steps up to and with the
// first that brought files: the root file system that the rest is built upon.
void add_history(Members& image, std::string_view body) {
  constexpr const char* source = "image history";
  const auto fail = [&](const std::string& why) {
    image["history"] = image["secrets"] = FactTree::unknown_because(why, source);
  };
  const auto reply = JsonReply::parse(body, "GET /images/ID/history");
  if (!reply.ok()) return fail(reply.error().message);
  const auto list = array_at(reply->root(), {});
  if (!list) return fail("the reply has not the shape of the API");
  if (list->size() > max_steps) return fail("more steps than are looked at");
  std::vector<Json> steps(list->begin(), list->end());
  std::reverse(steps.begin(), steps.end());
  std::vector<FactTree> history, secrets;
  bool base = true;
  for (size_t i = 0; i < steps.size(); ++i) {
    CleanStep step = clean_step(text_at(steps[i], {"CreatedBy"}).value_or(""));
    for (const std::string& secret : step.secrets) {
      secrets.push_back(FactTree::of("step " + std::to_string(i + 1) + ": " + secret));
    }
    const int64_t size = whole_at(steps[i], {"Size"}).value_or(0);
    history.push_back(FactTree::map_of({{"step", FactTree::of(static_cast<int64_t>(i + 1))},
                                        {"created_by", FactTree::of(std::move(step.text))},
                                        {"size", FactTree::of(size)},
                                        {"base", FactTree::of(base)}}));
    base = base && size == 0;
  }
  image["history"] = FactTree::list_of(std::move(history), source);
  image["secrets"] = FactTree::list_of(std::move(secrets), source);
}

}  // namespace

Result<FactTree> image_settings(std::string_view inspect, const Result<std::string>& history, Instant now) {
  PLIMSOLL_TRY(reply, JsonReply::parse(inspect, "GET /images/ID/json"));
  const Json root = reply.root();
  const auto id = text_at(root, {"Id"});
  if (!id) return wrong_shape("GET /images/ID/json");
  Members image;
  image["id"] = FactTree::of(*id);
  image["tags"] = texts(root, {"RepoTags"});
  image["digests"] = texts(root, {"RepoDigests"});
  image["size"] = FactTree::of(whole_at(root, {"Size"}).value_or(0));
  image["platform"] =
      FactTree::of(text_at(root, {"Os"}).value_or("") + "/" + text_at(root, {"Architecture"}).value_or(""));
  image["config"] = config_of(root);
  const auto created = parse_rfc3339(text_at(root, {"Created"}).value_or(""));
  // Reproducible builds write a date of long ago, or none.
  if (created && created->time_since_epoch().count() > 10 * 365 * a_day) {
    const int64_t age = (now - *created).count();
    image["created"] = FactTree::of(int64_t{created->time_since_epoch().count()}, "image inspect Created");
    image["age_days"] = FactTree::of(age < 0 ? 0 : age / a_day, "image inspect Created");
  } else {
    image["age_days"] = FactTree::unknown_because("the image does not say when it was made", "image inspect Created");
  }
  if (history.ok()) {
    add_history(image, *history);
  } else {
    image["history"] = image["secrets"] = FactTree::unknown_because(history.error().message, "image history");
  }
  return FactTree::map_of(std::move(image), "image inspect");
}

}  // namespace plimsoll::runtime
