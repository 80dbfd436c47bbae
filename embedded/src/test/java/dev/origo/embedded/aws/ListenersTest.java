package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.forward;
import static dev.origo.embedded.aws.World.listenerRequest;
import static dev.origo.embedded.aws.World.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

class ListenersTest {
    private final World world = new World();
    private final LoadBalancer balancer = world.balancer("web");

    /// Source: NLB guide, "Routing configuration".
    @ParameterizedTest
    @CsvSource({
        "TCP, TCP, ''",
        "TCP, TCP_UDP, ''",
        "TCP, UDP, IncompatibleProtocols",
        "TCP, TLS, IncompatibleProtocols",
        "UDP, UDP, ''",
        "UDP, TCP_UDP, ''",
        "UDP, TCP, IncompatibleProtocols",
        "TCP_UDP, TCP_UDP, ''",
        "TCP_UDP, TCP, IncompatibleProtocols",
        "TCP_UDP, UDP, IncompatibleProtocols",
        "TLS, TCP, ''",
        "TLS, TLS, ''",
        "TLS, TCP_UDP, IncompatibleProtocols",
        "TCP, HTTP, IncompatibleProtocols",
        "HTTP, HTTP, ValidationError"
    })
    void forwardsToGroupsOfAFittingProtocol(
            ProtocolEnum listener, ProtocolEnum group, String code) {
        CreateListenerRequest.Builder request =
                listenerRequest(balancer, 80, world.group("g", group)).protocol(listener);
        if (listener == ProtocolEnum.TLS) {
            request.certificates(certificate(world.setup.certificate()));
        }
        if (code.isEmpty()) {
            assertThat(world.elb.createListener(request.build()).listeners()).hasSize(1);
            return;
        }
        refused(code, () -> world.elb.createListener(request.build()));
    }

    private static Certificate certificate(String arn) {
        return Certificate.builder().certificateArn(arn).build();
    }

    @Test
    void takesAPortOnceWhateverTheProtocol() {
        String group = world.group("g", ProtocolEnum.TCP_UDP);
        world.listener(balancer, 53, group);
        refused(
                "DuplicateListener",
                () ->
                        world.elb.createListener(
                                listenerRequest(balancer, 53, group)
                                        .protocol(ProtocolEnum.UDP)
                                        .build()));
        String other = world.listener(balancer, 54, group);
        refused(
                "DuplicateListener",
                () -> world.elb.modifyListener(r -> r.listenerArn(other).port(53)));
    }

    @Test
    void answersTheSameListenerForTheSameSettings() {
        String group = world.group("g");
        assertThat(world.listener(balancer, 80, group))
                .isEqualTo(world.listener(balancer, 80, group));
    }

    @Test
    void needsOneKnownCertificateForTls() {
        String group = world.group("g");
        CreateListenerRequest.Builder request =
                listenerRequest(balancer, 443, group).protocol(ProtocolEnum.TLS);
        refused("ValidationError", () -> world.elb.createListener(request.build()));
        refused(
                "CertificateNotFound",
                () ->
                        world.elb.createListener(
                                request.certificates(certificate("arn:aws:acm:x")).build()));
        Certificate known = certificate(world.setup.certificate());
        refused(
                "SSLPolicyNotFound",
                () -> world.elb.createListener(request.certificates(known).sslPolicy("x").build()));
        refused(
                "ALPNPolicyNotFound",
                () -> world.elb.createListener(request.sslPolicy(null).alpnPolicy("x").build()));
        refused(
                "ALPNPolicyNotFound",
                () -> world.elb.createListener(request.alpnPolicy("None", "HTTP2Only").build()));
        Listener made =
                world.elb.createListener(request.alpnPolicy("None").build()).listeners().getFirst();
        Listener plain =
                world.elb
                        .modifyListener(
                                r -> r.listenerArn(made.listenerArn()).protocol(ProtocolEnum.TCP))
                        .listeners()
                        .getFirst();
        assertThat(Pojo.text(plain, "Protocol Certificates SslPolicy AlpnPolicy"))
                .isEqualTo("Protocol=TCP");
        refused(
                "ValidationError",
                () ->
                        world.elb.modifyListener(
                                r -> r.listenerArn(made.listenerArn()).protocol("TLS")));
    }

    @Test
    void keepsMoreCertificatesBesideTheDefault() {
        String first = world.setup.certificate();
        String more = world.setup.certificate();
        String arn =
                world.elb
                        .createListener(
                                listenerRequest(balancer, 443, world.group("g"))
                                        .protocol(ProtocolEnum.TLS)
                                        .certificates(certificate(first))
                                        .build())
                        .listeners()
                        .getFirst()
                        .listenerArn();

        for (int i = 0; i < 2; i++) {
            world.elb.addListenerCertificates(
                    r -> r.listenerArn(arn).certificates(certificate(more)));
        }

        assertThat(certificates(arn)).containsExactly(first + " true", more + " false");
        world.elb.modifyListener(r -> r.listenerArn(arn).certificates(certificate(more)));
        assertThat(certificates(arn)).containsExactly(more + " true", more + " false");
        refused(
                "OperationNotPermitted",
                () ->
                        world.elb.removeListenerCertificates(
                                r -> r.listenerArn(arn).certificates(certificate(more))));
        refused(
                "CertificateNotFound",
                () ->
                        world.elb.addListenerCertificates(
                                r -> r.listenerArn(arn).certificates(certificate("arn:x"))));
        world.elb.modifyListener(r -> r.listenerArn(arn).certificates(certificate(first)));
        world.elb.removeListenerCertificates(
                r -> r.listenerArn(arn).certificates(certificate(more)));
        assertThat(certificates(arn)).containsExactly(first + " true");
    }

