"""Targets, their health, and tags of ELB things."""

from origo_e2e.probe.bench import Bench, tag_list
from origo_e2e.probe.question import WRONG, refuses, says

_NOBODY = "i-0123456789abcdef0"


def _behind_nothing(b: Bench) -> list[str]:
    group = b.group_arn()
    b.register(group, b.here.node)
    return b.health(group)


def _at_once(b: Bench) -> str:
    group = b.serving()[1]
    b.register(group, b.here.node)
    return b.health(group)[0].split()[0]


def _leaving(b: Bench) -> list[str]:
    group = b.serving()[1]
    b.register(group, b.here.node)
    b.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": b.here.node}])
    return b.health(group)


def _never_there(b: Bench) -> list[str]:
    return b.health(b.serving()[1], Targets=[{"Id": b.here.node}])


def _zone_off(b: Bench) -> list[str]:
    balancer, group = b.nlb_arn(Subnets=[b.here.subnets[1]]), b.group_arn()
    b.listener(balancer, 80, group)
    b.register(group, b.here.node)
    return b.health(group)


def _two_ports(b: Bench) -> list[int]:
    group = b.group_arn()
    b.register(group, b.here.node)
    b.register(group, b.here.node, Port=30081)
    found = b.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return sorted(entry["Target"]["Port"] for entry in found)


def _absent(b: Bench) -> None:
    b.elb.deregister_targets(TargetGroupArn=b.group_arn(), Targets=[{"Id": b.here.node}])


def _group_gone(b: Bench) -> None:
    group = b.group_arn()
    b.elb.delete_target_group(TargetGroupArn=group)
    b.register(group, b.here.node)


def _ip(b: Bench, address: str, **more: object) -> None:
    b.register(b.group_arn(TargetType="ip"), address, **more)


def _tagged(b: Bench, **tags: str) -> dict[str, str]:
    group = b.group_arn(Tags=tag_list(a="1"))
    b.elb.add_tags(ResourceArns=[group], Tags=tag_list(**tags))
    return b.tags(group)


def _tag(b: Bench, key: str, value: str = "") -> None:
    b.elb.add_tags(ResourceArns=[b.group_arn()], Tags=[{"Key": key, "Value": value}])


def _fifty_one(b: Bench) -> None:
    b.elb.add_tags(ResourceArns=[b.group_arn()], Tags=tag_list(**{f"k{n}": "" for n in range(51)}))


def _untagged(b: Bench) -> dict[str, str]:
    group = b.group_arn(Tags=tag_list(a="1", b="2"))
    b.elb.remove_tags(ResourceArns=[group], TagKeys=["a", "never"])
    return b.tags(group)


def _tags_of_nobody(b: Bench) -> None:
    group = b.group_arn()
    b.elb.delete_target_group(TargetGroupArn=group)
    b.elb.describe_tags(ResourceArns=[group])


_REGISTER = "RegisterTargets"
_HEALTH = "TargetHealth"

says(_HEALTH, "unused, Target.NotInUse: no balancer uses the group", _behind_nothing, ["unused Target.NotInUse"])
says(_HEALTH, "unused, Target.NotInUse: the zone is not enabled", _zone_off, ["unused Target.NotInUse"])
says(_HEALTH, "unused, Target.NotRegistered", _never_there, ["unused Target.NotRegistered"])
says(_HEALTH, "initial: being registered", _at_once, "initial")
says(_HEALTH, "draining: being deregistered", _leaving, ["draining Target.DeregistrationInProgress"])
says(_REGISTER, "one target several times with different ports", _two_ports, [30080, 30081])
refuses(_REGISTER, "InvalidTarget: it does not exist", lambda b: b.register(b.group_arn(), _NOBODY), "InvalidTarget")
refuses(_REGISTER, "InvalidTarget: not in the VPC", lambda b: b.register(b.group_arn(), b.other.node), "InvalidTarget")
refuses(
    _REGISTER,
    "an instance must be running",
    lambda b: b.register(b.group_arn(), b.here.stopped),
    "InvalidTarget",
)
refuses("TargetDescription", "Id: an address for type ip", lambda b: _ip(b, b.here.node), "InvalidTarget", *WRONG)
refuses("CreateTargetGroup", "ip: nothing publicly routable", lambda b: _ip(b, "8.8.8.8"), "InvalidTarget", *WRONG)
refuses("TargetDescription", "a zone for ips outside the VPC", lambda b: _ip(b, "10.99.0.1"), "InvalidTarget", *WRONG)
says("TargetDescription", "zone all for ips outside the VPC", lambda b: _ip(b, "10.99.0.1", AvailabilityZone="all"))
refuses(_REGISTER, "TargetGroupNotFound", _group_gone, "TargetGroupNotFound")
says("DeregisterTargets", "succeeds for a target that does not exist", _absent)

says("AddTags", "a key that is there gets the new value", lambda b: _tagged(b, a="2", c="3"), {"a": "2", "c": "3"})
says("CreateTargetGroup", "Tags: assigned at birth", lambda b: b.tags(b.group_arn(Tags=tag_list(a="1"))), {"a": "1"})
says("RemoveTags", "removes those keys", _untagged, {"b": "2"})
refuses("AddTags", "TooManyTags: 50", _fifty_one, "TooManyTags")
refuses(
    "AddTags",
    "DuplicateTagKeys",
    lambda b: b.elb.add_tags(ResourceArns=[b.group_arn()], Tags=tag_list(a="1") + tag_list(a="2")),
    "DuplicateTagKeys",
)
refuses("Tag", "Key: at most 128 characters", lambda b: _tag(b, "k" * 129), *WRONG)
refuses("Tag", "Value: at most 256 characters", lambda b: _tag(b, "k", "v" * 257), *WRONG)
refuses("Tag", "Key: letters, digits, spaces and _.:/=+-@", lambda b: _tag(b, "<k>"), *WRONG)
refuses("ELB guide, tag restrictions", "no key starts with aws:", lambda b: _tag(b, "aws:k"), *WRONG)
refuses(
    "DescribeTags",
    "ResourceArns: up to 20",
    lambda b: b.elb.describe_tags(ResourceArns=[b.group_arn() for _ in range(21)]),
    *WRONG,
)
refuses("DescribeTags", "TargetGroupNotFound", _tags_of_nobody, "TargetGroupNotFound")
