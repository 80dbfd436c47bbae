package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

class TargetGroupsTest {
    private final World world = new World();

    record Refusal(String name, Consumer<CreateTargetGroupRequest.Builder> change) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refusal> refusals() {
        return Stream.of(
                new Refusal("no protocol", r -> r.protocol((String) null)),
                new Refusal("no port", r -> r.port(null)),
                new Refusal("port 0", r -> r.port(0)),
                new Refusal("unknown VPC", r -> r.vpcId("vpc-1")),
                new Refusal(
                        "interval 4",
                        r -> r.healthCheckIntervalSeconds(4).healthCheckTimeoutSeconds(2)),
                new Refusal(
                        "interval below the default timeout", r -> r.healthCheckIntervalSeconds(5)),
                new Refusal("timeout 1", r -> r.healthCheckTimeoutSeconds(1)),
                new Refusal("threshold 11", r -> r.healthyThresholdCount(11)),
                new Refusal("path with TCP", r -> r.healthCheckPath("/healthz")),
                new Refusal(
                        "relative path",
                        r -> r.healthCheckProtocol(ProtocolEnum.HTTP).healthCheckPath("healthz")),
                new Refusal("UDP check", r -> r.healthCheckProtocol(ProtocolEnum.UDP)),
                new Refusal("check port", r -> r.healthCheckPort("70000")),
                new Refusal(
                        "long path",
                        r ->
                                r.healthCheckProtocol(ProtocolEnum.HTTP)
                                        .healthCheckPath("/" + "a".repeat(1024))),
                new Refusal(
                        "matcher beyond 599",
                        r ->
                                r.healthCheckProtocol(ProtocolEnum.HTTP)
                                        .matcher(Matcher.builder().httpCode("200-600").build())),
                new Refusal("check off", r -> r.healthCheckEnabled(false)),
                new Refusal("bad name", r -> r.name("web_80")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatDoesNotFit(Refusal refusal) {
        CreateTargetGroupRequest.Builder request = world.groupRequest("web");
        refusal.change().accept(request);
        refused("ValidationError", () -> world.elb.createTargetGroup(request.build()));
    }

    @Test
    void fillsInTheDefaultsOfANetworkGroup() {
        TargetGroup group =
                world.elb
                        .createTargetGroup(world.groupRequest("web").build())
                        .targetGroups()
                        .getFirst();
        assertThat(
                        Pojo.text(
                                group,
                                "TargetType IpAddressType HealthCheckProtocol HealthCheckPort HealthCheckPath"
                                        + " HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount"
                                        + " UnhealthyThresholdCount"))
                .isEqualTo(
                        "TargetType=instance IpAddressType=ipv4 HealthCheckProtocol=TCP HealthCheckPort=traffic-port"
                                + " HealthCheckIntervalSeconds=30 HealthCheckTimeoutSeconds=10 HealthyThresholdCount=5"
                                + " UnhealthyThresholdCount=2");
    }

    @Test
    void answersTheSameGroupForTheSameSettingsOnly() {
        String arn = world.group("web");
        assertThat(world.group("web")).isEqualTo(arn);
        refused(
                "DuplicateTargetGroupName",
                () -> world.elb.createTargetGroup(world.groupRequest("web").port(1).build()));
        world.elb.modifyTargetGroup(r -> r.targetGroupArn(arn).healthyThresholdCount(2));
        refused("DuplicateTargetGroupName", () -> world.group("web"));
    }

    @Test
    void takesPathAndMatcherAlongWithHttp() {
        String arn = world.group("web");
        assertThat(flip(arn, ProtocolEnum.HTTP)).isEqualTo("HealthCheckPath=/ Matcher=200-399");
        assertThat(flip(arn, ProtocolEnum.TCP)).isEmpty();
    }

    private String flip(String arn, ProtocolEnum protocol) {
        TargetGroup group =
                world.elb
                        .modifyTargetGroup(r -> r.targetGroupArn(arn).healthCheckProtocol(protocol))
                        .targetGroups()
                        .getFirst();
        return Pojo.text(group, "HealthCheckPath Matcher");
    }

    @Test
    void isInUseWhileAListenerForwardsToIt() {
        LoadBalancer balancer = world.balancer("web");
        String group = world.group("web");
        world.listener(balancer, 80, group);
        refused("ResourceInUse", () -> world.elb.deleteTargetGroup(r -> r.targetGroupArn(group)));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(balancer.loadBalancerArn()));
        world.elb.deleteTargetGroup(r -> r.targetGroupArn(group));
        world.elb.deleteTargetGroup(r -> r.targetGroupArn(group));
        assertThat(world.elb.describeTargetGroups().targetGroups()).isEmpty();
    }

    @Test
    void knowsItsLoadBalancersAndForgetsThem() {
        LoadBalancer balancer = world.balancer("web");
        String group = world.group("web");
        String listener = world.listener(balancer, 80, group);
        world.listener(balancer, 81, group);
        world.group("other");
        assertThat(
                        world.elb
                                .describeTargetGroups(
                                        r -> r.loadBalancerArn(balancer.loadBalancerArn()))
                                .targetGroups())
                .singleElement()
                .satisfies(found ->
                        assertThat(found.loadBalancerArns())
                                .containsExactly(balancer.loadBalancerArn()));
        world.elb.deleteListener(r -> r.listenerArn(listener));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(balancer.loadBalancerArn()));
        assertThat(
                        world.elb
                                .describeTargetGroups(r -> r.targetGroupArns(group))
                                .targetGroups()
                                .getFirst()
                                .loadBalancerArns())
                .isEmpty();
    }

