"""The product is killed, its calls get lost, its API server goes away: nothing is lost, nothing is doubled."""

import time

from origo_e2e import check
from origo_e2e.controller import Origo
from origo_e2e.proxy import Cut, Effect, Fault, Lose, Refuse, Then
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, SERVING, Service
from origo_e2e.world import World

_WRITES_MAX = 16
_RECOVERY_SECONDS = 40

# The lease's duration, and how often a standby tries for it: those of Kubernetes' own components.
_LEASE_SECONDS = 15
_LEASE_RETRY_SECONDS = 2


@scenario("kill -9 after each write of a create", seconds=300)
def killed_in_create(world: World) -> str:
    """Whatever the crash left behind is found again and completed, once."""
    world.start_origo()
    for write in range(_WRITES_MAX):
        name = f"web-{write}"
        fault = _kill_after(world, write)
        service = world.apply(name, (HTTP, HTTPS))
        if not _crashed(world, service, fault):
            world.proxy.faults.clear()
            return f"a create has {write} writes; killed after each"
        world.origo.start()
        service.wait_published(_RECOVERY_SECONDS)
        check.eventually(lambda service=service: _whole(world, service), 20, f"killed after write {write + 1}: whole")
    raise check.Failure(f"a create makes more than {_WRITES_MAX} writes")


@scenario("kill -9 after each write of a delete", seconds=300)
def killed_in_delete(world: World) -> str:
    """The finalizer holds the Service until the next process has removed the rest, the security group that all
    Services share included.
    """
    before = world.account.footprint()
    world.start_origo(audit_interval="2s")
    for write in range(_WRITES_MAX):
        service = world.published(f"web-{write}", (HTTP, HTTPS))
        service.wait_condition(SERVING, "True")
        fault = _kill_after(world, write)
        service.delete(seconds=None)
        crashed = check.eventually(lambda s=service, f=fault: _ended(world, s, f), 20, "deleted or crashed")
        world.proxy.faults.clear()
        if crashed:
            check.true(service.exists(), f"killed after write {write + 1}: the Service went before its balancer")
            world.origo.start()
            check.eventually(
                lambda s=service: check.true(not s.exists(), "still there"), _RECOVERY_SECONDS, "Service gone"
            )
        left = sorted(world.account.footprint() ^ before)
        check.equal(left, [], f"killed after write {write + 1}: left behind")
        if not crashed:
            return f"a delete has {write} writes; killed after each"
    raise check.Failure(f"a delete makes more than {_WRITES_MAX} writes")


@scenario("restart: everything is found again, with no write")
def restart(world: World) -> str:
    """A restart, clean or not, reads and changes nothing."""
    world.start_origo()
    services = [world.published(f"web-{number}", (HTTP, HTTPS)) for number in range(3)]
    for service in services:
        service.wait_condition(SERVING, "True")
    before = world.account.footprint()
    notes = []
    for how in (world.origo.stop, world.origo.kill):
        how()
        mark = world.proxy.mark()
        world.origo.start()
        world.origo.wait_settled()
        # Longer than what is gathered of node changes before they are acted upon.
        check.throughout(lambda mark=mark: check.equal(world.usage(mark).writes, 0, "writes after a restart"), 1.5)
        notes.append(f"{how.__name__}: {world.usage(mark)}")
    check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account")
    for service in services:
        _whole(world, service)
    return ", ".join(notes)


@scenario("restart: what changed meanwhile is caught up with", seconds=90)
def changed_meanwhile(world: World) -> None:
    """While it is away a Service is deleted, one is made, one is changed and a node goes."""
    world.start_origo()
    doomed, changed = (world.published(name, (HTTP, HTTPS)) for name in ("doomed", "changed"))
    world.origo.kill()
    doomed.delete(seconds=None)
    changed.patch({"spec": {"externalTrafficPolicy": "Cluster"}})
    fresh = world.apply("fresh")
    world.nodes.remove(sorted(world.nodes.instances)[0])
    world.origo.start()
    fresh.wait_published(_RECOVERY_SECONDS)
    check.eventually(lambda: check.true(not doomed.exists(), "still there"), _RECOVERY_SECONDS, "deleted Service gone")
    for service in (changed, fresh):
        check.eventually(lambda service=service: _whole(world, service), 20, f"{service.key} caught up")
    check.equal(len(world.account.load_balancers()), 2, "load balancers")


