#pragma once
#include <string_view>

namespace plimsoll::inventory {

// Whether a distribution itself made an OS package. Only then do its advisories cover the language packages inside, and
// only then may those be left to them: a vendor's own package (docker-ce, kubectl, NodeSource's nodejs) is covered by
// nobody's, so what it carries is matched on its own. A doubt decides for "no", which costs a false alarm at worst.

// By dpkg's Maintainer field: an address of the distribution's own mail domains.
bool is_distribution_maintainer(std::string_view maintainer);

// By rpm's Vendor tag.
bool is_distribution_vendor(std::string_view vendor);

}  // namespace plimsoll::inventory
