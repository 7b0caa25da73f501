# SPDX-License-Identifier: Apache-2.0
"""rest.py - a plain client of GitHub's API."""

import base64

import nacl.public
import requests

TIMEOUT_SECONDS = 60


class Rest:
    """rest("PUT", "/repos/o/r/topics", {"names": []}, status=200) hands out the parsed body; `reply` has the rest."""

    def __init__(self, url, token=None, scheme="Bearer"):
        self.url, self.session = url, requests.Session()
        self.session.headers.update({"User-Agent": "tests", "Accept": "application/vnd.github+json"})
        if token:
            self.session.headers["Authorization"] = f"{scheme} {token}"

    def __call__(self, method, path, body=None, status=200, headers=None):
        url = path if path.startswith("http") else self.url + path
        self.reply = self.session.request(method, url, json=body, headers=headers, timeout=TIMEOUT_SECONDS,
                                          allow_redirects=False)
        assert self.reply.status_code == status, (method, path, self.reply.status_code, self.reply.text)
        return self.reply.json() if self.reply.content else None

    def seal(self, path, value):
        """The body that keeps a secret below a path, as sealed with the key that is found there."""
        key = self("GET", path + "/secrets/public-key")
        box = nacl.public.SealedBox(nacl.public.PublicKey(base64.b64decode(key["key"])))
        return {"key_id": key["key_id"], "encrypted_value": base64.b64encode(box.encrypt(value.encode())).decode()}
