"""Target groups and their attributes."""

from origo_e2e.probe.bench import Bench, Json
from origo_e2e.probe.question import WRONG, refuses, says

_HTTP = {"Protocol": "HTTP"}
_UDP = {"Protocol": "UDP"}


def _same_again(b: Bench) -> bool:
    name = b.name()
    return b.group_arn(Name=name) == b.group_arn(Name=name)


def _other_port(b: Bench) -> None:
    name = b.name()
    b.group(Name=name)
    b.group(Name=name, Port=30081)


def _check(group: Json) -> str:
    keys = ("Protocol", "Port", "Path", "IntervalSeconds", "TimeoutSeconds")
    told = [str(group.get(f"HealthCheck{key}", "-")) for key in keys]
    told += [str(group[key]) for key in ("HealthyThresholdCount", "UnhealthyThresholdCount")]
    return " ".join([*told, group.get("Matcher", {}).get("HttpCode", "-")])


def _in_place(b: Bench) -> str:
    arn = b.group_arn()
    b.elb.modify_target_group(
        TargetGroupArn=arn,
        HealthCheckProtocol="HTTP",
        HealthCheckPort="10256",
        HealthCheckPath="/healthz",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )
    return _check(b.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0])


def _gone(b: Bench) -> str:
    arn = b.group_arn()
    b.elb.delete_target_group(TargetGroupArn=arn)
    return arn


def _balancers_told(b: Bench) -> str:
    balancer, group, listener = b.serving()
    behind = b.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
    b.elb.delete_listener(ListenerArn=listener)
    after = b.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
    return f"{behind == [balancer]} {after}"


def _in_use(b: Bench) -> None:
    b.elb.delete_target_group(TargetGroupArn=b.serving()[1])


def _deleted_twice(b: Bench) -> None:
    b.elb.delete_target_group(TargetGroupArn=_gone(b))


def _of_balancer(b: Bench) -> bool:
    balancer, group, _ = b.serving()
    b.group()
    found = b.elb.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]
    return [one["TargetGroupArn"] for one in found] == [group]


def _pages(b: Bench) -> str:
    made = {b.group_arn() for _ in range(3)}
    first = b.elb.describe_target_groups(PageSize=2)
    second = b.elb.describe_target_groups(PageSize=2, Marker=first.get("NextMarker", ""))
    pages = [first["TargetGroups"], second["TargetGroups"]]
    seen = {one["TargetGroupArn"] for page in pages for one in page}
    return f"{[len(page) for page in pages]} {seen == made}"


_CREATE = "CreateTargetGroup"
_MODIFY = "ModifyTargetGroup"
_DESCRIBE = "DescribeTargetGroups"
_ATTRIBUTE = "TargetGroupAttribute"

