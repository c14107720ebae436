#pragma once
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "system/descriptor.h"

namespace plimsoll::network {

// A network namespace, held: for as long as the descriptor is open the kernel gives its inode to no other.
struct NameSpace {
  system::Descriptor handle;
  uint64_t inode = 0;
  uint64_t cookie = 0;  // SO_NETNS_COOKIE; 0 where the kernel (before 5.14) tells none
};

// The one that process `pid` lives in. not_found: the process is gone; denied.
Result<NameSpace> name_space_of(int pid);

NameSpace second_hold(const NameSpace& of);

// Runs `work` in that namespace, on a thread that ends with it: no other thread ever changes its namespace. What is
// opened there keeps belonging to that namespace.
Status inside(const NameSpace& where, const std::function<Status()>& work);

}  // namespace plimsoll::network
