"""What stand-ins for AWS answer, beside what its documentation says."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from origo_e2e import check
from origo_e2e.aws import Account, Emulator
from origo_e2e.probe.bench import Bench, Place
from origo_e2e.probe.table import Results
from origo_e2e.scenario import scenario
from origo_e2e.world import World

_OURS = "embedded"


@scenario("probe: the embedded AWS answers as AWS documents it; moto and ministack beside it", seconds=120, nodes=0)
def probe(world: World) -> str:
    """Prints where each differs; only ours must not."""
    with contextlib.ExitStack() as stack:
        clouds = {kind: _start(kind, world, stack) for kind in (_OURS, "moto", "ministack")}
        for cloud in clouds.values():
            cloud.wait_ready()
        with ThreadPoolExecutor() as asking:
            benches = dict(zip(clouds, asking.map(_bench, clouds, clouds.values()), strict=True))
        results = Results(benches)
    print(f"\n{results.differences()}\n", flush=True)
    check.equal(results.wrong(_OURS), [], "where the embedded AWS is not as documented")
    return ", ".join(f"{name} {results.count(name)}" for name in results.names) + " pass/differ/fail"


def _start(kind: str, world: World, stack: contextlib.ExitStack) -> Emulator:
    directory = world.directory / f"probe-{kind}"
    directory.mkdir()
    cloud = Emulator(kind, world.programs, directory)
    stack.callback(cloud.stop)
    cloud.start()
    return cloud


def _bench(kind: str, cloud: Emulator) -> Bench:
    account = Account(cloud.port)
    made = Place.found if kind == _OURS else Place.made
    return Bench(account, made(account, "main"), made(account, "other"), Account(cloud.hasty_port))
