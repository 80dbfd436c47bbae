"""Much at a time goes wrong while many Services change; in the end the account holds exactly what they want."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator

from origo_e2e import check
from origo_e2e.controller import Origo
from origo_e2e.kubernetes import ApiError
from origo_e2e.proxy import CallProxy, Fault, Latency, Refuse
from origo_e2e.runner import say
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, Port, Service, service_object
from origo_e2e.wire import wire
from origo_e2e.world import World

_LEASE_SECONDS = 15
_CONVERGED_SECONDS = 90
_KILLS = 50
_SERVICES = 50


class Churn:
    """People who create, change and delete Services, one change after the other, until `stop`."""

    def __init__(self, world: World, names: list[str], seed: int) -> None:
        self._world = world
        self._names = names
        self._dice = random.Random(seed)
        self._path = f"/api/v1/namespaces/{world.namespace}/services"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.changes = 0
        self.failed: Exception | None = None

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the change that is under way."""
        self._ended.set()
        self._thread.join()
        if self.failed:
            raise self.failed

    def _run(self) -> None:
        # One of its own: the cluster's is for the main thread.
        api = self._world.cluster.another_api()
        while not self._ended.wait(self._dice.uniform(0.02, 0.3)):
            try:
                self._change(api, self._dice.choice(self._names))
                self.changes += 1
            except (ApiError, OSError):
                continue  # it is away, or somebody else wrote
            except Exception as failure:
                self.failed = failure
                return

    def _change(self, api, name: str) -> None:  # noqa: ANN001
        there = {item["metadata"]["name"]: item for item in api.items(self._path)}
        if name not in there:
            body = service_object(name, self._ports(), self._dice.choice(("Local", "Cluster")))
            api.create(self._path, body)
            return
        if "deletionTimestamp" in there[name]["metadata"]:
            return
        what = self._dice.random()
        if what < 0.25:
            api.delete(f"{self._path}/{name}")
        elif what < 0.65:
            policy = self._dice.choice(("Local", "Cluster"))
            api.patch(f"{self._path}/{name}", {"spec": {"externalTrafficPolicy": policy}})
        else:
            api.patch(f"{self._path}/{name}", {"spec": {"ports": [port.spec() for port in self._ports()]}})

    def _ports(self) -> tuple[Port, ...]:
        return self._dice.choice(((HTTP,), (HTTPS,), (HTTP, HTTPS)))


def _converged(world: World) -> int:
    """Exactly what the Services want, once each, and nothing of anybody who is gone. Gives how many there are."""
    path = f"/api/v1/namespaces/{world.namespace}/services"
    names = [item["metadata"]["name"] for item in world.cluster.api.items(path)]
    services = [world.service(name) for name in names]
    check.true(
        not any("deletionTimestamp" in service.get()["metadata"] for service in services), "some are being deleted"
    )
    uids = {service.uid() for service in services}
    for service in services:
        _whole(world, service)
    owned = [lb["Tags"] for lb in world.account.load_balancers()] + [g["Tags"] for g in world.account.target_groups()]
    strangers = [tags for tags in owned if tags.get("origo.dev/owner") not in uids]
    check.equal(strangers, [], "what belongs to no Service")
    check.equal(len(world.account.load_balancers()), len(services), "load balancers")
    return len(services)


def _whole(world: World, service: Service) -> None:
    balancer = world.balancer(service)
    balancer.expect_ports(set(service.node_ports()))
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    check.equal(service.hostname(), balancer.load_balancer()["DNSName"].lower(), "published name")


def _settle(world: World) -> int:
    return check.eventually(lambda: _converged(world), _CONVERGED_SECONDS, "the account is as the Services want")


@contextlib.contextmanager
def _churning(world: World, count: int, seed: int) -> Iterator[Churn]:
    churn = Churn(world, [f"web-{number}" for number in range(count)], seed)
    churn.start()
    try:
        yield churn
    finally:
        churn.stop()


