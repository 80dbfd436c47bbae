package dev.origo.aws;

import dev.origo.aws.Inventory.Listing;
import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.SecurityGroup;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.OwnerId;
import dev.origo.spi.Answer;
import dev.origo.spi.Cloud;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.TargetHealth;
import dev.origo.spi.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Certificate;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeListenerCertificatesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeListenersRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancerAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetHealthRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/// The effects of the AWS provider.
final class AwsCloud implements Cloud<AwsObserved, AwsStep> {
    /// Owners whose details the audit reads at the same time: few, so that at a low rate none of
    /// their calls waits longer than the gate lets it.
    private static final int OWNERS_AT_ONCE = 4;

    private final AwsApi api;
    private final AwsConfig config;
    private final Tasks tasks;
    private final RuleBook book;
    private final Inventory inventory;
    private final SharedFacts facts;
    private final ElbEffects elb;
    private final TargetEffects targets;
    private final Ec2Effects ec2;

    AwsCloud(AwsConfig config, AwsClients clients, ProviderRuntime runtime) {
        this.config = config;
        this.tasks = runtime.tasks();
        this.api = new AwsApi(clients, runtime.calls());
        this.book = new RuleBook(tasks, config.limits().rulesMax());
        this.inventory = new Inventory(api, config, tasks, book);
        this.facts = new SharedFacts(api, config, tasks, book);
        this.elb = new ElbEffects(api, inventory, book);
        this.targets = new TargetEffects(api, config.vpcId(), inventory, book);
        this.ec2 = new Ec2Effects(api, config, facts, book);
    }

    @Override
    public Answer<AwsObserved> apply(AwsStep step) {
        return switch (step) {
            case AwsStep.OnElb onElb -> elb.apply(onElb);
            case AwsStep.OnTargets onTargets -> targets.apply(onTargets);
            case AwsStep.OnEc2 onEc2 -> ec2.apply(onEc2);
        };
    }

    @Override
    public AwsObserved observe(OwnerId owner) {
        Listing listing = inventory.listing();
        Map<String, SortedMap<String, String>> tags =
                inventory.tags(listing.candidates(owner, inventory));
        return complete(bare(owner, listing, tags));
    }

    @Override
    public Map<OwnerId, AwsObserved> observeAll() {
        facts.refresh();
        book.doubtRules();
        Listing listing = inventory.listing();
        facts.lookUpRules();
        List<String> arns = new ArrayList<>();
        listing.balancers().forEach(b -> arns.add(b.arn()));
        listing.targetGroups().forEach(g -> arns.add(g.arn()));
        Map<String, SortedMap<String, String>> tags = inventory.tags(arns);
        NavigableSet<OwnerId> owners = new TreeSet<>();
        Set<String> strangers = new TreeSet<>();
        tags.forEach((arn, t) ->
                AwsNames.owner(config.cluster(), t)
                        .ifPresentOrElse(owners::add, () -> strangers.add(arn)));
        book.strangers(strangers);
        listing.groups()
                .forEach(g -> AwsNames.owner(config.cluster(), g.tags()).ifPresent(owners::add));
        OwnerId shared = AwsNames.shared(config.cluster());
        owners.remove(shared);
        book.audited(owners.stream().map(OwnerId::hash).collect(Collectors.toSet()));
        Map<OwnerId, AwsObserved> all = new TreeMap<>();
        for (List<OwnerId> some : Sorted.chunks(owners, OWNERS_AT_ONCE)) {
            List<Callable<AwsObserved>> looks = new ArrayList<>();
            some.forEach(owner -> looks.add(() -> complete(bare(owner, listing, tags))));
            Effects.all(tasks, looks).forEach(o -> all.put(o.owner(), o));
        }
        AwsObserved leftovers = leftovers(shared, listing);
        if (!leftovers.shared().opened().isEmpty()
                || leftovers.shared().used()
                || !leftovers.groups().isEmpty()) {
            all.put(shared, leftovers);
        }
        return all;
    }

    /// What nobody uses of the shared group: rules, the group itself, a twin of it.
    private AwsObserved leftovers(OwnerId shared, Listing listing) {
        List<SecurityGroup> twins =
                listing.groups().stream()
                        .filter(g ->
                                AwsNames.isOf(shared, g.tags()) && !g.id().equals(book.group()))
                        .toList();
        return AwsObserved.nothing(shared, book.unneeded(shared), facts.current())
                .withGroups(twins);
    }

