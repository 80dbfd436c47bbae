package dev.origo.aws;

import dev.origo.aws.Facts.Route;
import dev.origo.model.Cidr;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeRouteTablesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Subnet;

/// Facts that all Services share, looked up once and for many at a time.
///
/// Thread rule: any thread.
final class SharedFacts {
    /// Source: EC2 API, DescribeInstances: values of one filter
    private static final int VALUES_PER_FILTER = 200;

    /// Asks for what is known, not for a thing of that name.
    private static final String ANEW = "anew";

    private static final String PUBLIC_ROLE = "kubernetes.io/role/elb";
    private static final String PRIVATE_ROLE = "kubernetes.io/role/internal-elb";

    private final AwsApi api;
    private final String vpcId;
    private final RuleBook book;
    private final Coalescer<Facts> questions;
    private final Coalescer<String> rules;
    private volatile Facts facts = Facts.NONE;

    SharedFacts(AwsApi api, AwsConfig config, Tasks tasks, RuleBook book) {
        this.api = api;
        this.vpcId = config.vpcId();
        this.book = book;
        this.questions = new Coalescer<>(tasks, "facts", Duration.ZERO, this::fetch);
        this.rules = new Coalescer<>(tasks, "rules", Duration.ZERO, _ -> readRules());
    }

    Facts current() {
        return facts;
    }

    /// Looks anew at all that is known. What EC2 does not know any more is forgotten.
    void refresh() {
        if (!facts.equals(Facts.NONE)) {
            questions.ask(Set.of(ANEW));
        }
    }

    /// Facts that tell about all of `what`: `subnets`, instances by id, security groups by id or
    /// Name.
    Facts lookUp(Set<String> what) {
        Facts now = facts;
        return now.keys().containsAll(what) ? now : questions.ask(what);
    }

    /// One at a time, by the coalescer.
    private Facts fetch(Set<String> what) {
        boolean anew = what.contains(ANEW);
        Facts known = anew ? Facts.NONE : facts;
        SortedSet<String> missing = Sorted.union(what, anew ? facts.keys() : Set.of());
        missing = Sorted.minus(missing, known.keys());
        boolean subnets = missing.contains(Facts.SUBNETS);
        SortedMap<String, Facts.Instance> instances =
                new TreeMap<>(instances(startingWith("i-", missing)));
        startingWith("i-", what).forEach(id -> instances.putIfAbsent(id, absent(id)));
        SortedMap<String, SortedMap<String, String>> tags =
                new TreeMap<>(groupTags(startingWith("sg-", missing)));
        startingWith("sg-", what).forEach(id -> tags.putIfAbsent(id, Collections.emptySortedMap()));
        SortedMap<String, SortedSet<String>> named = new TreeMap<>(groupsNamed(namesIn(missing)));
        namesIn(what).forEach(name -> named.putIfAbsent(name, Sorted.none()));
        facts =
                new Facts(
                        subnets || known.subnetsKnown(),
                        subnets ? subnets() : known.subnets(),
                        Sorted.merged(instances, known.instances()),
                        Sorted.merged(tags, known.groupTags()),
                        Sorted.merged(named, known.groupsNamed()));
        return facts;
    }

    private static List<String> startingWith(String prefix, Set<String> keys) {
        return keys.stream().filter(key -> key.startsWith(prefix)).toList();
    }

    private static List<String> namesIn(Set<String> keys) {
        return startingWith(Facts.GROUP_NAMED, keys).stream()
                .map(key -> key.substring(Facts.GROUP_NAMED.length()))
                .toList();
    }

    private static Facts.Instance absent(String id) {
        return new Facts.Instance(id, "", "no instance %s".formatted(id), Sorted.none());
    }

    private List<Facts.Subnet> subnets() {
        List<Subnet> subnets =
                AwsApi.pages(marker -> {
                    var request =
                            DescribeSubnetsRequest.builder()
                                    .filters(inVpc())
                                    .nextToken(marker)
                                    .build();
                    var page = api.ec2(request, Ec2Client::describeSubnets);
                    return new AwsApi.Page<>(page.subnets(), page.nextToken());
                });
        boolean tagged =
                subnets.stream()
                        .map(s -> Rows.tags(s.tags()))
                        .anyMatch(t -> t.containsKey(PUBLIC_ROLE) || t.containsKey(PRIVATE_ROLE));
        Map<String, Route> routes = tagged ? Map.of() : routes();
        Route other = routes.getOrDefault("", Route.UNKNOWN);
        return subnets.stream()
                .map(s ->
                        new Facts.Subnet(
                                s.subnetId(),
                                Rows.text(s.availabilityZone()),
                                ranges(s),
                                s.availableIpAddressCount() == null
                                        ? Integer.MAX_VALUE
                                        : s.availableIpAddressCount(),
                                routes.getOrDefault(s.subnetId(), other),
                                Rows.tags(s.tags())))
                .toList();
    }

    private static List<Cidr> ranges(Subnet subnet) {
        Stream<String> ipv6 =
                subnet.ipv6CidrBlockAssociationSet().stream().map(b -> b.ipv6CidrBlock());
        return Stream.concat(Stream.of(subnet).map(Subnet::cidrBlock), ipv6)
                .filter(range -> range != null && !range.isEmpty())
                .map(Cidr::parse)
                .toList();
    }

