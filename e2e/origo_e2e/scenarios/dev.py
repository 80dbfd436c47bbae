"""`origo dev`: a cluster, a cloud and load balancers with real traffic in one process."""

import functools
import json
import os
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from origo_e2e import check, table
from origo_e2e.aws import Account
from origo_e2e.browser import Browser, open_browser
from origo_e2e.desk import Desk, Dev
from origo_e2e.kubernetes import Kubectl
from origo_e2e.nodes import node_object
from origo_e2e.runner import say
from origo_e2e.scenario import scenario, standalone
from origo_e2e.tools import run
from origo_e2e.world import World

_CLIENT = "127.0.0.77"  # nobody else on this machine has it
_NODES = {"127.0.1.1", "127.0.1.2", "127.0.1.3"}
_SOON = 20


@standalone("dev: the tutorial, all rows", seconds=90)
def tutorial(desk: Desk) -> str:
    """It plays, says that every row is proven, and ends by itself without a trace."""
    dev = desk.dev()
    dev.printed(r"(L1)  LoadBalancer")
    dev.note_sockets()
    return _proven(dev, "embedded Kubernetes and AWS")


@standalone("dev: the tutorial at moto", seconds=120)
def elsewhere(desk: Desk) -> str:
    """The balancers are on record at moto; nothing stays there."""
    cloud = desk.emulator("moto")
    account = Account(cloud.port)
    before = _furniture(account)
    count = _proven(desk.dev("--endpoint-url", f"http://127.0.0.1:{cloud.port}"), "embedded Kubernetes, moto")
    check.equal(account.marked(), [], "what stays at moto")
    check.equal(_furniture(account), before, "networks and running instances at moto")
    return count


@scenario("dev: the tutorial at a real kube-apiserver and moto", seconds=150, nodes=0, emulator="moto")
def at_a_real_cluster(world: World) -> str:
    """Nothing but nodes, pods and packets is ours; nothing stays in the cluster or at moto."""
    before = _furniture(world.account)
    count = _proven(_dev(world, *_at(world)), "kube-apiserver, kube-controller-manager, moto")
    check.equal(world.account.marked(), [], "what stays at moto")
    check.equal(_furniture(world.account), before, "networks and running instances at moto")
    check.equal(_in_cluster(world), [], "what stays in the cluster")
    return count


@scenario("dev: a real cluster, interrupted and killed", seconds=200, nodes=0, emulator="moto")
def killed_at_a_real_cluster(world: World) -> None:
    """Ctrl-C takes all away; after a kill -9 the next one takes away what stayed, and plays."""
    before = _furniture(world.account)
    dev = _dev(world, *_at(world))
    dev.printed(r"(L2)  policy Cluster")
    dev.process.interrupt()
    check.equal(dev.ended(40), 1, "exit code")
    check.equal(_in_cluster(world), [], "what stays in the cluster")
    check.equal(world.account.marked(), [], "what stays at moto")
    dev = _dev(world, *_at(world))
    dev.printed(r"(L2)  policy Cluster")
    dev.process.kill()
    check.true("loadbalancer" in _in_cluster(world), "the kill was too late")
    _proven(_dev(world, *_at(world)), "after a kill -9")
    check.equal(_in_cluster(world), [], "what stays in the cluster")
    check.equal(world.account.marked(), [], "what stays at moto")
    check.equal(_furniture(world.account), before, "networks and running instances at moto")


@scenario("dev: --serve at a real cluster without nodes", seconds=120, nodes=0)
def served_at_a_real_cluster(world: World) -> None:
    """A node controller finds the nodes alive, kubectl works as ever, and Ctrl-C takes the nodes away."""
    world.processes.callback(world.cluster.start_node_controller(grace_seconds=15).kill)
    dev = _dev(world, "--serve", "--kubeconfig", str(world.cluster.kubeconfig))
    dev.printed(r"(Ctrl-C ends it)")
    kubectl = functools.partial(world.cluster.kubectl, "-n", world.namespace)
    address = _exposed(kubectl)
    check.eventually(lambda: check.true(_seen(address) in _NODES, "no node is seen"), _SOON, "policy Cluster")
    kubectl("patch", "service", "web", "-p", '{"spec":{"externalTrafficPolicy":"Local"}}')

    def only_the_client() -> None:
        check.equal([_seen(address) for _ in range(5)], [_CLIENT] * 5, "client_address")

    check.eventually(only_the_client, _SOON, "policy Local, and the other nodes have left")
    check.throughout(lambda: check.equal(_seen(address), _CLIENT, "client_address"), 20)
    dev.process.interrupt()
    check.equal(dev.ended(40), 0, "exit code")
    check.true(f"{world.namespace}/web" in dev.output, f"it does not say that the Service is held: {dev.output}")
    check.equal(world.cluster.api.items("/api/v1/nodes"), [], "nodes that stay")