    /// What the listing tells of one owner.
    private AwsObserved bare(
            OwnerId owner, Listing listing, Map<String, SortedMap<String, String>> tags) {
        List<Balancer> balancers = new ArrayList<>();
        List<TargetGroup> targetGroups = new ArrayList<>();
        SortedSet<String> taken = new TreeSet<>();
        for (Balancer b : listing.balancers()) {
            Optional<SortedMap<String, String>> t = Optional.ofNullable(tags.get(b.arn()));
            if (t.isPresent() && AwsNames.isOf(owner, t.get())) {
                balancers.add(b.withTags(t.get()));
            } else if (AwsNames.ownerHash(b.name()).filter(owner.hash()::equals).isPresent()) {
                taken.add(b.name());
            }
        }
        for (TargetGroup g : listing.targetGroups()) {
            Optional<SortedMap<String, String>> t = Optional.ofNullable(tags.get(g.arn()));
            if (t.isPresent() && AwsNames.isOf(owner, t.get())) {
                targetGroups.add(g.withTags(t.get()));
            } else if (AwsNames.ownerHash(g.name()).filter(owner.hash()::equals).isPresent()) {
                taken.add(g.name());
            }
        }
        boolean isShared = owner.equals(AwsNames.shared(config.cluster()));
        List<SecurityGroup> groups =
                listing.groups().stream()
                        .filter(g -> !isShared && AwsNames.isOf(owner, g.tags()))
                        .toList();
        return AwsObserved.nothing(owner, book.view(owner), facts.current())
                .withBalancers(balancers)
                .withTargetGroups(targetGroups)
                .withGroups(groups)
                .withTaken(new AwsObserved.Taken(Sorted.set(taken), listing.foreignNames()));
    }

    /// One detail of an owner's objects, and what it tells of the targets' health.
    private record Look(Answer<AwsObserved> answer, List<TargetHealthDescription> health) {}

    private AwsObserved complete(AwsObserved bare) {
        List<Callable<Look>> looks = new ArrayList<>();
        for (String arn : bare.balancers().keySet()) {
            looks.add(() -> listeners(arn));
            looks.add(() -> balancerAttributes(arn));
        }
        for (String arn : bare.targetGroups().keySet()) {
            looks.add(() -> targets(arn));
            looks.add(() -> groupAttributes(arn));
        }
        return folded(bare, looks);
    }

    private AwsObserved folded(AwsObserved observed, List<Callable<Look>> looks) {
        AwsObserved result = observed;
        List<List<TargetHealthDescription>> health = new ArrayList<>();
        for (Look look : Effects.all(tasks, looks)) {
            result = look.answer().foldInto(result);
            health.add(look.health());
        }
        return result.withHealth(health(health));
    }

    private Look listeners(String arn) {
        SortedMap<String, Listener> listeners = new TreeMap<>();
        AwsApi.pages(
                        marker -> {
                            var request =
                                    DescribeListenersRequest.builder()
                                            .loadBalancerArn(arn)
                                            .marker(marker)
                                            .build();
                            return read(request, ElasticLoadBalancingV2Client::describeListeners)
                                    .map(p -> new AwsApi.Page<>(p.listeners(), p.nextMarker()))
                                    .orElseGet(() -> new AwsApi.Page<>(List.of(), null));
                        })
                .forEach(l -> listeners.put(l.listenerArn(), Rows.listener(l)));
        List<Callable<Listener>> secure = new ArrayList<>();
        listeners.values().stream()
                .filter(Listener::endsTls)
                .forEach(l -> secure.add(() -> l.withMoreCertificates(certificates(l.arn()))));
        Effects.all(tasks, secure).forEach(l -> listeners.put(l.arn(), l));
        return new Look(
                o -> o.withBalancer(arn, b -> b.withListeners(Sorted.map(listeners))), List.of());
    }

    /// Those beside the default one.
    private List<String> certificates(String listener) {
        return AwsApi.pages(
                        marker -> {
                            var request =
                                    DescribeListenerCertificatesRequest.builder()
                                            .listenerArn(listener)
                                            .marker(marker)
                                            .build();
                            return read(
                                            request,
                                            ElasticLoadBalancingV2Client
                                                    ::describeListenerCertificates)
                                    .map(p -> new AwsApi.Page<>(p.certificates(), p.nextMarker()))
                                    .orElseGet(() -> new AwsApi.Page<>(List.of(), null));
                        })
                .stream()
                .filter(certificate -> !Boolean.TRUE.equals(certificate.isDefault()))
                .map(Certificate::certificateArn)
                .toList();
    }

