"""Listeners."""

from origo_e2e.probe.bench import Bench
from origo_e2e.probe.question import WRONG, refuses, says

_CERTIFICATE = {"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"}
_UNSPOKEN = ("UnsupportedProtocol", "IncompatibleProtocols", *WRONG)
_UNFIT = ("IncompatibleProtocols", *WRONG)


def _same_again(b: Bench) -> bool:
    balancer, group, listener = b.serving()
    return b.listener(balancer, 80, group) == listener


def _port_taken(b: Bench) -> None:
    b.listener(b.serving()[0], 80, b.group_arn())


def _udp_beside_tcp(b: Bench) -> None:
    b.listener(b.serving()[0], 80, b.group_arn(Protocol="UDP"), Protocol="UDP")


def _moved_onto_taken(b: Bench) -> None:
    balancer, group, _ = b.serving()
    b.elb.modify_listener(ListenerArn=b.listener(balancer, 81, group), Port=80)


def _tls(b: Bench, **more: object) -> None:
    b.listener(b.nlb_arn(), 443, b.group_arn(), Protocol="TLS", **more)


def _on_nlb(b: Bench, protocol: str, group_protocol: str) -> None:
    b.listener(b.nlb_arn(), 80, b.group_arn(Protocol=group_protocol), Protocol=protocol)


def _on_alb(b: Bench, protocol: str, group_protocol: str) -> None:
    b.listener(b.alb()["LoadBalancerArn"], 80, b.group_arn(Protocol=group_protocol), Protocol=protocol)


def _group_gone(b: Bench) -> None:
    group = b.group_arn()
    b.elb.delete_target_group(TargetGroupArn=group)
    b.listener(b.nlb_arn(), 80, group)


def _balancer_gone(b: Bench) -> None:
    balancer = b.nlb_arn()
    b.elb.delete_load_balancer(LoadBalancerArn=balancer)
    b.listener(balancer, 80, b.group_arn())


def _shared_group(b: Bench) -> None:
    b.listener(b.nlb_arn(), 80, b.serving()[1])


def _deleted_twice(b: Bench) -> None:
    listener = b.serving()[2]
    b.elb.delete_listener(ListenerArn=listener)
    b.elb.delete_listener(ListenerArn=listener)


def _describe_gone(b: Bench) -> None:
    listener = b.serving()[2]
    b.elb.delete_listener(ListenerArn=listener)
    b.elb.describe_listeners(ListenerArns=[listener])


def _too_many(b: Bench) -> None:
    balancer, group, _ = b.serving()
    for port in range(1001, 1051):
        b.listener(balancer, port, group)


def _unspecified_stays(b: Bench) -> str:
    _, group, listener = b.serving()
    b.elb.modify_listener(ListenerArn=listener, Port=8080)
    found = b.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]
    return f"{found['Protocol']} {found['Port']} {found['DefaultActions'][0]['TargetGroupArn'] == group}"


def _forwards_elsewhere(b: Bench) -> None:
    _, group, listener = b.serving()
    action = {"Type": "forward", "TargetGroupArn": b.group_arn()}
    b.elb.modify_listener(ListenerArn=listener, DefaultActions=[action])
    b.elb.delete_target_group(TargetGroupArn=group)


def _idle_timeout(b: Bench) -> str | None:
    found = b.elb.describe_listener_attributes(ListenerArn=b.serving()[2])["Attributes"]
    return {entry["Key"]: entry["Value"] for entry in found}.get("tcp.idle_timeout.seconds")


def _short_timeout(b: Bench) -> None:
    wanted = [{"Key": "tcp.idle_timeout.seconds", "Value": "59"}]
    b.elb.modify_listener_attributes(ListenerArn=b.serving()[2], Attributes=wanted)


_CREATE = "CreateListener"

says(_CREATE, "with the same settings each call succeeds", _same_again, True)
refuses(_CREATE, "DuplicateListener: the port exists", _port_taken, "DuplicateListener")
refuses(_CREATE, "DuplicateListener: also for UDP beside TCP", _udp_beside_tcp, "DuplicateListener")
refuses(_CREATE, "Certificates: exactly one for TLS", _tls, "CertificateNotFound", *WRONG)
refuses(_CREATE, "CertificateNotFound", lambda b: _tls(b, Certificates=[_CERTIFICATE]), "CertificateNotFound")
refuses(_CREATE, "Protocol: no HTTP on an NLB", lambda b: _on_nlb(b, "HTTP", "HTTP"), *_UNSPOKEN)
refuses(_CREATE, "Protocol: no TCP on an ALB", lambda b: _on_alb(b, "TCP", "TCP"), *_UNSPOKEN)
refuses(_CREATE, "IncompatibleProtocols: UDP to TCP", lambda b: _on_nlb(b, "UDP", "TCP"), *_UNFIT)
refuses(_CREATE, "IncompatibleProtocols: TCP to UDP", lambda b: _on_nlb(b, "TCP", "UDP"), *_UNFIT)
refuses(_CREATE, "IncompatibleProtocols: HTTP to TCP", lambda b: _on_alb(b, "HTTP", "TCP"), *_UNFIT)
refuses("CreateTargetGroup", "TCP_UDP listeners need TCP_UDP groups", lambda b: _on_nlb(b, "TCP_UDP", "TCP"), *_UNFIT)
says("NLB guide, routing", "a UDP listener may forward to TCP_UDP", lambda b: _on_nlb(b, "UDP", "TCP_UDP"))
refuses(_CREATE, "Port: at most 65535", lambda b: b.listener(b.nlb_arn(), 65536, b.group_arn()), *WRONG)
refuses(_CREATE, "TargetGroupNotFound", _group_gone, "TargetGroupNotFound")
refuses(_CREATE, "LoadBalancerNotFound", _balancer_gone, "LoadBalancerNotFound")
refuses(_CREATE, "TargetGroupAssociationLimit: one balancer a group", _shared_group, "TargetGroupAssociationLimit")
refuses("NLB guide, quotas", "50 listeners a balancer", _too_many, "TooManyListeners")
refuses("ModifyListener", "DuplicateListener: the port exists", _moved_onto_taken, "DuplicateListener")
says("ModifyListener", "what is not specified stays", _unspecified_stays, "TCP 8080 True")
says("ModifyListener", "DefaultActions: replaced whole", _forwards_elsewhere)
refuses("DescribeListeners", "a balancer or listeners must be given", lambda b: b.elb.describe_listeners(), *WRONG)
refuses("DescribeListeners", "ListenerNotFound", _describe_gone, "ListenerNotFound")
refuses("DeleteListener", "ListenerNotFound", _deleted_twice, "ListenerNotFound")
says("ListenerAttribute", "tcp.idle_timeout.seconds 350", _idle_timeout, "350")
refuses("ListenerAttribute", "tcp.idle_timeout.seconds: 60-6000", _short_timeout, *WRONG)