@scenario("dev: a real cluster with nodes of its own", seconds=90, nodes=0)
def nodes_of_its_own(world: World) -> None:
    """The tutorial is refused; --serve serves Services, those without a class only where no cloud is."""
    at = ("--kubeconfig", str(world.cluster.kubeconfig))
    node = node_object("worker", "kind://docker/kind/worker", "127.0.9.1", "")
    world.cluster.api.create("/api/v1/nodes", node)
    _refused(_dev(world, *at), ("--kubeconfig", "worker", "--serve"))
    dev = _dev(world, *at, "--serve")
    dev.printed(r"(Ctrl-C ends it)")
    world.kubectl("create", "service", "loadbalancer", "web", "--tcp=80:8080")
    check.eventually(lambda: _address(world.kubectl), _SOON, "EXTERNAL-IP")
    world.kubectl("delete", "service", "web")
    dev.process.interrupt()
    check.equal(dev.ended(40), 0, "exit code")
    check.equal(_in_cluster(world), ["worker"], "what stays in the cluster")
    world.cluster.api.delete("/api/v1/nodes/worker")
    world.add_nodes(1)
    dev = _dev(world, *at, "--serve")
    dev.printed(r"(only those of loadBalancerClass origo.dev/local)")
    dev.process.interrupt()
    check.equal(dev.ended(40), 0, "exit code")


def _dev(world: World, *options: str) -> Dev:
    """`origo dev` beside the run's cluster."""
    directory = world.directory / f"dev-{len(list(world.directory.glob('dev-*'))) + 1}"
    directory.mkdir()
    dev = Dev(world.programs, directory, options)
    world.processes.callback(dev.process.kill)
    dev.process.start()
    return dev


def _at(world: World) -> tuple[str, ...]:
    return ("--kubeconfig", str(world.cluster.kubeconfig), "--endpoint-url", f"http://127.0.0.1:{world.cloud.port}")


def _proven(dev: Dev, title: str) -> str:
    """Waits for the end of the tutorial, prints its rows as a table, and requires all of them."""
    code = dev.ended(100)
    rows = re.findall(r"(?m)^([KLC]\d)  (.*)\n(?:(?!  \[).*\n)*  \[(ok|skipped|NOT PROVEN)\] (.*)", dev.output)
    say(f"\n{title}\n{table.render(['row', 'what', '', 'shown'], [[i, w, o, s[:100]] for i, w, o, s in rows])}\n")
    count = dev.printed(r"\n(\d+ rows proven, \d+ not.*)")
    check.equal(count, "16 rows proven, 0 not", "the closing line")
    check.equal([mark for _, _, mark, _ in rows], ["ok"] * 16, "the rows' marks")
    check.equal(code, 0, "exit code")
    return count


def _furniture(account: Account) -> list[str]:
    """Ids of all VPCs, subnets, security groups and instances that are not terminated."""
    running = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    found = [vpc["VpcId"] for vpc in account.ec2.describe_vpcs()["Vpcs"]]
    found += [subnet["SubnetId"] for subnet in account.ec2.describe_subnets()["Subnets"]]
    found += [group["GroupId"] for group in account.security_groups()]
    for reservation in account.ec2.describe_instances(Filters=running)["Reservations"]:
        found += [instance["InstanceId"] for instance in reservation["Instances"]]
    return sorted(found)


def _in_cluster(world: World) -> list[str]:
    """Nodes, and what the namespace of the tutorial still has."""
    found = [node["metadata"]["name"] for node in world.cluster.api.items("/api/v1/nodes")]
    for kind in ("services", "pods"):
        found += [one["metadata"]["name"] for one in world.cluster.api.items(f"/api/v1/namespaces/origo-dev/{kind}")]
    return found


