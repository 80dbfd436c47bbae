"""Two ways to the cluster: kubectl, as a user acts, and plain API calls, cheap enough to poll with."""

import http.client
import json
import ssl
import time
from pathlib import Path
from typing import Any

from origo_e2e.tools import run

Json = dict[str, Any]

# The server ends connections that nobody uses; well before that, a new one is opened.
_IDLE_SECONDS_MAX = 20

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class ApiError(Exception):
    """An answer of the API server that is not a success; `status` is its HTTP code."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Api:
    """The API server, spoken to as the cluster's administrator. For one thread."""

    def __init__(self, port: int, authority: Path, certificate: Path, key: Path) -> None:
        self._port = port
        self._tls = ssl.create_default_context(cafile=str(authority))
        self._tls.load_cert_chain(certificate, key)
        self._connection: http.client.HTTPSConnection | None = None
        self._used = 0.0

    def get(self, path: str) -> Json:
        """Reads one object or list; `ApiError` with status 404 if there is none."""
        return self._call("GET", path)

    def items(self, path: str) -> list[Json]:
        """Reads a list's items."""
        return self.get(path)["items"]

    def create(self, path: str, body: Json) -> Json:
        """Creates an object (or a subresource such as a token)."""
        return self._call("POST", path, body)

    def patch(self, path: str, body: Json | list[Json], content_type: str = MERGE_PATCH) -> Json:
        """Patches an object."""
        return self._call("PATCH", path, body, content_type)

    def delete(self, path: str, grace_seconds: int | None = None) -> None:
        """Deletes an object; absent is fine."""
        body = None if grace_seconds is None else {"gracePeriodSeconds": grace_seconds}
        try:
            self._call("DELETE", path, body)
        except ApiError as error:
            if error.status != 404:
                raise

    def _call(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Json:
        status, text = self._exchange(method, path, body, content_type)
        if status >= 300:
            raise ApiError(status, _message(text))
        return json.loads(text)

    def _exchange(self, method: str, path: str, body: Any, content_type: str) -> tuple[int, bytes]:
        if self._connection is not None and time.monotonic() - self._used > _IDLE_SECONDS_MAX:
            self._connection.close()
            self._connection = None
        self._used = time.monotonic()
        if self._connection is None:
            self._connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=30, context=self._tls)
        content = None if body is None else json.dumps(body)
        headers = {"Accept": "application/json"} | ({} if body is None else {"Content-Type": content_type})
        try:
            self._connection.request(method, path, content, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise


def _message(text: bytes) -> str:
    try:
        return json.loads(text).get("message", "")
    except ValueError:
        return text[:200].decode(errors="replace")


class Kubectl:
    """kubectl with one kubeconfig."""

    def __init__(self, program: str, kubeconfig: Path) -> None:
        self.program = program
        self.kubeconfig = kubeconfig

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs kubectl and returns its output; fails with what it said on stderr."""
        return run([self.program, "--kubeconfig", str(self.kubeconfig), *arguments], stdin)

    def apply(self, *objects: Json) -> None:
        """Applies objects, all in one call."""
        self("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))


def write_kubeconfig(path: Path, server: str, authority: Path, user: Json) -> Path:
    """Writes a kubeconfig with one context; `user` is the user's part (token, or certificate and key)."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "e2e", "cluster": {"server": server, "certificate-authority": str(authority)}}],
        "users": [{"name": "e2e", "user": user}],
        "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e"}}],
        "current-context": "e2e",
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=1))
    return path
