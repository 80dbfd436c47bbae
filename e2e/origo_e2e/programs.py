"""Where the programs lie that `e2e/setup` brought here, and the folder of the source tree."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "origo"


@dataclass(frozen=True)
class Programs:
    """Paths of programs, as `e2e/setup` prints them."""

    etcd: str
    kube_apiserver: str
    kube_controller_manager: str
    kube_proxy: str
    kubectl: str
    helm: str
    moto_server: str
    ministack: str
    chromium: str
    chromedriver: str
    nginx: str
    haproxy: str
    java: str
    class_path: str
    origo: str

    @staticmethod
    def from_environment() -> "Programs":
        """Reads the variables that `e2e/setup` prints; fails with the missing one's name."""
        kubernetes = Path(_required("ORIGO_E2E_KUBERNETES"))
        return Programs(
            etcd=_required("ORIGO_E2E_ETCD"),
            kube_apiserver=str(kubernetes / "kube-apiserver"),
            kube_controller_manager=str(kubernetes / "kube-controller-manager"),
            kube_proxy=str(kubernetes / "kube-proxy"),
            kubectl=_required("ORIGO_E2E_KUBECTL"),
            helm=_required("ORIGO_E2E_HELM"),
            moto_server=str(Path(_required("ORIGO_E2E_PYTHON")).parent / "moto_server"),
            ministack=_required("ORIGO_E2E_MINISTACK"),
            chromium=_required("ORIGO_E2E_CHROMIUM"),
            chromedriver=_required("ORIGO_E2E_CHROMEDRIVER"),
            nginx=_required("ORIGO_E2E_NGINX"),
            haproxy=_required("ORIGO_E2E_HAPROXY"),
            java=str(Path(_required("JAVA_HOME")) / "bin" / "java"),
            # As Maven left them when it built the product.
            class_path=f"{ROOT}/embedded/target/classes:{ROOT}/core/target/classes:{ROOT}/app/target/dependencies/*",
            origo=os.environ.get("ORIGO_E2E_ORIGO", str(ROOT / "bin" / "origo")),
        )


def _required(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise SystemExit(f'{variable} is not set: start this with e2e/run, or eval "$(e2e/setup)" first')
    return value
