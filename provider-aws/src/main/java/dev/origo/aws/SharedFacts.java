package dev.origo.aws;

import dev.origo.aws.Facts.Route;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

    private static final String PUBLIC_ROLE = "kubernetes.io/role/elb";
    private static final String PRIVATE_ROLE = "kubernetes.io/role/internal-elb";

    private final AwsApi api;
    private final String vpcId;
    private final Coalescer<Facts> questions;
    private volatile Facts facts = Facts.NONE;

    SharedFacts(AwsApi api, AwsConfig config, Tasks tasks) {
        this.api = api;
        this.vpcId = config.vpcId();
        this.questions = new Coalescer<>(tasks, "facts", Duration.ZERO, this::fetch);
    }

    Facts current() {
        return facts;
    }

    /// Everything is to be looked up anew when it is next asked for.
    void forget() {
        facts = Facts.NONE;
    }

    /// Facts that tell about all of `what`: `subnets`, instances and security groups by id.
    Facts lookUp(Set<String> what) {
        return tells(facts, what) ? facts : questions.ask(what);
    }

    private static boolean tells(Facts facts, Set<String> what) {
        return what.stream().allMatch(key -> tells(facts, key));
    }

    private static boolean tells(Facts facts, String key) {
        return key.equals(Facts.SUBNETS)
                ? facts.subnetsKnown()
                : facts.instances().containsKey(key)
                        || facts.groupTags().containsKey(key)
                        || (key.startsWith(Facts.GROUP_NAMED)
                                && facts.groupsNamed().containsKey(nameIn(key)));
    }

    /// One at a time, by the coalescer.
    private Facts fetch(Set<String> what) {
        Facts now = facts;
        List<String> missing = what.stream().filter(key -> !tells(now, key)).toList();
        boolean subnets = missing.contains(Facts.SUBNETS);
        List<String> instances = missing.stream().filter(key -> key.startsWith("i-")).toList();
        List<String> groups = missing.stream().filter(key -> key.startsWith("sg-")).toList();
        Facts next =
                new Facts(
                        subnets || now.subnetsKnown(),
                        subnets ? subnets() : now.subnets(),
                        instances.isEmpty()
                                ? now.instances()
                                : Sorted.merged(now.instances(), instances(instances)),
                        groups.isEmpty()
                                ? now.groupTags()
                                : Sorted.merged(now.groupTags(), groupTags(groups)),
                        Sorted.merged(now.groupsNamed(), groupsNamed(missing)));
        facts = next;
        return next;
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
                                !s.ipv6CidrBlockAssociationSet().isEmpty(),
                                s.availableIpAddressCount() == null
                                        ? Integer.MAX_VALUE
                                        : s.availableIpAddressCount(),
                                routes.getOrDefault(s.subnetId(), other),
                                Rows.tags(s.tags())))
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

    private SortedMap<String, Facts.Instance> instances(List<String> ids) {
        SortedMap<String, Facts.Instance> found = new TreeMap<>();
        ids.forEach(id ->
                found.put(
                        id, new Facts.Instance(id, "no instance %s".formatted(id), Sorted.none())));
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
                obstacle,
                Sorted.set(i.securityGroups().stream().map(g -> g.groupId()).toList()));
    }

    private SortedMap<String, SortedMap<String, String>> groupTags(List<String> ids) {
        SortedMap<String, SortedMap<String, String>> tags = new TreeMap<>();
        ids.forEach(id -> tags.put(id, Collections.emptySortedMap()));
        List<SecurityGroup> groups = new ArrayList<>();
        for (List<String> chunk : Sorted.chunks(ids, VALUES_PER_FILTER)) {
            groups.addAll(securityGroups(api, "group-id", chunk));
        }
        tags.putAll(
                groups.stream()
                        .collect(
                                Collectors.toMap(
                                        SecurityGroup::groupId, g -> Rows.tags(g.tags()))));
        return tags;
    }

    private static String nameIn(String key) {
        return key.substring(Facts.GROUP_NAMED.length());
    }

    /// Those of `keys` that ask for a name. A filter takes `*` for anything, a Name tag does not.
    private SortedMap<String, SortedSet<String>> groupsNamed(List<String> keys) {
        SortedMap<String, SortedSet<String>> named = new TreeMap<>();
        keys.stream()
                .filter(key -> key.startsWith(Facts.GROUP_NAMED))
                .forEach(key -> named.put(nameIn(key), Sorted.none()));
        for (List<String> chunk : Sorted.chunks(named.keySet(), VALUES_PER_FILTER)) {
            securityGroups(api, "tag:Name", chunk).stream()
                    .filter(g -> vpcId.equals(g.vpcId()))
                    .forEach(g ->
                            named.computeIfPresent(
                                    Rows.tags(g.tags()).getOrDefault("Name", ""),
                                    (_, ids) -> Sorted.union(ids, List.of(g.groupId()))));
        }
        return named;
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
