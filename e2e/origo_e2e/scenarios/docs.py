"""The documentation, done as it is written."""

import os
from pathlib import Path

from origo_e2e import check, pages, proxies
from origo_e2e.scenario import scenario
from origo_e2e.tools import run
from origo_e2e.world import World

_TUTORIAL = "docs/tutorials/first-five-minutes.md"
_RECIPES = "docs/how-to/see-the-real-client-address.md"


@scenario("docs: first five minutes, as written", seconds=240, nodes=0)
def first_five_minutes(world: World) -> str:
    """Every command of the page, in one shell, and every output that it states."""
    kubectl = str(Path(world.programs.kubectl).parent)
    kept = {name: os.environ[name] for name in ("HOME", "JAVA_HOME", "LANG") if name in os.environ}
    env = kept | {"PATH": f"{kubectl}:{os.environ['PATH']}"}
    count = pages.play(_TUTORIAL, env, world.directory, seconds=220)
    return f"{count} blocks"


@scenario("docs: nginx and HAProxy behind the PROXY protocol", nodes=0)
def recipes(world: World) -> None:
    """The page's own configurations pass on the address in the header, and nothing that a client claims otherwise."""
    for kind in ("nginx", "haproxy"):
        (recipe,) = pages.blocks(_RECIPES, kind)
        with proxies.proxied(kind, recipe, world.programs, world.directory, "127.0.0.0/8") as port:
            for version, header in (("v1", proxies.header_v1()), ("v2", proxies.header_v2())):
                answer = proxies.ask(port, header).splitlines()
                check.equal(answer[-1:], [f"client={proxies.CLIENT}"], f"{kind}, {version}")
            curl = ["curl", "-sS", "--haproxy-protocol", "--interface", "127.0.0.77", f"http://127.0.0.1:{port}/"]
            check.equal(run(curl), "client=127.0.0.77\n", f"{kind}, curl")
            check.true("client=" not in proxies.ask(port, b""), f"{kind} passes on a connection without a header")
        with proxies.proxied(kind, recipe, world.programs, world.directory, "192.0.2.0/24") as port:
            check.true(proxies.CLIENT not in proxies.ask(port, proxies.header_v1()), f"{kind} believes everybody")
