# The page (ui/), built by Vite and put into the program, compressed. Node 18 or newer and npm are needed: script/bootstrap.
# Once ui/node_modules is as package-lock.json wants it, nothing is fetched.
option(PLIMSOLL_PAGE "Build the page and put it into the program" ON)

# plimsoll_page(target): adds the page's files to a target as the table plimsoll_page_table; an empty one without the page.
function(plimsoll_page target)
  set(out "${CMAKE_BINARY_DIR}/page")
  set(assembly "${out}/page.S")
  if(NOT PLIMSOLL_PAGE)
    file(CONFIGURE OUTPUT "${out}/no_page.S" @ONLY CONTENT
         ".section .data.rel.ro,\"aw\"\n.balign 8\n.globl plimsoll_page_table\nplimsoll_page_table:\n.quad 0\n.quad 0\n.quad 0\n.section .note.GNU-stack,\"\",@progbits\n")
    target_sources(${target} PRIVATE "${out}/no_page.S")
    return()
  endif()
  find_program(PLIMSOLL_NODE NAMES node nodejs)
  find_program(PLIMSOLL_NPM npm)
  if(NOT PLIMSOLL_NODE OR NOT PLIMSOLL_NPM)
    message(FATAL_ERROR "node and npm are needed to build the page; run script/bootstrap, or build without it: -DPLIMSOLL_PAGE=OFF")
  endif()
  set(ui "${CMAKE_SOURCE_DIR}/ui")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${ui}/src/*" "${ui}/public/*" "${ui}/tools/*")
  list(FILTER sources EXCLUDE REGEX "\\.gen\\.ts$|\\.test\\.tsx?$")
  list(APPEND sources "${ui}/index.html" "${ui}/vite.config.ts" "${ui}/tsconfig.json" "${ui}/package.json"
       "${CMAKE_SOURCE_DIR}/docs/openapi.yaml" "${CMAKE_SOURCE_DIR}/data/schema/report.schema.json")
  add_custom_command(
    OUTPUT "${out}/modules.stamp"
    COMMAND "${CMAKE_COMMAND}" -DUI=${ui} -DNPM=${PLIMSOLL_NPM} -P "${CMAKE_SOURCE_DIR}/cmake/page_modules.cmake"
    COMMAND "${CMAKE_COMMAND}" -E touch "${out}/modules.stamp"
    DEPENDS "${ui}/package-lock.json" "${CMAKE_SOURCE_DIR}/cmake/page_modules.cmake"
    COMMENT "The page's libraries" VERBATIM)
  add_custom_command(
    OUTPUT "${assembly}"
    COMMAND "${PLIMSOLL_NODE}" tools/types.mjs
    COMMAND "${PLIMSOLL_NODE}" node_modules/vite/bin/vite.js build --logLevel warn --outDir "${out}/dist" --emptyOutDir
    COMMAND "${PLIMSOLL_NODE}" tools/compress.mjs "${out}/dist"
    COMMAND "${PLIMSOLL_NODE}" tools/assembly.mjs "${out}/dist" "${assembly}"
    DEPENDS ${sources} "${out}/modules.stamp"
    WORKING_DIRECTORY "${ui}"
    COMMENT "The page" VERBATIM)
  target_sources(${target} PRIVATE "${assembly}")
  if(PLIMSOLL_TESTS)
    set(modules "${ui}/node_modules")
    add_test(NAME page_types COMMAND "${PLIMSOLL_NODE}" "${modules}/typescript/bin/tsc" WORKING_DIRECTORY "${ui}")
    add_test(NAME page_style COMMAND "${PLIMSOLL_NODE}" "${modules}/@biomejs/biome/bin/biome" check . WORKING_DIRECTORY "${ui}")
    add_test(NAME page_unit COMMAND "${PLIMSOLL_NODE}" "${modules}/vitest/vitest.mjs" run WORKING_DIRECTORY "${ui}")
    set_tests_properties(page_types page_style page_unit PROPERTIES TIMEOUT 300)
  endif()
endfunction()
