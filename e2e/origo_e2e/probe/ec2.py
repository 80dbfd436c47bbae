"""EC2: security groups, rules, tags, look-ups; and what holds for every call."""

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from origo_e2e.probe.bench import Bench, Json, tag_list, tcp, tcp_from
from origo_e2e.probe.question import refuses, says

_ODD = "InvalidParameterValue"
_NO_GROUP = "sg-0123456789abcdef0"


def _twice(b: Bench, change: str = "") -> None:
    name = b.name()
    b.security_group(GroupName=name)
    b.security_group(GroupName=name.upper() if change else name)


def _newborn(b: Bench) -> str:
    found = b.ec2.describe_security_groups(GroupIds=[b.security_group()])["SecurityGroups"][0]
    out = [(one["IpProtocol"], one["IpRanges"][0]["CidrIp"]) for one in found["IpPermissionsEgress"]]
    return f"{found['IpPermissions']} {out}"


def _used_by_balancer(b: Bench) -> None:
    group = b.security_group()
    b.nlb(SecurityGroups=[group])
    b.ec2.delete_security_group(GroupId=group)


def _referenced(b: Bench) -> None:
    group = b.security_group()
    b.ingress(b.security_group(), tcp_from(80, group))
    b.ec2.delete_security_group(GroupId=group)


def _default_group(b: Bench) -> None:
    wanted = [{"Name": "vpc-id", "Values": [b.here.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = b.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"]
    b.ec2.delete_security_group(GroupId=group)


def _ranges(b: Bench, *permissions: Json) -> list[str]:
    group = b.security_group()
    for permission in permissions:
        b.ingress(group, permission)
    return sorted(entry["CidrIp"] for one in b.permissions(group) for entry in one["IpRanges"])


def _revoked(b: Bench, given: Json, taken: Json) -> list[Json]:
    group = b.security_group()
    b.ingress(group, given)
    b.revoke(group, taken)
    return b.permissions(group)


def _sixty_one(b: Bench) -> None:
    b.ingress(b.security_group(), *(tcp(port) for port in range(1, 62)))


def _portless(b: Bench) -> None:
    b.ingress(b.security_group(), {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "192.0.2.0/24"}]})


def _source_shown(b: Bench) -> bool:
    source, group = b.security_group(), b.security_group()
    b.ingress(group, tcp_from(80, source))
    return [pair["GroupId"] for pair in b.permissions(group)[0]["UserIdGroupPairs"]] == [source]


def _flat(b: Bench) -> str:
    group = b.security_group()
    rule: Json = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "CidrIp": "192.0.2.0/24"}
    b.ec2.authorize_security_group_ingress(**rule)
    made = b.permissions(group)[0]
    b.ec2.revoke_security_group_ingress(**rule)
    return f"{made['FromPort']}-{made['ToPort']} {b.permissions(group)}"


def _by_rule_id(b: Bench) -> str:
    group = b.security_group()
    b.ingress(group, tcp(80), tcp(81))
    here = [{"Name": "group-id", "Values": [group]}]
    found = b.ec2.describe_security_group_rules(Filters=here)["SecurityGroupRules"]
    inbound = {one["FromPort"]: one["SecurityGroupRuleId"] for one in found if not one["IsEgress"]}
    b.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[inbound[80]])
    return f"{sorted(inbound)} {[one['FromPort'] for one in b.permissions(group)]}"


def _dry_run_left(b: Bench) -> int:
    name = b.name()
    try:
        b.ec2.create_security_group(GroupName=name, Description="probe", VpcId=b.here.vpc, DryRun=True)
    except b.ec2.exceptions.ClientError:
        pass
    wanted = [{"Name": "group-name", "Values": [name]}]
    return len(b.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"])


def _by_dns_name(b: Bench) -> bool:
    machine = b.ec2.describe_instances(InstanceIds=[b.here.node])["Reservations"][0]["Instances"][0]
    wanted = [
        {"Name": "private-dns-name", "Values": [machine["PrivateDnsName"]]},
        {"Name": "vpc-id", "Values": [b.here.vpc]},
    ]
    found = b.ec2.describe_instances(Filters=wanted)["Reservations"]
    return [one["InstanceId"] for place in found for one in place["Instances"]] == [b.here.node]


def _by_wildcard(b: Bench) -> bool:
    group = b.security_group()
    b.ec2.create_tags(Resources=[group], Tags=[{"Key": "probe/mark", "Value": "owned-by-me"}])
    wanted = [{"Name": "tag:probe/mark", "Values": ["owned-*"]}]
    found = b.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    return [one["GroupId"] for one in found] == [group]


def _tags(b: Bench, group: str) -> dict[str, str]:
    found = b.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0].get("Tags", [])
    return {tag["Key"]: tag["Value"] for tag in found}


