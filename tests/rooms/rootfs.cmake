plimsoll_fuzzer(tar DEPS rootfs)
plimsoll_fuzzer(docker_archive DEPS rootfs)
plimsoll_fuzzer(oci_layout DEPS rootfs)
plimsoll_bench(rootfs DEPS rootfs LIBS PkgConfig::zlib)
