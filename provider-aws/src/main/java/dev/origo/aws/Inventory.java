package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.SecurityGroup;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.Code;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancersRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;

/// What is in the account, listed once for all who ask at the same time.
///
/// Thread rule: any thread.
final class Inventory {
    /// Source: ELBv2 API, DescribeTags and DescribeLoadBalancers
    private static final int ARNS_PER_CALL = 20;

    private static final Duration GATHER_POLLS = Duration.ofMillis(100);

    private final AwsApi api;
    private final AwsConfig config;
    private final Tasks tasks;
    private final RuleBook book;
    private final Coalescer<Listing> listings;
    private final Coalescer<Map<String, SortedMap<String, String>>> tagQuestions;
    private final Coalescer<Map<String, Balancer>> polls;

    /// Owners of balancers with names of the user's choice; empty for those that are not ours. An
    /// ARN never gets a second life, so this holds for ever.
    private final Map<String, Optional<OwnerId>> ownersByArn = new ConcurrentHashMap<>();

    Inventory(AwsApi api, AwsConfig config, Tasks tasks, RuleBook book) {
        this.api = api;
        this.config = config;
        this.tasks = tasks;
        this.book = book;
        this.listings = new Coalescer<>(tasks, "listing", Duration.ZERO, _ -> list());
        this.tagQuestions = new Coalescer<>(tasks, "tags", Duration.ZERO, this::fetchTags);
        this.polls = new Coalescer<>(tasks, "polls", GATHER_POLLS, this::fetchBalancers);
    }

    /// Everything that may be ours, without details.
    ///
    /// @param balancers network load balancers of the VPC with a derived name or our mark
    /// @param targetGroups those of the VPC with a derived name
    /// @param groups security groups with this cluster's mark
    /// @param foreignNames names of all other load balancers
    record Listing(
            List<Balancer> balancers,
            List<TargetGroup> targetGroups,
            List<SecurityGroup> groups,
            Set<String> foreignNames) {

        /// ARNs of balancers and target groups that may be the owner's.
        List<String> candidates(OwnerId owner, Inventory inventory) {
            List<String> arns = new ArrayList<>();
            for (Balancer b : balancers) {
                Optional<String> hash = AwsNames.ownerHash(b.name());
                if (hash.map(h -> h.equals(owner.hash()))
                        .orElseGet(() -> inventory.isNamedBy(owner, b))) {
                    arns.add(b.arn());
                }
            }
            for (TargetGroup g : targetGroups) {
                if (AwsNames.ownerHash(g.name()).filter(owner.hash()::equals).isPresent()) {
                    arns.add(g.arn());
                }
            }
            return arns;
        }
    }

    Listing listing() {
        return listings.ask(Set.of());
    }

    /// Tags by ARN; objects that are gone are absent.
    Map<String, SortedMap<String, String>> tags(List<String> arns) {
        return arns.isEmpty() ? Map.of() : tagQuestions.ask(arns);
    }

    /// Balancers by ARN, as they are now; those that are gone are absent.
    Map<String, Balancer> poll(Set<String> arns) {
        return polls.ask(arns);
    }

    private boolean isNamedBy(OwnerId owner, Balancer balancer) {
        return ownersByArn
                .getOrDefault(balancer.arn(), Optional.empty())
                .filter(owner::equals)
                .isPresent();
    }

