# The kernel programs: compiled by clang for the machine inside the kernel, put into the binary, loaded by libbpf.
option(PLIMSOLL_EBPF "Build the kernel programs (clang and libbpf)" ON)
if(PLIMSOLL_EBPF)
  find_program(PLIMSOLL_BPF_CLANG NAMES clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang REQUIRED)
  plimsoll_static(bpf bpf elf PkgConfig::zlib)
  set(bpf_source "${CMAKE_CURRENT_SOURCE_DIR}/bpf/connections.bpf.c")
  set(bpf_object "${CMAKE_CURRENT_BINARY_DIR}/connections.bpf.o")
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" bpf_machine)
  if(bpf_machine MATCHES "x86_64|amd64")
    set(bpf_machine x86)
  elseif(bpf_machine MATCHES "aarch64|arm64")
    set(bpf_machine arm64)
  endif()
  add_custom_command(
    OUTPUT "${bpf_object}"
    COMMAND "${PLIMSOLL_BPF_CLANG}" -g -O2 -Wall -Wextra -Werror -Wno-unused-parameter -target bpf
            -D__TARGET_ARCH_${bpf_machine} -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -c "${bpf_source}" -o "${bpf_object}"
    DEPENDS "${bpf_source}" "${CMAKE_CURRENT_SOURCE_DIR}/bpf/kernel_types.h" "${CMAKE_CURRENT_SOURCE_DIR}/bpf/heads.bpf.h" "${CMAKE_CURRENT_SOURCE_DIR}/bpf/records.h"
    COMMENT "Compiling the kernel programs" VERBATIM)
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/connections_object.S" @ONLY CONTENT
".section .rodata
.balign 8
.globl plimsoll_connections_bpf
plimsoll_connections_bpf:
.incbin \"@bpf_object@\"
.globl plimsoll_connections_bpf_end
plimsoll_connections_bpf_end: .byte 0
.section .note.GNU-stack,\"\",@progbits
")
  set_source_files_properties("${CMAKE_CURRENT_BINARY_DIR}/connections_object.S" PROPERTIES OBJECT_DEPENDS "${bpf_object}")
  target_sources(plimsoll_network PRIVATE bpf/object.cc bpf/programs.cc "${CMAKE_CURRENT_BINARY_DIR}/connections_object.S")
  target_link_libraries(plimsoll_network PUBLIC PkgConfig::bpf)
else()
  target_sources(plimsoll_network PRIVATE bpf/programs_absent.cc)
endif()