    @Test
    void missesNamesAndArnsAndRefusesBoth() {
        String arn = world.group("web");
        refused("TargetGroupNotFound", () -> world.elb.describeTargetGroups(r -> r.names("no")));
        refused(
                "TargetGroupNotFound",
                () -> world.elb.describeTargetGroups(r -> r.targetGroupArns("no")));
        refused(
                "ValidationError",
                () -> world.elb.describeTargetGroups(r -> r.names("web").targetGroupArns(arn)));
    }

    @Test
    void hasAQuota() {
        world.aws.settings(AwsSettings.defaults().with(Quota.TARGET_GROUPS, 1));
        world.group("web");
        refused("TooManyTargetGroups", () -> world.group("web2"));
    }

    /// Source: TargetGroupAttribute, preserve_client_ip.enabled.
    @ParameterizedTest
    @CsvSource({
        "TCP, instance, true",
        "TCP, ip, false",
        "TLS, ip, false",
        "TLS, instance, true",
        "UDP, ip, true",
        "TCP_UDP, instance, true"
    })
    void preservesTheClientAddressByDefault(ProtocolEnum protocol, String type, String preserved) {
        String arn =
                world.elb
                        .createTargetGroup(
                                world.groupRequest("web")
                                        .protocol(protocol)
                                        .targetType(type)
                                        .build())
                        .targetGroups()
                        .getFirst()
                        .targetGroupArn();
        assertThat(attributes(arn))
                .containsEntry("preserve_client_ip.enabled", preserved)
                .containsEntry("proxy_protocol_v2.enabled", "false")
                .containsEntry("stickiness.type", "source_ip")
                .containsEntry("deregistration_delay.timeout_seconds", "300");
    }

    private Map<String, String> attributes(String arn) {
        return world
                .elb
                .describeTargetGroupAttributes(r -> r.targetGroupArn(arn))
                .attributes()
                .stream()
                .collect(Collectors.toMap(TargetGroupAttribute::key, TargetGroupAttribute::value));
    }

    @ParameterizedTest
    @CsvSource({
        "TCP, no.such.key, 1, ValidationError",
        "TCP, routing.http2.enabled, true, ValidationError",
        "TCP, proxy_protocol_v2.enabled, yes, InvalidConfigurationRequest",
        "TCP, deregistration_delay.timeout_seconds, 3601, InvalidConfigurationRequest",
        "UDP, preserve_client_ip.enabled, false, InvalidConfigurationRequest",
        "TCP_UDP, preserve_client_ip.enabled, false, InvalidConfigurationRequest",
        "HTTP, proxy_protocol_v2.enabled, true, ValidationError"
    })
    void refusesAttributes(ProtocolEnum protocol, String key, String value, String code) {
        String arn = world.group("web", protocol);
        Map<String, String> before = attributes(arn);
        refused(code, () -> set(arn, "deregistration_delay.timeout_seconds", "5", key, value));
        assertThat(attributes(arn)).isEqualTo(before);
    }

    @Test
    void keepsTheAttributesThatWereSet() {
        String arn = world.group("web");
        set(arn, "proxy_protocol_v2.enabled", "true", "preserve_client_ip.enabled", "false");
        assertThat(attributes(arn)).containsEntry("proxy_protocol_v2.enabled", "true");
        assertThat(world.aws.dump())
                .contains(" preserve_client_ip.enabled=false proxy_protocol_v2.enabled=true\n");
    }

    private void set(String arn, String... pairs) {
        world.elb.modifyTargetGroupAttributes(r ->
                r.targetGroupArn(arn)
                        .attributes(
                                Stream.iterate(0, i -> i < pairs.length, i -> i + 2)
                                        .map(i ->
                                                TargetGroupAttribute.builder()
                                                        .key(pairs[i])
                                                        .value(pairs[i + 1])
                                                        .build())
                                        .toList()));
    }
}