    private Listing list() {
        long asOf = book.version();
        List<List<?>> rows =
                Effects.all(
                        tasks,
                        List.<Callable<List<?>>>of(
                                () -> describeBalancers(_ -> {}),
                                this::ourTargetGroups,
                                this::markedGroups));
        List<LoadBalancer> all = cast(rows.get(0));
        List<TargetGroup> targetGroups = cast(rows.get(1));
        List<SecurityGroup> groups = cast(rows.get(2));
        List<Balancer> network = new ArrayList<>();
        Set<String> foreign = new TreeSet<>();
        for (LoadBalancer b : all) {
            boolean candidate =
                    "network".equals(b.typeAsString()) && config.vpcId().equals(b.vpcId());
            if (candidate) {
                network.add(Rows.balancer(b));
            } else {
                foreign.add(b.loadBalancerName());
            }
        }
        learnOwners(network);
        network.removeIf(b -> {
            boolean isForeign =
                    AwsNames.ownerHash(b.name()).isEmpty()
                            && ownersByArn.getOrDefault(b.arn(), Optional.empty()).isEmpty();
            if (isForeign) {
                foreign.add(b.name());
            }
            return isForeign;
        });
        book.learn(asOf, sharedGroup(groups), needs(targetGroups));
        return new Listing(
                network, targetGroups, groups, java.util.Collections.unmodifiableSet(foreign));
    }

    @SuppressWarnings("unchecked") // each list is made by the call of the same place
    private static <T> List<T> cast(List<?> rows) {
        return (List<T>) rows;
    }

    private String sharedGroup(List<SecurityGroup> groups) {
        OwnerId shared = AwsNames.shared(config.cluster());
        return groups.stream()
                .filter(g ->
                        AwsNames.owner(config.cluster(), g.tags())
                                .filter(shared::equals)
                                .isPresent())
                .map(SecurityGroup::id)
                .min(String::compareTo)
                .orElse("");
    }

    /// Every target group with a derived name counts, until the book is told that it is not ours.
    private static Map<String, RuleBook.Need> needs(List<TargetGroup> groups) {
        Map<String, RuleBook.Need> needs = new HashMap<>();
        for (TargetGroup g : groups) {
            AwsNames.ownerHash(g.name())
                    .ifPresent(hash -> needs.put(g.arn(), new RuleBook.Need(hash, g.needs())));
        }
        return needs;
    }

    private void learnOwners(List<Balancer> balancers) {
        List<String> unknown =
                balancers.stream()
                        .filter(b -> AwsNames.ownerHash(b.name()).isEmpty())
                        .map(Balancer::arn)
                        .filter(arn -> !ownersByArn.containsKey(arn))
                        .toList();
        if (unknown.isEmpty()) {
            return;
        }
        Map<String, SortedMap<String, String>> tags = fetchTags(new TreeSet<>(unknown));
        tags.forEach((arn, t) -> ownersByArn.put(arn, AwsNames.owner(config.cluster(), t)));
    }

    /// A balancer with a name of the user's choice was just made.
    void named(String arn, OwnerId owner) {
        ownersByArn.put(arn, Optional.of(owner));
    }

    private Map<String, SortedMap<String, String>> fetchTags(Set<String> arns) {
        Map<String, SortedMap<String, String>> tags = new TreeMap<>();
        for (List<String> chunk : Sorted.chunks(arns, ARNS_PER_CALL)) {
            tags.putAll(perChunk(chunk, this::describeTags));
        }
        return tags;
    }

    private Map<String, Balancer> fetchBalancers(Set<String> arns) {
        Map<String, Balancer> found = new TreeMap<>();
        for (List<String> chunk : Sorted.chunks(arns, ARNS_PER_CALL)) {
            found.putAll(perChunk(chunk, this::describeBalancersByArn));
        }
        return found;
    }

    /// One ARN that is gone fails the call for all: then each is asked for alone.
    private static <T> Map<String, T> perChunk(
            List<String> arns, java.util.function.Function<List<String>, Map<String, T>> describe) {
        Supplier<Map<String, T>> together = () -> describe.apply(arns);
        Optional<Map<String, T>> all = AwsApi.unlessAbsent(together);
        if (all.isPresent() || arns.size() == 1) {
            return all.orElse(Map.of());
        }
        Map<String, T> found = new TreeMap<>();
        arns.forEach(arn ->
                AwsApi.unlessAbsent(() -> describe.apply(List.of(arn))).ifPresent(found::putAll));
        return found;
    }

