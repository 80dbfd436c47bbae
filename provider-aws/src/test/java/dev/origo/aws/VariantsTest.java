package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.ClusterId;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;

/// Kinds of Services, and what others do to the same account.
final class VariantsTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    private String dump() {
        return account.dump();
    }

    /// The variant stands as asked for, is settled when observed anew, and goes without a trace.
    private String whole(Specs specs) {
        String before = dump();
        AwsObserved made = account.settle(specs.spec());
        assertThat(account.problems).noneMatch(p -> p.blocks());
        String text = dump();
        account.restart();
        account.calls.clear();
        AwsObserved again = account.bring(specs.spec());
        assertThat(account.writes()).as("%s", account.waves).isZero();
        account.remove(again.withFacts(made.facts()));
        assertThat(dump()).isEqualTo(before);
        return text;
    }

    @Test
    void servesUdp() {
        assertThat(whole(account.spec("dns").ports(Specs.udp(53, 30_053)).cluster()))
                .containsPattern(
                        "Protocol=UDP Port=30053 .*HealthCheckProtocol=HTTP HealthCheckPort=10256 HealthCheckPath=/healthz")
                .contains("ingress IpProtocol=udp FromPort=53 ToPort=53 CidrIpv4=0.0.0.0/0")
                .containsPattern("rule nodes ingress IpProtocol=udp FromPort=30053 ToPort=30053");
    }

    @Test
    void servesTcpAndUdpOnOneListener() {
        assertThat(whole(account.spec("dns").ports(Specs.tcp(53), Specs.udp(53, 30_053))))
                .containsPattern("listener \\S+ TCP_UDP:53")
                .contains(
                        "ingress IpProtocol=udp FromPort=53 ",
                        "ingress IpProtocol=tcp FromPort=53 ",
                        "ingress IpProtocol=udp FromPort=30053",
                        "ingress IpProtocol=tcp FromPort=30053");
    }

    @Test
    void endsTlsWithAnExplicitPolicy() {
        String certificate = account.aws.setup().certificate();
        assertThat(
                        whole(
                                account.spec("tls")
                                        .ports(Specs.tcp(80), Specs.tcp(443))
                                        .with(AwsSettings.CERTIFICATES, certificate)
                                        .with(AwsSettings.TLS_PORTS, "tcp-443")
                                        .with(AwsSettings.ALPN, "HTTP2Preferred")
                                        .with(AwsSettings.BACKEND_PROTOCOL, "ssl")))
                .containsPattern(
                        "TLS:443 .*SslPolicy=ELBSecurityPolicy-TLS13-1-2-2021-06 .*AlpnPolicy=.HTTP2Preferred")
                .containsPattern("listener \\S+ TCP:80")
                .containsPattern("Protocol=TLS Port=30443");
    }

    @Test
    void sendsTheProxyHeaderInsteadOfTheSource() {
        assertThat(whole(account.spec("proxy").carrier(Carrier.PROXY_PROTOCOL_V2).trafficPort()))
                .contains("preserve_client_ip.enabled=false", "proxy_protocol_v2.enabled=true")
                .contains("HealthCheckProtocol=TCP HealthCheckPort=traffic-port");
    }

    @Test
    void keepsClientsByAddress() {
        assertThat(whole(account.spec("sticky").sticky())).contains("stickiness.enabled=true");
        account.bring(account.spec("sticky").sticky().spec());
        assertThat(account.problems).isEmpty();
    }

    @Test
    void servesBothFamilies() {
        String vpc = account.vpc;
        for (String zone : List.of("a", "b")) {
            int number = zone.equals("a") ? 11 : 12;
            account.aws
                    .setup()
                    .subnet(
                            SubnetSpec.of(vpc, "eu-west-1" + zone, "10.0.%d.0/24".formatted(number))
                                    .withIpv6("2001:db8:0:%d::/64".formatted(number))
                                    .asOpen());
        }
        assertThat(
                        whole(
                                account.spec("dual")
                                        .families(IpFamily.IPV4, IpFamily.IPV6)
                                        .ranges("0.0.0.0/0", "::/0")))
                .contains(
                        "IpAddressType=dualstack", "ToPort=80 CidrIpv6=::/0", "IpProtocol=icmpv6");
    }

    @Test
    void sendsToAddressesWhereNoNodeHasAnInstance() {
        List<Backend> nodes =
                List.of(
                        Specs.node("n1", "", "10.0.1.77"),
                        Specs.node("n2", "kind://x", "10.0.2.77"));
        assertThat(whole(account.spec("ip").nodes(nodes)))
                .containsPattern("target \\S+ 10.0.1.77:30080")
                .contains("preserve_client_ip.enabled=true");
    }

    @Test
    void tellsThatRangesBesideUsersGroupsAreNotEnforced() {
        String group = account.aws.setup().securityGroup(account.vpc, "mine", Map.of());
        account.bring(
                account.spec("own")
                        .ranges("10.0.0.0/8")
                        .with(AwsSettings.SECURITY_GROUPS, group)
                        .spec());

        assertThat(account.codes()).contains(Code.SOURCE_RANGES_NOT_ENFORCED.name());
    }

    /// As the controllers that the annotations come from take them.
    @Test
    void anOverriddenCheckWithClusterLeavesKubeProxysPort() {
        String byTcp = "HealthCheckProtocol=TCP HealthCheckPort=traffic-port";
        assertThat(whole(account.spec("a").cluster().with(AwsSettings.CHECK_PATH, "/status")))
                .contains(byTcp);
        assertThat(whole(account.spec("b").cluster().with(AwsSettings.CHECK_PORT, "traffic-port")))
                .contains(byTcp);
        assertThat(
                        whole(
                                account.spec("c")
                                        .cluster()
                                        .with(AwsSettings.CHECK_PROTOCOL, "http")
                                        .with(AwsSettings.CHECK_PATH, "/status")))
                .contains(
                        "HealthCheckProtocol=HTTP HealthCheckPort=traffic-port"
                                + " HealthCheckPath=/status");
        assertThat(whole(account.spec("d").local(32_000).with(AwsSettings.CHECK_PATH, "/other")))
                .contains("HealthCheckPort=32000 HealthCheckPath=/other");
    }

    @Test
    void takesUsersGroupsSubnetsTagsAndAttributes() {
        String group = account.aws.setup().securityGroup(account.vpc, "mine", Map.of());
        assertThat(
                        whole(
                                account.spec("own")
                                        .internal()
                                        .with(AwsSettings.SECURITY_GROUPS, group)
                                        .with(AwsSettings.SUBNETS, account.subnetB)
                                        .with(AwsSettings.TAGS, "team=blue")
                                        .with(AwsSettings.CROSS_ZONE, "true")))
                .contains("SecurityGroups=[mine]", "team=blue", "cross_zone.enabled=true")
                .contains("[eu-west-1b " + account.subnetB + "]");
    }

    @Test
    void givesAddressesOfTheUsersChoice() {
        String one = account.aws.setup().elasticIp(Map.of());
        String two = account.aws.setup().elasticIp(Map.of());
        assertThat(whole(account.spec("eip").with(AwsSettings.EIPS, one + "," + two)))
                .contains("203.0.113.");
    }

    @Test
    void resetsWhatIsNoLongerAnnotated() {
        Specs with =
                account.spec("web")
                        .with(AwsSettings.CROSS_ZONE, "true")
                        .with(
                                AwsSettings.TARGET_GROUP_ATTRIBUTES,
                                "deregistration_delay.timeout_seconds=30");
        account.settle(account.spec("web").spec());
        String plain = dump();
        account.settle(with.spec());
        assertThat(dump()).contains("timeout_seconds=30");

        account.settle(account.spec("web").spec());

        assertThat(dump()).isEqualTo(plain);
    }

    @Test
    void followsPortsAndRanges() {
        account.settle(account.spec("web").ports(Specs.tcp(80)).spec());
        String one = dump();
        account.settle(
                account.spec("web")
                        .ports(Specs.tcp(80), Specs.tcp(443))
                        .ranges("10.0.0.0/8")
                        .spec());
        assertThat(dump())
                .contains("ToPort=443 CidrIpv4=10.0.0.0/8")
                .doesNotContain("ToPort=80 CidrIpv4=0.0.0.0/0");

        account.settle(account.spec("web").ports(Specs.tcp(80)).spec());

        assertThat(dump()).isEqualTo(one);
    }

    @Test
    void repairsDrift() {
        AwsObserved made = account.settle(account.spec("web").spec());
        String before = dump();
        Seen.Balancer balancer = made.balancers().values().iterator().next();
        account.aws.elb().deleteListener(r -> r.listenerArn(balancer.listeners().firstKey()));
        Seen.TargetGroup group = made.targetGroups().values().iterator().next();
        var target =
                TargetDescription.builder()
                        .id(group.targets().first().id())
                        .port(group.port())
                        .build();
        account.aws.elb().deregisterTargets(r -> r.targetGroupArn(group.arn()).targets(target));
        account.aws
                .ec2()
                .revokeSecurityGroupIngress(r ->
                        r.groupId(account.nodeGroup)
                                .ipPermissions(
                                        Rows.nodePermissions(
                                                List.of(NodeRule.tcp(30_080)),
                                                made.shared().group(),
                                                "")));
        assertThat(dump()).isNotEqualTo(before);

        AwsObserved seen = account.provider.cloud().observeAll().get(made.owner());
        account.bring(account.spec("web").spec(), Objects.requireNonNull(seen));

        assertThat(dump()).isEqualTo(before);
    }

    @Test
    void keepsOneOfTwins() {
        account.aws.settings(account.aws.settings().asSloppy());
        AwsObserved made = account.settle(account.spec("web").spec());
        Seen.Balancer balancer = made.balancers().values().iterator().next();
        account.aws
                .elb()
                .createLoadBalancer(r ->
                        r.name(balancer.name())
                                .type("network")
                                .subnets(account.subnetA)
                                .tags(Rows.elbTags(AwsNames.marks(made.owner()))));

        AwsObserved one = account.settle(account.spec("web").spec());

        assertThat(one.balancers()).containsOnlyKeys(balancer.arn());
        assertThat(account.provider.cloud().observe(made.owner()).balancers()).hasSize(1);
    }

    @Test
    void neverTakesWhatIsNotOurs() {
        account.aws
                .elb()
                .createLoadBalancer(r -> r.name("mine").type("network").subnets(account.subnetA));
        String derived = AwsDesired.balancerName(account.spec("web").spec());
        account.aws
                .elb()
                .createLoadBalancer(r -> r.name(derived).type("network").subnets(account.subnetA));
        String before = dump();

        account.bring(account.spec("other").named("mine").spec());
        assertThat(account.codes()).contains("NAME_TAKEN");
        account.bring(account.spec("web").spec());
        assertThat(account.codes()).contains("NAME_TAKEN");
        account.remove(Specs.owner("web"));

        assertThat(dump()).isEqualTo(before);
    }

    @Test
    void findsABalancerWithANameOfTheUsersChoice() {
        AwsObserved made = account.settle(account.spec("web").named("shop").spec());
        account.restart();

        assertThat(account.provider.cloud().observe(made.owner()).balancers()).hasSize(1);
        account.bring(account.spec("web").named("shop").internal().spec());
        assertThat(account.codes()).contains("CHANGE_REFUSED");
    }

    @Test
    void leavesASecondClusterOfTheSameNameAlone() {
        AwsObserved ours = account.settle(account.spec("web").spec());
        var other = new ClusterId("test", "22222222-2222-4222-8222-222222222222");
        var theirs = new OwnerId(other, new ServiceKey("default", "web"), "uid-web");

        AwsObserved seen = account.provider.cloud().observe(theirs);

        assertThat(account.provider.planner().isAbsent(seen)).isTrue();
        assertThat(ours.balancers()).isNotEmpty();
    }

    @Test
    void refusesToDeleteWhatIsProtected() {
        AwsObserved made =
                account.settle(
                        account.spec("web")
                                .with(AwsSettings.ATTRIBUTES, "deletion_protection.enabled=true")
                                .spec());
        account.calls.clear();

        account.remove(made);

        assertThat(account.codes()).containsExactly("DELETION_PROTECTED");
        assertThat(account.writes()).isZero();
    }

    @Test
    void leavesOutATargetThatAwsRefusesAtTheLastMoment() {
        AwsObserved made = account.settle(account.spec("web").spec());
        Backend gone = account.node("n3", account.subnetA);
        account.node("n4", account.subnetB);
        account.aws
                .setup()
                .instanceState(gone.providerId().substring(18), InstanceStateName.STOPPED);

        AwsObserved grown = account.bring(account.spec("web").spec(), made);

        assertThat(grown.targetGroups().values().iterator().next().targets()).hasSize(3);
        assertThat(account.codes()).contains("NODE_NOT_IN_CLOUD");
    }

    @Test
    void choosesAStableSubsetBeyondTheQuota() {
        IntStream.range(0, 8).forEach(i -> account.node("m" + i, account.subnetA));
        account.limits(new AwsConfig.Limits(6, 50));

        AwsObserved made =
                account.settle(account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).spec());

        assertThat(account.codes()).contains("SUBSET_OF_NODES");
        assertThat(made.targetGroups().values()).allMatch(g -> g.targets().size() == 3);
        account.calls.clear();
        account.bring(account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).spec());
        assertThat(account.writes()).isZero();
    }

    @Test
    void manyServicesAtOnceShareCallsAndLeaveNothing() {
        account.aws.settings(account.aws.settings().with(Quota.LOAD_BALANCERS, 100));
        String before = dump();
        List<Callable<AwsObserved>> creates = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Account one = account.sharing();
            var port = new ServicePort("p", Protocol.TCP, 80, 30_100 + i);
            var spec = one.spec("svc-" + i).ports(port).cluster().spec();
            creates.add(() -> one.settle(spec));
        }

        List<AwsObserved> made = Effects.all(account.tasks(), creates);

        assertThat(account.count("CreateSecurityGroup")).isEqualTo(61);
        assertThat(account.count("DescribeTargetGroups")).as("listings").isLessThan(20);
        assertThat(account.aws.counts().getOrDefault("rule", 0)).isPositive();
        assertThat(dump()).contains("FromPort=30000 ToPort=32767");
        List<Callable<AwsObserved>> deletes = new ArrayList<>();
        made.forEach(o -> deletes.add(() -> account.sharing().remove(o)));
        Effects.all(account.tasks(), deletes);
        assertThat(dump()).isEqualTo(before);
    }
}