@standalone("dev: the tutorial, interrupted", seconds=60)
def interrupted(desk: Desk) -> None:
    """Ctrl-C in the middle leaves nothing, and is not taken for proof."""
    dev = desk.dev()
    dev.printed(r"(L2)  policy Cluster")
    dev.note_sockets()
    dev.process.interrupt()
    check.equal(dev.ended(), 1, "exit code")


@standalone("dev: --serve with kubectl", seconds=90)
def served(desk: Desk) -> None:
    """What a person does with the printed KUBECONFIG, until Ctrl-C."""
    dev, kubectl = desk.served()
    address = _exposed(kubectl)
    check.eventually(lambda: check.true(_seen(address) in _NODES, "no node is seen"), _SOON, "policy Cluster")
    kubectl("patch", "service", "web", "-p", '{"spec":{"externalTrafficPolicy":"Local"}}')
    check.eventually(lambda: check.equal(_seen(address), _CLIENT, "client_address"), _SOON, "policy Local")
    kubectl("patch", "service", "web", "-p", '{"spec":{"externalTrafficPolicy":"Cluster"}}')
    check.eventually(lambda: check.true(_seen(address) in _NODES, "no node is seen"), _SOON, "policy Cluster again")
    kubectl("annotate", "service", "web", "origo.dev/client-adress=none")
    check.eventually(lambda: _warned(kubectl, "origo.dev/client-adress"), _SOON, "a warning of an unknown annotation")
    check.equal(_address(kubectl), address, "EXTERNAL-IP after the unknown annotation")
    dev.note_sockets()
    dev.process.interrupt()
    check.equal(dev.ended(), 0, "exit code")


