package dev.origo.conformance.aws;

import dev.origo.desire.NodeEligibility;
import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.model.Backend;
import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Fault;
import dev.origo.testkit.SimulatedCloud;
import dev.origo.testkit.Traffic;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ElasticLoadBalancingV2Exception;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ResourceInUseException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/// The account in memory, as the simulator sees it.
public record SimulatedAws(EmbeddedAws aws) implements SimulatedCloud {
    /// A balancer's ARN, which holds its name.
    private static final Pattern BALANCER =
            Pattern.compile("arn:.*:loadbalancer/(?:net|app)/([^/]+)/.*");

    /// A set, though the account keeps the order in which they were given.
    private static final Pattern GROUPS = Pattern.compile("SecurityGroups=\\[([^\\]]*)\\]");

    @Override
    public void connect(Traffic traffic) {
        aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        String family = call.family().name().toLowerCase(Locale.ROOT);
                        traffic.before(family, call.action(), call.write());
                    }

                    @Override
                    public void after(Call call) {
                        traffic.after();
                    }
                });
    }

    @Override
    public String dump() {
        String lasting =
                aws.dump()
                        .lines()
                        .filter(line -> !line.endsWith(" draining"))
                        .collect(Collectors.joining("\n"));
        return GROUPS.matcher(lasting)
                .replaceAll(groups ->
                        "SecurityGroups=["
                                + String.join(
                                        ", ",
                                        new TreeSet<>(List.of(groups.group(1).split(", ", -1))))
                                + "]");
    }

    @Override
    public SortedMap<String, List<String>> owned(ClusterId cluster) {
        SortedMap<String, List<String>> owned = new TreeMap<>();
        aws.tags()
                .forEach((id, tags) -> {
                    if (cluster.mark().equals(tags.get("origo.dev/cluster"))) {
                        owned.computeIfAbsent(
                                        tags.getOrDefault("origo.dev/owner", ""),
                                        _ -> new ArrayList<>())
                                .add(BALANCER.matcher(id).replaceFirst("load-balancer $1"));
                    }
                });
        return owned;
    }

    @Override
    public Optional<String> behind(String address) {
        return inTruth(() ->
                at(address)
                        .flatMap(balancer ->
                                aws
                                        .elb()
                                        .describeTags(
                                                r -> r.resourceArns(balancer.loadBalancerArn()))
                                        .tagDescriptions()
                                        .stream())
                        .flatMap(described -> described.tags().stream())
                        .filter(tag -> tag.key().equals("origo.dev/owner"))
                        .map(tag -> tag.value())
                        .findFirst());
    }

    /// Looks at what there is, listed already or not.
    private <T> T inTruth(Supplier<T> look) {
        AwsSettings settings = aws.settings();
        aws.settings(settings.with(AwsSettings.Delay.LIST_LAG, Duration.ZERO));
        T seen = look.get();
        aws.settings(settings);
        return seen;
    }

    private Stream<LoadBalancer> at(String address) {
        return aws.elb().describeLoadBalancers(_ -> {}).loadBalancers().stream()
                .filter(balancer -> balancer.dnsName().equals(address));
    }

    @Override
    public Set<String> wanted(ServiceSnapshot service, List<NodeSnapshot> nodes) {
        Set<String> wanted = new TreeSet<>();
        List<Backend> backends = NodeEligibility.backends(nodes);
        boolean local = service.policy() == TrafficPolicy.LOCAL;
        for (ServicePort port : service.ports()) {
            backends.forEach(node ->
                    wanted.add(
                            "%d to %s:%d".formatted(port.port(), instance(node), port.nodePort())));
            wanted.add(
                    "%d checked by HTTP %d/healthz"
                            .formatted(port.port(), local ? service.healthCheckNodePort() : 10256));
            String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
            ranges(service).forEach(range -> wanted.add(admitted(protocol, port.port(), range)));
        }
        return wanted;
    }

    private static List<String> ranges(ServiceSnapshot service) {
        return service.sourceRanges().isEmpty() ? List.of("0.0.0.0/0") : service.sourceRanges();
    }

    private static String admitted(String protocol, int port, String range) {
        return "%s/%d from %s".formatted(protocol, port, range);
    }

    private static String instance(Backend node) {
        return node.providerId().substring(node.providerId().lastIndexOf('/') + 1);
    }

    @Override
    public Set<String> served(String address) {
        return inTruth(() ->
                at(address)
                        .flatMap(balancer -> Stream.concat(listeners(balancer), clients(balancer)))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private Stream<String> listeners(LoadBalancer balancer) {
        return aws
                .elb()
                .describeListeners(r -> r.loadBalancerArn(balancer.loadBalancerArn()))
                .listeners()
                .stream()
                .flatMap(this::served);
    }

    private Stream<String> clients(LoadBalancer balancer) {
        return aws
                .ec2()
                .describeSecurityGroups(r -> r.groupIds(balancer.securityGroups()))
                .securityGroups()
                .stream()
                .flatMap(group -> group.ipPermissions().stream())
                .filter(rule -> !rule.ipProtocol().startsWith("icmp"))
                .flatMap(rule ->
                        rule.ipRanges().stream()
                                .map(range ->
                                        admitted(
                                                rule.ipProtocol(),
                                                rule.fromPort(),
                                                range.cidrIp())));
    }

    private Stream<String> served(Listener listener) {
        String arn = listener.defaultActions().getFirst().targetGroupArn();
        TargetGroup group =
                aws.elb()
                        .describeTargetGroups(r -> r.targetGroupArns(arn))
                        .targetGroups()
                        .getFirst();
        String check =
                "%d checked by %s %s%s"
                        .formatted(
                                listener.port(),
                                group.healthCheckProtocolAsString(),
                                group.healthCheckPort(),
                                group.healthCheckPath());
        Stream<String> targets =
                aws
                        .elb()
                        .describeTargetHealth(r -> r.targetGroupArn(arn))
                        .targetHealthDescriptions()
                        .stream()
                        .filter(t -> t.targetHealth().state() != TargetHealthStateEnum.DRAINING)
                        .map(t ->
                                "%d to %s:%d"
                                        .formatted(
                                                listener.port(),
                                                t.target().id(),
                                                t.target().port()));
        return Stream.concat(Stream.of(check), targets);
    }

    @Override
    public boolean isShared(String line) {
        return line.contains("-shared ") && !line.startsWith("load-balancer ");
    }

    @Override
    public RuntimeException failure(Fault fault, Crossing crossing) {
        boolean elb = crossing.api().equals("elb");
        return switch (fault) {
            case THROTTLED ->
                    elb
                            ? answer(builder(true), 400, "Throttling", "Rate exceeded")
                            : answer(
                                    builder(false),
                                    503,
                                    "RequestLimitExceeded",
                                    "Request limit exceeded.");
            case SERVER_ERROR -> answer(builder(elb), 500, "InternalFailure", "Internal failure");
            case ANSWER_LOST, LATE ->
                    SdkClientException.create(
                            "Unable to execute HTTP request: Connection reset",
                            new SocketException("Connection reset"));
            case IN_USE ->
                    elb
                            ? answer(
                                    ResourceInUseException.builder(),
                                    400,
                                    "ResourceInUse",
                                    "A specified resource is in use")
                            : answer(
                                    builder(false),
                                    400,
                                    "DependencyViolation",
                                    "The resource has a dependent object");
            case DENIED ->
                    answer(
                            builder(elb),
                            403,
                            elb ? "AccessDenied" : "UnauthorizedOperation",
                            "User is not authorized to perform: %s:%s"
                                    .formatted(
                                            elb ? "elasticloadbalancing" : "ec2",
                                            crossing.action()));
            case CRASH -> throw new NoSuchElementException("a crash has no answer");
        };
    }

    private static AwsServiceException.Builder builder(boolean elb) {
        return elb ? ElasticLoadBalancingV2Exception.builder() : Ec2Exception.builder();
    }

    private static AwsServiceException answer(
            AwsServiceException.Builder builder, int status, String code, String message) {
        AwsErrorDetails details =
                AwsErrorDetails.builder().errorCode(code).errorMessage(message).build();
        return builder.requestId("simulated")
                .statusCode(status)
                .awsErrorDetails(details)
                .message(message)
                .build();
    }
}
