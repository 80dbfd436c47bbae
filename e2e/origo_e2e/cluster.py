"""A real control plane on loopback: etcd, kube-apiserver with RBAC, and the controllers that Services need."""

import urllib.request
from pathlib import Path

from origo_e2e import check
from origo_e2e.certificates import Authority
from origo_e2e.kubernetes import Api, Kubectl, write_kubeconfig
from origo_e2e.processes import Process, free_port
from origo_e2e.programs import Programs

# Deployments and ReplicaSets make the pods, the EndpointSlice controller finds them; the rest keeps house.
# There is no scheduler and no kubelet: `pods.py` stands in for both.
_CONTROLLERS = ",".join(
    [
        "deployment-controller",
        "replicaset-controller",
        "endpointslice-controller",
        "serviceaccount-controller",
        "namespace-controller",
        "garbage-collector-controller",
    ]
)


class Cluster:
    """One control plane for all scenarios of a run."""

    def __init__(self, programs: Programs, directory: Path) -> None:
        self._directory = directory
        self.port = free_port()
        self.server = f"https://127.0.0.1:{self.port}"
        authority = Authority(directory)
        self.authority = authority.certificate
        self._etcd_port = free_port()
        self._etcd = Process("etcd", self._etcd_command(programs), directory / "etcd.log")
        self._apiserver = Process(
            "kube-apiserver", self._apiserver_command(programs, authority), directory / "kube-apiserver.log"
        )
        certificate, key = authority.client("e2e-admin", "system:masters")
        self.kubeconfig = write_kubeconfig(
            directory / "admin.kubeconfig",
            self.server,
            self.authority,
            {"client-certificate": str(certificate), "client-key": str(key)},
        )
        self._manager = self._manager_command(programs)
        self._controllers = Process(
            "kube-controller-manager",
            [*self._manager, f"--controllers={_CONTROLLERS}"],
            directory / "kube-controller-manager.log",
        )
        self._administrator = (certificate, key)
        self.api = self.another_api()
        self.kubectl = Kubectl(programs.kubectl, self.kubeconfig)

    def another_api(self) -> Api:
        """API calls for another thread."""
        return Api(self.port, self.authority, *self._administrator)

    def start(self) -> None:
        """Starts all three and returns when the API server is ready to serve."""
        self._etcd.start()
        check.eventually(self._etcd_ready, 30, "etcd ready")
        self._apiserver.start()
        check.eventually(self._api_ready, 60, "kube-apiserver ready")
        self._controllers.start()

    def stop(self) -> None:
        """Ends all three, in the order that loses nothing."""
        for process in (self._controllers, self._apiserver, self._etcd):
            process.stop()

    def stop_api_server(self) -> None:
        """Takes the API server away, as in an outage."""
        self._apiserver.kill()

    def start_api_server(self) -> None:
        """Brings the API server back at the same address."""
        self._apiserver.start()
        check.eventually(self._api_ready, 60, "kube-apiserver ready again")

    def restart_etcd(self) -> None:
        """Kills etcd and starts it again on the same data."""
        self._etcd.kill()
        self._etcd.start()
        check.eventually(self._etcd_ready, 30, "etcd ready again")

    def start_node_controller(self, grace_seconds: int) -> Process:
        """Starts the controller that takes silent nodes for lost. It is the caller's to end."""
        log = self._directory / "node-controller.log"
        process = Process(
            "node-lifecycle-controller",
            [
                *self._manager,
                "--controllers=node-lifecycle-controller",
                f"--node-monitor-grace-period={grace_seconds}s",
                "--node-monitor-period=1s",
            ],
            log,
        )
        process.start()
        return process

    def logs(self, lines: int = 15) -> str:
        """The ends of all three logs."""
        processes = (self._etcd, self._apiserver, self._controllers)
        return "\n".join(f"--- {process.name}\n{process.tail(lines)}" for process in processes)

    def _etcd_ready(self) -> None:
        self._etcd.require_running()
        with urllib.request.urlopen(f"http://127.0.0.1:{self._etcd_port}/health", timeout=2) as answer:
            check.true(b"true" in answer.read(), "etcd says it is not healthy")

    def _api_ready(self) -> None:
        self._apiserver.require_running()
        self.api.get("/api/v1/namespaces/kube-system")
        self.api.get("/api/v1/namespaces/default")

    def _etcd_command(self, programs: Programs) -> list[str]:
        client = f"http://127.0.0.1:{self._etcd_port}"
        peer = f"http://127.0.0.1:{free_port()}"
        return [
            programs.etcd,
            "--name=e2e",
            f"--data-dir={self._directory / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=e2e={peer}",
            "--log-level=warn",
        ]

    def _apiserver_command(self, programs: Programs, authority: Authority) -> list[str]:
        certificate, key = authority.server(
            "kube-apiserver", ["127.0.0.1", "10.96.0.1"], ["localhost", "kubernetes.default.svc"]
        )
        token_public, token_private = authority.signing_key("service-account")
        return [
            programs.kube_apiserver,
            f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self.port}",
            f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}",
            f"--client-ca-file={self.authority}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={token_public}",
            f"--service-account-signing-key-file={token_private}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            # Nodes here are objects only; nobody would ever take the not-ready taint off again.
            "--disable-admission-plugins=TaintNodesByCondition",
        ]

    def _manager_command(self, programs: Programs) -> list[str]:
        return [
            programs.kube_controller_manager,
            f"--kubeconfig={self.kubeconfig}",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            "--secure-port=0",
            f"--cert-dir={self._directory / 'kcm'}",
        ]
