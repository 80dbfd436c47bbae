package dev.origo.aws;

import dev.origo.aws.AwsApi.Repeat;
import dev.origo.model.Code;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.spi.Answer;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/// Steps on security groups, and the looks that all Services share.
///
/// Thread rule: any thread.
final class Ec2Effects {
    private static final String DUPLICATE_RULE = "InvalidPermission.Duplicate";
    private static final String ABSENT_RULE = "InvalidPermission.NotFound";

    private final AwsApi api;
    private final AwsConfig config;
    private final SharedFacts facts;
    private final RuleBook book;

    Ec2Effects(AwsApi api, AwsConfig config, SharedFacts facts, RuleBook book) {
        this.api = api;
        this.config = config;
        this.facts = facts;
        this.book = book;
    }

    Answer<AwsObserved> apply(AwsStep.OnEc2 step) {
        return switch (step) {
            case AwsStep.LookUp s -> {
                Facts found = facts.lookUp(s.what());
                yield o -> o.withFacts(found);
            }
            case AwsStep.LookUpRules s -> {
                facts.lookUpRules();
                AwsObserved.Shared shared = book.view(s.owner());
                yield o -> o.withShared(shared);
            }
            case AwsStep.EnsureShared s -> ensureShared(s);
            case AwsStep.ReleaseShared s -> releaseShared(s);
            case AwsStep.CreateGroup s -> createGroup(s);
            case AwsStep.DeleteGroup s -> {
                deleteGroup(s.id());
                yield o -> o.withoutGroup(s.id());
            }
            case AwsStep.TagGroup s -> tag(s);
            case AwsStep.AdmitClients s -> admit(s);
            case AwsStep.DismissClients s -> dismiss(s);
            case AwsStep.OpenNodes s -> open(s);
            case AwsStep.CloseNodes s -> close(s);
        };
    }

    // --- the shared group

    private Answer<AwsObserved> ensureShared(AwsStep.EnsureShared step) {
        OwnerId owner = AwsNames.shared(config.cluster());
        String id =
                book.ensure(
                        step.owner(),
                        () -> create(owner, step.name(), description(), AwsNames.marks(owner)));
        return o -> {
            AwsObserved.Shared was = o.shared();
            boolean known = was.group().isEmpty() || was.rulesKnown();
            return o.withShared(new AwsObserved.Shared(id, known, was.opened(), true, false));
        };
    }

    private Answer<AwsObserved> releaseShared(AwsStep.ReleaseShared step) {
        if (!book.view(step.owner()).rulesKnown()) {
            facts.lookUpRules();
        }
        String shared = book.group();
        book.release(
                step,
                rules -> {
                    rules.forEach((group, set) -> revoke(group, shared, set));
                    deleteGroup(shared);
                });
        return o -> {
            AwsObserved.Shared was = o.shared();
            return o.withShared(
                    new AwsObserved.Shared(
                            was.group(), was.rulesKnown(), was.opened(), false, false));
        };
    }

    private Answer<AwsObserved> open(AwsStep.OpenNodes step) {
        book.open(step, rules -> authorize(step, rules));
        return o -> o.withShared(opened(o.shared(), step.group(), step.rules(), Sorted.none()));
    }

    private Answer<AwsObserved> close(AwsStep.CloseNodes step) {
        book.close(step, rules -> revoke(step.group(), step.shared(), rules));
        return o -> o.withShared(opened(o.shared(), step.group(), Sorted.none(), step.rules()));
    }

    private static AwsObserved.Shared opened(
            AwsObserved.Shared was,
            String group,
            SortedSet<NodeRule> more,
            SortedSet<NodeRule> less) {
        SortedMap<String, SortedSet<NodeRule>> opened = new TreeMap<>(was.opened());
        SortedSet<NodeRule> there =
                Sorted.minus(Sorted.union(opened.getOrDefault(group, Sorted.none()), more), less);
        opened.remove(group);
        if (!there.isEmpty()) {
            opened.put(group, there);
        }
        return new AwsObserved.Shared(
                was.group(),
                was.rulesKnown(),
                Sorted.map(opened),
                was.used() || !more.isEmpty(),
                was.idle());
    }

    /// Adds rules to a node group; where it is full, one for the whole range of node ports.
    private SortedSet<NodeRule> authorize(AwsStep.OpenNodes step, SortedSet<NodeRule> rules) {
        try {
            authorizeNodes(step, rules);
            return rules;
        } catch (CloudException e) {
            if (e.failure() instanceof CloudFailure.QuotaExceeded) {
                SortedSet<NodeRule> ranges = NodeRule.ranges(rules);
                authorizeNodes(step, ranges);
                return ranges;
            }
            if (!AwsErrors.code(e).equals(DUPLICATE_RULE)) {
                throw e;
            }
            SortedSet<NodeRule> standing = new TreeSet<>();
            describe(step.group()).forEach(g -> standing.addAll(Rows.admitting(g, step.shared())));
            SortedSet<NodeRule> missing = Sorted.minus(rules, standing);
            if (!missing.isEmpty()) {
                authorizeNodes(step, missing);
            }
            return Sorted.union(rules, standing);
        }
    }

    private void authorizeNodes(AwsStep.OpenNodes step, SortedSet<NodeRule> rules) {
        authorize(step.group(), Rows.nodePermissions(rules, step.shared(), description()));
    }

    private void revoke(String group, String shared, SortedSet<NodeRule> rules) {
        try {
            revoke(group, Rows.nodePermissions(rules, shared, description()));
        } catch (CloudException e) {
            if (!(e.failure() instanceof CloudFailure.NotFound)) {
                throw e;
            }
            SortedSet<NodeRule> standing = new TreeSet<>();
            describe(group).forEach(g -> standing.addAll(Rows.admitting(g, shared)));
            standing.retainAll(rules);
            if (!standing.isEmpty()) {
                revoke(group, Rows.nodePermissions(standing, shared, description()));
            }
        }
    }

