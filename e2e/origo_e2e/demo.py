"""The main job, visibly: each command is printed before it runs, each answer as it comes."""

import sys
import textwrap

from origo_e2e import check, table
from origo_e2e.aws import Emulator, Json
from origo_e2e.cluster import Cluster
from origo_e2e.controller import CLASS, Installation
from origo_e2e.programs import Programs
from origo_e2e.runner import say, work_directory
from origo_e2e.services import CLIENT_ADDRESS, FINALIZER, PROVISIONED, SERVING, Balancer, Service
from origo_e2e.tools import run
from origo_e2e.world import World, open_world

_NAME = "loadbalancer"
_BUILD_SECONDS = 1200
_EFFECT_SECONDS = 30
_WIDTH = 100


def main() -> int:
    """Runs the whole show; exit code 1 with the reason if anything fails to happen."""
    programs = Programs.from_environment()
    say("Building Origo, if it is not built yet ...")
    say(f"origo {run([programs.origo, 'version'], seconds=_BUILD_SECONDS).strip()}")
    with work_directory() as directory:
        cluster = Cluster(programs, directory)
        try:
            _heading("A cluster: etcd, kube-apiserver, kube-controller-manager; and AWS, stood in for by moto")
            cluster.start()
            installation = Installation(cluster, programs, directory)
            installation.install()
            cloud = Emulator("moto", programs, directory)
            cloud.start()
            with open_world(programs, cluster, installation, directory, "demo", cloud) as world:
                return _show(world)
        finally:
            cluster.stop()


def _show(world: World) -> int:
    try:
        world.add_nodes(3)
        world.start_origo()
        _kubectl(world, "get", "nodes")
        service = _create(world)
        _flip(world, service)
        _delete(world, service)
    except check.Failure as failure:
        say(f"\nThis did not go as promised: {failure}\n\nThe end of Origo's log:\n{world.origos[-1].process.tail()}")
        return 1
    return 0


def _create(world: World) -> Service:
    _heading("The tutorial's Service, for Origo's class")
    _kubectl(world, "create", "deployment", _NAME, "--image=echoserver:1.10")
    overrides = f'{{"spec":{{"loadBalancerClass":"{CLASS}"}}}}'
    options = ("--port=80", "--target-port=8080", "--type=LoadBalancer", "--override-type=merge")
    _kubectl(world, "expose", "deployment", _NAME, *options, f"--overrides={overrides}")
    service = world.service(_NAME)
    service.wait_published(_EFFECT_SECONDS)
    service.wait_condition(PROVISIONED, "True", _EFFECT_SECONDS)
    service.wait_condition(SERVING, "True", _EFFECT_SECONDS)
    _kubectl(world, "get", "service", _NAME)
    _conditions(service)
    _cloud(world, world.balancer(service))
    return service


def _flip(world: World, service: Service) -> None:
    _heading("The client's address shall arrive: policy Local. The health check moves, the target group stays")
    balancer = world.balancer(service)
    patch = '{"spec":{"externalTrafficPolicy":"Local"}}'
    _kubectl(world, "patch", "service", _NAME, "-p", patch)
    check.eventually(balancer.expect_health_check, _EFFECT_SECONDS, "health check on the Service's own port")
    service.wait_condition(CLIENT_ADDRESS, "True", _EFFECT_SECONDS)
    service.wait_condition(SERVING, "True", _EFFECT_SECONDS)
    say(f"healthCheckNodePort: {service.health_port()}\n")
    _conditions(service)
    _cloud(world, balancer)


def _delete(world: World, service: Service) -> None:
    _heading("Deleted without a trace")
    say(f"$ kubectl delete service {_NAME}")
    service.delete(_EFFECT_SECONDS)
    left = world.account.marked()
    check.equal(left, [], "what carries Origo's mark in the account")
    say(f"The finalizer {FINALIZER} is gone, and in the account nothing carries Origo's mark.")
    say(f"AWS calls in all: {world.usage().reads} reads and {world.usage().writes} writes.")


def _heading(text: str) -> None:
    say(f"\n== {text}\n")


def _kubectl(world: World, *arguments: str) -> None:
    shown = " ".join(f"'{word}'" if "{" in word else word for word in arguments)
    say(f"$ kubectl {shown}")
    say(world.kubectl(*arguments).rstrip() + "\n")


def _conditions(service: Service) -> None:
    for condition in service.get()["status"].get("conditions", []):
        say(f"{condition['type']}={condition['status']} ({condition['reason']})")
        say(textwrap.fill(condition["message"], _WIDTH, initial_indent="    ", subsequent_indent="    "))
    say("")


def _cloud(world: World, balancer: Balancer) -> None:
    load_balancer = balancer.load_balancer()
    say(f"In AWS, read with boto3: {load_balancer['Type']} load balancer {load_balancer['LoadBalancerName']}")
    rows = [_row(world, port, group) for port, group in balancer.target_groups().items()]
    say(table.render(["listener", "target group", "targets", "health check"], rows))


def _row(world: World, port: int, group: Json) -> list[str]:
    target = f"{group['HealthCheckProtocol']} :{group['HealthCheckPort']}{group['HealthCheckPath']}"
    pace = f"every {group['HealthCheckIntervalSeconds']} s"
    count = len(world.account.targets(group["TargetGroupArn"]))
    return [f"TCP {port}", group["TargetGroupName"], f"{count} nodes", f"{target} {pace}"]


if __name__ == "__main__":
    sys.exit(main())
