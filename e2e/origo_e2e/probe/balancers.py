"""Load balancers and their attributes."""

from origo_e2e.probe.bench import Bench
from origo_e2e.probe.question import WRONG, refuses, says


def _arn_of_kind(b: Bench) -> str:
    return b.nlb_arn().split(":loadbalancer/")[1].split("/")[0]


def _same_again(b: Bench) -> bool:
    wanted = {"Name": b.name(), "Tags": [{"Key": "a", "Value": "1"}]}
    return b.nlb_arn(**wanted) == b.nlb_arn(**wanted)


def _other_scheme(b: Bench) -> None:
    name = b.name()
    b.nlb(Name=name)
    b.nlb(Name=name, Scheme="internal")


def _pages(b: Bench) -> str:
    made = [b.nlb_arn() for _ in range(3)]
    seen, sizes, marker = [], [], {}
    for _ in range(4):
        page = b.elb.describe_load_balancers(PageSize=1, **marker)
        seen += [one["LoadBalancerArn"] for one in page["LoadBalancers"]]
        sizes.append(len(page["LoadBalancers"]))
        if not page.get("NextMarker"):
            break
        marker = {"Marker": page["NextMarker"]}
    return f"{sizes} {sorted(seen) == sorted(made)}"


def _listeners_go_along(b: Bench) -> None:
    balancer, _, listener = b.serving()
    b.elb.delete_load_balancer(LoadBalancerArn=balancer)
    b.elb.describe_listeners(ListenerArns=[listener])


def _protected(b: Bench) -> None:
    balancer = b.nlb_arn()
    b.set_balancer(balancer, deletion_protection__enabled="true")
    b.elb.delete_load_balancer(LoadBalancerArn=balancer)


def _groups_on_bare_nlb(b: Bench) -> None:
    b.elb.set_security_groups(LoadBalancerArn=b.nlb_arn(), SecurityGroups=[b.security_group()])


def _groups_replaced(b: Bench) -> bool:
    balancer, other = b.nlb_arn(SecurityGroups=[b.security_group()]), b.security_group()
    b.elb.set_security_groups(LoadBalancerArn=balancer, SecurityGroups=[other])
    found = b.elb.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]
    return found["SecurityGroups"] == [other]


def _subnet_added(b: Bench) -> int:
    balancer = b.nlb_arn()
    b.elb.set_subnets(LoadBalancerArn=balancer, Subnets=list(b.here.subnets[:2]))
    found = b.elb.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]
    return len({zone["ZoneName"] for zone in found["AvailabilityZones"]})


def _dualstack(b: Bench) -> None:
    b.elb.set_ip_address_type(LoadBalancerArn=b.nlb_arn(), IpAddressType="dualstack")


def _arn_unknown(b: Bench) -> str:
    arn = b.nlb_arn()
    b.elb.delete_load_balancer(LoadBalancerArn=arn)
    return arn


def _deleted_twice(b: Bench) -> None:
    b.elb.delete_load_balancer(LoadBalancerArn=_arn_unknown(b))


def _none_or_all(b: Bench) -> str:
    balancer = b.nlb_arn()
    wanted = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}, {"Key": "no.such", "Value": "true"}]
    try:
        b.elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=wanted)
    except b.elb.exceptions.ClientError:
        return "refused " + b.balancer_attributes(balancer).get("load_balancing.cross_zone.enabled", "absent")
    return "accepted"


_CREATE = "CreateLoadBalancer"
_SUBNET_GONE = "subnet-0123456789abcdef0"
_ATTRIBUTE = "LoadBalancerAttribute"

