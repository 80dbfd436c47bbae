"""The embedded Kubernetes API under the real kubectl, beside the real API server."""

import difflib
import json
import re
import subprocess
from dataclasses import dataclass

from origo_e2e import check
from origo_e2e.embedded import embedded_kubernetes, ready_node
from origo_e2e.kubernetes import Json, Kubectl
from origo_e2e.scenario import scenario
from origo_e2e.world import World

_NAMESPACE = "alike"
_HTTP = [{"port": 80}]
_BALANCED: Json = {"type": "LoadBalancer", "ports": _HTTP, "selector": {"app": "web"}}
_TIME = "2026-01-02T03:04:05Z"


@dataclass(frozen=True)
class _Step:
    """A kubectl command; its standard input, if any."""

    arguments: tuple[str, ...]
    stdin: str | None = None


def _kubectl(line: str) -> _Step:
    return _Step((*line.split(), "-n", _NAMESPACE))


def _send(verb: str, body: Json, *more: str) -> _Step:
    return _Step((*verb.split(), "-f", "-", *more), json.dumps(body))


def _service(name: str, spec: Json, **meta: object) -> Json:
    metadata = {"name": name, "namespace": _NAMESPACE} | meta
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _apply(name: str, **spec: object) -> _Step:
    return _send("apply", _service(name, _BALANCED | spec))


def _create(name: str, **spec: object) -> _Step:
    return _send("create", _service(name, {"ports": _HTTP} | spec))


def _get(name: str) -> _Step:
    return _kubectl(f"get service {name} -o yaml")


def _patch(name: str, kind: str, body: object, *more: str) -> _Step:
    words = ("patch", "service", name, "-n", _NAMESPACE, "--type", kind, "-p", json.dumps(body))
    return _Step((*words, *more))


def _status(name: str, body: Json) -> _Step:
    return _patch(name, "strategic", body, "--subresource=status")


def _condition(kind: str, status: str) -> Json:
    return {"type": kind, "status": status, "reason": "R", "message": "m", "lastTransitionTime": _TIME}


def _object(api_version: str, kind: str, name: str, **more: object) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": _NAMESPACE}} | more


