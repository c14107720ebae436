#pragma once
#include <dlfcn.h>

namespace plimsoll {

// A shared library that is loaded when it is first wanted, and stays: one that most runs of the program do without, and
// whose loading would take much of their start. Where it is missing there is no function in it.
class LateLibrary {
 public:
  // `binding`: RTLD_NOW, where what it needs itself must be whole for it to be there; it takes longer.
  explicit LateLibrary(const char* file, int binding = RTLD_LAZY) : handle_(::dlopen(file, binding | RTLD_LOCAL)) {}

  bool is_there() const { return handle_ != nullptr; }
  // The `Function` of this name, or nullptr.
  template <class Function>
  Function* find(const char* name) const {
    return handle_ != nullptr ? reinterpret_cast<Function*>(::dlsym(handle_, name)) : nullptr;
  }

 private:
  void* handle_;
};

}  // namespace plimsoll
