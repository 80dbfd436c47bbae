package dev.origo.aws;

import dev.origo.aws.AwsApi.Repeat;
import dev.origo.aws.AwsObserved.Target;
import dev.origo.model.Code;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.spi.Answer;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Certificate;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SubnetMapping;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;

/// Steps on load balancers, listeners and target groups. An answer folds what was asked for and
/// accepted: endpoints differ in what they repeat.
///
/// Thread rule: any thread.
final class ElbEffects {
    private static final Pattern INSTANCE = Pattern.compile("\\bi-[0-9a-z]+");
    private static final String FORWARD = "forward";

    private final AwsApi api;
    private final AwsConfig config;
    private final Inventory inventory;
    private final RuleBook book;

    ElbEffects(AwsApi api, AwsConfig config, Inventory inventory, RuleBook book) {
        this.api = api;
        this.config = config;
        this.inventory = inventory;
        this.book = book;
    }

    Answer<AwsObserved> apply(AwsStep.OnElb step) {
        return switch (step) {
            case AwsStep.CreateBalancer s -> create(s);
            case AwsStep.SetGroups s -> setGroups(s);
            case AwsStep.SetPlaces s -> setPlaces(s);
            case AwsStep.SetIpType s -> setIpType(s);
            case AwsStep.SetBalancerAttributes s -> setAttributes(s);
            case AwsStep.Tag s -> tag(s);
            case AwsStep.DeleteBalancer s -> delete(s);
            case AwsStep.CreateTargetGroup s -> create(s);
            case AwsStep.SetCheck s -> setCheck(s);
            case AwsStep.SetGroupAttributes s -> setAttributes(s);
            case AwsStep.Register s -> register(s);
            case AwsStep.Deregister s -> deregister(s);
            case AwsStep.DeleteTargetGroup s -> delete(s);
            case AwsStep.CreateListener s -> create(s);
            case AwsStep.ModifyListener s -> modify(s);
            case AwsStep.DeleteListener s -> delete(s);
        };
    }

    // --- load balancers

    private Answer<AwsObserved> create(AwsStep.CreateBalancer step) {
        book.use(step.owner(), step.shared());
        Wanted.Balancer wanted = step.balancer();
        CreateLoadBalancerRequest.Builder request =
                CreateLoadBalancerRequest.builder()
                        .name(wanted.name())
                        .type("network")
                        .scheme(wanted.internal() ? "internal" : "internet-facing")
                        .ipAddressType(wanted.ipType())
                        .tags(Rows.elbTags(wanted.tags()));
        if (!step.groups().isEmpty()) {
            request.securityGroups(step.groups());
        }
        if (hasAddresses(wanted.places())) {
            request.subnetMappings(mappings(wanted.places()));
        } else {
            request.subnets(subnets(wanted.places()));
        }
        AwsObserved.Balancer made =
                named(
                        step.owner(),
                        wanted.name(),
                        () ->
                                Rows.balancer(
                                        api.elb(
                                                        "CreateLoadBalancer",
                                                        Repeat.NEVER,
                                                        elb ->
                                                                elb.createLoadBalancer(
                                                                        request.build()))
                                                .loadBalancers()
                                                .getFirst()));
        inventory.named(made.arn(), step.owner());
        return o ->
                o.withBalancer(
                        made.withGroups(step.groups())
                                .withNet(Sorted.set(subnets(wanted.places())), wanted.ipType())
                                .withTags(wanted.tags()));
    }

    /// Creates; where the name is taken, tells apart what is ours (it was made by a call whose
    /// answer was lost) from what is not.
    private <T> T named(OwnerId owner, String name, java.util.function.Supplier<T> create) {
        try {
            return create.get();
        } catch (CloudException e) {
            if (!AwsErrors.code(e).startsWith("Duplicate")) {
                throw e;
            }
            List<String> arns = arnsNamed(name, AwsErrors.code(e).contains("TargetGroup"));
            boolean ours =
                    inventory.tags(arns).values().stream()
                            .anyMatch(t ->
                                    AwsNames.owner(config.cluster(), t)
                                            .filter(owner::equals)
                                            .isPresent());
            if (ours || arns.isEmpty()) {
                throw e;
            }
            Problem taken =
                    Problem.error(
                            Code.NAME_TAKEN,
                            "the name %s is taken by something that is not this Service's"
                                    .formatted(name));
            throw new CloudException(e.action(), new CloudFailure.Rejected(taken), e);
        }
    }