_NEW_PORTS = [{"name": "http", "port": 80}, {"name": "https", "port": 443, "targetPort": "https"}]
_APPLIED = [
    _apply("web"),
    _get("web"),
    _apply("web", externalTrafficPolicy="Local", ports=_NEW_PORTS),
    _get("web"),
    _apply("web", loadBalancerClass="origo.dev/aws"),
    _apply("web"),
    _get("web"),
    _send("apply", _service("web", _BALANCED | {"typo": 1}), "--validate=warn"),
    _send("apply", _service("dry", _BALANCED), "--dry-run=server"),
    _kubectl("get service dry"),
    _send("create", _service("typo", _BALANCED | {"typo": 1})),
    _send("replace", _service("web", _BALANCED, resourceVersion="1")),
    _send("replace", _service("web", _BALANCED)),
    _get("web"),
    _create("web"),
]
_REFUSED = [
    _create("BAD"),
    _create("a" * 64),
    _create("1a"),
    _create("x", ports=[]),
    _create("x", ports=[{"port": 0}]),
    _create("x", ports=[{"port": 70000}]),
    _create("x", ports=[{"port": 80}, {"port": 81}]),
    _create("x", ports=[{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]),
    _create("x", ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]),
    _create("x", ports=[{"port": 80, "name": "A_"}]),
    _create("x", ports=[{"port": 80, "protocol": "ICMP"}]),
    _create("x", ports=[{"port": 80, "nodePort": 30123}]),
    _create("x", ports=[{"port": 80, "nodePort": 80}], type="NodePort"),
    _create("x", type="Bad"),
    _create("x", type="LoadBalancer", externalTrafficPolicy="Bad"),
    _create("x", type="LoadBalancer", loadBalancerSourceRanges=["192.0.2.0/33"]),
    _create("x", type="LoadBalancer", healthCheckNodePort=30999),
    _create("x", type="NodePort", clusterIP="None"),
    _create("x", type="ExternalName"),
    _create("x", externalTrafficPolicy="Local"),
    _create("x", loadBalancerClass="origo.dev/aws"),
    _create("x", allocateLoadBalancerNodePorts=False),
    _create("x", clusterIP="10.96.0.1"),
    _create("x", clusterIP="10.97.0.1"),
    _create("x", ipFamilyPolicy="RequireDualStack"),
    _create("x", ipFamilies=["IPv6"]),
    _create("x", sessionAffinity="Bad"),
    _kubectl("get nosuch"),
    _kubectl("get service nosuch"),
    _kubectl("delete service nosuch"),
    _Step(("get", "service", "-n", "absent")),
    _Step(("delete", "namespace", "default")),
]
_KINDS = [
    _create(
        "node-port", type="NodePort", ports=[{"port": 53, "protocol": p, "name": p.lower()} for p in ("UDP", "TCP")]
    ),
    _get("node-port"),
    _create("dual", ipFamilyPolicy="PreferDualStack"),
    _get("dual"),
    _create("headless", clusterIP="None", selector={"app": "web"}),
    _get("headless"),
    _send("create", _service("named", {"type": "ExternalName", "externalName": "example.org"})),
    _get("named"),
    _create("sticky", sessionAffinity="ClientIP"),
    _get("sticky"),
    _create("no-node-port", type="LoadBalancer", allocateLoadBalancerNodePorts=False, externalTrafficPolicy="Local"),
    _get("no-node-port"),
]
_PATCHED = [
    _send("create", _service("p", _BALANCED | {"loadBalancerClass": "origo.dev/aws"})),
    _patch("p", "merge", {"spec": {"loadBalancerClass": "other.example/x"}}),
    _patch("p", "merge", {"spec": {"type": "ClusterIP"}}),
    _get("p"),
    _patch("p", "merge", {"spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}}),
    _patch("p", "merge", {"spec": {"externalTrafficPolicy": "Cluster"}}),
    _get("p"),
    _patch("p", "merge", {"spec": {"clusterIP": "10.96.3.3"}}),
    _patch("p", "strategic", {"spec": {"ports": [{"port": 81, "name": "b"}, {"port": 80, "name": "a"}]}}),
    _get("p"),
    _patch("p", "strategic", {"spec": {"ports": [{"port": 82, "name": "c"}]}}),
    _get("p"),
    _patch("p", "strategic", {"spec": {"ports": [{"port": 81, "$patch": "delete"}]}}),
    _get("p"),
    _patch("p", "strategic", {"spec": {"ports": [{"port": 80, "targetPort": 8080}, {"$patch": "replace"}]}}),
    _get("p"),
    _patch("p", "json", [{"op": "add", "path": "/metadata/labels", "value": {"q": "1"}}]),
    _patch("p", "json", [{"op": "test", "path": "/metadata/labels/q", "value": "2"}]),
    _patch("p", "json", [{"op": "remove", "path": "/metadata/labels/zz"}]),
    _patch(
        "p",
        "json",
        [
            {"op": "add", "path": "/spec/ports/-", "value": {"port": 99, "name": "n"}},
            {"op": "replace", "path": "/spec/ports/0/name", "value": "first"},
            {"op": "move", "from": "/metadata/labels/q", "path": "/metadata/labels/w"},
            {"op": "copy", "from": "/metadata/labels/w", "path": "/metadata/labels/v"},
        ],
    ),
    _get("p"),
    _patch("p", "merge", {"metadata": {"uid": "11111111-1111-4111-8111-111111111111"}}),
    _patch("p", "merge", {"metadata": {"resourceVersion": "1"}}),
    _patch("p", "merge", {"metadata": {"name": "other"}}),
    _patch("nosuch", "merge", {}),
    _patch("p", "merge", {"spec": {"type": "ExternalName", "externalName": "a.example"}}),
    _get("p"),
]
# What core's StatusPatch sends, and what is refused of it.
_STATUSES = [
    _status(
        "web",
        {
            "metadata": {"finalizers": ["example.org/one"]},
            "status": {"conditions": [_condition("X", "True")], "loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
            "spec": {"sessionAffinity": "ClientIP"},
        },
    ),
    _get("web"),
    _status(
        "web",
        {
            "metadata": {"finalizers": ["example.org/two"]},
            "status": {
                "conditions": [_condition("Y", "False"), {"$patch": "delete", "type": "X"}],
                "loadBalancer": {"ingress": [{"ip": "192.0.2.2", "ipMode": "Proxy"}, {"hostname": "a.example"}]},
            },
        },
    ),
    _get("web"),
    _kubectl("get service web -o wide"),
    _patch("web", "merge", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}}),
    _status("web", {"status": {"loadBalancer": {"ingress": [{"ip": "bad"}]}}}),
    _status("web", {"status": {"loadBalancer": {"ingress": [{"hostname": "a.example", "ipMode": "VIP"}]}}}),
    _status("sticky", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}),
    _kubectl("delete service web --wait=false"),
    _status("web", {"metadata": {"finalizers": ["example.org/three"]}}),
    _status("web", {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.org/one"]}}),
    _get("web"),
    _status("web", {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.org/two"]}}),
    _get("web"),
]
_EVENT = {
    "involvedObject": {"kind": "Service", "name": "sticky", "namespace": _NAMESPACE, "apiVersion": "v1"},
    "reason": "R",
    "message": "M",
    "type": "Normal",
    "count": 2,
    "firstTimestamp": _TIME,
    "lastTimestamp": _TIME,
    "source": {"component": "e2e"},
}
_OTHERS = [
    _kubectl("create service loadbalancer made --tcp=80:8080"),
    _get("made"),
    _kubectl("create deployment d --image=i:1 --replicas=0 --port=80"),
    _kubectl("get deployment d -o jsonpath={.spec}"),
    _kubectl("expose deployment d --port=80 --type=NodePort --name=exposed"),
    _get("exposed"),
    _kubectl("scale deployment d --replicas=2 --current-replicas=5"),
    _kubectl("create configmap c --from-literal=a=b"),
    _kubectl("create secret generic s --from-literal=a=b"),
    _kubectl("get configmap/c secret/s -o yaml"),
    _send("create", _object("coordination.k8s.io/v1", "Lease", "l", spec={"holderIdentity": "me"})),
    _send("replace", _object("coordination.k8s.io/v1", "Lease", "l", spec={"holderIdentity": "you"})),
    _kubectl("get lease"),
    _send("create", _object("v1", "Event", "e", **_EVENT)),
    _kubectl("get event e -o yaml"),
    _kubectl("get event e -o wide"),
    _kubectl("get services"),
    _kubectl("get services -o name -l app!=d,!other"),
    _kubectl("get services -o name --field-selector=metadata.name=sticky"),
    _kubectl("label service sticky k=v"),
    _kubectl("annotate service sticky k=v"),
    _kubectl("get service sticky --show-labels"),
    _kubectl("get namespace default"),
]
_STEPS = [*_APPLIED, *_REFUSED, *_KINDS, *_PATCHED, *_STATUSES, *_OTHERS]

# What is random, or the time.
_VARYING = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID"),
    (r"20\d\d-(?!01-02)\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r'resourceVersion("?): "\d+"', r"resourceVersion\1: N"),
    (r"10\.96\.(?!0\.1\b)\d+\.\d+", "ADDRESS"),
    (r"\b3[0-2]\d\d\d\b", "NODEPORT"),
    (r"\b\d+([smhd]|m\d+s)\b", "AGE"),
    (r" +", " "),
]


@scenario("dev: the embedded API answers kubectl as the real API server does", seconds=180, nodes=0)
def alike(world: World) -> str:
    """Each step is sent to both; output, error and exit code are the same but for what is random."""
    with embedded_kubernetes(world.programs, world.directory) as ours:
        world.cluster.kubectl("create", "namespace", _NAMESPACE)
        ours("create", "namespace", _NAMESPACE)
        try:
            differences = [text for step in _STEPS if (text := _difference(world.cluster.kubectl, ours, step))]
        finally:
            world.cluster.kubectl("delete", "namespace", _NAMESPACE, "--wait=false")
        check.equal(differences, [], "steps that are answered differently")
    return f"{len(_STEPS)} steps alike"


def _difference(theirs: Kubectl, ours: Kubectl, step: _Step) -> str:
    real, embedded = _answer(theirs, step), _answer(ours, step)
    if real == embedded:
        return ""
    lines = difflib.unified_diff(real.splitlines(), embedded.splitlines(), "real", "ours", lineterm="", n=0)
    return "\n".join([" ".join(step.arguments), step.stdin or "", *lines])


def _answer(kubectl: Kubectl, step: _Step) -> str:
    command = [kubectl.program, "--kubeconfig", str(kubectl.kubeconfig), *step.arguments]
    done = subprocess.run(command, input=step.stdin, capture_output=True, text=True, timeout=30, check=False)
    text = f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    for pattern, name in _VARYING:
        text = re.sub(pattern, name, text)
    return text


@scenario("dev: kubectl runs pods on the embedded API, edits, watches, waits and describes", nodes=0)
def everyday(world: World) -> None:
    """What a person does, from a Deployment to its end."""
    with embedded_kubernetes(world.programs, world.directory) as kubectl:
        kubectl.apply(ready_node("n1", "127.0.10.1"), ready_node("n2", "127.0.10.2"))
        kubectl("create", "deployment", "web", "--image=echo", "--replicas=3", "--port=8080")
        kubectl("expose", "deployment", "web", "--type=LoadBalancer", "--port=80", "--target-port=8080")
        kubectl("rollout", "status", "deployment/web", "--timeout=20s")
        kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=20s")
        kubectl("wait", "--for=condition=Ready", "pod", "-l", "app=web", "--timeout=20s")
        check.equal(_endpoints(kubectl), {"10.244.1.2", "10.244.1.3", "10.244.2.2"}, "endpoints")
        _edits(kubectl)
        _watches(kubectl)
        _pods(kubectl)
        shown = kubectl("describe", "service", "web")
        for word in ("External Traffic Policy:", "Local", "HealthCheck NodePort:", "10.244."):
            check.true(word in shown, f"'{word}' is not in: {shown}")
        for what in ("deployment/web", "node/n1", "pod"):
            kubectl("describe", *what.split())
        kubectl("explain", "--help")
        kubectl("delete", "deployment", "web", "--timeout=20s")
        check.eventually(lambda: check.equal(kubectl("get", "pods", "-o", "name"), "", "pods"), 20, "pods gone")
        kubectl("delete", "service", "web", "--timeout=20s")
        check.equal(kubectl("get", "endpointslices", "-o", "name"), "", "slices of a Service that is gone")


def _edits(kubectl: Kubectl) -> None:
    editor = "KUBE_EDITOR=sed -i -e s/externalTrafficPolicy:.*/externalTrafficPolicy:\\ Local/"
    command = ["env", editor, kubectl.program, "--kubeconfig", str(kubectl.kubeconfig), "edit", "service", "web"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    port = kubectl("get", "service", "web", "-o", "jsonpath={.spec.healthCheckNodePort}")
    check.true(30000 <= int(port) <= 32767, f"healthCheckNodePort is {port}")


def _watches(kubectl: Kubectl) -> None:
    words = ("get", "service", "web", "-w", "--output-watch-events", "--request-timeout=4s")
    command = [kubectl.program, "--kubeconfig", str(kubectl.kubeconfig), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as watch:
        assert watch.stdout is not None
        check.true("EVENT" in watch.stdout.readline(), "no header")
        check.true(watch.stdout.readline().startswith("ADDED"), "what is there is not told first")
        kubectl("annotate", "service", "web", "a=b")
        check.true(watch.stdout.readline().startswith("MODIFIED"), "a change is not told")
        watch.terminate()


def _pods(kubectl: Kubectl) -> None:
    before = set(kubectl("get", "pods", "-o", "name").split())
    kubectl("delete", sorted(before)[0], "--timeout=20s")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    after = set(kubectl("get", "pods", "-o", "name").split())
    check.equal((len(after), len(after & before)), (3, 2), "pods, and those that stayed")
    kubectl("scale", "deployment", "web", "--replicas=1")
    check.eventually(lambda: check.equal(len(_endpoints(kubectl)), 1, "endpoints"), 20, "scaled down")
    kubectl("set", "image", "deployment/web", "echo=echo:2")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    kubectl("apply", "-f", "-", stdin=json.dumps(ready_node("n1", "127.0.10.1") | {"spec": {"unschedulable": True}}))
    kubectl("scale", "deployment", "web", "--replicas=4")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")


def _endpoints(kubectl: Kubectl) -> set[str]:
    words = ("get", "endpointslices", "-l", "kubernetes.io/service-name=web", "-o", "json")
    slices = json.loads(kubectl(*words))["items"]
    return {address for one in slices for endpoint in one.get("endpoints", []) for address in endpoint["addresses"]}