@standalone("dev: bad input is refused and leaves nothing", seconds=90)
def refused(desk: Desk) -> None:
    """A port that is taken, and options that make no sense."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        _refused(desk.dev("--serve", "--page-port", port), ("--page-port", port, "give another one"))
    _refused(desk.dev("--serve", "--page-port", "abc"), ("--page-port", "'abc'", "1..65535"))
    _refused(desk.dev("--serve", "--page-port", "65536"), ("--page-port", "'65536'", "1..65535"))
    _refused(desk.dev("--page-port", "8080"), ("--page-port", "--serve"))
    _refused(
        desk.dev("--endpoint-url", "http://127.0.0.1:1"), ("--endpoint-url", "nothing answers at http://127.0.0.1:1")
    )
    _refused(desk.dev("--sevre"), ("'--sevre'", "did you mean --serve?"))
    _refused(desk.dev("now"), ("'now'",))


@standalone("dev: the page in a browser", seconds=120)
def page(desk: Desk) -> None:
    """Clicks change what the application sees, and the page shows it; other sites change nothing."""
    dev, kubectl = desk.served()
    url = dev.printed(r"Page: +(\S+)")
    address = _exposed(kubectl)
    with open_browser(desk.programs, desk.directory) as browser:
        browser.open(url)
        check.eventually(lambda: check.equal(browser.text("h2"), "default/web", "heading"), _SOON, "the Service")
        check.true("export KUBECONFIG=" in browser.text("header"), "the header does not tell the KUBECONFIG line")
        check.eventually(lambda: _answered(browser, *_NODES), _SOON, "policy Cluster: a node is seen")
        browser.click("Local")
        check.eventually(lambda: _drawn(browser, 1), _SOON, "only the pod's node is healthy")
        check.eventually(lambda: _answered(browser, _CLIENT), _SOON, "policy Local: the client is seen")
        browser.click("none")
        check.eventually(lambda: _answered(browser, address), _SOON, "client-address none: the balancer is seen")
        browser.click("auto")
        check.eventually(lambda: _answered(browser, _CLIENT), _SOON, "client-address auto: the client is seen")
        _photograph(browser, desk.directory)
        _sees_the_header(browser, kubectl)
        kubectl("delete", "service", "web")
        check.eventually(lambda: _says(browser, "no Service of type LoadBalancer"), _SOON, "the Service is gone")
        _refuses_strangers(url)
        dev.note_sockets()
        dev.process.interrupt()
        check.equal(dev.ended(), 0, "exit code")
        check.eventually(lambda: _says(browser, "origo dev has ended"), _SOON, "the page tells the end")


def _sees_the_header(browser: Browser, kubectl: Kubectl) -> None:
    """Pods that do not read the PROXY header fail, and the page says what to do; then the header names the client."""
    browser.click("Cluster")
    browser.click("proxy-protocol-v2")
    check.eventually(lambda: _hinted(browser), _SOON, "a hint about the PROXY header")
    template = {"metadata": {"annotations": {"origo.dev/dev-speaks": "8080=http+proxy"}}}
    kubectl("patch", "deployment", "web", "-p", json.dumps({"spec": {"template": template}}))
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    check.eventually(lambda: _answered(browser, *_NODES), _SOON, "an answer of pods that read the header")
    shown = browser.text("pre")
    check.true(f"source_address={_CLIENT}" in shown, f"the header does not name the client: {shown}")


def _hinted(browser: Browser) -> None:
    browser.click("Send a request")
    check.eventually(lambda: check.true("dev-speaks" in browser.text("pre"), browser.text("pre")), 1, "the hint")


def _exposed(kubectl: Callable[..., str]) -> str:
    kubectl("create", "deployment", "web", "--image=registry.k8s.io/echoserver:1.10", "--port=8080")
    kubectl("expose", "deployment", "web", "--port=80", "--target-port=8080", "--type=LoadBalancer")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    return check.eventually(lambda: _address(kubectl), _SOON, "EXTERNAL-IP")


def _address(kubectl: Callable[..., str]) -> str:
    """The column that people look at."""
    address = kubectl("get", "service", "web", "--no-headers").split()[3]
    check.true(address.startswith("127."), f"EXTERNAL-IP is {address}")
    return address


def _seen(address: str) -> str:
    """The address that the application sees of a client."""
    command = ["curl", "-sS", "--noproxy", "*", "--max-time", "5", "--interface", _CLIENT, f"http://{address}/"]
    return _client_address(run(command))


def _client_address(answer: str) -> str:
    found = re.search(r"client_address=(\S+)", answer)
    check.true(found, f"no client_address in: {answer}")
    return found.group(1)


def _warned(kubectl: Kubectl, annotation: str) -> None:
    events = json.loads(kubectl("get", "events", "-o", "json"))["items"]
    warnings = [event for event in events if event["type"] == "Warning" and annotation in event["message"]]
    check.true(warnings, f"no event warns of {annotation}")
    conditions = json.loads(kubectl("get", "service", "web", "-o", "json"))["status"]["conditions"]
    check.true(any(annotation in one["message"] for one in conditions), f"no condition names {annotation}")


def _refused(dev: Dev, words: tuple[str, ...]) -> None:
    check.equal(dev.ended(), 2, "exit code")
    for word in ("ORIGO-5001", *words):
        check.true(word in dev.output, f"'{word}' is not in: {dev.output}")
    check.true("\tat " not in dev.output, f"a stack trace: {dev.output}")


def _answered(browser: Browser, *addresses: str) -> None:
    browser.click("Send a request")
    check.eventually(lambda: check.true("client_address" in browser.text("pre"), "no answer"), 3, "an answer")
    seen = _client_address(browser.text("pre"))
    check.true(seen in addresses, f"the page shows client_address={seen}, none of {addresses}")


def _drawn(browser: Browser, healthy: int) -> None:
    nodes = browser.run("return [...document.querySelectorAll('svg [data-node]')].map(n => n.dataset.health)")
    check.equal((len(nodes), nodes.count("healthy")), (3, healthy), f"nodes, and the healthy of {nodes}")


def _says(browser: Browser, text: str) -> None:
    shown = browser.text("body")
    check.true(text in shown, f"'{text}' is not in: {shown}")


def _photograph(browser: Browser, directory: Path) -> None:
    directory = Path(os.environ.get("ORIGO_E2E_SCREENSHOTS", directory))
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        browser.screenshot(directory / f"origo-dev-{scheme}.png")


def _refuses_strangers(url: str) -> None:
    """Another site's form, and a name that was made to point here."""
    body = json.dumps({"service": "default/web", "policy": "Local"}).encode()
    json_type = {"Content-Type": "application/json"}
    for headers in ({"Content-Type": "text/plain"}, json_type | {"Host": "rebound.example"}):
        request = urllib.request.Request(f"{url}change", body, headers)
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except urllib.error.HTTPError as error:
            check.true(400 <= error.code < 500, f"{headers}: {error.code}")
            continue
        raise check.Failure(f"a change is taken with {headers}")
