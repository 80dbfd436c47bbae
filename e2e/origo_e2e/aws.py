"""Stand-ins for AWS, the network that a cluster finds there, and an independent look at what the product made of it."""

import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from origo_e2e import check
from origo_e2e.processes import Process, free_port
from origo_e2e.programs import Programs

Json = dict[str, Any]

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "e2e", "AWS_SECRET_ACCESS_KEY": "e2e-secret"}
MARK_PREFIX = "origo.dev/"
_ZONES = ("a", "b", "c")


class Emulator:
    """A stand-in for AWS as a process of its own, empty at start; only `embedded`, ours, has networks in it.

    `hasty_port` is where few calls a second pass. Nobody else has that, so there it is the usual port.
    """

    def __init__(self, kind: str, programs: Programs, directory: Path) -> None:
        self.port = free_port()
        self.hasty_port = free_port() if kind == "embedded" else self.port
        ours = [programs.java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp", programs.class_path]
        commands = {
            "embedded": [*ours, "dev.origo.embedded.aws.AwsEndpointMain", str(self.port), str(self.hasty_port)],
            "moto": [programs.moto_server, "-H", "127.0.0.1", "-p", str(self.port)],
            "ministack": [programs.ministack],
        }
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(directory),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        }
        self.process = Process(kind, commands[kind], directory / f"{kind}.log", env)

    def start(self) -> None:
        """Starts it; it answers some seconds later."""
        self.process.start()

    def wait_ready(self) -> None:
        """Returns when it answers."""
        check.eventually(self._answers, 30, f"{self.process.name} answering")

    def stop(self) -> None:
        """Ends it; all state is gone."""
        self.process.kill()

    def _answers(self) -> None:
        self.process.require_running()
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2).close()


@dataclass(frozen=True)
class Instance:
    """A machine that can become a node."""

    id: str
    zone: str
    address: str

    @property
    def provider_id(self) -> str:
        """What a Node names it by."""
        return f"aws:///{self.zone}/{self.id}"


class Account:
    """The AWS account, seen with boto3 and straight at the stand-in: not counted, and not by the product's own eyes."""

    def __init__(self, port: int) -> None:
        common: Json = {
            "endpoint_url": f"http://127.0.0.1:{port}",
            "region_name": REGION,
            "aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            "config": Config(retries={"total_max_attempts": 1}, proxies={}),
        }
        self.elb = boto3.client("elbv2", **common)
        self.ec2 = boto3.client("ec2", **common)

    def load_balancers(self) -> list[Json]:
        """All load balancers, each with its tags under `Tags` as a plain dict."""
        return self._tagged(self._pages(self.elb.describe_load_balancers, "LoadBalancers"), "LoadBalancerArn")

    def target_groups(self) -> list[Json]:
        """All target groups, each with its tags under `Tags` as a plain dict."""
        return self._tagged(self._pages(self.elb.describe_target_groups, "TargetGroups"), "TargetGroupArn")

    def listeners(self, load_balancer_arn: str) -> list[Json]:
        """The listeners of a load balancer, by port."""
        found = self.elb.describe_listeners(LoadBalancerArn=load_balancer_arn)["Listeners"]
        return sorted(found, key=lambda listener: listener["Port"])

    def targets(self, target_group_arn: str) -> dict[str, int]:
        """Registered targets: id to port."""
        health = self.elb.describe_target_health(TargetGroupArn=target_group_arn)["TargetHealthDescriptions"]
        return {entry["Target"]["Id"]: entry["Target"]["Port"] for entry in health}

    def attributes(self, target_group_arn: str) -> dict[str, str]:
        """Attributes of a target group."""
        answer = self.elb.describe_target_group_attributes(TargetGroupArn=target_group_arn)
        return {entry["Key"]: entry["Value"] for entry in answer["Attributes"]}

    def security_groups(self) -> list[Json]:
        """All security groups, each with its tags under `Tags` as a plain dict."""
        groups = self.ec2.describe_security_groups()["SecurityGroups"]
        return [group | {"Tags": _tags(group.get("Tags", []))} for group in groups]

    def security_group(self, group_id: str) -> Json:
        """One security group."""
        return next(group for group in self.security_groups() if group["GroupId"] == group_id)

    def rules(self, group_id: str) -> list[str]:
        """Inbound rules of a group as text, `tcp 80-80 from 0.0.0.0/0`, sorted."""
        return sorted(_rules(self.security_group(group_id)))

    def permissions(self, group_id: str) -> list[Json]:
        """Inbound rules of a group in the form that revoking them takes."""
        return self.security_group(group_id)["IpPermissions"]

    def footprint(self) -> frozenset[str]:
        """All that exists in the account that a load-balancer controller could have made, one text per thing.

        Comparing two of them shows what came or stayed, whatever its marks or names say.
        """
        things = [f"load balancer {lb['LoadBalancerArn']}" for lb in self.load_balancers()]
        things += [
            f"listener {listener['ListenerArn']}"
            for lb in self.load_balancers()
            for listener in self.listeners(lb["LoadBalancerArn"])
        ]
        things += [f"target group {group['TargetGroupArn']}" for group in self.target_groups()]
        for group in self.security_groups():
            things.append(f"security group {group['GroupId']}")
            things += [f"rule of {group['GroupId']}: {rule}" for rule in _rules(group)]
        return frozenset(things)

    def marked(self) -> list[str]:
        """Everything that carries one of the product's tags."""
        found = [(lb["LoadBalancerArn"], lb["Tags"]) for lb in self.load_balancers()]
        found += [(group["TargetGroupArn"], group["Tags"]) for group in self.target_groups()]
        found += [(group["GroupId"], group["Tags"]) for group in self.security_groups()]
        return sorted(name for name, tags in found if any(key.startswith(MARK_PREFIX) for key in tags))

    def _tagged(self, things: Iterator[Json], arn_key: str) -> list[Json]:
        listed = list(things)
        arns = [thing[arn_key] for thing in listed]
        tags: dict[str, dict[str, str]] = {}
        for start in range(0, len(arns), 20):
            answer = self.elb.describe_tags(ResourceArns=arns[start : start + 20])
            tags |= {entry["ResourceArn"]: _tags(entry["Tags"]) for entry in answer["TagDescriptions"]}
        return [thing | {"Tags": tags.get(thing[arn_key], {})} for thing in listed]

    @staticmethod
    def _pages(describe: Callable[..., Json], key: str) -> Iterator[Json]:
        """Every item of every page. moto's marker may repeat when two things share a name: that ends it here."""
        seen: set[str] = set()
        answer = describe()
        while True:
            yield from answer[key]
            marker = answer.get("NextMarker")
            if not marker or marker in seen:
                return
            seen.add(marker)
            answer = describe(Marker=marker)


