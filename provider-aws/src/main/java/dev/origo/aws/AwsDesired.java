package dev.origo.aws;

import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// From what core asks for to what AWS should hold. Pure.
final class AwsDesired {
    /// Elastic Load Balancing's own quota of inbound rules in a group. Source: "Amazon VPC quotas"
    private static final int CLIENT_RULES_MAX = 60;

    private final LoadBalancerSpec spec;
    private final AwsConfig config;
    private final AwsObserved observed;
    private final String name;
    private final SortedSet<String> lookUps = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private AwsDesired(LoadBalancerSpec spec, AwsConfig config, AwsObserved observed) {
        this.spec = spec;
        this.config = config;
        this.observed = observed;
        this.name = balancerName(spec);
    }

    static Wanted of(LoadBalancerSpec spec, AwsConfig config, AwsObserved observed) {
        return new AwsDesired(spec, config, observed).wanted();
    }

    static String balancerName(LoadBalancerSpec spec) {
        return spec.name().isEmpty() ? AwsNames.balancer(spec.owner(), spec.scheme()) : spec.name();
    }

    private Wanted wanted() {
        int numbers = (int) spec.ports().stream().map(p -> p.port()).distinct().count();
        int perZone = Math.max(1, config.limits().targetsMax() / Math.max(1, numbers));
        Targets targets = Targets.of(spec, observed.facts(), perZone);
        problems.addAll(targets.problems());
        Ports ports = new Ports(spec, name, targets.type());
        problems.addAll(ports.problems());
        boolean usersGroups = spec.settings().has(AwsSettings.SECURITY_GROUPS);
        boolean manageNodes =
                spec.settings().get(AwsSettings.MANAGE_NODE_RULES).orElse(!usersGroups);
        Wanted.Balancer balancer = balancer(manageNodes);
        lookUps.addAll(targets.unseen());
        SortedMap<String, SortedSet<NodeRule>> admit =
                manageNodes && targets.type().equals("instance")
                        ? admit(targets, ports)
                        : Collections.emptySortedMap();
        nameProblems(ports);
        unenforcedRanges(usersGroups);
        return new Wanted(
                balancer,
                ports.listeners(),
                ports.groups(),
                usersGroups ? Sorted.none() : clients(ports),
                new Wanted.Nodes(targets.ids(), targets.unseen(), admit, lookUps.isEmpty()),
                Sorted.set(lookUps),
                spec.published(),
                problems);
    }

    /// The ranges are rules of our own group; where there is none, somebody else decides.
    private void unenforcedRanges(boolean usersGroups) {
        boolean narrowed = spec.sourceRanges().stream().anyMatch(range -> range.prefixBits() > 0);
        if (usersGroups && narrowed) {
            problems.add(
                    Problem.warning(
                                    Code.SOURCE_RANGES_NOT_ENFORCED,
                                    "the source ranges %s are not enforced: the security groups %s decide"
                                            .formatted(
                                                    spec.sourceRanges(),
                                                    spec.settings()
                                                            .get(AwsSettings.SECURITY_GROUPS)
                                                            .orElse(List.of())))
                            .withFix(
                                    "write the ranges into those groups, or remove the annotation"));
        }
    }

    private Wanted.Balancer balancer(boolean shared) {
        List<String> usersGroups =
                spec.settings().get(AwsSettings.SECURITY_GROUPS).orElse(List.of());
        List<String> moreGroups =
                usersGroups.isEmpty()
                        ? spec.settings().get(AwsSettings.EXTRA_SECURITY_GROUPS).orElse(List.of())
                        : usersGroups;
        if (!usersGroups.isEmpty() && spec.settings().has(AwsSettings.EXTRA_SECURITY_GROUPS)) {
            problems.add(
                    Problem.warning(
                            Code.CONFLICTING_ANNOTATIONS,
                            "security-groups replaces the managed group, so extra-security-groups has no effect"));
        }
        boolean dualStack = ipType().equals("dualstack");
        if (dualStack && spec.families().size() > 1) {
            problems.add(
                    Problem.warning(
                            Code.FAMILY_TRANSLATION,
                            "clients of IPv6 reach targets of IPv4 by translation: of them the application sees the balancer"));
        }
        if (dualStack
                && spec.ports().stream()
                        .anyMatch(p -> p.protocol() == dev.origo.model.Protocol.UDP)) {
            problems.add(
                    Problem.error(
                            Code.IP_FAMILY_NOT_SUPPORTED,
                            "a dual-stack balancer cannot have UDP ports here"));
        }
        return new Wanted.Balancer(
                name,
                spec.scheme() == Scheme.INTERNAL,
                ipType(),
                places(dualStack),
                !spec.settings().has(AwsSettings.SUBNETS),
                usersGroups.isEmpty() ? AwsNames.clientGroup(spec.owner()) : "",
                moreGroups,
                shared,
                attributes(),
                Sorted.merged(
                        spec.settings().get(AwsSettings.TAGS).orElse(Sorted.map(Map.of())),
                        AwsNames.marks(spec.owner())));
    }

