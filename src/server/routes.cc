#include "server/routes.h"

#include <array>

#include "base/text.h"
#include "server/handlers.h"
#include "server/policy_versions.h"

namespace plimsoll::server {
namespace {

constexpr Route kept(Route route) {
  route.kept = true;
  return route;
}

constexpr std::array table = {
    // assets and threats
    kept({"GET", "/api/v1/summary", Access::viewer, "", get_summary}),
    kept({"GET", "/api/v1/assets", Access::viewer, "", list_assets}),
    kept({"GET", "/api/v1/assets/{id}", Access::viewer, "", get_asset}),
    Route{"GET", "/api/v1/assets/{id}/history", Access::viewer, "", get_asset_history},
    kept({"GET", "/api/v1/assets/{id}/threats", Access::viewer, "", list_asset_threats}),
    kept({"GET", "/api/v1/assets/{id}/makeup", Access::viewer, "", get_asset_makeup}),
    kept({"GET", "/api/v1/assets/{id}/packages", Access::viewer, "", list_asset_packages}),
    Route{"GET", "/api/v1/assets/{id}/sbom", Access::viewer, "", get_asset_sbom},
    kept({"GET", "/api/v1/assets/{id}/configuration", Access::viewer, "", get_asset_configuration}),
    kept({"GET", "/api/v1/assets/{id}/processes", Access::viewer, "", list_asset_processes}),
    kept({"GET", "/api/v1/assets/{id}/checks", Access::viewer, "", list_asset_checks}),
    kept({"GET", "/api/v1/assets/{id}/benchmark", Access::viewer, "", get_asset_benchmark}),
    Route{"POST", "/api/v1/assets/{id}/scan", Access::operator_, "scan.asked", scan_asset},
    kept({"GET", "/api/v1/nodes", Access::viewer, "", list_nodes}),
    kept({"GET", "/api/v1/images", Access::viewer, "", list_images}),
    kept({"GET", "/api/v1/images/{id}", Access::viewer, "", get_image}),
    kept({"GET", "/api/v1/threats", Access::viewer, "", list_threats}),
    kept({"GET", "/api/v1/threats/{id}", Access::viewer, "", get_threat}),
    kept({"GET", "/api/v1/threats/{id}/assets", Access::viewer, "", list_threat_assets}),
    // events, network, checks, what to do
    Route{"GET", "/api/v1/events", Access::viewer, "", list_events},
    Route{"GET", "/api/v1/events/stream", Access::viewer, "", stream_events},
    kept({"GET", "/api/v1/flows", Access::viewer, "", list_flows}),
    kept({"GET", "/api/v1/graph", Access::viewer, "", get_graph}),
    kept({"GET", "/api/v1/graph/columns", Access::viewer, "", get_graph_columns}),
    kept({"GET", "/api/v1/checks", Access::viewer, "", list_checks}),
    kept({"GET", "/api/v1/overview", Access::viewer, "", get_overview}),
    kept({"GET", "/api/v1/fixes", Access::viewer, "", list_fixes}),
    Route{"GET", "/api/v1/changes", Access::viewer, "", get_changes},
    kept({"GET", "/api/v1/not-assessed", Access::viewer, "", list_not_assessed}),
    kept({"GET", "/api/v1/trend", Access::viewer, "", get_trend}),
    kept({"GET", "/api/v1/search", Access::viewer, "", search}),
    kept({"GET", "/api/v1/packages/{name}/assets", Access::viewer, "", list_package_assets}),
    Route{"GET", "/api/v1/exceptions", Access::viewer, "", list_exceptions},
    Route{"POST", "/api/v1/exceptions", Access::operator_, "exception.added", add_exception, true},
    Route{"DELETE", "/api/v1/exceptions/{id}", Access::operator_, "exception.ended", remove_exception, true},
    Route{"GET", "/api/v1/reports", Access::viewer, "", export_report},
    // responses
    Route{"GET", "/api/v1/responses", Access::viewer, "", list_responses},
    Route{"GET", "/api/v1/responses/{id}", Access::viewer, "", get_response},
    Route{"POST", "/api/v1/responses/{id}/approve", Access::operator_, "respond.approved", approve_response},
    Route{"POST", "/api/v1/responses/{id}/refuse", Access::operator_, "respond.declined", refuse_response},
    Route{"POST", "/api/v1/responses/{id}/release", Access::operator_, "respond.release-asked", release_response},
    Route{"GET", "/api/v1/response-rules", Access::viewer, "", list_response_rules},
    Route{"POST", "/api/v1/response-rules/{id}/plan", Access::operator_, "respond.dry-run", plan_response},
    // policies
    Route{"GET", "/api/v1/policies", Access::viewer, "", list_policies},
    Route{"GET", "/api/v1/policies/versions", Access::viewer, "", list_policy_versions},
    Route{"GET", "/api/v1/policies/versions/{entry}", Access::viewer, "", get_policy_version},
    Route{"GET", "/api/v1/policies/diff", Access::viewer, "", get_policy_diff},
    Route{"POST", "/api/v1/policies/check", Access::operator_, "", check_policy},
    Route{"POST", "/api/v1/policies/try", Access::operator_, "policy.tried", try_policy},
    Route{"GET", "/api/v1/policies/{name}", Access::viewer, "", get_policy},
    Route{"PUT", "/api/v1/policies/{name}", Access::admin, policy_written, put_policy, true},
    Route{"DELETE", "/api/v1/policies/{name}", Access::admin, policy_removed, remove_policy, true},
    // the service itself
    Route{"GET", "/api/v1/status", Access::viewer, "", get_status},
    Route{"GET", "/api/v1/database", Access::viewer, "", get_database},
    Route{"POST", "/api/v1/database/update", Access::operator_, "database.update-asked", update_database},
    Route{"GET", "/api/v1/networks", Access::viewer, "", get_networks},
    Route{"PUT", "/api/v1/networks", Access::admin, "networks.changed", change_networks, true},
    Route{"DELETE", "/api/v1/networks", Access::admin, "networks.reset", reset_networks},
    Route{"POST", "/api/v1/scan", Access::operator_, "scan.asked", scan_now},
    Route{"GET", "/api/v1/log/verification", Access::admin, "", verify_log},
    Route{"GET", "/api/v1/openapi.yaml", Access::open, "", get_openapi},
    // what leaves the machine on purpose
    Route{"GET", "/api/v1/receivers", Access::admin, "", list_receivers},
    Route{"POST", "/api/v1/receivers/{name}/test", Access::admin, "notify.tested", test_receiver},
    Route{"GET", "/api/v1/schedules", Access::viewer, "", list_schedules},
    Route{"POST", "/api/v1/schedules/{name}/run", Access::operator_, "report.asked", run_schedule},
    // people
    Route{"GET", "/api/v1/setup", Access::open, "", get_setup},
    Route{"POST", "/api/v1/setup", Access::open, "", set_up},
    Route{"POST", "/api/v1/login", Access::open, "", log_in},
    Route{"GET", "/api/v1/sign-on", Access::open, "", get_sign_on},
    Route{"GET", "/api/v1/sign-on/start", Access::open, "", start_sign_on},
    Route{"GET", "/api/v1/sign-on/callback", Access::open, "", finish_sign_on},
    Route{"POST", "/api/v1/logout", Access::viewer, "auth.sign-out", log_out},
    Route{"GET", "/api/v1/me", Access::viewer, "", get_me},
    Route{"POST", "/api/v1/me/passphrase", Access::viewer, "user.passphrase-changed", change_passphrase},
    Route{"GET", "/api/v1/users", Access::admin, "", list_users},
    Route{"POST", "/api/v1/users", Access::admin, "user.added", add_user},
    Route{"PATCH", "/api/v1/users/{name}", Access::admin, "user.changed", change_user},
    Route{"DELETE", "/api/v1/users/{name}", Access::admin, "user.removed", remove_user},
    Route{"GET", "/api/v1/tokens", Access::viewer, "", list_tokens},
    Route{"POST", "/api/v1/tokens", Access::viewer, "token.added", add_token},
    Route{"DELETE", "/api/v1/tokens/{id}", Access::viewer, "token.removed", remove_token},
    // machines that watch this one
    Route{"GET", "/healthz", Access::open, "", get_health},
    Route{"GET", "/readyz", Access::open, "", get_readiness},
    Route{"GET", "/metrics", Access::viewer, "", get_metrics},
};

bool fits(const Route& route, const std::vector<std::string>& segments,
          std::map<std::string, std::string, std::less<>>& parameters) {
  const auto parts = split(route.path.substr(1), '/');
  if (parts.size() != segments.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool open = parts[i].size() > 2 && parts[i].front() == '{';
    if (open)
      parameters[std::string(parts[i].substr(1, parts[i].size() - 2))] = segments[i];
    else if (parts[i] != segments[i])
      return false;
  }
  return true;
}

}  // namespace

std::span<const Route> routes() { return table; }

Match find_route(std::span<const Route> all, std::string_view method, const std::vector<std::string>& segments) {
  Match out;
  for (const Route& route : all) {
    std::map<std::string, std::string, std::less<>> parameters;
    if (!fits(route, segments, parameters)) continue;
    // A HEAD is a GET whose body is not sent.
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      // A fixed path stands before one with a parameter: "events/stream" has no {id} beside it, so the first is it.
      return {&route, std::move(parameters), {}};
    }
    out.allowed.push_back(route.method);
  }
  return out;
}

}  // namespace plimsoll::server
