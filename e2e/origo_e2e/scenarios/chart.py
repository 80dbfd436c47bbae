"""The chart, with the real helm and the real API server."""

import yaml

from origo_e2e import check
from origo_e2e.controller import NAMESPACE, render_chart
from origo_e2e.programs import CHART
from origo_e2e.scenario import scenario
from origo_e2e.tools import run
from origo_e2e.world import World

_RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"


@scenario("chart: lints, renders, is applied and fits the restricted pod security standard", nodes=0)
def chart(world: World) -> None:
    """Every rendered object is taken by the API server, and the Deployment's pods by its strictest admission."""
    helm = world.programs.helm
    run([helm, "lint", "--strict", str(CHART), "-f", str(CHART / "ci" / "default-values.yaml")])
    rendered = render_chart(helm)
    world.cluster.kubectl("label", "namespace", NAMESPACE, _RESTRICTED, "--overwrite")
    text = yaml.safe_dump_all(rendered)
    world.cluster.kubectl("apply", "-n", NAMESPACE, "--server-side", "--validate=strict", "-f", "-", stdin=text)
    deployment = next(part for part in rendered if part["kind"] == "Deployment")
    replicas = deployment["spec"]["replicas"]
    check.eventually(lambda: _pods(world, replicas), 20, "pods admitted")


@scenario("chart: the ServiceAccount may do what it needs and nothing else", nodes=0)
def rights(world: World) -> None:
    """Asked of the API server itself, as that account."""
    rendered = render_chart(world.programs.helm)
    account = next(part["metadata"]["name"] for part in rendered if part["kind"] == "ServiceAccount")
    rules = [rule for part in rendered if part["kind"] == "Role" for rule in part["rules"]]
    lease = next(rule["resourceNames"][0] for rule in rules if "resourceNames" in rule)
    user = f"--as=system:serviceaccount:{NAMESPACE}:{account}"
    allowed = [
        "patch services --subresource=status -A",
        "list nodes",
        "watch services -A",
        "create events -A",
        "patch events -A",
        "get namespaces/kube-system",
        f"create leases -n {NAMESPACE}",
        f"update leases/{lease} -n {NAMESPACE}",
    ]
    refused = [
        "patch services -A",
        "update services --subresource=status -A",
        "delete services -A",
        "get secrets -A",
        "patch nodes",
        "create pods -A",
        f"update leases/other -n {NAMESPACE}",
        f"update leases/{lease} -n default",
        "get namespaces/default",
        "list pods -A",
    ]
    for question, expected in [(q, "yes") for q in allowed] + [(q, "no") for q in refused]:
        answer = _can_i(world, user, question)
        check.equal(answer, expected, f"kubectl auth can-i {question}")


def _can_i(world: World, user: str, question: str) -> str:
    try:
        return world.cluster.kubectl("auth", "can-i", *question.split(), user).split()[0]
    except RuntimeError:
        return "no"


def _pods(world: World, replicas: int) -> None:
    pods = world.cluster.api.items(f"/api/v1/namespaces/{NAMESPACE}/pods")
    check.equal(len(pods), replicas, "pods of the Deployment")
