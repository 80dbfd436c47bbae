"""The same main job against the other, sloppier stand-in: whatever answers like AWS is good enough."""

import json

from origo_e2e import check
from origo_e2e.desk import Desk
from origo_e2e.scenario import scenario, standalone
from origo_e2e.services import HTTP, HTTPS
from origo_e2e.tools import run
from origo_e2e.world import World


@scenario("ministack: create, flip, node, ports, delete", emulator="ministack")
def smoke(world: World) -> None:
    """Its zones, rules between groups and not-found answers differ from AWS, so only what it keeps is looked at."""
    before = world.account.footprint()
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS), policy="Cluster")
    balancer = world.balancer(service)
    balancer.expect_ports({80, 443})
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    service.patch({"spec": {"externalTrafficPolicy": "Local"}})
    check.eventually(balancer.expect_health_check, 15, "health check after the flip")
    world.add_nodes(1)
    check.eventually(lambda: balancer.expect_targets(world.instance_ids()), 15, "the new node as target")
    service.patch({"spec": {"ports": [HTTP.spec()]}})
    check.eventually(lambda: balancer.expect_ports({80}), 15, "one port less")
    service.delete()
    check.equal(world.account.marked(), [], "what still carries our mark")
    check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account to before")


@standalone("conformance: the AWS provider at moto, from the command line", seconds=600)
def contract(desk: Desk) -> str:
    """Every scenario of the contract against a cloud that nobody here wrote; the report is in three forms."""
    cloud = desk.emulator("moto")
    report = desk.directory / "report"
    endpoint = f"http://127.0.0.1:{cloud.port}"
    command = [desk.programs.origo, "conformance", "--provider", "aws", "--aws-endpoint-url", endpoint]
    text = run([*command, "--report", str(report)], seconds=580)
    (item,) = json.loads((report / "conformance.json").read_text())["items"]
    check.equal(item["failed"], 0, "scenarios that failed")
    check.true(item["passed"] > 50, f"only {item['passed']} scenarios passed")
    check.equal((report / "conformance.txt").read_text(), text, "conformance.txt and what was printed")
    check.true((report / "TEST-aws-at-moto.xml").read_text().startswith("<?xml"), "no XML report")
    return f"{item['passed']} passed, {item['skipped']} skipped"