    /// Where each subnet's route table leads; under the empty name, where the main one does.
    private Map<String, Route> routes() {
        List<RouteTable> tables =
                AwsApi.pages(marker -> {
                    var request =
                            DescribeRouteTablesRequest.builder()
                                    .filters(inVpc())
                                    .nextToken(marker)
                                    .build();
                    var page = api.ec2(request, Ec2Client::describeRouteTables);
                    return new AwsApi.Page<>(page.routeTables(), page.nextToken());
                });
        Map<String, Route> routes = new TreeMap<>();
        for (RouteTable table : tables) {
            boolean open =
                    table.routes().stream()
                            .anyMatch(r -> Rows.text(r.gatewayId()).startsWith("igw-"));
            Route route = open ? Route.PUBLIC : Route.PRIVATE;
            table.associations()
                    .forEach(a ->
                            routes.put(
                                    Boolean.TRUE.equals(a.main()) ? "" : Rows.text(a.subnetId()),
                                    route));
        }
        return routes;
    }

    /// Those that EC2 knows.
    private SortedMap<String, Facts.Instance> instances(List<String> ids) {
        SortedMap<String, Facts.Instance> found = new TreeMap<>();
        for (List<String> chunk : Sorted.chunks(ids, VALUES_PER_FILTER)) {
            instancesOf(chunk).forEach(i -> found.put(i.instanceId(), instance(i)));
        }
        return found;
    }

    /// By filter: an id that EC2 does not know is left out, where asking by id fails as a whole.
    private List<Instance> instancesOf(List<String> ids) {
        Filter filter = Filter.builder().name("instance-id").values(ids).build();
        return AwsApi.pages(marker -> {
            var request =
                    DescribeInstancesRequest.builder().filters(filter).nextToken(marker).build();
            var page = api.ec2(request, Ec2Client::describeInstances);
            return new AwsApi.Page<>(
                    page.reservations().stream().flatMap(r -> r.instances().stream()).toList(),
                    page.nextToken());
        });
    }

    private Facts.Instance instance(Instance i) {
        String state = i.state() == null ? "running" : Rows.text(i.state().nameAsString());
        String obstacle = "";
        if (!state.equals("running") && !state.equals("pending")) {
            obstacle = "instance %s is %s".formatted(i.instanceId(), state);
        } else if (i.vpcId() != null && !i.vpcId().equals(vpcId)) {
            obstacle = "instance %s is in another VPC, %s".formatted(i.instanceId(), i.vpcId());
        }
        return new Facts.Instance(
                i.instanceId(),
                i.placement() == null ? "" : Rows.text(i.placement().availabilityZone()),
                obstacle,
                Sorted.set(i.securityGroups().stream().map(g -> g.groupId()).toList()));
    }

    /// Those that EC2 knows.
    private SortedMap<String, SortedMap<String, String>> groupTags(List<String> ids) {
        SortedMap<String, SortedMap<String, String>> tags = new TreeMap<>();
        for (List<String> chunk : Sorted.chunks(ids, VALUES_PER_FILTER)) {
            securityGroups(api, "group-id", chunk)
                    .forEach(g -> tags.put(g.groupId(), Rows.tags(g.tags())));
        }
        return tags;
    }

    /// Those that a group of the VPC has. A filter takes `*` for anything, a Name tag does not.
    private SortedMap<String, SortedSet<String>> groupsNamed(List<String> names) {
        SortedMap<String, SortedSet<String>> named = new TreeMap<>();
        for (List<String> chunk : Sorted.chunks(names, VALUES_PER_FILTER)) {
            for (SecurityGroup group : securityGroups(api, "tag:Name", chunk)) {
                String name = Rows.tags(group.tags()).getOrDefault("Name", "");
                if (vpcId.equals(group.vpcId()) && chunk.contains(name)) {
                    named.merge(name, Sorted.set(List.of(group.groupId())), Sorted::union);
                }
            }
        }
        return named;
    }

    /// Has the book learn which node groups admit the shared group.
    void lookUpRules() {
        rules.ask(Set.of());
    }

    /// One at a time, by the coalescer; the answer is whose rules were read.
    private String readRules() {
        long asOf = book.version();
        String shared = book.group();
        if (shared.isEmpty()) {
            return shared;
        }
        Map<String, SortedSet<NodeRule>> admitting = new TreeMap<>();
        securityGroups(api, "ip-permission.group-id", List.of(shared))
                .forEach(g -> admitting.put(g.groupId(), Rows.admitting(g, shared)));
        book.learnRules(asOf, shared, admitting);
        return shared;
    }

    static List<SecurityGroup> securityGroups(AwsApi api, String filter, List<String> values) {
        Filter by = Filter.builder().name(filter).values(values).build();
        return AwsApi.pages(marker -> {
            var request =
                    DescribeSecurityGroupsRequest.builder().filters(by).nextToken(marker).build();
            var page = api.ec2(request, Ec2Client::describeSecurityGroups);
            return new AwsApi.Page<>(page.securityGroups(), page.nextToken());
        });
    }

    private Filter inVpc() {
        return Filter.builder().name("vpc-id").values(vpcId).build();
    }
}
