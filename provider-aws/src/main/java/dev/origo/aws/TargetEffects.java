package dev.origo.aws;

import dev.origo.aws.AwsApi.Repeat;
import dev.origo.aws.Seen.Target;
import dev.origo.spi.Answer;
import dev.origo.spi.CloudException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
    private static final Pattern INSTANCE = Pattern.compile("\\bi-[0-9a-z]+");

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

    /// Registers; a target that AWS refuses is left out and does not keep the others from it.
    private Answer<AwsObserved> register(AwsStep.Register step) {
        List<Target> good = new ArrayList<>(step.targets());
        SortedSet<String> refused = new TreeSet<>();
        try {
            register(step.arn(), good);
        } catch (CloudException e) {
            var named = INSTANCE.matcher(AwsErrors.message(e));
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
                Repeat.SAFE,
                RegisterTargetsRequest.builder()
                        .targetGroupArn(arn)
                        .targets(descriptions(targets))
                        .build(),
                ElasticLoadBalancingV2Client::registerTargets);
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
                .map(t -> TargetDescription.builder().id(t.id()).port(t.port()).build())
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
