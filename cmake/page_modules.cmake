# Brings ui/node_modules to what package-lock.json says; does nothing, and needs no network, when it is so already.
# cmake -DUI=DIR -DNPM=npm -P page_modules.cmake
file(SHA256 "${UI}/package-lock.json" wanted)
set(note "${UI}/node_modules/.plimsoll-lock")
if(EXISTS "${note}")
  file(READ "${note}" there)
  if(there STREQUAL wanted)
    return()
  endif()
endif()
# No script of a package runs: none of ours needs one.
execute_process(COMMAND "${NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error WORKING_DIRECTORY "${UI}" RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "npm could not fetch the page's libraries; check the network or npm's proxy, or build without the page: -DPLIMSOLL_PAGE=OFF")
endif()
file(WRITE "${note}" "${wanted}")
