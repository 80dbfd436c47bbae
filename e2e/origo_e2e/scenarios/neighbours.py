"""What is not ours stays as it is."""

from origo_e2e import check
from origo_e2e.cluster import Cluster
from origo_e2e.controller import Installation
from origo_e2e.nodes import Nodes
from origo_e2e.scenario import scenario
from origo_e2e.services import CLIENT_ADDRESS, FINALIZER, Balancer, Service, service_object
from origo_e2e.world import World


@scenario("neighbour: a second cluster of the same name in the same account", seconds=120)
def second_cluster(world: World) -> None:
    """Two control planes, one name, one Service name: each has its own balancer, and one's end is not the other's."""
    directory = world.directory / "second"
    directory.mkdir()
    other = Cluster(world.programs, directory)
    world.processes.callback(other.stop)
    other.start()
    installation = Installation(other, world.programs, directory)
    installation.install()
    other.kubectl("create", "namespace", world.namespace)
    others_nodes = Nodes(other.api)
    others_nodes.add(*world.network.launch(2))

    world.start_origo(audit_interval="2s")
    ours = world.published("web")
    world.start_origo(installation=installation, audit_interval="2s")
    body = service_object("web")
    body["metadata"]["namespace"] = world.namespace
    other.kubectl.apply(body)
    theirs = Service(other.api, other.kubectl, world.namespace, "web")
    theirs.wait_published()
    check.equal(len(world.account.load_balancers()), 2, "load balancers")
    balancer = Balancer(world.account, theirs)
    ids = {instance.id for instance in others_nodes.instances.values()}
    check.eventually(lambda: balancer.expect_targets(ids), 15, "targets of the second cluster")
    world.balancer(ours).expect_targets(world.instance_ids())

    ours.delete()
    balancer.expect_targets(ids)
    balancer.expect_health_check()
    check.throughout(lambda: balancer.expect_ports({80}), 5)
    check.equal(len(world.account.load_balancers()), 1, "load balancers after the first cluster's delete")


@scenario("neighbour: a Service of another class, and one without a class")
def other_class(world: World) -> None:
    """Neither gets a balancer, and the other's finalizer, which has the same name as ours, is not touched."""
    before = world.account.footprint()
    world.start_origo()
    other = world.apply("other", loadBalancerClass="example.org/other")
    none = world.apply("none", loadBalancerClass=None)
    world.cluster.api.patch(other.path, {"metadata": {"finalizers": [FINALIZER]}})
    versions = {service.name: service.get()["metadata"]["resourceVersion"] for service in (other, none)}
    world.published("ours").delete()
    other.delete(seconds=None)

    def untouched() -> None:
        check.true(FINALIZER in other.get()["metadata"]["finalizers"], "the other's finalizer was taken off")
        check.equal(none.get()["metadata"]["resourceVersion"], versions["none"], "version of the unclassed Service")
        check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account")

    check.throughout(untouched, 3)


@scenario("neighbour: a load balancer and groups of others in the account")
def others_things(world: World) -> None:
    """A whole life of a Service beside things that somebody else made, some with a name like ours."""
    elb, ec2 = world.account.elb, world.account.ec2
    subnets = list(world.network.subnets.values())
    elb.create_load_balancer(Name="origo-theirs", Type="network", Subnets=subnets)
    elb.create_target_group(Name="origo-theirs", Protocol="TCP", Port=80, VpcId=world.network.vpc)
    ec2.create_security_group(GroupName="origo-theirs", Description="theirs", VpcId=world.network.vpc)
    ec2.authorize_security_group_ingress(
        GroupId=world.network.node_group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8"
    )
    before = world.account.footprint()
    world.start_origo(audit_interval="2s")
    service = world.published("web")
    service.delete()
    check.throughout(lambda: check.equal(sorted(world.account.footprint() ^ before), [], "difference"), 3)


@scenario("neighbour: what others write on our Service stays")
def others_words(world: World) -> None:
    """Another's finalizer, condition, label and annotation outlast each patch of ours, and our end of it."""
    theirs = "example.org/theirs"
    world.start_origo()
    service = world.published("web", policy="Cluster")
    words = {theirs: "yes"}
    metadata = {"labels": words, "annotations": words, "finalizers": [FINALIZER, theirs]}
    world.cluster.api.patch(service.path, {"metadata": metadata})
    condition = {
        "type": theirs,
        "status": "True",
        "reason": "Theirs",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    strategic = "application/strategic-merge-patch+json"
    world.cluster.api.patch(f"{service.path}/status", {"status": {"conditions": [condition]}}, strategic)

    def stand(ours: bool) -> None:
        found = service.get()
        check.equal(service.condition(theirs), condition, "their condition")
        check.equal(found["metadata"]["labels"].get(theirs), "yes", "their label")
        check.equal(found["metadata"]["annotations"].get(theirs), "yes", "their annotation")
        check.equal(set(found["metadata"]["finalizers"]), {theirs} | ({FINALIZER} if ours else set()), "finalizers")
        types = [one["type"] for one in found["status"]["conditions"]]
        check.equal(sum(one.startswith("origo.dev/") for one in types), 4 if ours else 0, f"conditions {types}")

    stand(ours=True)
    service.patch({"spec": {"externalTrafficPolicy": "Local"}})
    service.wait_condition(CLIENT_ADDRESS, "True")
    stand(ours=True)
    service.delete(seconds=None)
    check.eventually(lambda: stand(ours=False), 20, "our finalizer and conditions gone, theirs there")
    check.equal(service.get()["status"]["loadBalancer"], {}, "status.loadBalancer")
    world.cluster.api.patch(service.path, {"metadata": {"finalizers": None}})