    private List<String> certificates(String listener) {
        return world
                .elb
                .describeListenerCertificates(r -> r.listenerArn(listener))
                .certificates()
                .stream()
                .map(c -> c.certificateArn() + " " + c.isDefault())
                .toList();
    }

    @Test
    void refusesACertificateWithoutTls() {
        String group = world.group("g");
        refused(
                "ValidationError",
                () ->
                        world.elb.createListener(
                                listenerRequest(balancer, 80, group)
                                        .certificates(certificate(world.setup.certificate()))
                                        .build()));
    }

    @Test
    void pointsToAnotherGroup() {
        String old = world.group("old");
        String fresh = world.group("fresh");
        String listener = world.listener(balancer, 80, old);
        world.elb.modifyListener(r -> r.listenerArn(listener).defaultActions(forward(fresh)));
        world.elb.deleteTargetGroup(r -> r.targetGroupArn(old));
        assertThat(world.aws.dump()).contains("listener web TCP:80 -> [fresh]\n");
    }

    @Test
    void leavesAGroupToOneLoadBalancer() {
        String group = world.group("g");
        world.listener(balancer, 80, group);
        world.listener(balancer, 81, group);
        refused(
                "TargetGroupAssociationLimit",
                () -> world.listener(world.balancer("web2"), 80, group));
    }

    @Test
    void refusesAGroupOfAnotherVpc() {
        String vpc = world.setup.vpc("10.1.0.0/16");
        String group =
                world.elb
                        .createTargetGroup(world.groupRequest("g").vpcId(vpc).build())
                        .targetGroups()
                        .getFirst()
                        .targetGroupArn();
        refused("InvalidConfigurationRequest", () -> world.listener(balancer, 80, group));
    }

    @Test
    void refusesUdpToIpv4TargetsOnDualstack() {
        String subnet =
                world.setup.subnet(
                        SubnetSpec.of(world.vpc, "eu-west-1c", "10.0.3.0/24")
                                .withIpv6("2001:db8::/64"));
        LoadBalancer dual =
                world.elb
                        .createLoadBalancer(
                                world.balancerRequest("dual")
                                        .subnets(subnet)
                                        .ipAddressType(IpAddressType.DUALSTACK)
                                        .build())
                        .loadBalancers()
                        .getFirst();
        String group = world.group("g", ProtocolEnum.UDP);
        refused(
                "InvalidConfigurationRequest",
                () ->
                        world.elb.createListener(
                                listenerRequest(dual, 53, group)
                                        .protocol(ProtocolEnum.UDP)
                                        .build()));
    }

    @Test
    void hasAQuota() {
        world.aws.settings(AwsSettings.defaults().with(Quota.LISTENERS_PER_LOAD_BALANCER, 1));
        String group = world.group("g");
        world.listener(balancer, 80, group);
        refused("TooManyListeners", () -> world.listener(balancer, 81, group));
    }

    @Test
    void goesWithItsLoadBalancer() {
        String listener = world.listener(balancer, 80, world.group("g"));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(balancer.loadBalancerArn()));
        refused(
                "ListenerNotFound",
                () -> world.elb.describeListeners(r -> r.listenerArns(listener)));
        refused(
                "LoadBalancerNotFound",
                () ->
                        world.elb.describeListeners(
                                r -> r.loadBalancerArn(balancer.loadBalancerArn())));
        refused("ListenerNotFound", () -> world.elb.deleteListener(r -> r.listenerArn(listener)));
    }

    @Test
    void isListedByLoadBalancer() {
        String group = world.group("g");
        List.of(82, 80, 81).forEach(port -> world.listener(balancer, port, group));
        assertThat(
                        world.elb
                                .describeListenersPaginator(r ->
                                        r.loadBalancerArn(balancer.loadBalancerArn()).pageSize(2))
                                .listeners())
                .extracting(Listener::port)
                .containsExactly(82, 80, 81);
        refused("ValidationError", () -> world.elb.describeListeners(r -> {}));
    }

    @ParameterizedTest
    @CsvSource({"60, ''", "6000, ''", "59, InvalidConfigurationRequest"})
    void boundsTheIdleTimeout(String seconds, String code) {
        String listener = world.listener(balancer, 80, world.group("g"));
        ListenerAttribute idle =
                ListenerAttribute.builder().key("tcp.idle_timeout.seconds").value(seconds).build();
        if (!code.isEmpty()) {
            refused(
                    code,
                    () ->
                            world.elb.modifyListenerAttributes(
                                    r -> r.listenerArn(listener).attributes(idle)));
            return;
        }
        world.elb.modifyListenerAttributes(r -> r.listenerArn(listener).attributes(idle));
        assertThat(world.elb.describeListenerAttributes(r -> r.listenerArn(listener)).attributes())
                .containsExactly(idle);
    }
}
