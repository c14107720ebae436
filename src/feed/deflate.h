#pragma once
#include <string>
#include <string_view>

namespace plimsoll::feed {

// `bytes` as raw deflate data, or as one gzip member. The same bytes give the same result. Up to 3 GiB.
std::string deflated(std::string_view bytes);
std::string gzipped(std::string_view bytes);

}  // namespace plimsoll::feed
