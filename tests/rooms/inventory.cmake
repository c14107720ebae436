foreach(name text_catalogers npm_lock apk_adb rpm_header rpm_ndb rpm_bdb rpm_sqlite go_buildinfo)
  plimsoll_fuzzer(${name} DEPS inventory)
endforeach()
