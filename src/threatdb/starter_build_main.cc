// starter_build IMAGE FILE...: makes the image of the starter pack while the program is compiled.
#include <cstdio>

#include "threatdb/starter_build.h"

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: starter_build IMAGE FILE...\n", stderr);
    return 2;
  }
  const plimsoll::Status built =
      plimsoll::threatdb::build_starter_image({arguments + 2, arguments + count}, arguments[1]);
  if (built.ok()) return 0;
  std::fprintf(stderr, "starter_build: %s\n", built.error().to_string().c_str());
  return 1;
}