    /// The same in every rule of ours: some endpoints find a rule to revoke only by all of it.
    private String description() {
        return "Origo: load balancers of cluster " + config.cluster().name();
    }

    // --- the owner's own group

    private Answer<AwsObserved> createGroup(AwsStep.CreateGroup step) {
        String description = "Origo: clients of " + step.owner().service();
        String id = create(step.owner(), step.name(), description, step.tags());
        return o ->
                o.withGroup(new Seen.SecurityGroup(id, step.name(), Sorted.none(), step.tags()));
    }

    private Answer<AwsObserved> tag(AwsStep.TagGroup step) {
        var request =
                CreateTagsRequest.builder()
                        .resources(step.id())
                        .tags(Rows.tags(step.tags()))
                        .build();
        api.ec2(Repeat.SAFE, request, Ec2Client::createTags);
        return o -> o.withGroup(step.id(), g -> g.withTags(Sorted.merged(g.tags(), step.tags())));
    }

    private Answer<AwsObserved> admit(AwsStep.AdmitClients step) {
        try {
            authorize(step.group(), Rows.clientPermissions(step.rules()));
            return o ->
                    o.withGroup(
                            step.group(), g -> g.withRules(Sorted.union(g.rules(), step.rules())));
        } catch (CloudException e) {
            return e.failure() instanceof CloudFailure.QuotaExceeded && !step.spare().isEmpty()
                    ? admitInstead(step)
                    : asItIs(step.group(), DUPLICATE_RULE, e);
        }
    }

    /// For a quota below AWS's usual one: what is no longer wanted makes room.
    private Answer<AwsObserved> admitInstead(AwsStep.AdmitClients step) {
        Answer<AwsObserved> less = dismiss(new AwsStep.DismissClients(step.group(), step.spare()));
        Answer<AwsObserved> more =
                admit(new AwsStep.AdmitClients(step.group(), step.rules(), Sorted.none()));
        return o -> more.foldInto(less.foldInto(o));
    }

    private Answer<AwsObserved> dismiss(AwsStep.DismissClients step) {
        try {
            revoke(step.group(), Rows.clientPermissions(step.rules()));
            return o ->
                    o.withGroup(
                            step.group(), g -> g.withRules(Sorted.minus(g.rules(), step.rules())));
        } catch (CloudException e) {
            return asItIs(step.group(), ABSENT_RULE, e);
        }
    }

    /// The group's rules are not what was observed: they are read again, for the next wave.
    private Answer<AwsObserved> asItIs(String id, String code, CloudException e) {
        if (!AwsErrors.code(e).equals(code)) {
            throw e;
        }
        List<SecurityGroup> read = describe(id);
        if (read.isEmpty()) {
            throw e;
        }
        Seen.SecurityGroup group = Rows.group(read.getFirst());
        return o -> o.withGroup(id, _ -> group);
    }

    // --- calls

    /// Creates; where the name is taken, tells apart what is ours (it was made by a call whose
    /// answer was lost) from what is not.
    private String create(
            OwnerId owner, String name, String description, SortedMap<String, String> tags) {
        try {
            TagSpecification marks =
                    TagSpecification.builder()
                            .resourceType(ResourceType.SECURITY_GROUP)
                            .tags(Rows.tags(tags))
                            .build();
            CreateSecurityGroupRequest request =
                    CreateSecurityGroupRequest.builder()
                            .groupName(name)
                            .description(description)
                            .vpcId(config.vpcId())
                            .tagSpecifications(marks)
                            .build();
            return api.ec2(Repeat.NEVER, request, Ec2Client::createSecurityGroup).groupId();
        } catch (CloudException e) {
            if (!AwsErrors.code(e).equals("InvalidGroup.Duplicate")) {
                throw e;
            }
            boolean foreign =
                    SharedFacts.securityGroups(api, "group-name", List.of(name)).stream()
                            .filter(g -> config.vpcId().equals(g.vpcId()))
                            .anyMatch(g ->
                                    AwsNames.owner(config.cluster(), Rows.tags(g.tags()))
                                            .filter(owner::equals)
                                            .isEmpty());
            if (!foreign) {
                throw e;
            }
            Problem taken =
                    Problem.error(
                            Code.NAME_TAKEN,
                            "a security group named %s exists and is not ours".formatted(name));
            throw new CloudException(e.action(), new CloudFailure.Rejected(taken), e);
        }
    }

    private List<SecurityGroup> describe(String id) {
        return SharedFacts.securityGroups(api, "group-id", List.of(id));
    }

    private void authorize(String group, List<IpPermission> permissions) {
        var request =
                AuthorizeSecurityGroupIngressRequest.builder()
                        .groupId(group)
                        .ipPermissions(permissions)
                        .build();
        api.ec2(Repeat.NEVER, request, Ec2Client::authorizeSecurityGroupIngress);
    }

    private void revoke(String group, List<IpPermission> permissions) {
        var request =
                RevokeSecurityGroupIngressRequest.builder()
                        .groupId(group)
                        .ipPermissions(permissions)
                        .build();
        api.ec2(Repeat.NEVER, request, Ec2Client::revokeSecurityGroupIngress);
    }

    private void deleteGroup(String id) {
        var request = DeleteSecurityGroupRequest.builder().groupId(id).build();
        AwsApi.unlessAbsent(() -> api.ec2(Repeat.SAFE, request, Ec2Client::deleteSecurityGroup));
    }
}
