"""A stand-in with two networks in it, and the usual things made there in one word each."""

import contextlib
import itertools
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from origo_e2e.aws import Account, Network

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A VPC with open subnets in three zones, a running machine and a stopped one in the first of them, their group."""

    vpc: str
    subnets: tuple[str, ...]
    node: str
    stopped: str
    node_group: str

    @staticmethod
    def made(account: Account, name: str) -> "Place":
        """A new one, for stand-ins that start empty."""
        network = Network(account, name)
        node, stopped = (network.launch(1)[0].id for _ in range(2))
        account.ec2.stop_instances(InstanceIds=[stopped])
        return Place(network.vpc, tuple(network.subnets.values()), node, stopped, network.node_group)

    @staticmethod
    def found(account: Account, name: str) -> "Place":
        """The one that is there, tagged with its name."""
        vpc = account.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"][0]["VpcId"]
        here = [{"Name": "vpc-id", "Values": [vpc]}]
        subnets = account.ec2.describe_subnets(Filters=here)["Subnets"]
        places = account.ec2.describe_instances(Filters=here)["Reservations"]
        machines = [machine for place in places for machine in place["Instances"]]
        by_state = {machine["State"]["Name"]: machine["InstanceId"] for machine in machines}
        group = machines[0]["SecurityGroups"][0]["GroupId"]
        ordered = sorted(subnets, key=lambda subnet: subnet["AvailabilityZone"])
        ids = tuple(subnet["SubnetId"] for subnet in ordered)
        return Place(vpc, ids, by_state["running"], by_state["stopped"], group)


class Bench:
    """Makes things under names of their own, and takes away what a question left."""

    def __init__(self, account: Account, here: Place, other: Place, hasty: Account) -> None:
        self.elb = account.elb
        self.ec2 = account.ec2
        self.here = here
        self.other = other
        self.hasty = hasty
        self._numbers = itertools.count(1)
        self._groups: list[str] = []

    def name(self) -> str:
        """A name that nothing has yet."""
        return f"probe-{next(self._numbers)}"

    def nlb(self, **more: object) -> Json:
        """A network load balancer in the first zone."""
        wanted: Json = {"Name": self.name(), "Type": "network", "Subnets": [self.here.subnets[0]]} | more
        return self.elb.create_load_balancer(**wanted)["LoadBalancers"][0]

    def nlb_arn(self, **more: object) -> str:
        """The same, its ARN."""
        return self.nlb(**more)["LoadBalancerArn"]

    def alb(self, **more: object) -> Json:
        """An application load balancer in two zones."""
        wanted: Json = {"Name": self.name(), "Type": "application", "Subnets": list(self.here.subnets[:2])} | more
        return self.elb.create_load_balancer(**wanted)["LoadBalancers"][0]

    def group(self, **more: object) -> Json:
        """A TCP target group of instances."""
        wanted: Json = {"Name": self.name(), "Protocol": "TCP", "Port": 30080, "VpcId": self.here.vpc} | more
        return self.elb.create_target_group(**wanted)["TargetGroups"][0]

    def group_arn(self, **more: object) -> str:
        """The same, its ARN."""
        return self.group(**more)["TargetGroupArn"]

    def listener(self, balancer: str, port: int, group: str, **more: object) -> str:
        """A TCP listener that forwards to the group; its ARN."""
        action = {"Type": "forward", "TargetGroupArn": group}
        wanted: Json = {"LoadBalancerArn": balancer, "Port": port, "Protocol": "TCP", "DefaultActions": [action]}
        return self.elb.create_listener(**(wanted | more))["Listeners"][0]["ListenerArn"]

    def serving(self, **more: object) -> tuple[str, str, str]:
        """A balancer, a group and the listener on port 80 between them: their ARNs."""
        balancer, group = self.nlb_arn(), self.group_arn(**more)
        return balancer, group, self.listener(balancer, 80, group)

    def register(self, group: str, *ids: str, **more: object) -> None:
        """Registers targets."""
        self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": one} | more for one in ids])

    def health(self, group: str, **more: object) -> list[str]:
        """State and reason of the group's targets."""
        found = self.elb.describe_target_health(TargetGroupArn=group, **more)["TargetHealthDescriptions"]
        told = [entry["TargetHealth"] for entry in found]
        return [f"{one['State']} {one.get('Reason', '')}".strip() for one in told]

    def group_attributes(self, group: str) -> dict[str, str]:
        """Attributes of a target group."""
        answer = self.elb.describe_target_group_attributes(TargetGroupArn=group)
        return {entry["Key"]: entry["Value"] for entry in answer["Attributes"]}

    def set_group(self, group: str, key: str, value: str) -> None:
        """Sets an attribute of a target group."""
        self.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{"Key": key, "Value": value}])

    def balancer_attributes(self, balancer: str) -> dict[str, str]:
        """Attributes of a load balancer."""
        answer = self.elb.describe_load_balancer_attributes(LoadBalancerArn=balancer)
        return {entry["Key"]: entry["Value"] for entry in answer["Attributes"]}

    def set_balancer(self, balancer: str, **values: str) -> None:
        """Sets attributes of a load balancer; `__` stands for a dot."""
        wanted = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
        self.elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=wanted)

    def tags(self, arn: str) -> dict[str, str]:
        """Tags of an ELB thing."""
        found = self.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def security_group(self, **more: object) -> str:
        """A security group; its id."""
        wanted: Json = {"GroupName": self.name(), "Description": "probe", "VpcId": self.here.vpc} | more
        self._groups.append(self.ec2.create_security_group(**wanted)["GroupId"])
        return self._groups[-1]

    def ingress(self, group: str, *permissions: Json) -> None:
        """Adds inbound rules."""
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(permissions))

    def revoke(self, group: str, *permissions: Json) -> None:
        """Removes inbound rules."""
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=list(permissions))

    def permissions(self, group: str) -> list[Json]:
        """Inbound rules."""
        return self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]

    def clear(self) -> None:
        """Takes away all balancers, target groups and the security groups that were made here."""
        with contextlib.suppress(ClientError):
            for balancer in self.elb.describe_load_balancers()["LoadBalancers"]:
                self._clear_balancer(balancer["LoadBalancerArn"])
        with contextlib.suppress(ClientError):
            for group in self.elb.describe_target_groups()["TargetGroups"]:
                with contextlib.suppress(ClientError):
                    self.elb.delete_target_group(TargetGroupArn=group["TargetGroupArn"])
        for _ in range(2):  # Groups that name each other go in two turns.
            for group in self._groups:
                with contextlib.suppress(ClientError):
                    self.ec2.delete_security_group(GroupId=group)
        self._groups.clear()

    def _clear_balancer(self, arn: str) -> None:
        with contextlib.suppress(ClientError):
            self.elb.delete_load_balancer(LoadBalancerArn=arn)
            return
        self.set_balancer(arn, deletion_protection__enabled="false")
        self.elb.delete_load_balancer(LoadBalancerArn=arn)


def tcp(port: int, source: str = "192.0.2.0/24", **more: str) -> Json:
    """A permission for one TCP port from one range."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source} | more]}


def tcp_from(port: int, group: str) -> Json:
    """A permission for one TCP port from another group."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}


def tag_list(**tags: str) -> list[Json]:
    """Tags as AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