    private List<String> arnsNamed(String name, boolean targetGroup) {
        if (targetGroup) {
            return AwsApi.unlessAbsent(() ->
                            api.elb(
                                    "DescribeTargetGroups",
                                    elb -> elb.describeTargetGroups(r -> r.names(name))))
                    .map(page -> page.targetGroups().stream().map(g -> g.targetGroupArn()).toList())
                    .orElse(List.of());
        }
        return AwsApi.unlessAbsent(() ->
                        api.elb(
                                "DescribeLoadBalancers",
                                elb -> elb.describeLoadBalancers(r -> r.names(name))))
                .map(page -> page.loadBalancers().stream().map(b -> b.loadBalancerArn()).toList())
                .orElse(List.of());
    }

    private static boolean hasAddresses(List<Wanted.Place> places) {
        return places.stream()
                .anyMatch(p -> !p.allocation().isEmpty() || !p.privateAddress().isEmpty());
    }

    private static List<String> subnets(List<Wanted.Place> places) {
        return places.stream().map(Wanted.Place::subnet).toList();
    }

    private static List<SubnetMapping> mappings(List<Wanted.Place> places) {
        return places.stream()
                .map(p ->
                        SubnetMapping.builder()
                                .subnetId(p.subnet())
                                .allocationId(orNull(p.allocation()))
                                .privateIPv4Address(orNull(p.privateAddress()))
                                .build())
                .toList();
    }

    private Answer<AwsObserved> setGroups(AwsStep.SetGroups step) {
        api.elb(
                "SetSecurityGroups",
                Repeat.SAFE,
                elb ->
                        elb.setSecurityGroups(
                                r -> r.loadBalancerArn(step.arn()).securityGroups(step.groups())));
        return o -> o.withBalancer(step.arn(), b -> b.withGroups(step.groups()));
    }

    private Answer<AwsObserved> setPlaces(AwsStep.SetPlaces step) {
        List<Wanted.Place> places = step.balancer().places();
        String ipType = step.balancer().ipType();
        api.elb(
                "SetSubnets",
                Repeat.SAFE,
                elb ->
                        elb.setSubnets(r -> {
                            r.loadBalancerArn(step.arn()).ipAddressType(ipType);
                            if (hasAddresses(places)) {
                                r.subnetMappings(mappings(places));
                            } else {
                                r.subnets(subnets(places));
                            }
                        }));
        return o -> o.withBalancer(step.arn(), b -> b.withNet(Sorted.set(subnets(places)), ipType));
    }

    private Answer<AwsObserved> setIpType(AwsStep.SetIpType step) {
        api.elb(
                "SetIpAddressType",
                Repeat.SAFE,
                elb ->
                        elb.setIpAddressType(
                                r -> r.loadBalancerArn(step.arn()).ipAddressType(step.ipType())));
        return o -> o.withBalancer(step.arn(), b -> b.withNet(b.subnets(), step.ipType()));
    }

    private Answer<AwsObserved> setAttributes(AwsStep.SetBalancerAttributes step) {
        List<LoadBalancerAttribute> attributes =
                step.attributes().entrySet().stream()
                        .map(a ->
                                LoadBalancerAttribute.builder()
                                        .key(a.getKey())
                                        .value(a.getValue())
                                        .build())
                        .toList();
        api.elb(
                "ModifyLoadBalancerAttributes",
                Repeat.SAFE,
                elb ->
                        elb.modifyLoadBalancerAttributes(
                                r -> r.loadBalancerArn(step.arn()).attributes(attributes)));
        return o ->
                o.withBalancer(
                        step.arn(),
                        b -> b.withAttributes(Sorted.merged(b.attributes(), step.attributes())));
    }

    private Answer<AwsObserved> tag(AwsStep.Tag step) {
        api.elb(
                "AddTags",
                Repeat.SAFE,
                elb ->
                        elb.addTags(
                                r -> r.resourceArns(step.arn()).tags(Rows.elbTags(step.tags()))));
        return o ->
                o.withBalancer(step.arn(), b -> b.withTags(Sorted.merged(b.tags(), step.tags())))
                        .withTargetGroup(
                                step.arn(), g -> g.withTags(Sorted.merged(g.tags(), step.tags())));
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteBalancer step) {
        AwsApi.unlessAbsent(() ->
                api.elb(
                        "DeleteLoadBalancer",
                        Repeat.SAFE,
                        elb -> elb.deleteLoadBalancer(r -> r.loadBalancerArn(step.arn()))));
        return o -> o.withoutBalancer(step.arn());
    }

