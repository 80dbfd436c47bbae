"""The Kubernetes API that Origo brings along, as a process of its own."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from origo_e2e import check
from origo_e2e.kubernetes import Json, Kubectl
from origo_e2e.processes import Process
from origo_e2e.programs import ROOT, Programs
from origo_e2e.tools import run

_SOURCE = ROOT / "e2e" / "embedded" / "ServeKubernetes.java"


@contextlib.contextmanager
def embedded_kubernetes(programs: Programs, directory: Path) -> Iterator[Kubectl]:
    """Starts it and gives the kubectl that talks to it."""
    run([programs.origo, "version"], seconds=600)  # builds what is missing
    parts = [ROOT / "embedded/target/classes", ROOT / "core/target/classes"]
    parts += [jar for jar in (ROOT / "app/target/lib").glob("*.jar") if not jar.name.startswith("origo-")]
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    kubeconfig = directory / "embedded.kubeconfig"
    command = [str(java), "-cp", ":".join(map(str, parts)), str(_SOURCE), str(kubeconfig)]
    server = Process("embedded Kubernetes", command, directory / "embedded.log")
    kubectl = Kubectl(programs.kubectl, kubeconfig)
    try:
        server.start()
        check.eventually(lambda: _serves(server, kubectl), 30, "embedded Kubernetes ready")
        yield kubectl
    finally:
        server.stop()


def ready_node(name: str, address: str) -> Json:
    """A node that takes pods."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": address}],
        },
    }


def _serves(server: Process, kubectl: Kubectl) -> None:
    server.require_running()
    kubectl("get", "namespace", "default")
