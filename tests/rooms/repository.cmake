foreach(name apt_text release_file apk_index updateinfo)
  plimsoll_fuzzer(${name} DEPS repository)
endforeach()
