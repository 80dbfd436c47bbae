"""What people unpack."""

import json

from origo_e2e import check
from origo_e2e.desk import Desk
from origo_e2e.programs import ROOT
from origo_e2e.scenario import standalone
from origo_e2e.tools import run

BUILD = ["-pl", "dist", "-am", "package", "-Dmaven.test.skip=true", "-Djacoco.skip=true"]


@standalone("distribution: unpacked, it tells its version and holds a provider against the contract", seconds=600)
def unpacked(desk: Desk) -> str:
    """Nothing of the checkout is needed, and the kit's jars lie apart from the product's."""
    run(["mvn", "-q", "-B", "-ntp", "-f", str(ROOT / "pom.xml"), *BUILD], seconds=500)
    (archive,) = (ROOT / "dist" / "target").glob("origo-*.tar.gz")
    run(["tar", "xzf", str(archive), "-C", str(desk.directory)])
    (home,) = desk.directory.glob("origo-*")
    origo = str(home / "bin" / "origo")
    version = run([origo, "version"]).strip()
    check.true(archive.name.startswith(f"origo-{version}."), f"{archive.name} has the version {version}")
    check.equal([jar.name for jar in (home / "lib").glob("junit*")], [], "JUnit among the product's jars")
    report = desk.directory / "report"
    run([origo, "conformance", "--provider", "localstack", "--report", str(report)], seconds=300)
    (item,) = json.loads((report / "conformance.json").read_text())["items"]
    check.equal(item["failed"], 0, "scenarios that failed")
    return f"{archive.stat().st_size // 2**20} MiB, {item['passed']} of the contract passed"
