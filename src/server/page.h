#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"

namespace plimsoll::server {

// One file of the page as it was built: "index.html", "assets/index-1a2b3c4d.js". Beside it may stand the same
// compressed, under its name with ".gz" or ".br".
struct PageFile {
  std::string_view path, bytes;
};

// The files that are built into the program; none in a build without the page (PLIMSOLL_PAGE=OFF).
std::vector<PageFile> built_in_page();

// Serves the page: a file where there is one, the page itself for every address inside it (the page knows what to show
// there). Immutable; thread-safe.
class Page {
 public:
  // `files` stay where they are as long as this lives.
  explicit Page(const std::vector<PageFile>& files);

  // `segments` of the path, decoded. 404 for a file that is not there, 405 for anything but GET and HEAD.
  Response answer(const Request& request, const std::vector<std::string>& segments) const;

 private:
  struct Form {
    std::string_view bytes;
    std::string tag;  // ETag, with its quotes; empty: there is no such form
  };
  struct Entry {
    Form plain, gzip, brotli;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

// Whether a client takes a content coding (Accept-Encoding, RFC 9110 section 12.5.3): named with a weight above 0.
// A "*" is not taken for a yes: those who mean it name it.
bool takes_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace plimsoll::server
