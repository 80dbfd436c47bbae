"""A network load balancer that does what is on record: nothing here knows the product, Kubernetes or a Service."""

import http.client
from dataclasses import dataclass

from origo_e2e.aws import Account
from origo_e2e.lab.namespaces import Namespace


@dataclass(frozen=True)
class Recorded:
    """What a listener and its target group say. `targets` are the machines' ids, with the port of each."""

    port: int
    protocol: str
    path: str
    check: str
    keeps_client: bool
    targets: dict[str, int]


def recorded(account: Account, balancer_arn: str) -> list[Recorded]:
    """Reads the listeners of a balancer with boto3."""
    groups = {group["TargetGroupArn"]: group for group in account.target_groups()}
    found = []
    for listener in account.listeners(balancer_arn):
        arn = listener["DefaultActions"][0]["TargetGroupArn"]
        group = groups[arn]
        # Source: ELB, "Edit target group attributes": on for instances unless it is switched off
        keeps = account.attributes(arn).get("preserve_client_ip.enabled", "true") == "true"
        found.append(
            Recorded(
                listener["Port"],
                group["HealthCheckProtocol"],
                group["HealthCheckPath"],
                group["HealthCheckPort"],
                keeps and group["TargetType"] == "instance",
                account.targets(arn),
            )
        )
    return found


class PacketBalancer:
    """Forwards packets with rules of nftables: a new destination, and the source as it came."""

    def __init__(self, namespace: Namespace, address: str, machines: dict[str, str]) -> None:
        """`machines` says where an id is."""
        self._namespace = namespace
        self._address = address
        self._machines = machines

    def healthy(self, listener: Recorded) -> dict[str, str]:
        """Asks each target as the record says; by machine id, what it answers."""
        return {machine: self._ask(self._machines[machine], listener) for machine in sorted(listener.targets)}

    def _ask(self, address: str, listener: Recorded) -> str:
        def get() -> str:
            connection = http.client.HTTPConnection(address, int(listener.check), timeout=2)
            try:
                connection.request("GET", listener.path)
                return str(connection.getresponse().status)
            except OSError as failure:
                return type(failure).__name__
            finally:
                connection.close()

        return self._namespace.here(get)

    def follow(self, listeners: list[Recorded]) -> dict[int, dict[str, str]]:
        """Looks at every target once, and forwards to those that pass; to all where none does, as a network load
        balancer fails open. Gives the answers, by the listeners' ports.
        """
        answers = {listener.port: self.healthy(listener) for listener in listeners}
        rules = "".join(self._rules(listener, answers[listener.port]) for listener in listeners)
        self._namespace.nft(
            "table ip lab\ndelete table ip lab\ntable ip lab {\n"
            "chain in { type nat hook prerouting priority dstnat;\n" + rules + "}\n"
            "chain out { type nat hook postrouting priority srcnat;\n"
            + "".join(self._masquerade(listener) for listener in listeners)
            + "}\n}\n"
        )
        return answers

    def _rules(self, listener: Recorded, answers: dict[str, str]) -> str:
        passing = [machine for machine, answer in answers.items() if answer == "200"] or list(answers)
        turns = [f"{turn} : {self._machines[m]} . {listener.targets[m]}" for turn, m in enumerate(passing)]
        chosen = f"numgen inc mod {len(turns)} map {{ {', '.join(turns)} }}"
        return f"ip daddr {self._address} tcp dport {listener.port} dnat ip to {chosen}\n"

    def _masquerade(self, listener: Recorded) -> str:
        """Where the client is not kept, the balancer's own address takes its place."""
        if listener.keeps_client:
            return ""
        ports = sorted(set(listener.targets.values()))
        return f"ct status dnat tcp dport {{ {', '.join(map(str, ports))} }} masquerade\n"