class Network:
    """What a cluster finds in an account: a VPC with a public and a private subnet per zone, node machines and their
    group.
    """

    def __init__(self, account: Account, cluster_name: str) -> None:
        ec2 = account.ec2
        self._ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.subnets = self._subnets(0, "kubernetes.io/role/elb", cluster_name)
        for subnet in self.subnets.values():
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        # These keep the VPC's main route table, which leads nowhere.
        self.private_subnets = self._subnets(8, "kubernetes.io/role/internal-elb", cluster_name)
        group = ec2.create_security_group(GroupName=f"nodes-{cluster_name}", Description="nodes", VpcId=self.vpc)
        self.node_group = group["GroupId"]
        ec2.create_tags(Resources=[self.node_group], Tags=_tag_list({f"kubernetes.io/cluster/{cluster_name}": "owned"}))

    def _subnets(self, first: int, role: str, cluster_name: str) -> dict[str, str]:
        """Makes a subnet per zone, tagged with its role; zone to id. `first` is its place in the VPC's addresses."""
        made: dict[str, str] = {}
        for place, letter in enumerate(_ZONES, first):
            zone = REGION + letter
            block = f"10.20.{place * 16}.0/20"
            subnet = self._ec2.create_subnet(VpcId=self.vpc, CidrBlock=block, AvailabilityZone=zone)
            made[zone] = subnet["Subnet"]["SubnetId"]
        tags = _tag_list({role: "1", f"kubernetes.io/cluster/{cluster_name}": "shared"})
        self._ec2.create_tags(Resources=list(made.values()), Tags=tags)
        return made

    def launch(self, count: int) -> list[Instance]:
        """Starts machines, spread over the zones in turn."""
        zones = list(self.subnets)
        launched: list[list[Instance]] = []
        for number, zone in enumerate(zones):
            share = len(range(number, count, len(zones)))
            if share == 0:
                continue
            answer = self._ec2.run_instances(
                ImageId="ami-12c6146b",
                MinCount=share,
                MaxCount=share,
                InstanceType="t3.small",
                SubnetId=self.subnets[zone],
                SecurityGroupIds=[self.node_group],
            )
            launched.append(
                [Instance(entry["InstanceId"], zone, entry["PrivateIpAddress"]) for entry in answer["Instances"]]
            )
        return [zone[turn] for turn in range(count) for zone in launched if turn < len(zone)][:count]


def _rules(group: Json) -> Iterator[str]:
    for permission in group["IpPermissions"]:
        protocol = permission["IpProtocol"]
        ports = f"{permission.get('FromPort', 'all')}-{permission.get('ToPort', 'all')}"
        sources = [entry["CidrIp"] for entry in permission.get("IpRanges", [])]
        sources += [entry["CidrIpv6"] for entry in permission.get("Ipv6Ranges", [])]
        sources += [entry["GroupId"] for entry in permission.get("UserIdGroupPairs", [])]
        sources += [entry["PrefixListId"] for entry in permission.get("PrefixListIds", [])]
        for source in sources:
            yield f"{protocol} {ports} from {source}"


def _tags(listed: list[Json]) -> dict[str, str]:
    return {entry["Key"]: entry["Value"] for entry in listed}


def _tag_list(tags: dict[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
