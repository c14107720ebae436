#include "repository/updateinfo.h"

#include <expat.h>

#include <functional>
#include <map>
#include <memory>

#include "base/text.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_text = 4096, max_depth = 64, max_notices = 200'000, max_packages = 4'000'000;

using Attributes = std::map<std::string_view, std::string_view>;

// Walks an XML text; the text of an element is cut at a bound.
class XmlWalk {
 public:
  std::function<void(std::string_view name, const Attributes&)> open;
  std::function<void(std::string_view name, std::string_view text)> close;

  Status run(std::string_view xml) {
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), &XML_ParserFree);
    if (!parser) return Error{ErrorKind::bug, "no XML library"};
    parser_ = parser.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, &on_open, &on_close);
    XML_SetCharacterDataHandler(parser_, &on_text);
    XML_SetStartDoctypeDeclHandler(parser_, &on_doctype);
    constexpr size_t piece = size_t{1} << 20;
    do {
      const std::string_view part = xml.substr(0, piece);
      xml.remove_prefix(part.size());
      if (XML_Parse(parser_, part.data(), static_cast<int>(part.size()), xml.empty()) != XML_STATUS_OK) {
        return Error{ErrorKind::malformed, refused_.empty() ? "is no well-formed XML" : refused_};
      }
    } while (!xml.empty());
    return Done{};
  }

 private:
  static XmlWalk& self(void* data) { return *static_cast<XmlWalk*>(data); }
  static std::string_view local(const char* name) {  // without the namespace's prefix
    const std::string_view whole(name);
    const size_t colon = whole.rfind(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
  }
  void refuse(std::string why) {
    refused_ = std::move(why);
    XML_StopParser(parser_, XML_FALSE);
  }

  static void on_open(void* data, const char* name, const char** pairs) {
    XmlWalk& walk = self(data);
    if (++walk.depth_ > max_depth) return walk.refuse("is nested too deep");
    Attributes attributes;
    for (size_t i = 0; pairs[i] != nullptr && i < 64; i += 2) attributes.emplace(local(pairs[i]), pairs[i + 1]);
    walk.text_.clear();
    walk.open(local(name), attributes);
  }
  static void on_close(void* data, const char* name) {
    XmlWalk& walk = self(data);
    --walk.depth_;
    walk.close(local(name), trim(walk.text_));
    walk.text_.clear();
  }
  static void on_text(void* data, const char* text, int size) {
    std::string& kept = self(data).text_;
    if (kept.size() < max_text) kept.append(text, std::min(max_text - kept.size(), static_cast<size_t>(size)));
  }
  static void on_doctype(void* data, const char*, const char*, const char*, int) {
    self(data).refuse("has a document type, which no repository's index needs");
  }

  XML_Parser parser_ = nullptr;
  std::string text_, refused_;
  size_t depth_ = 0;
};

std::string get(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : std::string(found->second.substr(0, max_text));
}

std::string full_version(const Attributes& a) {
  const std::string epoch = get(a, "epoch"), release = get(a, "release");
  return (epoch.empty() || epoch == "0" ? "" : epoch + ":") + get(a, "version") +
         (release.empty() ? "" : "-" + release);
}

// "bash-5.1.8-6.el9.src.rpm" -> "bash"
std::string source_name(std::string file) {
  for (int i = 0; i < 2; ++i) {
    const size_t dash = file.rfind('-');
    if (dash == std::string::npos) return {};
    file.resize(dash);
  }
  return file;
}

}  // namespace

Result<std::vector<UpdateNotice>> parse_updateinfo(std::string_view xml) {
  std::vector<UpdateNotice> out;
  UpdateNotice notice;
  std::string module;
  bool security = false, in_package = false;
  size_t packages = 0;
  XmlWalk walk;
  walk.open = [&](std::string_view name, const Attributes& a) {
    if (name == "update") {
      notice = {};
      security = get(a, "type") == "security";
    } else if (name == "collection") {
      module.clear();
    } else if (name == "module") {
      module = get(a, "name") + ":" + get(a, "stream");
    } else if (name == "reference" && get(a, "type") == "cve") {
      std::string id = get(a, "id");
      if (id.starts_with("CVE-") && notice.cves.size() < 1000) notice.cves.push_back(std::move(id));
    } else if (name == "package" && security && ++packages <= max_packages) {
      in_package = true;
      notice.packages.push_back({get(a, "name"), full_version(a), get(a, "arch"), source_name(get(a, "src")), module});
    }
  };
  walk.close = [&](std::string_view name, std::string_view text) {
    if (name == "package") in_package = false;
    if (in_package) return;
    if (name == "id" && notice.id.empty()) notice.id = text;
    if (name == "severity") notice.severity = text;
    if (name == "update" && security && !notice.packages.empty() && out.size() < max_notices)
      out.push_back(std::move(notice));
  };
  PLIMSOLL_CHECK(walk.run(xml));
  return out;
}

Result<RepoMd> parse_repomd(std::string_view xml) {
  RepoMd out;
  RepoIndex index;
  bool sha256 = false;
  XmlWalk walk;
  walk.open = [&](std::string_view name, const Attributes& a) {
    if (name == "data") index = {get(a, "type"), {}, {}};
    if (name == "location") index.href = get(a, "href");
    if (name == "checksum") sha256 = get(a, "type") == "sha256";
  };
  walk.close = [&](std::string_view name, std::string_view text) {
    if (name == "checksum" && sha256) index.sha256 = lower(text);
    if (name == "revision") {
      if (const auto seconds = parse_uint(text); seconds && *seconds > 1'000'000'000 && *seconds < 100'000'000'000)
        out.date = Instant(std::chrono::seconds(*seconds));
    }
    if (name == "data" && out.indexes.size() < 200) out.indexes.push_back(std::move(index));
  };
  PLIMSOLL_CHECK(walk.run(xml));
  return out;
}

}  // namespace plimsoll::repository