def _overwritten(b: Bench) -> dict[str, str]:
    group = b.security_group()
    b.ec2.create_tags(Resources=[group], Tags=tag_list(a="1", b="1"))
    b.ec2.create_tags(Resources=[group], Tags=tag_list(a="2"))
    return _tags(b, group)


def _untagged(b: Bench) -> dict[str, str]:
    group = b.security_group()
    b.ec2.create_tags(Resources=[group], Tags=tag_list(a="1", b="1", c="1"))
    b.ec2.delete_tags(Resources=[group], Tags=[{"Key": "a"}, {"Key": "b", "Value": "2"}])
    return _tags(b, group)


def _fifty_one(b: Bench) -> None:
    b.ec2.create_tags(Resources=[b.security_group()], Tags=tag_list(**{f"k{n}": "" for n in range(51)}))


def _unsigned(b: Bench, service: str) -> None:
    endpoint = (b.elb if service == "elbv2" else b.ec2).meta.endpoint_url
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, proxies={})
    client = boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", config=config)
    if service == "elbv2":
        client.describe_load_balancers()
        return
    client.describe_vpcs()


def _hurried(b: Bench, service: str) -> None:
    for _ in range(50):
        if service == "elbv2":
            b.hasty.elb.describe_load_balancers()
        else:
            b.hasty.ec2.describe_vpcs()


_CREATE = "CreateSecurityGroup"
_DELETE = "DeleteSecurityGroup"
_AUTHORIZE = "AuthorizeSecurityGroupIngress"
_REVOKE = "RevokeSecurityGroupIngress"
_CODES = "EC2 error codes"