says(_CREATE, "with the same settings each call succeeds", _same_again, True)
refuses(_CREATE, "DuplicateTargetGroupName: the name exists", _other_port, "DuplicateTargetGroupName")
refuses(_CREATE, "Name: at most 32 characters", lambda b: b.group(Name="a" * 33), *WRONG)
refuses(_CREATE, "Name: only alphanumeric characters or hyphens", lambda b: b.group(Name="probe_1"), *WRONG)
refuses(_CREATE, "Name: must not end with a hyphen", lambda b: b.group(Name="probe-"), *WRONG)
refuses(
    _CREATE,
    "VpcId: required",
    lambda b: b.elb.create_target_group(Name=b.name(), Protocol="TCP", Port=80),
    *WRONG,
)
refuses(_CREATE, "VpcId: identifies a VPC", lambda b: b.group(VpcId="vpc-0123456789abcdef0"), *WRONG)
refuses(_CREATE, "Port: at most 65535", lambda b: b.group(Port=65536), *WRONG)
says(_CREATE, "TargetType: instance is the default", lambda b: b.group()["TargetType"], "instance")
says(_CREATE, "TCP: the defaults of the check", lambda b: _check(b.group()), "TCP traffic-port - 30 10 5 2 -")
says(_CREATE, "HTTP: the defaults of the check", lambda b: _check(b.group(**_HTTP)), "HTTP traffic-port / 30 6 5 2 200")
refuses(_CREATE, "no TCP check of HTTP", lambda b: b.group(**_HTTP, HealthCheckProtocol="TCP"), *WRONG)
refuses(_CREATE, "no UDP check", lambda b: b.group(**_UDP, HealthCheckProtocol="UDP"), *WRONG)
refuses(_CREATE, "interval: at most 300", lambda b: b.group(HealthCheckIntervalSeconds=301), *WRONG)
refuses(
    _CREATE,
    "timeout: at most 120",
    lambda b: b.group(HealthCheckIntervalSeconds=300, HealthCheckTimeoutSeconds=121),
    *WRONG,
)
refuses(_CREATE, "HealthyThresholdCount: at most 10", lambda b: b.group(HealthyThresholdCount=11), *WRONG)
refuses(_CREATE, "UnhealthyThresholdCount: at most 10", lambda b: b.group(UnhealthyThresholdCount=11), *WRONG)
refuses(_CREATE, "checks of instances can't be disabled", lambda b: b.group(HealthCheckEnabled=False), *WRONG)
refuses(_CREATE, "path: at most 1024", lambda b: b.group(**_HTTP, HealthCheckPath="/" + "a" * 1024), *WRONG)
refuses(_CREATE, "Matcher of HTTP: 200-499", lambda b: b.group(**_HTTP, Matcher={"HttpCode": "500"}), *WRONG)
refuses(
    _CREATE,
    "Matcher of TCP: 200-599",
    lambda b: b.group(HealthCheckProtocol="HTTP", Matcher={"HttpCode": "600"}),
    *WRONG,
)
says(
    _CREATE,
    "Matcher of TCP: a range within 200-599",
    lambda b: b.group(HealthCheckProtocol="HTTP", Matcher={"HttpCode": "200-599"})["Matcher"]["HttpCode"],
    "200-599",
)
says(_MODIFY, "modifies the checks in place", _in_place, "HTTP 10256 /healthz 5 2 2 2 200-399")
refuses(
    _MODIFY,
    "TargetGroupNotFound",
    lambda b: b.elb.modify_target_group(TargetGroupArn=_gone(b), HealthyThresholdCount=3),
    "TargetGroupNotFound",
)
refuses(
    _DESCRIBE,
    "TargetGroupNotFound for a name",
    lambda b: b.elb.describe_target_groups(Names=["nobody"]),
    "TargetGroupNotFound",
)
refuses(
    _DESCRIBE,
    "TargetGroupNotFound for an ARN",
    lambda b: b.elb.describe_target_groups(TargetGroupArns=[_gone(b)]),
    "TargetGroupNotFound",
)
refuses(
    _DESCRIBE,
    "names or ARNs: one of them",
    lambda b: b.elb.describe_target_groups(TargetGroupArns=[b.group_arn()], Names=["nobody"]),
    *WRONG,
)
says(_DESCRIBE, "LoadBalancerArn: the groups of that balancer", _of_balancer, True)
says(_DESCRIBE, "PageSize and Marker: page by page", _pages, "[2, 1] True")
says("TargetGroup", "LoadBalancerArns: those that route to it", _balancers_told, "True []")
refuses("DeleteTargetGroup", "only if no action refers to it", _in_use, "ResourceInUse")
says("DeleteTargetGroup", "names no error for one that is gone", _deleted_twice)
for _protocol, _key, _value in (
    ("TCP", "proxy_protocol_v2.enabled", "false"),
    ("TCP", "preserve_client_ip.enabled", "true"),
    ("TCP", "deregistration_delay.timeout_seconds", "300"),
    ("TCP", "deregistration_delay.connection_termination.enabled", "false"),
    ("TCP", "stickiness.enabled", "false"),
    ("TCP", "load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    ("TCP", "slow_start.duration_seconds", "absent"),
    ("HTTP", "slow_start.duration_seconds", "0"),
    ("HTTP", "load_balancing.algorithm.type", "round_robin"),
    ("HTTP", "proxy_protocol_v2.enabled", "absent"),
    ("UDP", "preserve_client_ip.enabled", "true"),
):
    says(
        _ATTRIBUTE,
        f"{_protocol}: {_key} {_value}",
        lambda b, p=_protocol, k=_key: b.group_attributes(b.group_arn(Protocol=p)).get(k, "absent"),
        _value,
    )
says(
    _ATTRIBUTE,
    "ip and TCP: preserve_client_ip.enabled false",
    lambda b: b.group_attributes(b.group_arn(TargetType="ip")).get("preserve_client_ip.enabled"),
    "false",
)
for _more, _key, _value in (
    (_UDP, "preserve_client_ip.enabled", "false"),
    ({}, "no.such.key", "true"),
    ({}, "slow_start.duration_seconds", "30"),
    ({}, "deregistration_delay.timeout_seconds", "3601"),
    ({}, "stickiness.type", "lb_cookie"),
    ({}, "proxy_protocol_v2.enabled", "perhaps"),
    (_HTTP, "load_balancing.algorithm.type", "best"),
    (_HTTP, "slow_start.duration_seconds", "29"),
):
    refuses(
        _ATTRIBUTE,
        f"{_more.get('Protocol', 'TCP')}: no {_key} {_value}",
        lambda b, m=_more, k=_key, v=_value: b.set_group(b.group_arn(**m), k, v),
        *WRONG,
    )