@scenario("faults: API server, etcd and watches break, 30 % of the calls are throttled", seconds=400)
def outages(world: World) -> str:
    """All of it while 20 Services change."""
    seed = random.randrange(1 << 32)
    say(f"seed {seed}")
    dice = random.Random(seed)
    throttled = Fault(Refuse("Throttling", "Rate exceeded", 400), times=None, dice=lambda: dice.random() < 0.3)
    with wire(world.cluster.port) as laid:
        kubeconfig = laid.kubeconfig(world.installation.kubeconfig, world.directory / "wire.kubeconfig")
        world.start_origo(kubeconfig=kubeconfig, audit_interval="20s")
        world.proxy.faults.append(throttled)
        with _churning(world, 20, seed) as churn:
            for _ in range(8):
                time.sleep(1)
                laid.cut()
            world.cluster.restart_etcd()
            time.sleep(5)
            world.cluster.stop_api_server()
            try:
                time.sleep(30)
            finally:
                world.cluster.start_api_server()
            time.sleep(5)
            laid.cut()
            time.sleep(5)
        left = _settle(world)
        world.proxy.faults.clear()
        check.true(world.origo.process.running, "the process has ended")
    calls = len(world.usage().calls)
    return (
        f"{churn.changes} changes, {laid.cuts} connections cut, etcd restarted, API server away for 30 s, "
        f"{throttled.struck} of {calls} calls throttled; {left} Services whole, nothing else"
    )


@scenario("faults: a leader that was suspended starts no call after its lease", seconds=150)
def suspended(world: World) -> str:
    """SIGSTOP in the middle of writes, SIGCONT when another one leads: what was on the wire may land, and no more."""
    seed = random.randrange(1 << 32)
    say(f"seed {seed}")
    world.proxy.latency = Latency(write=0.15)
    other_proxy = CallProxy(world.cloud.port)
    world.processes.callback(other_proxy.close)
    first = world.start_origo(leader_elect=True)
    check.eventually(lambda: _leads(first), _LEASE_SECONDS, "the first leads")
    second = world.start_origo(leader_elect=True, endpoint=other_proxy.url)
    with _churning(world, 20, seed) as churn:
        check.eventually(lambda: check.true(world.usage().writes > 30, "few writes"), 30, "much at work")
        first.process.pause()
        check.eventually(lambda: _leads(second), 2 * _LEASE_SECONDS, "the second leads")
        time.sleep(2)
        mark = world.proxy.mark()
        first.process.resume()
        check.throughout(lambda: _only_in_flight(world, mark), 8)
        late = world.usage(mark).writes
    check.equal(first.metric("origo_leader"), 0.0, "the first leads again")
    left = _settle(world)
    return f"{churn.changes} changes; {late} calls of the first after it woke up; {left} Services whole, nothing else"


def _only_in_flight(world: World, mark: int) -> None:
    """A call that was being written when the process was stopped reaches the proxy after it goes on."""
    writes = [call.action for call in world.usage(mark).calls if call.write]
    check.true(len(writes) <= 32, f"the suspended leader goes on writing: {writes}")


def _leads(origo: Origo) -> None:
    check.equal(origo.metric("origo_leader"), 1.0, "leading")


@scenario("faults: killed at 50 random moments while 50 Services change", seconds=600)
def killed(world: World) -> str:
    """kill -9, and a new process each time."""
    seed = random.randrange(1 << 32)
    say(f"seed {seed}")
    dice = random.Random(seed)
    world.proxy.latency = Latency(read=0.01, write=0.03)
    world.start_origo(wait=False)
    with _churning(world, _SERVICES, seed) as churn:
        for _ in range(_KILLS):
            # From before it is ready to well into its work.
            time.sleep(dice.uniform(0.3, 4))
            world.origo.kill()
            world.origo.start(wait=False)
    left = _settle(world)
    writes = world.usage().writes
    return f"seed {seed}: {_KILLS} kills, {churn.changes} changes, {writes} writes; {left} Services whole, nothing else"