    // --- target groups

    private Answer<AwsObserved> create(AwsStep.CreateTargetGroup step) {
        Wanted.Group wanted = step.group();
        Wanted.Check check = wanted.check();
        AwsObserved.TargetGroup made =
                named(
                        step.owner(),
                        wanted.name(),
                        () ->
                                Rows.targetGroup(
                                        api.elb(
                                                        "CreateTargetGroup",
                                                        Repeat.NEVER,
                                                        elb ->
                                                                elb.createTargetGroup(r -> {
                                                                    r.name(wanted.name())
                                                                            .protocol(
                                                                                    wanted
                                                                                            .protocol())
                                                                            .port(wanted.port())
                                                                            .targetType(
                                                                                    wanted
                                                                                            .targetType())
                                                                            .vpcId(config.vpcId())
                                                                            .tags(
                                                                                    Rows.elbTags(
                                                                                            step
                                                                                                    .tags()))
                                                                            .healthCheckEnabled(
                                                                                    true)
                                                                            .healthCheckProtocol(
                                                                                    check
                                                                                            .protocol())
                                                                            .healthCheckPort(
                                                                                    check.port())
                                                                            .healthCheckPath(
                                                                                    orNull(
                                                                                            check
                                                                                                    .path()))
                                                                            .healthCheckIntervalSeconds(
                                                                                    check
                                                                                            .interval())
                                                                            .healthCheckTimeoutSeconds(
                                                                                    check.timeout())
                                                                            .healthyThresholdCount(
                                                                                    check.healthy())
                                                                            .unhealthyThresholdCount(
                                                                                    check
                                                                                            .unhealthy());
                                                                    if (!check.codes().isEmpty()) {
                                                                        r.matcher(m ->
                                                                                m.httpCode(
                                                                                        check
                                                                                                .codes()));
                                                                    }
                                                                    if (wanted.ipType()
                                                                            .equals("ipv6")) {
                                                                        r.ipAddressType("ipv6");
                                                                    }
                                                                }))
                                                .targetGroups()
                                                .getFirst()));
        return o -> o.withTargetGroup(made.withCheck(check).withTags(step.tags()));
    }

    private Answer<AwsObserved> setCheck(AwsStep.SetCheck step) {
        Wanted.Check check = step.check();
        api.elb(
                "ModifyTargetGroup",
                Repeat.SAFE,
                elb ->
                        elb.modifyTargetGroup(r -> {
                            r.targetGroupArn(step.arn())
                                    .healthCheckEnabled(true)
                                    .healthCheckProtocol(check.protocol())
                                    .healthCheckPort(check.port())
                                    .healthCheckPath(orNull(check.path()))
                                    .healthCheckIntervalSeconds(check.interval())
                                    .healthCheckTimeoutSeconds(check.timeout())
                                    .healthyThresholdCount(check.healthy())
                                    .unhealthyThresholdCount(check.unhealthy());
                            if (!check.codes().isEmpty()) {
                                r.matcher(m -> m.httpCode(check.codes()));
                            }
                        }));
        return o -> o.withTargetGroup(step.arn(), g -> g.withCheck(check));
    }

    private Answer<AwsObserved> setAttributes(AwsStep.SetGroupAttributes step) {
        List<TargetGroupAttribute> attributes =
                step.attributes().entrySet().stream()
                        .map(a ->
                                TargetGroupAttribute.builder()
                                        .key(a.getKey())
                                        .value(a.getValue())
                                        .build())
                        .toList();
        api.elb(
                "ModifyTargetGroupAttributes",
                Repeat.SAFE,
                elb ->
                        elb.modifyTargetGroupAttributes(
                                r -> r.targetGroupArn(step.arn()).attributes(attributes)));
        return o ->
                o.withTargetGroup(
                        step.arn(),
                        g -> g.withAttributes(Sorted.merged(g.attributes(), step.attributes())));
    }

    /// Registers; a target that AWS refuses is left out and does not keep the others from it.
    private Answer<AwsObserved> register(AwsStep.Register step) {
        List<Target> good = new ArrayList<>(step.targets());
        SortedSet<String> refused = new TreeSet<>();
        try {
            register(step.arn(), good);
        } catch (CloudException e) {
            Matcher named = INSTANCE.matcher(AwsErrors.message(e));
            while (AwsErrors.code(e).equals("InvalidTarget") && named.find()) {
                refused.add(named.group());
            }
            good.removeIf(t -> refused.contains(t.id()));
            if (refused.isEmpty()) {
                throw e;
            }
            if (!good.isEmpty()) {
                register(step.arn(), good);
            }
        }
        return o ->
                o.withTargetGroup(
                        step.arn(),
                        g -> g.withTargets(Sorted.union(g.targets(), good)).withRefused(refused));
    }