    private String ipType() {
        boolean ipv6 = spec.families().contains(IpFamily.IPV6);
        String wish = spec.settings().get(AwsSettings.IP_ADDRESS_TYPE).orElse("");
        if (ipv6 && wish.equals("ipv4")) {
            problems.add(
                    Problem.error(
                            Code.IP_FAMILY_NOT_SUPPORTED,
                            "ipFamilies %s need the address type dualstack, but ip-address-type is ipv4"
                                    .formatted(spec.families())));
        }
        return ipv6 || wish.equals("dualstack") ? "dualstack" : "ipv4";
    }

    private SortedMap<String, String> attributes() {
        SortedMap<String, String> attributes =
                new TreeMap<>(
                        spec.settings().get(AwsSettings.ATTRIBUTES).orElse(Sorted.map(Map.of())));
        spec.settings()
                .get(AwsSettings.CROSS_ZONE)
                .ifPresent(on -> attributes.put(Attributes.CROSS_ZONE, on.toString()));
        Optional<Boolean> log = spec.settings().get(AwsSettings.ACCESS_LOG);
        log.ifPresent(on -> attributes.put("access_logs.s3.enabled", on.toString()));
        if (log.orElse(false)) {
            spec.settings()
                    .get(AwsSettings.ACCESS_LOG_BUCKET)
                    .ifPresent(bucket -> attributes.put("access_logs.s3.bucket", bucket));
            spec.settings()
                    .get(AwsSettings.ACCESS_LOG_PREFIX)
                    .ifPresent(prefix -> attributes.put("access_logs.s3.prefix", prefix));
        }
        return Sorted.map(attributes);
    }

    private List<Wanted.Place> places(boolean dualStack) {
        List<String> named = spec.settings().get(AwsSettings.SUBNETS).orElse(List.of());
        if (named.isEmpty() && !observed.balancersNamed(name).isEmpty()) {
            return List.of(); // a balancer stays where it is
        }
        if (!observed.facts().subnetsKnown()) {
            lookUps.add(Facts.SUBNETS);
            return List.of();
        }
        Subnets.Choice choice =
                Subnets.choose(
                        new Subnets.Ask(
                                config.cluster().name(),
                                spec.scheme() == Scheme.INTERNAL,
                                dualStack,
                                named),
                        observed.facts().subnets());
        problems.addAll(choice.problems());
        List<String> allocations = addresses(AwsSettings.EIPS, Scheme.INTERNET_FACING, choice);
        List<String> fixed = addresses(AwsSettings.PRIVATE_ADDRESSES, Scheme.INTERNAL, choice);
        List<Wanted.Place> places = new ArrayList<>();
        for (int i = 0; i < choice.ids().size(); i++) {
            String allocation = i < allocations.size() ? allocations.get(i) : "";
            String address = i < fixed.size() ? fixed.get(i) : "";
            places.add(new Wanted.Place(choice.ids().get(i), allocation, address));
        }
        return places;
    }

