package dev.origo.aws;

import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// From what core asks for to what AWS should hold. Pure.
final class AwsDesired {
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
        Targets targets = Targets.of(spec, observed, perZone);
        problems.addAll(targets.problems());
        Ports ports = new Ports(spec, name, targets.type());
        problems.addAll(ports.problems());
        BalancerGroups groups = new BalancerGroups(spec, observed.facts());
        lookUps.addAll(groups.lookUps());
        boolean manageNodes =
                spec.settings().get(AwsSettings.MANAGE_NODE_RULES).orElse(!groups.replaced());
        Wanted.Balancer balancer = balancer(groups, manageNodes);
        lookUps.addAll(targets.lookUps());
        SortedMap<String, SortedSet<NodeRule>> admit =
                manageNodes && targets.type().equals("instance")
                        ? admit(targets, ports)
                        : Collections.emptySortedMap();
        nameProblems(ports);
        logProblems(balancer);
        observed.balancersNamed(name).stream().findFirst().ifPresent(this::keptAddresses);
        SortedSet<ClientRule> clients = groups.clients(ports.listeners());
        problems.addAll(groups.problems());
        return new Wanted(
                balancer,
                ports.listeners(),
                ports.groups(),
                clients,
                new Wanted.Nodes(targets.ids(), targets.unseen(), admit, lookUps.isEmpty()),
                Sorted.set(lookUps),
                spec.published(),
                problems);
    }

    private Wanted.Balancer balancer(BalancerGroups groups, boolean shared) {
        boolean dualStack = ipType().equals("dualstack");
        if (dualStack && spec.families().size() > 1) {
            problems.add(
                    Problem.warning(
                            Code.FAMILY_TRANSLATION,
                            "clients of %s reach targets of %s by translation: of them the application sees the balancer"
                                    .formatted(
                                            spec.families().getLast(),
                                            spec.families().getFirst())));
        }
        if (dualStack && spec.ports().stream().anyMatch(p -> p.protocol() == Protocol.UDP)) {
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
                groups.replaced() ? "" : AwsNames.clientGroup(spec.owner()),
                groups.more(),
                shared,
                Attributes.ofBalancer(spec.settings()),
                Sorted.merged(
                        spec.settings().get(AwsSettings.TAGS).orElse(Sorted.map(Map.of())),
                        AwsNames.marks(spec.owner())));
    }

    /// AWS would refuse it when the balancer stands already.
    private void logProblems(Wanted.Balancer balancer) {
        if ("true".equals(balancer.attributes().get(Attributes.LOG))
                && !balancer.attributes().containsKey(Attributes.LOG_BUCKET)) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "access logs are on, but no bucket is named for them; set access-log-s3-bucket-name"));
        }
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
            Setting<List<String>> setting, Scheme scheme, Subnets.Choice choice) {
        List<String> addresses = spec.settings().get(setting).orElse(List.of());
        if (!addresses.isEmpty() && spec.scheme() != scheme) {
            problems.add(
                    Problem.error(
                            Code.CONFLICTING_ANNOTATIONS,
                            "%s is for %s balancers only"
                                    .formatted(
                                            setting.name(),
                                            scheme.name()
                                                    .toLowerCase(Locale.ROOT)
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

    /// AWS gives addresses of the user's choice to a balancer that is made, and never again.
    private void keptAddresses(Seen.Balancer stands) {
        if (!stands.net().addresses().told() || !stands.isActive()) {
            return;
        }
        List<String> allocations = spec.settings().get(AwsSettings.EIPS).orElse(List.of());
        if (!stands.net().addresses().allocations().equals(Sorted.set(allocations))) {
            keeps(stands, AwsSettings.EIPS, stands.net().addresses().allocations());
        }
        List<String> fixed = spec.settings().get(AwsSettings.PRIVATE_ADDRESSES).orElse(List.of());
        if (!fixed.isEmpty() && !stands.net().addresses().fixed().equals(Sorted.set(fixed))) {
            keeps(stands, AwsSettings.PRIVATE_ADDRESSES, stands.net().addresses().fixed());
        }
    }

    private void keeps(Seen.Balancer stands, Setting<List<String>> setting, Set<String> kept) {
        problems.add(
                Problem.warning(
                                Code.CHANGE_REFUSED,
                                "%s %s has no effect on load balancer %s, which was made with %s"
                                        .formatted(
                                                setting.name(),
                                                spec.settings().get(setting).orElse(List.of()),
                                                stands.name(),
                                                kept.isEmpty()
                                                        ? "addresses of AWS's choice"
                                                        : kept))
                        .withFix(
                                "take the change back, or change origo.dev/load-balancer-name with it, so that a new balancer takes the place of this one"));
    }

    /// What the security group of each target's node must let through.
    private SortedMap<String, SortedSet<NodeRule>> admit(Targets targets, Ports ports) {
        SortedSet<NodeRule> rules = new TreeSet<>();
        for (int i = 0; i < ports.groups().size(); i++) {
            Wanted.Group group = ports.groups().get(i);
            ports.listeners()
                    .get(i)
                    .protocols()
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
        if (!stands.isEmpty() && stands.getFirst().net().groups().isEmpty()) {
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
