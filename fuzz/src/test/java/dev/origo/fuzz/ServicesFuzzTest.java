package dev.origo.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.conformance.aws.AwsSubject;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Condition;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.SubjectStage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// What users write into a Service and clouds write into a node, read by the whole controller with
/// the AWS provider.
///
/// An input is lines: `KEY=VALUE` is an annotation, `ranges=`, `ip=`, `node=PROVIDER-ID ADDRESS`
/// and `udp=` are the rest.
final class ServicesFuzzTest {
    private static final String AWS = "service.beta.kubernetes.io/aws-load-balancer-";
    private static final int LINES_MAX = 20;

    static Stream<byte[]> services() {
        return Inputs.of(
                List.of(
                        "origo.dev/client-address=proxy-protocol-v2\nranges=10.0.0.0/8",
                        "origo.dev/scheme=internal\n" + AWS + "internal=true",
                        "origo.dev/health-check=traffic-port\nudp=53",
                        "origo.dev/load-balancer-name=my-lb\norigo.dev/source-ranges=10.0.0.0/8, ::/0",
                        "origo.dev/aws-subnets=subnet-1,subnet-2\nip=203.0.113.9",
                        AWS + "type=external\n" + AWS + "nlb-target-type=ip",
                        AWS
                                + "target-group-attributes=preserve_client_ip.enabled=true,stickiness.enabled=true",
                        AWS
                                + "attributes=deletion_protection.enabled=true,load_balancing.cross_zone.enabled=1",
                        AWS
                                + "healthcheck-port=traffic-port\n"
                                + AWS
                                + "healthcheck-protocol=HTTP\n"
                                + AWS
                                + "healthcheck-path=/\n"
                                + AWS
                                + "healthcheck-success-codes=200-399",
                        AWS
                                + "healthcheck-interval=10\n"
                                + AWS
                                + "healthcheck-timeout=6\n"
                                + AWS
                                + "healthcheck-healthy-threshold=3",
                        AWS + "eip-allocations=eipalloc-0a,eipalloc-0b",
                        AWS
                                + "private-ipv4-addresses=10.0.1.10,10.0.2.10\norigo.dev/scheme=internal",
                        AWS
                                + "ssl-cert=arn:aws:acm:x\n"
                                + AWS
                                + "ssl-ports=80,t80\n"
                                + AWS
                                + "alpn-policy=None",
                        AWS
                                + "security-groups=sg-1,nodes\n"
                                + AWS
                                + "manage-backend-security-group-rules=true",
                        AWS
                                + "security-group-prefix-lists=pl-1\n"
                                + AWS
                                + "additional-resource-tags=a=b,c",
                        AWS
                                + "target-node-labels=a=b,c\n"
                                + AWS
                                + "access-log-enabled=true\n"
                                + AWS
                                + "access-log-s3-bucket-name=b",
                        "node=aws:///eu-central-1a/i-0123456789abcdef0 10.0.0.9",
                        "node=aws:///i-1 fd00::1\nnode= 10.0.0.8",
                        "node=gce://project/zone/name 10.0.0.7\nnode=kind://x 300.1.1.1",
                        "origo.dev/sheme=internal\n" + AWS + "ip-address-type=dualstack"));
    }

    /// It is served or refused with a reason, and once it is deleted nothing of it is left.
    @MethodSource("services")
    @FuzzTest
    void aServiceIsServedOrRefused(byte[] bytes) {
        String input = new String(bytes, StandardCharsets.UTF_8);
        Simulation.driven(() -> {
            try (SubjectStage stage = new SubjectStage(new AwsSubject(false)::open);
                    World world = stage.open(1)) {
                live(stage, world, input);
            }
            return input;
        });
    }

    private static void live(SubjectStage stage, World world, String input) {
        CloudUnderTest cloud = stage.cloud();
        world.beginsHere();
        int foreign = cloud.standing().size();
        stage.boot(world);
        ServiceDraft draft = ServiceDraft.balanced(cloud.loadBalancerClass(), 80);
        for (String line : input.lines().limit(LINES_MAX).toList()) {
            int equals = Math.max(line.indexOf('='), 0);
            draft = with(world, draft, line.substring(0, equals), line.substring(equals));
        }
        world.create(Stage.SERVICE, draft);
        world.settle();
        requireAnswer(world, cloud);
        world.delete(Stage.SERVICE);
        world.settle();
        if (!input.contains("deletion_protection")) { // that has to be switched off first
            assertThat(cloud.standing()).hasSize(foreign);
        }
    }

    /// An address that is its own, or a condition that says why not and what to do.
    private static void requireAnswer(World world, CloudUnderTest cloud) {
        ServiceSnapshot service = world.find(Stage.SERVICE).orElseThrow();
        if (service.status().ingress().isEmpty()) {
            assertThat(service.status().conditions())
                    .anySatisfy(condition -> {
                        assertThat(condition.status()).isEqualTo(Condition.Status.FALSE);
                        assertThat(condition.message()).contains("ORIGO-");
                    });
        }
        for (String address : world.addresses(Stage.SERVICE)) {
            assertThat(cloud.behind(address)).contains(service.meta().uid());
        }
    }

    private static ServiceDraft with(World world, ServiceDraft draft, String key, String rest) {
        String value = rest.isEmpty() ? "" : rest.substring(1);
        return switch (key) {
            case "ranges" -> draft.withSourceRanges(value.split(",", -1));
            case "ip" -> draft.withLoadBalancerIp(value);
            case "udp" -> draft.withPorts(Protocol.UDP, 53);
            case "node" -> {
                world.node(node("n-" + value.hashCode(), value));
                yield draft;
            }
            default -> draft.withAnnotation(key, value);
        };
    }

    private static NodeSnapshot node(String name, String value) {
        String[] words = value.split(" ", 2);
        List<String> addresses = words.length == 2 ? List.of(words[1]) : List.of();
        return new NodeSnapshot(name, words[0], addresses, Map.of(), Set.of(), false);
    }
}