    private Map<String, SortedMap<String, String>> describeTags(List<String> arns) {
        Map<String, SortedMap<String, String>> tags = new TreeMap<>();
        var request = DescribeTagsRequest.builder().resourceArns(arns).build();
        api.elb(request, ElasticLoadBalancingV2Client::describeTags)
                .tagDescriptions()
                .forEach(d -> tags.put(d.resourceArn(), Rows.elbTags(d.tags())));
        return tags;
    }

    private Map<String, Balancer> describeBalancersByArn(List<String> arns) {
        Map<String, Balancer> found = new TreeMap<>();
        describeBalancers(r -> r.loadBalancerArns(arns))
                .forEach(b -> found.put(b.loadBalancerArn(), Rows.balancer(b)));
        return found;
    }

    private List<LoadBalancer> describeBalancers(
            Consumer<DescribeLoadBalancersRequest.Builder> which) {
        return AwsApi.pages(marker -> {
            var request = DescribeLoadBalancersRequest.builder().marker(marker);
            which.accept(request);
            var page =
                    api.elb(request.build(), ElasticLoadBalancingV2Client::describeLoadBalancers);
            return new AwsApi.Page<>(page.loadBalancers(), page.nextMarker());
        });
    }

    private List<software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup>
            describeTargetGroups(Consumer<DescribeTargetGroupsRequest.Builder> which) {
        return AwsApi.pages(marker -> {
            var request = DescribeTargetGroupsRequest.builder().marker(marker);
            which.accept(request);
            var page = api.elb(request.build(), ElasticLoadBalancingV2Client::describeTargetGroups);
            return new AwsApi.Page<>(page.targetGroups(), page.nextMarker());
        });
    }

    private List<TargetGroup> ourTargetGroups() {
        return describeTargetGroups(_ -> {}).stream()
                .filter(g -> config.vpcId().equals(g.vpcId()))
                .filter(g -> AwsNames.ownerHash(g.targetGroupName()).isPresent())
                .map(Rows::targetGroup)
                .toList();
    }

    private List<SecurityGroup> markedGroups() {
        return SharedFacts.securityGroups(
                        api, "tag:" + AwsNames.CLUSTER, List.of(config.cluster().mark()))
                .stream()
                .filter(g -> config.vpcId().equals(g.vpcId()))
                .map(Rows::group)
                .toList();
    }

    /// Creates; where the name is taken, tells apart what is ours (it was made by a call whose
    /// answer was lost) from what is not.
    <T> T named(OwnerId owner, String name, Supplier<T> create) {
        try {
            return create.get();
        } catch (CloudException e) {
            String code = AwsErrors.code(e);
            if (!code.startsWith("Duplicate")) {
                throw e;
            }
            List<String> arns = code.contains("TargetGroup") ? groupArns(name) : balancerArns(name);
            boolean ours =
                    fetchTags(new TreeSet<>(arns)).values().stream()
                            .anyMatch(t -> AwsNames.isOf(owner, t));
            if (ours || arns.isEmpty()) {
                throw e; // a conflict: observing anew finds it
            }
            Problem taken =
                    Problem.error(
                            Code.NAME_TAKEN,
                            "the name %s is taken by something that is not this Service's"
                                    .formatted(name));
            throw new CloudException(e.action(), new CloudFailure.Rejected(taken), e);
        }
    }

    private List<String> balancerArns(String name) {
        return AwsApi.unlessAbsent(() -> describeBalancers(r -> r.names(name)))
                .map(found -> found.stream().map(LoadBalancer::loadBalancerArn).toList())
                .orElse(List.of());
    }

    private List<String> groupArns(String name) {
        return AwsApi.unlessAbsent(() -> describeTargetGroups(r -> r.names(name)))
                .map(found -> found.stream().map(g -> g.targetGroupArn()).toList())
                .orElse(List.of());
    }
}