refuses(_CREATE, "no two groups of one name in a VPC", _twice, "InvalidGroup.Duplicate")
refuses(_CREATE, "names are case-insensitive", lambda b: _twice(b, "upper"), "InvalidGroup.Duplicate")
refuses(_CREATE, "GroupName: can't start with sg-", lambda b: b.security_group(GroupName="sg-probe"), _ODD)
refuses(_CREATE, "Description: no such characters", lambda b: b.security_group(Description="<probe>"), _ODD)
refuses(_CREATE, "Description: up to 255", lambda b: b.security_group(Description="a" * 256), _ODD)
refuses(
    _CODES,
    "InvalidGroup.Reserved: the name default",
    lambda b: b.security_group(GroupName="default"),
    "InvalidGroup.Reserved",
    "InvalidGroup.Duplicate",
)
refuses(
    _CODES, "InvalidVpcID.NotFound", lambda b: b.security_group(VpcId="vpc-0123456789abcdef0"), "InvalidVpcID.NotFound"
)
says("VPC guide, security groups", "born with one rule, all traffic out", _newborn, "[] [('-1', '0.0.0.0/0')]")
refuses(_DELETE, "DependencyViolation: a balancer's interface has it", _used_by_balancer, "DependencyViolation")
refuses(
    _DELETE,
    "DependencyViolation: an instance has it",
    lambda b: b.ec2.delete_security_group(GroupId=b.here.node_group),
    "DependencyViolation",
)
refuses(_DELETE, "DependencyViolation: another group names it", _referenced, "DependencyViolation")
refuses(_CODES, "CannotDelete: the default group", _default_group, "CannotDelete")
refuses(
    _CODES,
    "InvalidGroup.NotFound",
    lambda b: b.ec2.delete_security_group(GroupId=_NO_GROUP),
    "InvalidGroup.NotFound",
)
refuses(_CODES, "InvalidPermission.Duplicate", lambda b: _ranges(b, tcp(80), tcp(80)), "InvalidPermission.Duplicate")
says(_AUTHORIZE, "CIDRs are made canonical", lambda b: _ranges(b, tcp(80, "100.68.0.18/18")), ["100.68.0.0/18"])
refuses(
    _AUTHORIZE,
    "and then found duplicate",
    lambda b: _ranges(b, tcp(80, "100.68.0.0/18"), tcp(80, "100.68.0.18/18")),
    "InvalidPermission.Duplicate",
)
refuses(_AUTHORIZE, "TCP: a port must be given", _portless, _ODD, "MissingParameter")
refuses(_AUTHORIZE, "CidrIp: in CIDR format", lambda b: _ranges(b, tcp(80, "192.0.2.0/33")), _ODD)
refuses(
    _CODES,
    "InvalidGroup.NotFound for a source",
    lambda b: b.ingress(b.security_group(), tcp_from(80, _NO_GROUP)),
    "InvalidGroup.NotFound",
)
refuses("VPC quotas", "60 rules a group", _sixty_one, "RulesPerSecurityGroupLimitExceeded")
says(_AUTHORIZE, "a source can be a group", _source_shown, True)
says(_AUTHORIZE, "a rule without IpPermissions", _flat, "80-81 []")
says(_REVOKE, "the description need not be given", lambda b: _revoked(b, tcp(80, Description="why"), tcp(80)), [])
refuses(
    _REVOKE,
    "InvalidPermission.NotFound in a non-default VPC",
    lambda b: _revoked(b, tcp(80), tcp(81)),
    "InvalidPermission.NotFound",
)
says(_REVOKE, "by the ids of rules", _by_rule_id, "[80, 81] [81]")
refuses(
    _CREATE,
    "DryRun: DryRunOperation",
    lambda b: b.security_group(DryRun=True),
    "DryRunOperation",
)
says(_CREATE, "DryRun: nothing is made", _dry_run_left, 0)
refuses(
    _CODES,
    "InvalidInstanceID.NotFound",
    lambda b: b.ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"]),
    "InvalidInstanceID.NotFound",
)
refuses(
    _CODES,
    "InvalidInstanceID.Malformed",
    lambda b: b.ec2.describe_instances(InstanceIds=["node"]),
    "InvalidInstanceID.Malformed",
)
refuses(
    "DescribeInstances",
    "MaxResults not together with ids",
    lambda b: b.ec2.describe_instances(InstanceIds=[b.here.node], MaxResults=10),
    "InvalidParameterCombination",
)
says("DescribeInstances", "filter private-dns-name", _by_dns_name, True)
says("EC2 guide, filters", "* in a value matches anything", _by_wildcard, True)
refuses(
    _CODES,
    "InvalidParameterValue: a filter that isn't",
    lambda b: b.ec2.describe_subnets(Filters=[{"Name": "colour", "Values": ["red"]}]),
    _ODD,
)
refuses(
    _CODES,
    "InvalidSubnetID.NotFound",
    lambda b: b.ec2.describe_subnets(SubnetIds=["subnet-0123456789abcdef0"]),
    "InvalidSubnetID.NotFound",
)
refuses(
    _CODES,
    "InvalidVpcID.NotFound, described",
    lambda b: b.ec2.describe_vpcs(VpcIds=["vpc-0123456789abcdef0"]),
    "InvalidVpcID.NotFound",
)
says("CreateTags", "a key that is there is overwritten", _overwritten, {"a": "2", "b": "1"})
says("DeleteTags", "with a value only if it is that value", _untagged, {"b": "1", "c": "1"})
refuses("CreateTags", "at most 50 tags", _fifty_one, "TagLimitExceeded")
refuses(
    _CODES,
    "InvalidGroup.NotFound when tagging",
    lambda b: b.ec2.create_tags(Resources=[_NO_GROUP], Tags=tag_list(a="1")),
    "InvalidGroup.NotFound",
    "InvalidSecurityGroupID.NotFound",
    "InvalidID",
)
refuses("ELB common errors", "without credentials", lambda b: _unsigned(b, "elbv2"), "MissingAuthenticationToken")
refuses(_CODES, "without credentials", lambda b: _unsigned(b, "ec2"), "MissingAuthenticationToken", "AuthFailure")
refuses(
    "ELB guide, throttling", "40 reads at once", lambda b: _hurried(b, "elbv2"), "Throttling", "ThrottlingException"
)
refuses("EC2 guide, throttling", "RequestLimitExceeded", lambda b: _hurried(b, "ec2"), "RequestLimitExceeded")