    private List<String> addresses(
            dev.origo.model.Setting<List<String>> setting, Scheme scheme, Subnets.Choice choice) {
        List<String> addresses = spec.settings().get(setting).orElse(List.of());
        if (!addresses.isEmpty() && spec.scheme() != scheme) {
            problems.add(
                    Problem.error(
                            Code.CONFLICTING_ANNOTATIONS,
                            "%s is for %s balancers only"
                                    .formatted(
                                            setting.name(),
                                            scheme.name()
                                                    .toLowerCase(java.util.Locale.ROOT)
                                                    .replace('_', '-'))));
        }
        if (!addresses.isEmpty() && addresses.size() != choice.ids().size()) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "%s has %d entries for %d subnets %s"
                                    .formatted(
                                            setting.name(),
                                            addresses.size(),
                                            choice.ids().size(),
                                            choice.ids())));
        }
        return addresses;
    }

    private SortedSet<ClientRule> clients(Ports ports) {
        List<String> lists = spec.settings().get(AwsSettings.PREFIX_LISTS).orElse(List.of());
        boolean everyone =
                spec.sourceRanges().stream().allMatch(r -> r.prefixBits() == 0) && !lists.isEmpty();
        List<Cidr> ranges = everyone ? List.of() : List.copyOf(spec.sourceRanges());
        List<String> sources =
                Stream.concat(ranges.stream().map(ClientRule::text), lists.stream()).toList();
        SortedSet<ClientRule> rules = new TreeSet<>();
        for (Wanted.Listener listener : ports.listeners()) {
            for (String protocol : protocols(listener.kind())) {
                sources.forEach(s -> rules.add(ClientRule.of(protocol, listener.port(), s)));
            }
        }
        if (spec.settings().get(AwsSettings.PATH_MTU).orElse(true)) {
            ranges.forEach(range -> rules.add(ClientRule.pathMtu(range)));
        }
        return ClientRule.fit(Sorted.set(rules), CLIENT_RULES_MAX);
    }

    private static List<String> protocols(Kind kind) {
        return switch (kind) {
            case UDP -> List.of("udp");
            case TCP_UDP -> List.of("tcp", "udp");
            case TCP, TLS, HTTP_APPENDS, HTTP_PRESERVES, HTTP_REMOVES -> List.of("tcp");
        };
    }

    /// What the security group of each target's node must let through.
    private SortedMap<String, SortedSet<NodeRule>> admit(Targets targets, Ports ports) {
        SortedSet<NodeRule> rules = new TreeSet<>();
        for (int i = 0; i < ports.groups().size(); i++) {
            Wanted.Group group = ports.groups().get(i);
            protocols(ports.listeners().get(i).kind())
                    .forEach(p -> rules.add(new NodeRule(p, group.port(), group.port())));
            if (!group.check().port().equals(Wanted.Check.TRAFFIC_PORT)) {
                rules.add(NodeRule.tcp(Integer.parseInt(group.check().port())));
            }
        }
        NodeGroups groups = new NodeGroups(config, observed.facts());
        SortedMap<String, SortedSet<NodeRule>> admit =
                groups.admit(targets.ids(), Sorted.set(rules));
        lookUps.addAll(groups.lookUps());
        problems.addAll(groups.problems());
        return admit;
    }

    private void nameProblems(Ports ports) {
        List<Seen.Balancer> stands = observed.balancersNamed(name);
        if (stands.isEmpty() && observed.taken().has(name)) {
            problems.add(
                    Problem.error(
                            Code.NAME_TAKEN,
                            "a load balancer named %s exists and is not this Service's"
                                    .formatted(name)));
        }
        if (!stands.isEmpty()
                && stands.getFirst().internal() != (spec.scheme() == Scheme.INTERNAL)) {
            problems.add(
                    Problem.error(
                                    Code.CHANGE_REFUSED,
                                    "the scheme of %s cannot change while it keeps its name"
                                            .formatted(name))
                            .withFix(
                                    "change origo.dev/load-balancer-name together with the scheme"));
        }
        if (!stands.isEmpty() && stands.getFirst().groups().isEmpty()) {
            problems.add(
                    Problem.warning(
                            Code.BORN_WITHOUT_SECURITY_GROUP,
                            "load balancer %s was made without security group and can never have one"
                                    .formatted(name)));
        }
        for (Wanted.Group group : ports.groups()) {
            if (observed.taken().derived().contains(group.name())) {
                problems.add(
                        Problem.error(
                                Code.NAME_TAKEN,
                                "a target group named %s exists and is not this Service's"
                                        .formatted(group.name())));
            }
        }
    }
}
