"""The scenarios, one module per subject, in the order in which they run."""

import importlib

_MODULES = (
    "main_job",
    "changes",
    "node_changes",
    "crashes",
    "audits",
    "neighbours",
    "identity",
    "bad_input",
    "throttling",
    "faults",
    "emulators",
    "distribution",
    "probe",
    "chart",
    "lab",
    "dataplane",
    "localstack",
    "dev_kubectl",
    "dev",
    "docs",
    "budgets",
)


def load() -> None:
    """Imports every module, which registers its scenarios."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