    private void register(String arn, List<Target> targets) {
        api.elb(
                "RegisterTargets",
                Repeat.SAFE,
                elb ->
                        elb.registerTargets(
                                r -> r.targetGroupArn(arn).targets(descriptions(targets))));
    }

    private Answer<AwsObserved> deregister(AwsStep.Deregister step) {
        AwsApi.unlessAbsent(() ->
                api.elb(
                        "DeregisterTargets",
                        Repeat.SAFE,
                        elb ->
                                elb.deregisterTargets(r ->
                                        r.targetGroupArn(step.arn())
                                                .targets(descriptions(step.targets())))));
        return o ->
                o.withTargetGroup(
                        step.arn(), g -> g.withTargets(Sorted.minus(g.targets(), step.targets())));
    }

    private static List<TargetDescription> descriptions(List<Target> targets) {
        return targets.stream()
                .map(t -> TargetDescription.builder().id(t.id()).port(t.port()).build())
                .toList();
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteTargetGroup step) {
        AwsApi.unlessAbsent(() ->
                api.elb(
                        "DeleteTargetGroup",
                        Repeat.SAFE,
                        elb -> elb.deleteTargetGroup(r -> r.targetGroupArn(step.arn()))));
        book.deleted(step.arn());
        return o -> o.withoutTargetGroup(step.arn());
    }

    // --- listeners

    private Answer<AwsObserved> create(AwsStep.CreateListener step) {
        Wanted.Listener wanted = step.listener();
        String arn =
                api.elb(
                                "CreateListener",
                                Repeat.NEVER,
                                elb ->
                                        elb.createListener(r ->
                                                r.loadBalancerArn(step.balancerArn())
                                                        .port(wanted.port())
                                                        .protocol(wanted.kind().name())
                                                        .certificates(certificates(wanted))
                                                        .sslPolicy(orNull(wanted.tls().policy()))
                                                        .alpnPolicy(alpn(wanted))
                                                        .defaultActions(
                                                                forward(step.targetGroupArn()))
                                                        .tags(Rows.elbTags(step.tags()))))
                        .listeners()
                        .getFirst()
                        .listenerArn();
        return o ->
                o.withListener(step.balancerArn(), listener(arn, wanted, step.targetGroupArn()));
    }

    private Answer<AwsObserved> modify(AwsStep.ModifyListener step) {
        Wanted.Listener wanted = step.listener();
        api.elb(
                "ModifyListener",
                Repeat.SAFE,
                elb ->
                        elb.modifyListener(r ->
                                r.listenerArn(step.arn())
                                        .port(wanted.port())
                                        .protocol(wanted.kind().name())
                                        .certificates(certificates(wanted))
                                        .sslPolicy(orNull(wanted.tls().policy()))
                                        .alpnPolicy(alpn(wanted))
                                        .defaultActions(forward(step.targetGroupArn()))));
        return o ->
                o.withListener(
                        step.balancerArn(), listener(step.arn(), wanted, step.targetGroupArn()));
    }

    private static AwsObserved.Listener listener(
            String arn, Wanted.Listener wanted, String targetGroupArn) {
        return new AwsObserved.Listener(
                arn, wanted.port(), wanted.kind().name(), targetGroupArn, wanted.tls());
    }

    private static Action forward(String targetGroupArn) {
        return Action.builder().type(FORWARD).targetGroupArn(targetGroupArn).build();
    }

    private static List<Certificate> certificates(Wanted.Listener wanted) {
        String arn = wanted.tls().certificate();
        return arn.isEmpty()
                ? List.of()
                : List.of(Certificate.builder().certificateArn(arn).build());
    }

    private static List<String> alpn(Wanted.Listener wanted) {
        return wanted.tls().alpn().isEmpty() ? List.of() : List.of(wanted.tls().alpn());
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteListener step) {
        AwsApi.unlessAbsent(() ->
                api.elb(
                        "DeleteListener",
                        Repeat.SAFE,
                        elb -> elb.deleteListener(r -> r.listenerArn(step.arn()))));
        return o -> o.withoutListener(step.balancerArn(), step.arn());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
