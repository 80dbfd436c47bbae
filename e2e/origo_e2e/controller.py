"""Origo itself: installed with the rights that its chart renders and nothing more, and run as a separate process."""

import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from origo_e2e import check
from origo_e2e.aws import CREDENTIALS, REGION
from origo_e2e.cluster import Cluster
from origo_e2e.kubernetes import Json, write_kubeconfig
from origo_e2e.processes import Process, free_port
from origo_e2e.programs import CHART, Programs
from origo_e2e.tools import run

NAMESPACE = "origo-system"
CLASS = "origo.dev/aws"
_RIGHTS = {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}


def render_chart(helm: str) -> list[Json]:
    """Every object that the chart renders with the least values that it asks for."""
    values = CHART / "ci" / "default-values.yaml"
    text = run([helm, "template", "origo", str(CHART), "-f", str(values), "--namespace", NAMESPACE])
    return [document for document in yaml.safe_load_all(text) if document]


class Installation:
    """The chart's ServiceAccount and its rights in the cluster, and a kubeconfig with that account's token."""

    def __init__(self, cluster: Cluster, programs: Programs, directory: Path) -> None:
        self._cluster = cluster
        self._programs = programs
        self.kubeconfig = directory / "origo.kubeconfig"

    def install(self) -> None:
        """Applies the rights and asks for a token, as a pod of the Deployment would have it."""
        rights = [part for part in render_chart(self._programs.helm) if part["kind"] in _RIGHTS]
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        self._cluster.kubectl.apply(namespace)
        self._cluster.kubectl("apply", "-n", NAMESPACE, "-f", "-", stdin=yaml.safe_dump_all(rights))
        account = next(part["metadata"]["name"] for part in rights if part["kind"] == "ServiceAccount")
        token = self._cluster.kubectl("create", "token", account, "-n", NAMESPACE, "--duration=12h").strip()
        write_kubeconfig(self.kubeconfig, self._cluster.server, self._cluster.authority, {"token": token})


@dataclass(frozen=True)
class Settings:
    """What one process of Origo is told. `more` are further options, word by word."""

    cluster_name: str
    vpc: str
    endpoint: str
    leader_elect: bool = False
    audit_interval: str = "10m"
    provider: str = "aws"
    kubeconfig: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()


class Origo:
    """One process of the product. It can be killed and started again; its log goes on."""

    def __init__(self, installation: Installation, programs: Programs, settings: Settings, log: Path) -> None:
        self._port = free_port()
        self.process = Process(
            "origo", _command(programs, installation, settings, self._port), log, _environment(settings)
        )

    def start(self, wait: bool = True) -> None:
        """Starts the process and, if asked, waits until it is ready."""
        self.process.start()
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds: float = 30) -> None:
        """Waits for /readyz."""
        check.eventually(self._ready, seconds, "origo ready")

    def wait_settled(self, seconds: float = 30) -> None:
        """Waits until the first audit is over and no Service is being looked at, so that calls counted from here on
        belong to what the scenario does next.
        """
        check.eventually(self._settled, seconds, "first audit over and queue empty")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def stop(self) -> int | None:
        """Asks it to end; returns the exit code."""
        return self.process.stop()

    def metrics(self) -> str:
        """What /metrics says."""
        return self.http("/metrics")

    def http(self, path: str) -> str:
        """The body of a successful GET."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def log(self) -> str:
        """All that it has logged."""
        return self.process.log.read_text(errors="replace")

    def metric(self, name: str) -> float:
        """The value of one metric; `name` has the labels as they are printed. Fails if it is not there."""
        found = [line for line in self.metrics().splitlines() if line.startswith(f"{name} ")]
        check.equal(len(found), 1, f"metrics called {name}")
        return float(found[0].split()[-1])

    def _settled(self) -> None:
        check.true(self.metric('origo_audits_total{result="ok"}') > 0, "no audit is over yet")
        # What an audit found is queued just after it is counted: two looks, a poll apart.
        for _ in range(2):
            at_work = self.metric("origo_queue_waiting") + self.metric("origo_queue_in_flight")
            check.equal(at_work, 0.0, "Services at work")
            time.sleep(check.POLL_SECONDS)

    def _ready(self) -> None:
        self.process.require_running()
        try:
            self.http("/readyz")
        except urllib.error.HTTPError as error:
            raise check.Failure(f"/readyz says {error.code}: {error.read().decode()[:300]}") from error


def _command(programs: Programs, installation: Installation, settings: Settings, port: int) -> list[str]:
    options = {
        "--provider": settings.provider,
        "--kubeconfig": str(settings.kubeconfig or installation.kubeconfig),
        "--cluster-name": settings.cluster_name,
        "--load-balancer-class": CLASS,
        "--aws-region": REGION,
        "--aws-vpc-id": settings.vpc,
        "--aws-endpoint-url": settings.endpoint,
        "--listen": f"127.0.0.1:{port}",
        "--leader-elect": str(settings.leader_elect).lower(),
        "--audit-interval": settings.audit_interval,
    }
    given = {option: value for option, value in options.items() if value}
    return [programs.origo, "run", *(word for pair in given.items() for word in pair), *settings.more]


def _environment(settings: Settings) -> dict[str, str]:
    """Only what the product needs: neither a proxy nor a profile of the machine may reach it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME", "LANG") if name in os.environ}
    return kept | CREDENTIALS | {"AWS_EC2_METADATA_DISABLED": "true"} | settings.environment
