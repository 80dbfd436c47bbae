package dev.origo.aws;

import dev.origo.aws.AwsApi.Repeat;
import dev.origo.aws.Seen.Target;
import dev.origo.spi.Answer;
import dev.origo.spi.CloudException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeregisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Matcher;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RegisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;

/// Steps on target groups. An answer folds what was asked for and accepted.
///
/// Thread rule: any thread.
final class TargetEffects {
    /// Enough to find a handful among a call's targets by halves.
    private static final int REGISTER_CALLS_MAX = 40;

    private final AwsApi api;
    private final String vpcId;
    private final Inventory inventory;
    private final RuleBook book;

    TargetEffects(AwsApi api, String vpcId, Inventory inventory, RuleBook book) {
        this.api = api;
        this.vpcId = vpcId;
        this.inventory = inventory;
        this.book = book;
    }

    Answer<AwsObserved> apply(AwsStep.OnTargets step) {
        return switch (step) {
            case AwsStep.CreateTargetGroup s -> create(s);
            case AwsStep.SetCheck s -> setCheck(s);
            case AwsStep.SetGroupAttributes s -> setAttributes(s);
            case AwsStep.Register s -> register(s);
            case AwsStep.Deregister s -> deregister(s);
            case AwsStep.DeleteTargetGroup s -> delete(s);
        };
    }

    private Answer<AwsObserved> create(AwsStep.CreateTargetGroup step) {
        Wanted.Group wanted = step.group();
        Wanted.Check check = wanted.check();
        CreateTargetGroupRequest request =
                CreateTargetGroupRequest.builder()
                        .name(wanted.name())
                        .protocol(wanted.protocol())
                        .port(wanted.port())
                        .targetType(wanted.targetType())
                        .ipAddressType(wanted.ipType().equals("ipv6") ? "ipv6" : null)
                        .vpcId(vpcId)
                        .tags(Rows.elbTags(step.tags()))
                        .healthCheckEnabled(true)
                        .healthCheckProtocol(check.protocol())
                        .healthCheckPort(check.port())
                        .healthCheckPath(ElbEffects.orNull(check.path()))
                        .matcher(codes(check))
                        .healthCheckIntervalSeconds(check.interval())
                        .healthCheckTimeoutSeconds(check.timeout())
                        .healthyThresholdCount(check.healthy())
                        .unhealthyThresholdCount(check.unhealthy())
                        .build();
        TargetGroup made =
                inventory.named(
                        step.owner(),
                        wanted.name(),
                        () ->
                                api.elb(
                                                Repeat.NEVER,
                                                request,
                                                ElasticLoadBalancingV2Client::createTargetGroup)
                                        .targetGroups()
                                        .getFirst());
        return o ->
                o.withTargetGroup(Rows.targetGroup(made).withCheck(check).withTags(step.tags()));
    }

    private static @Nullable Matcher codes(Wanted.Check check) {
        return check.codes().isEmpty() ? null : Matcher.builder().httpCode(check.codes()).build();
    }

