#pragma once

// A signed suite for tests, made once with GnuPG and a key of its own that signs nothing else and never expires.
namespace plimsoll::repository {

inline constexpr const char* test_packages = R"(Package: openssl
Source: openssl (3.0.17-1)
Version: 3.0.17-1
Architecture: amd64
Depends: libc6 (>= 2.34), libssl3 (>= 3.0.9)

Package: tzdata
Version: 2026f-0
Architecture: all

)";

inline constexpr const char* test_release = R"(Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Version: 12
Date: Sun, 22 Nov 2026 19:58:56 UTC
Valid-Until: Sun, 29 Nov 2026 19:58:56 UTC
Components: main
Architectures: amd64
SHA256:
 392f9b469aa2603a6d630a2196f9bfd7f6357c7f78b9ba44f6eef4917f541202 180 main/binary-amd64/Packages
)";

inline constexpr const char* test_in_release = R"(-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Version: 12
Date: Sun, 22 Nov 2026 19:58:56 UTC
Valid-Until: Sun, 29 Nov 2026 19:58:56 UTC
Components: main
Architectures: amd64
SHA256:
 392f9b469aa2603a6d630a2196f9bfd7f6357c7f78b9ba44f6eef4917f541202 180 main/binary-amd64/Packages
-----BEGIN PGP SIGNATURE-----

iIoEARYIADIWIQTzPwFo06h8jepVdVDV84Oy00GSjQUCawWxERQcYXJjaGl2ZUBl
eGFtcGxlLm9yZwAKCRDV84Oy00GSjcQlAQCltXDMPgp6NEb11Tygz5dMHWoBApWs
UK2H8Cq/xIvFuQD/TTh5JZUBgRM3EEoYoC4uqBZO3qxNzCfJzz+ATLvCcAM=
=5QwE
-----END PGP SIGNATURE-----
)";

// The same text, signed by a key that nobody trusts.
inline constexpr const char* test_in_release_of_another = R"(-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Version: 12
Date: Sun, 22 Nov 2026 19:58:56 UTC
Valid-Until: Sun, 29 Nov 2026 19:58:56 UTC
Components: main
Architectures: amd64
SHA256:
 392f9b469aa2603a6d630a2196f9bfd7f6357c7f78b9ba44f6eef4917f541202 180 main/binary-amd64/Packages
-----BEGIN PGP SIGNATURE-----

iIgEARYIADAWIQTyQcdlkIAANPu09ioY6LpGZfvB0AUCawWxERIcb3RoZXJAZXhh
bXBsZS5vcmcACgkQGOi6RmX7wdAsvgEAhR9ZlL2o8TathAU9Vox0CK8mXet+z8O5
HnvjOLLlkR4BAOnCwTIq07ZAQvzPcQAdBDIYzpsd8NJomBDN+umzQIsE
=X4NI
-----END PGP SIGNATURE-----
)";

inline constexpr const char* test_release_signature = R"(-----BEGIN PGP SIGNATURE-----

iIoEABYIADIWIQTzPwFo06h8jepVdVDV84Oy00GSjQUCawWxERQcYXJjaGl2ZUBl
eGFtcGxlLm9yZwAKCRDV84Oy00GSjf6sAQDo2ZjWjsLKkfzTJOKnXr0bsfBCw9b3
q5OSgryyWRH/lgEA7CWNiGRsIvTlk+CE2E/99vqTpY2stNLeBPyIw/YMuAQ=
=Kb6n
-----END PGP SIGNATURE-----
)";

inline constexpr const char* test_key = R"(-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawWxDhYJKwYBBAHaRw8BAQdA4XQQlMp6BkoQ+WkPdMqFg8Bw9hxOiRqRsZ4B
stKsTz60IlRlc3QgQXJjaGl2ZSA8YXJjaGl2ZUBleGFtcGxlLm9yZz6IkAQTFggA
OBYhBPM/AWjTqHyN6lV1UNXzg7LTQZKNBQJrBbEOAhsDBQsJCAcCBhUKCQgLAgQW
AgMBAh4BAheAAAoJENXzg7LTQZKNdLgA/jQFyr6UfWvzC63q2Raa1yoxRxOQBy99
cz1ChVs/UEnCAQCs3nnRcqLRkk4JUnC06sxRUWrWw3fhf8AkXbO/I6ykBg==
=lvJs
-----END PGP PUBLIC KEY BLOCK-----
)";

inline constexpr const char* test_key_fingerprint = "F33F0168D3A87C8DEA557550D5F383B2D341928D";

}  // namespace plimsoll::repository