says("NLB guide, ARNs", "a network load balancer's is loadbalancer/net/NAME/ID", _arn_of_kind, "net")
says("LoadBalancerState", "the initial state is provisioning", lambda b: b.nlb()["State"]["Code"], "provisioning")
says(_CREATE, "with the same settings each call succeeds", _same_again, True)
refuses(_CREATE, "DuplicateLoadBalancerName: the name exists", _other_scheme, "DuplicateLoadBalancerName")
refuses(_CREATE, "Name: at most 32 characters", lambda b: b.nlb(Name="a" * 33), *WRONG)
refuses(_CREATE, "Name: only alphanumeric characters or hyphens", lambda b: b.nlb(Name="probe_1"), *WRONG)
refuses(_CREATE, "Name: must not begin with a hyphen", lambda b: b.nlb(Name="-probe"), *WRONG)
refuses(_CREATE, "Name: must not end with a hyphen", lambda b: b.nlb(Name="probe-"), *WRONG)
refuses(_CREATE, "Name: must not begin with internal-", lambda b: b.nlb(Name="internal-probe"), *WRONG)
says(
    _CREATE,
    "Type: the default is application",
    lambda b: b.elb.create_load_balancer(Name=b.name(), Subnets=list(b.here.subnets[:2]))["LoadBalancers"][0]["Type"],
    "application",
)
says(_CREATE, "Scheme: the default is internet-facing", lambda b: b.nlb()["Scheme"], "internet-facing")
refuses(_CREATE, "Scheme: internet-facing or internal", lambda b: b.nlb(Scheme="sideways"), "InvalidScheme", *WRONG)
refuses(_CREATE, "ALB: subnets from two zones", lambda b: b.alb(Subnets=[b.here.subnets[0]]), "InvalidSubnet", *WRONG)
refuses(_CREATE, "Subnets: one per zone", lambda b: b.nlb(Subnets=[b.here.subnets[0]] * 2), "InvalidSubnet", *WRONG)
refuses(
    _CREATE,
    "Subnets: or subnet mappings, not both",
    lambda b: b.nlb(SubnetMappings=[{"SubnetId": b.here.subnets[1]}]),
    *WRONG,
)
refuses(_CREATE, "Subnets: one of the two is needed", lambda b: b.nlb(Subnets=[]), *WRONG)
refuses(_CREATE, "SubnetNotFound", lambda b: b.nlb(Subnets=[_SUBNET_GONE]), "SubnetNotFound")
refuses(
    _CREATE, "InvalidSecurityGroup", lambda b: b.nlb(SecurityGroups=["sg-0123456789abcdef0"]), "InvalidSecurityGroup"
)
refuses(
    "DescribeLoadBalancers",
    "LoadBalancerNotFound for a name",
    lambda b: b.elb.describe_load_balancers(Names=["nobody"]),
    "LoadBalancerNotFound",
)
refuses(
    "DescribeLoadBalancers",
    "LoadBalancerNotFound for an ARN",
    lambda b: b.elb.describe_load_balancers(LoadBalancerArns=[_arn_unknown(b)]),
    "LoadBalancerNotFound",
)
refuses(
    "DescribeLoadBalancers",
    "LoadBalancerArns: up to 20",
    lambda b: b.elb.describe_load_balancers(LoadBalancerArns=[f"{b.nlb_arn()[:-2]}{n:02}" for n in range(21)]),
    *WRONG,
)
refuses("DescribeLoadBalancers", "PageSize: at most 400", lambda b: b.elb.describe_load_balancers(PageSize=401), *WRONG)
says("DescribeLoadBalancers", "PageSize and Marker: page by page", _pages, "[1, 1, 1] True")
says("DeleteLoadBalancer", "succeeds when it was deleted already", _deleted_twice)
refuses("DeleteLoadBalancer", "also deletes its listeners", _listeners_go_along, "ListenerNotFound")
refuses("DeleteLoadBalancer", "not with deletion protection", _protected, "OperationNotPermitted")
refuses("SetSecurityGroups", "not on an NLB created without any", _groups_on_bare_nlb, "InvalidConfigurationRequest")
says("SetSecurityGroups", "they override the previous ones", _groups_replaced, True)
says("SetSubnets", "they replace the previous ones", _subnet_added, 2)
refuses("NLB guide, IP address type", "dualstack needs IPv6 subnets", _dualstack, "InvalidSubnet", *WRONG)
for _key in ("deletion_protection.enabled", "load_balancing.cross_zone.enabled"):
    says(_ATTRIBUTE, f"NLB: {_key} false", lambda b, k=_key: b.balancer_attributes(b.nlb_arn()).get(k), "false")
for _key, _value in {
    "load_balancing.cross_zone.enabled": "true",
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "routing.http.xff_header_processing.mode": "append",
    "connection_logs.s3.enabled": "false",
}.items():
    says(
        _ATTRIBUTE,
        f"ALB: {_key} {_value}",
        lambda b, k=_key: b.balancer_attributes(b.alb()["LoadBalancerArn"]).get(k),
        _value,
    )
refuses(
    _ATTRIBUTE,
    "ALB: cross-zone can't be changed",
    lambda b: b.set_balancer(b.alb()["LoadBalancerArn"], load_balancing__cross_zone__enabled="false"),
    *WRONG,
)
refuses(
    _ATTRIBUTE,
    "ALB: idle timeout 1-4000",
    lambda b: b.set_balancer(b.alb()["LoadBalancerArn"], idle_timeout__timeout_seconds="4001"),
    *WRONG,
)
refuses(
    _ATTRIBUTE,
    "idle timeout is an ALB's",
    lambda b: b.set_balancer(b.nlb_arn(), idle_timeout__timeout_seconds="60"),
    *WRONG,
)
refuses(
    _ATTRIBUTE,
    "deletion protection: true or false",
    lambda b: b.set_balancer(b.nlb_arn(), deletion_protection__enabled="maybe"),
    *WRONG,
)
says("ModifyLoadBalancerAttributes", "if one can't be modified the call fails", _none_or_all, "refused false")
