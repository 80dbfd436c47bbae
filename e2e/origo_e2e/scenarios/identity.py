"""Where the credentials come from when there are no keys: what pods on EKS are given."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from origo_e2e import check
from origo_e2e.scenario import scenario
from origo_e2e.world import World

_NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


@scenario("identity: a role by web identity, as IRSA gives it")
def web_identity(world: World) -> None:
    """The pod's token is changed into keys by the security token service."""
    token = world.directory / "token"
    token.write_text("a.b.c")
    world.start_origo(
        environment=_NO_KEYS
        | {
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/origo",
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
            "AWS_ENDPOINT_URL_STS": world.proxy.url,
        }
    )
    world.published("web").delete()
    asked = [call for call in world.usage().calls if call.action == "AssumeRoleWithWebIdentity"]
    check.equal(
        [call.parameters["WebIdentityToken"] for call in asked], ["a.b.c"], "tokens that were changed into keys"
    )


@scenario("identity: keys from the node's agent, as Pod Identity gives them")
def pod_identity(world: World) -> None:
    """The agent answers on a link-local address, here on loopback, to whoever shows the pod's token."""
    token = world.directory / "token"
    token.write_text("pod-token")
    shown: list[str] = []
    with _agent(shown) as url:
        world.start_origo(
            environment=_NO_KEYS
            | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)}
        )
        world.published("web").delete()
    check.equal(shown, ["pod-token"], "tokens that the agent was shown")


@contextmanager
def _agent(shown: list[str]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers.get("Authorization", ""))
            expires = datetime.now(UTC) + timedelta(hours=6)
            keys = {
                "AccessKeyId": "agent",
                "SecretAccessKey": "agent-secret",
                "Token": "session",
                "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            body = json.dumps(keys).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/credentials"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
