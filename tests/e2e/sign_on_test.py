#!/usr/bin/python3
"""Sign-on by OpenID Connect, end to end: plimsoll serve, and a small provider with TLS on loopback that signs with real keys. Needs
root and openssl."""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import receivers
from notify_test import memory_holds, place, write_settings
from serve_test import PASSPHRASE, Service, until

CLIENT, SECRET = "plimsoll", "client secret: with/odd%characters"


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """A key of openssl's, and what it signs."""

    def __init__(self, directory, name, rsa=True):
        self.file, self.name, self.rsa = os.path.join(directory, name + ".pem"), name, rsa
        what = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if rsa else ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        subprocess.run(["openssl", "genpkey", *what, "-out", self.file], check=True, capture_output=True, timeout=60)

    def jwk(self):
        if self.rsa:
            said = subprocess.run(["openssl", "rsa", "-in", self.file, "-noout", "-modulus"], check=True, capture_output=True, timeout=60)
            modulus = bytes.fromhex(said.stdout.decode().strip().split("=")[1])
            return {"kty": "RSA", "kid": self.name, "use": "sig", "n": url64(modulus), "e": "AQAB"}
        der = subprocess.run(["openssl", "pkey", "-in", self.file, "-pubout", "-outform", "DER"], check=True, capture_output=True, timeout=60).stdout
        return {"kty": "EC", "crv": "P-256", "kid": self.name, "x": url64(der[-64:-32]), "y": url64(der[-32:])}

    def sign(self, claims):
        text = url64(json.dumps({"alg": "RS256" if self.rsa else "ES256", "kid": self.name}).encode()) + "." + url64(json.dumps(claims).encode())
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=text.encode(), check=True, capture_output=True, timeout=60).stdout
        if not self.rsa:  # DER: SEQUENCE of two INTEGERs, to two numbers of 32 bytes
            first = 4 + made[3]
            second = first + 2
            made = made[4:first].lstrip(b"\0").rjust(32, b"\0") + made[second:].lstrip(b"\0").rjust(32, b"\0")
        return text + "." + url64(made)


class Provider(receivers.Server):
    def __init__(self, context, signers):
        self.signers, self.signer, self.codes, self.change, self.asked = signers, signers[0], {}, {}, []
        self.person = {"sub": "s-1", "preferred_username": "carol", "groups": ["staff", "plimsoll-operators"]}

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 60

            def setup(self):
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super().setup()

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                base = self.server.issuer
                self.server.asked.append(self.path)
                if self.path == "/realm/.well-known/openid-configuration":
                    return self.answer(200, {"issuer": base, "authorization_endpoint": base + "/authorize", "token_endpoint": base + "/token",
                                             "jwks_uri": base + "/keys", "token_endpoint_auth_methods_supported": ["client_secret_basic"]})
                if self.path == "/realm/keys":
                    return self.answer(200, {"keys": [signer.jwk() for signer in self.server.signers]})
                return self.answer(404, {})

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                known = base64.b64decode(self.headers.get("Authorization", "Basic ").split(" ")[1]).decode()
                if known != urllib.parse.quote(CLIENT, safe="") + ":" + urllib.parse.quote(SECRET, safe=""):
                    return self.answer(401, {"error": "invalid_client"})
                asked = self.server.codes.pop(form.get("code"), None)
                challenge = url64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
                if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
                    return self.answer(400, {"error": "invalid_grant"})
                now = int(time.time())
                claims = {"iss": self.server.issuer, "aud": CLIENT, "nonce": asked["nonce"], "iat": now, "exp": now + 300,
                          **self.server.person, **self.server.change}
                return self.answer(200, {"access_token": "x", "token_type": "Bearer", "id_token": self.server.signer.sign(claims)})

            def log_message(self, *arguments):
                pass

        super().__init__(Handler, 0, context)
        self.issuer = f"https://127.0.0.1:{self.port}/realm"

    def person_agrees(self, url):
        """What a browser and a person do at the provider's page: the address they are sent back to."""
        parts = urllib.parse.urlsplit(url)
        asked = dict(urllib.parse.parse_qsl(parts.query))
        assert url.startswith(self.issuer + "/authorize?"), url
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256"), asked
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return urllib.parse.urlsplit(asked["redirect_uri"]).path + "?" + urllib.parse.urlencode({"code": code, "state": asked["state"]})