    private Look balancerAttributes(String arn) {
        SortedMap<String, String> attributes = new TreeMap<>();
        var request = DescribeLoadBalancerAttributesRequest.builder().loadBalancerArn(arn).build();
        read(request, ElasticLoadBalancingV2Client::describeLoadBalancerAttributes).stream()
                .flatMap(answer -> answer.attributes().stream())
                .forEach(a -> attributes.put(a.key(), Rows.text(a.value())));
        return new Look(
                o -> o.withBalancer(arn, b -> b.withAttributes(Sorted.map(attributes))), List.of());
    }

    private Look groupAttributes(String arn) {
        SortedMap<String, String> attributes = new TreeMap<>();
        var request = DescribeTargetGroupAttributesRequest.builder().targetGroupArn(arn).build();
        read(request, ElasticLoadBalancingV2Client::describeTargetGroupAttributes).stream()
                .flatMap(answer -> answer.attributes().stream())
                .forEach(a -> attributes.put(a.key(), Rows.text(a.value())));
        return new Look(
                o -> o.withTargetGroup(arn, g -> g.withAttributes(Sorted.map(attributes))),
                List.of());
    }

    private Look targets(String arn) {
        var request = DescribeTargetHealthRequest.builder().targetGroupArn(arn).build();
        List<TargetHealthDescription> health =
                read(request, ElasticLoadBalancingV2Client::describeTargetHealth)
                        .map(answer -> answer.targetHealthDescriptions())
                        .orElse(List.of());
        return new Look(
                o -> o.withTargetGroup(arn, g -> g.withTargets(Rows.targets(health))), health);
    }

    private <Q extends AwsRequest, R> Optional<R> read(
            Q request, BiFunction<ElasticLoadBalancingV2Client, Q, R> call) {
        return AwsApi.unlessAbsent(() -> api.elb(request, call));
    }

    @Override
    public Answer<AwsObserved> poll(AwsObserved observed) {
        AwsObserved now = observed;
        SortedSet<String> waiting = new TreeSet<>();
        observed.balancers().values().stream()
                .filter(b -> !b.isActive())
                .forEach(b -> waiting.add(b.arn()));
        if (!waiting.isEmpty()) {
            Map<String, Balancer> found = inventory.poll(waiting);
            for (String arn : waiting) {
                Optional<Balancer> newer = Optional.ofNullable(found.get(arn));
                now =
                        newer.isEmpty()
                                ? now.withoutBalancer(arn)
                                : now.withBalancer(arn, b -> b.as(newer.get()));
            }
        }
        if (now.balancers().values().stream().allMatch(Balancer::isActive)) {
            List<Callable<Look>> looks = new ArrayList<>();
            now.targetGroups().keySet().forEach(arn -> looks.add(() -> targets(arn)));
            now = folded(now, looks);
        }
        AwsObserved looked = now;
        return _ -> looked;
    }

    /// A target counts as healthy if it is in every group that has it, and as judged only if a
    /// check failed in each of the others. Source: ELBv2 API, TargetHealth: `unhealthy...` is the
    /// one state that a failed check makes; `initial`, `unused` and `unavailable` are others.
    private static TargetHealth health(List<List<TargetHealthDescription>> groups) {
        SortedSet<String> ids = new TreeSet<>();
        SortedMap<String, String> unhealthy = new TreeMap<>();
        SortedSet<String> unjudged = new TreeSet<>();
        for (List<TargetHealthDescription> group : groups) {
            for (TargetHealthDescription target : group) {
                if (Rows.isDraining(target)) {
                    continue;
                }
                ids.add(target.target().id());
                var told = Optional.ofNullable(target.targetHealth());
                String state = told.map(h -> Rows.text(h.stateAsString())).orElse("unknown");
                if (!state.equals("healthy")) {
                    String reason =
                            told.map(h -> Rows.text(h.reasonAsString()))
                                    .filter(text -> !text.isEmpty())
                                    .orElse(state);
                    unhealthy.put(target.target().id(), reason);
                    if (!state.startsWith("unhealthy")) {
                        unjudged.add(target.target().id());
                    }
                }
            }
        }
        return new TargetHealth(
                ids.size() - unhealthy.size(), ids.size(), unhealthy, unjudged.size());
    }
}
