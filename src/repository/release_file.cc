#include "repository/release_file.h"

#include <array>

#include "base/text.h"
#include "repository/deb822.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_hashes = 200'000;

void take_hashes(std::string_view block, ReleaseFile& release) {
  for (const std::string_view line : split(block, '\n')) {
    const auto words = split_words(line);
    if (words.size() != 3 || words[0].size() != 64 || release.hashes.size() >= max_hashes) continue;
    if (const auto size = parse_uint(words[1]))
      release.hashes.emplace(std::string(words[2]), IndexHash{lower(words[0]), *size});
  }
}

// One line of a text and the rest behind it.
std::string_view next_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  return line;
}

Error not_one_message(std::string_view why) {
  return {ErrorKind::malformed, "is not one clear-signed message: " + std::string(why)};
}

}  // namespace

std::optional<Instant> parse_release_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto words = split_words(text);
  if (words.size() != 6 || (words[5] != "UTC" && words[5] != "GMT" && words[5] != "Z" && words[5] != "+0000"))
    return std::nullopt;
  std::string month;
  for (size_t i = 0; i < months.size(); ++i) {
    if (months[i] == words[2]) month = std::to_string(101 + i).substr(1);
  }
  if (month.empty() || words[1].empty() || words[1].size() > 2) return std::nullopt;
  const std::string day = (words[1].size() == 1 ? "0" : "") + std::string(words[1]);
  const std::string clock = (words[4].size() == 7 ? "0" : "") + std::string(words[4]);
  return parse_rfc3339(std::string(words[3]) + "-" + month + "-" + day + "T" + clock + "Z");
}

Result<ReleaseFile> parse_release(std::string_view text) {
  const auto paragraphs = read_paragraphs(text);
  if (paragraphs.size() != 1) return Error{ErrorKind::malformed, "is not one paragraph"};
  const Paragraph& p = paragraphs.front();
  ReleaseFile release;
  release.origin = p.get("Origin");
  release.label = p.get("Label");
  release.suite = p.get("Suite");
  release.codename = p.get("Codename");
  release.version = p.get("Version");
  release.changelogs = p.get("Changelogs");
  release.date = parse_release_date(p.get("Date"));
  release.valid_until = parse_release_date(p.get("Valid-Until"));
  release.not_automatic = p.get("NotAutomatic") == "yes";
  release.but_automatic_upgrades = p.get("ButAutomaticUpgrades") == "yes";
  release.by_hash = p.get("Acquire-By-Hash") == "yes";
  take_hashes(p.get("SHA256"), release);
  if (release.suite.empty() && release.codename.empty() && release.hashes.empty())
    return Error{ErrorKind::malformed, "names neither a suite nor the hash of an index"};
  return release;
}

Result<std::string> split_clearsigned(std::string_view message) {
  if (next_line(message) != "-----BEGIN PGP SIGNED MESSAGE-----") return not_one_message("it does not begin as one");
  for (std::string_view line = next_line(message); !line.empty(); line = next_line(message)) {
    if (!line.starts_with("Hash:")) return not_one_message("it has an unknown header");
  }
  std::string text;
  bool signature = false;
  while (!message.empty() && !signature) {
    std::string_view line = next_line(message);
    if (line == "-----BEGIN PGP SIGNATURE-----") {
      signature = true;
      continue;
    }
    if (line.starts_with("- "))
      line.remove_prefix(2);
    else if (line.starts_with("-----"))
      return not_one_message("an armor line stands inside the text");
    text.append(line).append("\n");
  }
  if (!signature) return not_one_message("it has no signature");
  while (!message.empty() && next_line(message) != "-----END PGP SIGNATURE-----") {
  }
  if (!trim(message).empty()) return not_one_message("something follows the signature");
  return text;
}

}  // namespace plimsoll::repository
