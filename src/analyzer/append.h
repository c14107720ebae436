#pragma once
#include <iterator>

#include "model/incomplete.h"

namespace plimsoll::analyzer {

inline void append(IncompleteList& to, IncompleteList from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace plimsoll::analyzer
