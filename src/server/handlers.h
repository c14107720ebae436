#pragma once
#include "server/http.h"

namespace plimsoll::server {

class Api;
struct Call;

// What the table of routes.cc calls.

// api_assets.cc
Response get_summary(Api& api, const Call& call);
Response list_assets(Api& api, const Call& call);
Response get_asset(Api& api, const Call& call);
Response get_asset_history(Api& api, const Call& call);
Response search(Api& api, const Call& call);
Response list_package_assets(Api& api, const Call& call);

// api_threats.cc
Response list_asset_threats(Api& api, const Call& call);
Response list_threats(Api& api, const Call& call);
Response get_threat(Api& api, const Call& call);
Response list_threat_assets(Api& api, const Call& call);

// api_asset_parts.cc
Response get_asset_makeup(Api& api, const Call& call);
Response list_asset_packages(Api& api, const Call& call);
Response get_asset_sbom(Api& api, const Call& call);
Response list_asset_processes(Api& api, const Call& call);

// api_configuration.cc
Response get_asset_configuration(Api& api, const Call& call);

// api_checks.cc
Response list_checks(Api& api, const Call& call);
Response list_asset_checks(Api& api, const Call& call);
Response get_asset_benchmark(Api& api, const Call& call);

// api_nodes.cc
Response list_nodes(Api& api, const Call& call);
Response list_not_assessed(Api& api, const Call& call);

// api_images.cc
Response list_images(Api& api, const Call& call);
Response get_image(Api& api, const Call& call);

// api_events.cc
Response list_events(Api& api, const Call& call);
Response stream_events(Api& api, const Call& call);
Response get_overview(Api& api, const Call& call);

// api_changes.cc
Response get_changes(Api& api, const Call& call);
Response get_trend(Api& api, const Call& call);

// api_fixes.cc
Response list_fixes(Api& api, const Call& call);

// api_graph.cc
Response list_flows(Api& api, const Call& call);
Response get_graph(Api& api, const Call& call);
Response get_graph_columns(Api& api, const Call& call);

// api_reports.cc
Response export_report(Api& api, const Call& call);

// api_exceptions.cc
Response list_exceptions(Api& api, const Call& call);
Response add_exception(Api& api, const Call& call);
Response remove_exception(Api& api, const Call& call);

// api_networks.cc
Response get_networks(Api& api, const Call& call);
Response change_networks(Api& api, const Call& call);
Response reset_networks(Api& api, const Call& call);

// api_system.cc
Response get_status(Api& api, const Call& call);
Response get_database(Api& api, const Call& call);
Response update_database(Api& api, const Call& call);
Response scan_now(Api& api, const Call& call);
Response scan_asset(Api& api, const Call& call);
Response verify_log(Api& api, const Call& call);
Response get_openapi(Api& api, const Call& call);
Response get_health(Api& api, const Call& call);
Response get_readiness(Api& api, const Call& call);
Response get_metrics(Api& api, const Call& call);

// api_notify.cc
Response list_receivers(Api& api, const Call& call);
Response test_receiver(Api& api, const Call& call);
Response list_schedules(Api& api, const Call& call);
Response run_schedule(Api& api, const Call& call);
// api_responses.cc
Response list_responses(Api& api, const Call& call);
Response get_response(Api& api, const Call& call);
Response approve_response(Api& api, const Call& call);
Response refuse_response(Api& api, const Call& call);
Response release_response(Api& api, const Call& call);
Response list_response_rules(Api& api, const Call& call);
Response plan_response(Api& api, const Call& call);

// api_policies.cc
Response list_policies(Api& api, const Call& call);
Response get_policy(Api& api, const Call& call);
Response put_policy(Api& api, const Call& call);
Response remove_policy(Api& api, const Call& call);
Response check_policy(Api& api, const Call& call);
Response try_policy(Api& api, const Call& call);

// api_policy_versions.cc
Response list_policy_versions(Api& api, const Call& call);
Response get_policy_version(Api& api, const Call& call);
Response get_policy_diff(Api& api, const Call& call);

// api_sign_on.cc
Response get_sign_on(Api& api, const Call& call);
Response start_sign_on(Api& api, const Call& call);
Response finish_sign_on(Api& api, const Call& call);

// api_people.cc
Response get_setup(Api& api, const Call& call);
Response set_up(Api& api, const Call& call);
Response log_in(Api& api, const Call& call);
Response log_out(Api& api, const Call& call);
Response get_me(Api& api, const Call& call);
Response change_passphrase(Api& api, const Call& call);
Response list_users(Api& api, const Call& call);
Response add_user(Api& api, const Call& call);
Response change_user(Api& api, const Call& call);
Response remove_user(Api& api, const Call& call);
Response list_tokens(Api& api, const Call& call);
Response add_token(Api& api, const Call& call);
Response remove_token(Api& api, const Call& call);

}  // namespace plimsoll::server