class SignOn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = place()
        cls.addClassCleanup(shutil.rmtree, cls.place)
        pathlib.Path(cls.place, "secret").write_text(SECRET)
        pathlib.Path(cls.place, "secret").chmod(0o600)
        cls.signers = [Signer(cls.place, "r1"), Signer(cls.place, "e1", rsa=False)]
        cls.provider = Provider(receivers.server_context(cls.place), cls.signers)
        cls.addClassCleanup(cls.provider.stop)
        settings = {"sign_on": {
            "label": "Example Ltd", "issuer": cls.provider.issuer, "client_id": CLIENT, "client_secret_file": cls.place + "/secret",
            "ca_file": cls.place + "/ca.pem", "scopes": ["profile", "groups"],
            "roles": {"plimsoll-operators": "operator", "plimsoll-admins": "admin", "staff": "viewer"}}}
        cls.service = Service("--config", write_settings(cls.place, settings))
        cls.addClassCleanup(cls.service.end)
        cls.service.set_up()

    def setUp(self):
        self.provider.person = {"sub": "s-1", "preferred_username": "carol", "groups": ["staff", "plimsoll-operators"]}
        self.provider.change, self.provider.signer, self.provider.signers = {}, self.signers[0], self.signers

    def start(self):
        def begin():
            status, body, headers = self.service.call("GET", "/api/v1/sign-on/start", signed_in=False)
            self.assertEqual(status, 303, body)
            return headers if headers["Location"].startswith("https://") else None

        headers = until("the courier is there", begin, 30)
        cookie = headers["Set-Cookie"]
        for part in ("__Host-", "HttpOnly", "Secure", "SameSite=Lax"):
            self.assertIn(part, cookie)
        return headers["Location"], cookie.split(";")[0]

    def finish(self, path, cookie):
        status, _, headers = self.service.call("GET", path, headers={"Cookie": cookie} if cookie else {}, signed_in=False)
        self.assertEqual(status, 303)
        sessions = [value.split(";")[0] for value in headers.get_all("Set-Cookie") or [] if value.startswith("__Host-plimsoll=")]
        return headers["Location"], sessions[0] if sessions else None

    def come_in(self):
        url, cookie = self.start()
        return self.finish(self.provider.person_agrees(url), cookie)

    def refused(self, words):
        where, session = self.come_in()
        self.assertIsNone(session)
        self.assertTrue(where.startswith("/#sign-on-refused="), where)
        self.assertIn(words, urllib.parse.unquote(where))

    def me(self, session):
        return self.service.call("GET", "/api/v1/me", headers={"Cookie": session}, signed_in=False)[1]

    def test_it_is_offered(self):
        self.assertEqual(self.service.call("GET", "/api/v1/sign-on", signed_in=False)[1], {"offered": True, "label": "Example Ltd"})

    def test_a_person_comes_in(self):
        for signer in self.signers:
            self.provider.signer = signer
            where, session = self.come_in()
            self.assertEqual(where, "/")
            said = self.me(session)
            self.assertEqual((said["name"], said["role"]), ("carol", "operator"))
        _, body, _ = self.service.call("GET", "/api/v1/events?kind=auth.sign-in&newest_first=true&limit=1")
        self.assertEqual(body["items"][0]["actor"], "user:carol")
        # The role is the provider's to give and to take.
        self.provider.person["groups"] = "staff"
        self.assertEqual(self.me(self.come_in()[1])["role"], "viewer")
        # No pass phrase comes in by that name.
        status, _, _ = self.service.call("POST", "/api/v1/login", {"name": "carol", "passphrase": ""}, signed_in=False)
        self.assertIn(status, (400, 401))

    def test_who_has_no_role_stays_out(self):
        self.provider.person = {"sub": "s-9", "preferred_username": "mallory", "groups": ["others"]}
        self.refused("none of your roles")
        names = [user["name"] for user in self.service.call("GET", "/api/v1/users")[1]["items"]]
        self.assertNotIn("mallory", names)

    def test_names_of_others_are_not_taken(self):
        self.provider.person = {"sub": "s-8", "preferred_username": "anna", "groups": ["plimsoll-admins"]}
        self.refused("another account of that name")
        self.provider.person = {"sub": "s-7", "preferred_username": "dave", "groups": ["staff"]}
        self.assertIsNotNone(self.come_in()[1])
        self.provider.person = {"sub": "s-6", "preferred_username": "dave", "groups": ["plimsoll-admins"]}
        self.refused("another account of that name")
        self.provider.person = {"sub": "s-5", "preferred_username": "x\r\nSet-Cookie: a=b", "groups": ["staff"]}
        self.refused("name for you")

    def test_who_is_disabled_stays_out(self):
        self.provider.person = {"sub": "s-4", "preferred_username": "erin", "groups": ["staff"]}
        self.assertIsNotNone(self.come_in()[1])
        self.assertEqual(self.service.call("PATCH", "/api/v1/users/erin", {"disabled": True})[0], 200)
        self.refused("disabled")

    def test_tokens_that_are_not_for_this_sign_on(self):
        now = int(time.time())
        for change in ({"nonce": "other"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": now - 300}, {"iat": now + 300},
                       {"nbf": now + 300}):
            self.provider.change = change
            self.refused("ID token is refused")
        self.provider.change = {"exp": now - 60, "iat": now + 60}  # clocks differ
        self.assertIsNotNone(self.come_in()[1])

    def test_a_stranger_s_key_is_refused(self):
        stranger = Signer(self.place, "stranger")
        stranger.name = "r1"  # the name of a key that is the provider's
        self.provider.signer = stranger
        self.refused("signature does not hold")

    def test_state_is_of_one_browser_and_used_once(self):
        url, cookie = self.start()
        back = self.provider.person_agrees(url)
        self.assertIsNone(self.finish(back, None)[1])
        _, other = self.start()
        self.assertIsNone(self.finish(back, other)[1])
        self.assertIsNotNone(self.finish(back, cookie)[1])
        self.assertIsNone(self.finish(back, cookie)[1])
        self.assertIsNone(self.finish("/api/v1/sign-on/callback?code=x&state=" + "A" * 43, cookie)[1])
        self.assertIsNone(self.finish("/api/v1/sign-on/callback", cookie)[1])

    def test_the_provider_s_no_is_told(self):
        url, cookie = self.start()
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))["state"]
        where, session = self.finish(f"/api/v1/sign-on/callback?error=access_denied&state={state}", cookie)
        self.assertIsNone(session)
        self.assertIn("access_denied", urllib.parse.unquote(where))

    def test_the_secret_is_not_where_http_is_spoken(self):
        self.assertIsNotNone(self.come_in()[1])
        self.assertFalse(memory_holds(self.service.speaker(), SECRET.encode()))


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("needs root")
    unittest.main(verbosity=2)
