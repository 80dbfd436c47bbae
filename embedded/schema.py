#!/usr/bin/env python3
"""Makes src/main/resources/dev/origo/embedded/kubeapi/schema.txt from Kubernetes' own description of its API.

    cd e2e/kubernetes && go mod download && ../../embedded/schema.py $(go list -m -f '{{.Dir}}' \
        k8s.io/kubernetes k8s.io/api k8s.io/apimachinery) > ../../embedded/src/main/resources/.../schema.txt

One type a line: its name, then `field=number:type`. `[]@key` is a list that a strategic-merge patch merges by key. The
number is the field's in protobuf, a path where the message has one more level than the JSON. Where Go has no pointer, and
so zero, false and empty are the same as absent, the type ends with `?`.
"""

import json
import re
import sys
from pathlib import Path

ROOTS = [
    "core.v1.Service", "core.v1.Node", "core.v1.Pod", "core.v1.Namespace", "core.v1.Event", "core.v1.ConfigMap",
    "core.v1.Secret", "apps.v1.Deployment", "discovery.v1.EndpointSlice", "coordination.v1.Lease", "events.v1.Event",
]  # fmt: skip
GROUPS = ["core", "apps", "discovery", "coordination", "events"]
GO_FIELD = re.compile(r'^\t\w+\s+(?:string|bool|int32|int64|(?:\w+\.)?[A-Z]\w*)\s+`json:"(\w+),omitempty')
SCALARS = {"string", "integer", "boolean"}
FIELD = re.compile(r"^  (?:optional |repeated )?(map<.*>|[.\w]+) (\w+) = (\d+);")


def short(name: str) -> str:
    for prefix in ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg."):
        name = name.removeprefix(prefix)
    return name


def messages(path: Path, package: str) -> dict[str, dict[str, tuple[str, str]]]:
    """By message: field name to type and number."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    fields: dict[str, tuple[str, str]] = {}
    for line in path.read_text().splitlines():
        if line.startswith("message "):
            fields = found[f"{package}.{line.split()[1]}"] = {}
        elif match := FIELD.match(line):
            fields[match[2]] = (match[1], match[3])
    return found


def plain_fields(path: Path, package: str) -> set[tuple[str, str]]:
    """Pairs of type and field that are no pointers and left out when they are zero."""
    found = set()
    name = ""
    for line in path.read_text().splitlines():
        if line.startswith("type ") and line.endswith(" struct {"):
            name = f"{package}.{line.split()[1]}"
        elif match := GO_FIELD.match(line):
            found.add((name, match[1]))
    return found


def main() -> None:
    kubernetes, api, machinery = map(Path, sys.argv[1:])
    text = (kubernetes / "api" / "openapi-spec" / "swagger.json").read_text()
    definitions = {short(name): body for name, body in json.loads(text)["definitions"].items()}
    protos = messages(machinery / "pkg" / "apis" / "meta" / "v1" / "generated.proto", "meta.v1")
    plain = plain_fields(machinery / "pkg" / "apis" / "meta" / "v1" / "types.go", "meta.v1")
    for group in GROUPS:
        plain |= plain_fields(api / group / "v1" / "types.go", f"{group}.v1")
        protos |= messages(api / group / "v1" / "generated.proto", f"{group}.v1")
    lines: dict[str, str] = {}
    todo = list(ROOTS)

    def shape(field: dict) -> str:
        if "$ref" in field:
            name = short(field["$ref"].rpartition("/")[2])
            target = definitions[name]
            if "properties" in target:
                todo.append(name)
                return name
            if name.endswith(".Quantity"):
                return "quantity"
            named = {"date-time": "time", "int-or-string": "int-or-string"}
            return named.get(target.get("format"), target.get("type", "any"))
        if field.get("type") == "array":
            merged = "merge" in field.get("x-kubernetes-patch-strategy", "")
            return shape(field["items"]) + "[]" + ("@" + field.get("x-kubernetes-patch-merge-key", "") if merged else "")
        if field.get("type") == "object":
            return (shape(field["additionalProperties"]) if "additionalProperties" in field else "any") + "{}"
        return "bytes" if field.get("format") == "byte" else field.get("type", "any")

    def numbers(message: str, known: set[str]) -> dict[str, str]:
        result: dict[str, str] = {}
        for name, (kind, number) in protos.get(message, {}).items():
            if name in known:
                result[name] = number
                continue
            inner = numbers(f"{message.rpartition('.')[0]}.{kind}", known)
            result |= {field: f"{number}.{path}" for field, path in inner.items() if field not in result}
        return result

    while todo:
        name = todo.pop(0)
        if name not in lines:
            lines[name] = ""
            fields = sorted(definitions[name]["properties"].items())
            places = numbers(name, set(definitions[name]["properties"]))
            words = [name]
            for field, body in fields:
                kind = shape(body)
                mark = "?" if kind in SCALARS and (name, field) in plain else ""
                words.append(f"{field}={places.get(field, '')}:{kind}{mark}")
            lines[name] = " ".join(words)
    print("\n".join(lines[name] for name in sorted(lines)))


main()