    private Answer<AwsObserved> setCheck(AwsStep.SetCheck step) {
        Wanted.Check check = step.check();
        ModifyTargetGroupRequest request =
                ModifyTargetGroupRequest.builder()
                        .targetGroupArn(step.arn())
                        .healthCheckEnabled(true)
                        .healthCheckProtocol(check.protocol())
                        .healthCheckPort(check.port())
                        .healthCheckPath(ElbEffects.orNull(check.path()))
                        .matcher(codes(check))
                        .healthCheckIntervalSeconds(check.interval())
                        .healthCheckTimeoutSeconds(check.timeout())
                        .healthyThresholdCount(check.healthy())
                        .unhealthyThresholdCount(check.unhealthy())
                        .build();
        api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::modifyTargetGroup);
        return o -> o.withTargetGroup(step.arn(), g -> g.withCheck(check));
    }

    private Answer<AwsObserved> setAttributes(AwsStep.SetGroupAttributes step) {
        List<TargetGroupAttribute> attributes =
                step.attributes().entrySet().stream()
                        .map(a ->
                                TargetGroupAttribute.builder().key(a.getKey()).value(a.getValue()))
                        .map(TargetGroupAttribute.Builder::build)
                        .toList();
        api.elb(
                Repeat.SAFE,
                ModifyTargetGroupAttributesRequest.builder()
                        .targetGroupArn(step.arn())
                        .attributes(attributes)
                        .build(),
                ElasticLoadBalancingV2Client::modifyTargetGroupAttributes);
        return o ->
                o.withTargetGroup(
                        step.arn(),
                        g -> g.withAttributes(Sorted.merged(g.attributes(), step.attributes())));
    }

    /// Registers; a target that AWS refuses is left out and does not keep the others from it. AWS
    /// takes all targets of a call or none. Where it does not name those that it refuses, halves
    /// are tried. What is left after that many calls waits until the group is observed anew.
    private Answer<AwsObserved> register(AwsStep.Register step) {
        List<Target> good = new ArrayList<>();
        SortedSet<String> refused = new TreeSet<>();
        Deque<List<Target>> left = new ArrayDeque<>(List.of(step.targets()));
        for (int calls = 0; calls < REGISTER_CALLS_MAX && !left.isEmpty(); calls++) {
            List<Target> some = left.pop();
            Optional<Set<String>> refusal = refusal(step.arn(), some);
            if (refusal.isEmpty()) {
                good.addAll(some);
                continue;
            }
            refused.addAll(refusal.get());
            int size = refusal.get().isEmpty() ? (some.size() + 1) / 2 : some.size();
            List<Target> others =
                    some.stream().filter(t -> !refusal.get().contains(t.id())).toList();
            Sorted.chunks(others, size).reversed().forEach(left::push);
        }
        left.forEach(some -> some.forEach(t -> refused.add(t.id())));
        return o ->
                o.withTargetGroup(
                        step.arn(),
                        g -> g.withTargets(Sorted.union(g.targets(), good)).withRefused(refused));
    }

    /// Registers all or none; the answer is empty if AWS took them. Else it is which ones AWS
    /// names, and it means a single one whatever it says.
    private Optional<Set<String>> refusal(String arn, List<Target> targets) {
        var request =
                RegisterTargetsRequest.builder()
                        .targetGroupArn(arn)
                        .targets(descriptions(targets))
                        .build();
        try {
            api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::registerTargets);
            return Optional.empty();
        } catch (CloudException e) {
            if (!AwsErrors.code(e).equals("InvalidTarget")) {
                throw e;
            }
            String message = AwsErrors.message(e);
            return Optional.of(
                    targets.stream()
                            .map(Target::id)
                            .filter(id -> targets.size() == 1 || isNamed(id, message))
                            .collect(Collectors.toSet()));
        }
    }

    /// As a word of its own: 10.0.0.1 is not named by 10.0.0.12, nor by 10.0.0.1.5.
    private static boolean isNamed(String id, String message) {
        return Pattern.compile("(?<![\\w:.-])%s(?![\\w:-]|\\.\\w)".formatted(Pattern.quote(id)))
                .matcher(message)
                .find();
    }

    private Answer<AwsObserved> deregister(AwsStep.Deregister step) {
        DeregisterTargetsRequest request =
                DeregisterTargetsRequest.builder()
                        .targetGroupArn(step.arn())
                        .targets(descriptions(step.targets()))
                        .build();
        AwsApi.unlessAbsent(() ->
                api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::deregisterTargets));
        return o ->
                o.withTargetGroup(
                        step.arn(), g -> g.withTargets(Sorted.minus(g.targets(), step.targets())));
    }

    private static List<TargetDescription> descriptions(List<Target> targets) {
        return targets.stream()
                .map(t ->
                        TargetDescription.builder()
                                .id(t.id())
                                .port(t.port())
                                .availabilityZone(ElbEffects.orNull(t.zone()))
                                .build())
                .toList();
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteTargetGroup step) {
        var request = DeleteTargetGroupRequest.builder().targetGroupArn(step.arn()).build();
        AwsApi.unlessAbsent(() ->
                api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::deleteTargetGroup));
        book.deleted(step.arn());
        return o -> o.withoutTargetGroup(step.arn());
    }
}
