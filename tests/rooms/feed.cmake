foreach(name osv kev epss cvss_lines zip cvss_vector modified_ids nvd)
  plimsoll_fuzzer(${name} DEPS feed)
endforeach()
plimsoll_bench(feed DEPS feed LIBS simdjson::simdjson)
