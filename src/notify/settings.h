#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "notify/address.h"
#include "notify/schedule.h"

// What leaves the machine on purpose, as /etc/plimsoll/plimsoll.yaml says it: who is told, which events go on, which
// reports are sent when, and whose word on a person's name is taken.
namespace plimsoll::notify {

enum class ReceiverKind { webhook, slack, teams, alertmanager, email, syslog, directory };
std::string_view name_of(ReceiverKind kind);

// One place where messages go. Of secrets it has the files alone.
struct Receiver {
  std::string name;
  ReceiverKind kind = ReceiverKind::webhook;
  std::optional<Address> address;  // none: it stands in url_file, or it is a directory
  std::string url_file;            // the address itself is the secret
  std::string path;                // of a directory
  std::string secret_file;         // signs the bodies of a webhook
  std::string bearer_file;         // Authorization: Bearer
  std::string user, password_file;
  std::string ca_file;  // in place of the authorities that the system trusts
  std::string from;
  std::vector<std::string> to;
  bool plaintext = false;  // without TLS to another machine: said so in the file
};

// The events of the journal, as they come.
struct Stream {
  std::string name, to;
  std::string format;              // one of Known::stream_formats
  std::vector<std::string> kinds;  // "auth.sign-in", "score."; empty: all
  bool from_beginning = false;     // of the journal; else from the first start on
};

struct ScheduledReport {
  std::string name;
  std::vector<std::string> to;
  std::string format;  // one of Known::report_formats
  bool trend = false;  // how it went since the last one, in place of how it is
  int trend_days = 7;
  enum class Scope { all, asset, node, image } scope = Scope::all;
  std::string of;  // the asset's id, the node's name, the image's reference
  Schedule schedule;
};

// Sign-on by an OpenID Connect provider.
struct SignOn {
  std::string label;  // on the button: "Example Ltd"
  std::string issuer, client_id, client_secret_file, ca_file;
  std::string redirect;             // our own address as the provider knows it; empty: the one in the request
  std::vector<std::string> scopes;  // beside openid
  std::string name_claim = "preferred_username", roles_claim = "groups";
  std::vector<std::pair<std::string, std::string>> roles;  // value of the claim -> viewer, operator, admin
  std::string default_role;                                // of who has none of them; empty: may not come in
};

struct Settings {
  std::vector<Receiver> receivers;
  std::vector<Stream> streams;
  std::vector<ScheduledReport> reports;
  std::optional<SignOn> sign_on;

  const Receiver* receiver(std::string_view name) const;
  bool speaks() const { return !receivers.empty() || sign_on; }
};

// What other rooms offer.
struct Known {
  std::vector<std::string> stream_formats, report_formats, trend_formats;
};

// All faults in one error, a line each: "FILE:LINE:COLUMN: what, and what to write instead".
Result<Settings> parse_settings(std::string_view text, const std::string& file_name, const Known& known);

inline constexpr const char* settings_path = "/etc/plimsoll/plimsoll.yaml";
// Empty settings where `path` is the usual one and there is no such file.
Result<Settings> load_settings(const std::string& path, const Known& known);

}  // namespace plimsoll::notify
