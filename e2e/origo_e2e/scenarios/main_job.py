"""The tutorial's Service from birth to removal: what everything else builds on."""

import json

from origo_e2e import check
from origo_e2e.controller import CLASS
from origo_e2e.scenario import scenario
from origo_e2e.services import (
    ACCEPTED,
    CLIENT_ADDRESS,
    FINALIZER,
    HTTP,
    HTTPS,
    PROVISIONED,
    SERVING,
    Service,
)
from origo_e2e.world import CLUSTER_NAME, World

_EFFECT_SECONDS = 15


def expose(world: World, name: str = "loadbalancer", policy: str = "Local") -> Service:
    """The tutorial's two commands: a Deployment, exposed as a Service of type LoadBalancer; and pods that run."""
    world.kubectl("create", "deployment", name, "--image=echoserver:1.10", "--replicas=2")
    spec = {"loadBalancerClass": CLASS, "externalTrafficPolicy": policy}
    world.kubectl(
        "expose",
        f"deployment/{name}",
        "--port=80",
        "--target-port=8080",
        "--type=LoadBalancer",
        "--override-type=merge",
        "--overrides=" + json.dumps({"apiVersion": "v1", "spec": spec}),
    )
    world.pods.run(name, 2, sorted(world.nodes.instances))
    return world.service(name)


@scenario("create: an exposed Deployment gets one balancer and its name (L1, L7)")
def create(world: World) -> None:
    """Everything that there is to see of a fresh balancer, in Kubernetes and in the account."""
    world.start_origo()
    service = expose(world)
    hostname = service.wait_published()
    check.true(hostname.endswith(".amazonaws.com"), f"published name is {hostname}")
    check.true(hostname == hostname.lower(), f"published name is not in lower case: {hostname}")
    described = world.kubectl("describe", "service", service.name)
    check.true(hostname in described, "kubectl describe does not show the name")

    balancer = world.balancer(service)
    load_balancer = balancer.load_balancer()
    check.equal(len(world.account.load_balancers()), 1, "load balancers in the account")
    check.equal(load_balancer["Type"], "network", "type")
    check.equal(load_balancer["Scheme"], "internet-facing", "scheme")
    check.equal(load_balancer["DNSName"].lower(), hostname, "name in the account")
    check.true(load_balancer["LoadBalancerName"].startswith("origo-"), load_balancer["LoadBalancerName"])
    check.equal(load_balancer["Tags"].get("origo.dev/service"), service.key, "tag origo.dev/service")
    check.true(CLUSTER_NAME in load_balancer["Tags"].get("origo.dev/cluster", ""), f"tags {load_balancer['Tags']}")
    zones = {zone["SubnetId"] for zone in load_balancer["AvailabilityZones"]}
    check.equal(zones, set(world.network.subnets.values()), "subnets of the load balancer")

    balancer.expect_ports({80})
    check.equal(balancer.listeners()[80]["Protocol"], "TCP", "listener's protocol")
    group = balancer.target_groups()[80]
    check.equal((group["TargetType"], group["Protocol"]), ("instance", "TCP"), "target group")
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    check.true("tcp 80-80 from 0.0.0.0/0" in balancer.frontend_rules(), f"frontend {balancer.frontend_rules()}")
    balancer.expect_nodes_open(world.network.node_group)


@scenario("create: conditions, events and finalizer tell how it went")
def told(world: World) -> None:
    """The status contract of docs/reference/conditions-and-codes.md."""
    world.start_origo()
    service = expose(world)
    service.wait_published()
    for kind in (ACCEPTED, PROVISIONED, SERVING, CLIENT_ADDRESS):
        condition = service.wait_condition(kind, "True")
        check.true(condition["reason"] and condition["lastTransitionTime"], f"{kind} is incomplete: {condition}")
        # The API server gives Services no generation; then there is none to have observed.
        check.equal(
            condition.get("observedGeneration"), service.get()["metadata"].get("generation"), f"{kind} is stale"
        )
    check.true(FINALIZER in service.get()["metadata"].get("finalizers", []), "the finalizer is missing")
    for reason in ("EnsuringLoadBalancer", "EnsuredLoadBalancer"):
        event = service.wait_event(reason)
        check.equal(event["type"], "Normal", f"type of event {reason}")


@scenario("policy: Cluster to Local and back changes the check in place (L3)")
def policy(world: World) -> None:
    """The tutorial's patch: target groups stay, the health check moves between kube-proxy's port and the Service's."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS), policy="Cluster")
    balancer = world.balancer(service)
    balancer.expect_health_check()
    balancer.expect_nodes_open(world.network.node_group)
    service.wait_condition(CLIENT_ADDRESS, "False")
    groups = _arns(balancer.target_groups())
    for wanted in ("Local", "Cluster", "Local"):
        mark = world.proxy.mark()
        service.patch({"spec": {"externalTrafficPolicy": wanted}})
        check.eventually(balancer.expect_health_check, _EFFECT_SECONDS, f"health check for {wanted}")
        check.eventually(
            lambda: balancer.expect_nodes_open(world.network.node_group), _EFFECT_SECONDS, f"nodes open for {wanted}"
        )
        service.wait_condition(CLIENT_ADDRESS, str(wanted == "Local"))
        check.equal(_arns(balancer.target_groups()), groups, "target groups after the flip")
        world.usage(mark).budgeted.within(f"flip to {wanted}", total=4, writes=4)
    balancer.expect_targets(world.instance_ids())


@scenario("nodes: one is added, one is removed")
def nodes(world: World) -> None:
    """Each costs one call per target group, and nothing else changes."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS))
    balancer = world.balancer(service)
    balancer.expect_targets(world.instance_ids())
    added = world.add_nodes(1)[0]
    check.eventually(lambda: balancer.expect_targets(world.instance_ids()), _EFFECT_SECONDS, "the new node as target")
    world.nodes.remove(added)
    check.eventually(lambda: balancer.expect_targets(world.instance_ids()), _EFFECT_SECONDS, "the old node gone")


@scenario("delete: nothing of ours is left (L8)")
def delete(world: World) -> None:
    """The account is afterwards as it was before, and the Service is gone."""
    before = world.account.footprint()
    world.start_origo()
    service = expose(world)
    service.wait_published()
    check.true(world.account.marked(), "nothing carries our mark")
    service.delete()
    check.equal(world.account.marked(), [], "what still carries our mark")
    left = sorted(world.account.footprint() ^ before)
    check.equal(left, [], "difference of the account to before")
    service.wait_event("DeletedLoadBalancer")


@scenario("delete: a Deployment's end leaves the balancer as it is (L8)")
def delete_deployment(world: World) -> None:
    """Which node serves is for the health checks to find out, not a reason for any call."""
    world.start_origo()
    service = expose(world)
    hostname = service.wait_published()
    service.wait_condition(SERVING, "True")
    mark = world.proxy.mark()
    world.kubectl("delete", "deployment", service.name, "--wait=false")
    world.pods.clear()
    check.throughout(lambda: check.equal(service.hostname(), hostname, "published name"), 3)
    check.equal(world.usage(mark).writes, 0, "writes after the Deployment's end")
    world.balancer(service).expect_targets(world.instance_ids())


def _arns(groups: dict[int, dict[str, str]]) -> dict[int, str]:
    return {port: group["TargetGroupArn"] for port, group in groups.items()}