@scenario("API server away for a while: nothing happens, then all goes on", seconds=120)
def api_server_away(world: World) -> None:
    """An outage of the cluster's API changes nothing in the account, and watching resumes by itself."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS))
    service.wait_condition(SERVING, "True")
    before = world.account.footprint()
    world.cluster.stop_api_server()
    try:
        check.throughout(lambda: check.equal(world.account.footprint(), before, "account during the outage"), 3)
    finally:
        world.cluster.start_api_server()
    check.true(world.origo.process.running, "the process ended with the API server")
    service.patch({"spec": {"externalTrafficPolicy": "Cluster"}})
    check.eventually(lambda: _whole(world, service), _RECOVERY_SECONDS, "change after the outage")
    second = world.apply("second")
    second.wait_published(_RECOVERY_SECONDS)
    check.equal(len(world.account.load_balancers()), 2, "load balancers")


@scenario("lost answers, cut connections, throttling: one balancer all the same", seconds=300)
def unreliable(world: World) -> None:
    """Each writing action of a create fails once in each of these ways, while four Services are made at a time; moto,
    unlike AWS, would make doubles.
    """
    world.start_origo()
    mark = world.proxy.mark()
    world.published("reference", (HTTP, HTTPS))
    actions = sorted({call.action for call in world.usage(mark).calls if call.write})
    effects: dict[str, Effect] = {
        "lost": Lose(),
        "cut": Cut(),
        "throttled": Refuse("Throttling", "Rate exceeded", 400),
        "failed": Refuse("InternalFailure", "e2e", 500),
    }
    for action in actions:
        names = [f"{what}-{action}".lower() for what in effects]
        world.proxy.faults.extend(Fault(effect, action=action) for effect in effects.values())
        world.apply_all(names, (HTTP, HTTPS))
        for service in map(world.service, names):
            service.wait_published(_RECOVERY_SECONDS)
            check.eventually(lambda service=service: _whole(world, service), 20, f"{service.name}: whole")
        check.equal([fault.times for fault in world.proxy.faults], [0] * len(effects), f"faults of {action} left over")
        world.proxy.faults.clear()
        check.equal(len(world.account.load_balancers()), 1 + len(names), "load balancers")
        world.delete_all(names)
        check.eventually(
            lambda names=names: check.true(not any(map(Service.exists, map(world.service, names))), "still there"),
            _RECOVERY_SECONDS,
            f"{action}: deleted",
        )
    check.equal(len(world.account.load_balancers()), 1, "load balancers")


@scenario("two replicas: one writes; the other takes over when it is killed", seconds=120)
def takeover(world: World) -> str:
    """Leader election by Lease: a second process is ready but idle until the first is gone; at once where that says
    good-bye, with the end of its lease where it does not.
    """
    first = world.start_origo(leader_elect=True)
    service = world.published("web")
    service.wait_condition(SERVING, "True")
    second = world.start_origo(leader_elect=True)
    mark = world.proxy.mark()
    check.throughout(lambda: check.equal(world.usage(mark).writes, 0, "writes of the standby"), 2)
    first.kill()
    crash_seconds = _leads_after(second, _LEASE_SECONDS + _LEASE_RETRY_SECONDS)
    world.published("after-crash")
    first.start()
    check.equal(first.metric("origo_leader"), 0.0, "the one that came back leads")
    second.stop()
    stop_seconds = _leads_after(first, 2 * _LEASE_RETRY_SECONDS)
    world.published("after-stop")
    check.equal(len(world.account.load_balancers()), 3, "load balancers")
    return f"leads {crash_seconds:.1f} s after a kill -9, {stop_seconds:.1f} s after a stop"


def _leads_after(origo: Origo, seconds: float) -> float:
    """Waits until this process is the leader; returns how long that took."""
    started = time.monotonic()
    check.eventually(lambda: check.equal(origo.metric("origo_leader"), 1.0, "leading"), seconds, "takeover")
    return time.monotonic() - started


def _kill_after(world: World, write: int) -> Fault:
    fault = Fault(Then(world.origo.kill), writes_only=True, skip=write)
    world.proxy.faults.append(fault)
    return fault


def _crashed(world: World, service: Service, fault: Fault) -> bool:
    """Waits until the fault has struck (true) or the Service is published without it (false)."""

    def known() -> bool:
        struck = fault.times == 0
        if struck:
            check.true(not world.origo.process.running, "the kill is under way")
        else:
            service.hostname()
            service.expect_condition(SERVING, "True")
        return struck

    crashed = check.eventually(known, _RECOVERY_SECONDS, "published or crashed")
    world.proxy.faults.clear()
    return crashed


def _ended(world: World, service: Service, fault: Fault) -> bool:
    struck = fault.times == 0
    if struck:
        check.true(not world.origo.process.running, "the kill is under way")
    else:
        check.true(not service.exists(), "still there")
    return struck


def _whole(world: World, service: Service) -> None:
    """Exactly one of everything, as the Service asks for it."""
    balancer = world.balancer(service)
    balancer.expect_ports(set(service.node_ports()))
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    balancer.expect_nodes_open(world.network.node_group)
    check.equal(service.hostname(), balancer.load_balancer()["DNSName"].lower(), "published name")
