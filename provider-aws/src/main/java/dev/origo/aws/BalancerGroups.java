package dev.origo.aws;

import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The security groups of a balancer: those of the user's, and whom our own lets in. Pure.
final class BalancerGroups {
    private final LoadBalancerSpec spec;
    private final Facts facts;
    private final List<String> users;
    private final SequencedSet<String> more = new LinkedHashSet<>();
    private final SortedSet<String> lookUps = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    BalancerGroups(LoadBalancerSpec spec, Facts facts) {
        this.spec = spec;
        this.facts = facts;
        this.users = spec.settings().get(AwsSettings.SECURITY_GROUPS).orElse(List.of());
        List<String> extra =
                spec.settings().get(AwsSettings.EXTRA_SECURITY_GROUPS).orElse(List.of());
        if (replaced() && !extra.isEmpty()) {
            problems.add(
                    Problem.warning(
                            Code.CONFLICTING_ANNOTATIONS,
                            "security-groups replaces the managed group, so extra-security-groups has no effect"));
        }
        (replaced() ? users : extra).forEach(this::find);
    }

    /// An id is taken as it is; a Name tag has to be one group's of the VPC.
    private void find(String wish) {
        if (wish.startsWith("sg-")) {
            more.add(wish);
            return;
        }
        SortedSet<String> ids = facts.groupsNamed().get(wish);
        if (ids == null) {
            lookUps.add(Facts.GROUP_NAMED + wish);
            return;
        }
        if (ids.size() != 1) {
            String found =
                    ids.isEmpty()
                            ? "no security group of the VPC has the Name '%s'".formatted(wish)
                            : "%d security groups of the VPC have the Name '%s': %s"
                                    .formatted(ids.size(), wish, ids);
            problems.add(Problem.error(Code.SECURITY_GROUP_NOT_FOUND, found));
        }
        more.addAll(ids);
    }

    /// What has to be looked up before [#more] is complete.
    SortedSet<String> lookUps() {
        return lookUps;
    }

    List<Problem> problems() {
        return problems;
    }

    /// Whether the user's groups take the place of our own.
    boolean replaced() {
        return !users.isEmpty();
    }

    /// Ids of the user's groups.
    List<String> more() {
        return List.copyOf(more);
    }

    /// Rules of our own group; none where the user's take its place.
    SortedSet<ClientRule> clients(List<Wanted.Listener> listeners) {
        if (replaced()) {
            unenforcedRanges();
            return Sorted.none();
        }
        List<String> lists = spec.settings().get(AwsSettings.PREFIX_LISTS).orElse(List.of());
        boolean everyone =
                spec.sourceRanges().stream().allMatch(r -> r.prefixBits() == 0) && !lists.isEmpty();
        List<Cidr> ranges = everyone ? List.of() : List.copyOf(spec.sourceRanges());
        List<String> sources =
                Stream.concat(ranges.stream().map(ClientRule::text), lists.stream()).toList();
        SortedSet<ClientRule> rules = new TreeSet<>();
        for (Wanted.Listener listener : listeners) {
            for (String protocol : listener.protocols()) {
                sources.forEach(s -> rules.add(ClientRule.of(protocol, listener.port(), s)));
            }
        }
        if (spec.settings().get(AwsSettings.PATH_MTU).orElse(true)) {
            ranges.forEach(range -> rules.add(ClientRule.pathMtu(range)));
        }
        SortedSet<ClientRule> fitting = ClientRule.fit(rules);
        tooMany(sources.size(), ClientRule.counted(fitting));
        return fitting;
    }

    private void tooMany(int sources, int rules) {
        if (rules > ClientRule.RULES_MAX) {
            problems.add(
                    Problem.error(
                                    Code.QUOTA_EXCEEDED,
                                    "%d source ranges and prefix lists need %d rules of one IP family in the balancer's security group, which holds %d"
                                            .formatted(sources, rules, ClientRule.RULES_MAX))
                            .withFix(
                                    "join them into fewer, wider ranges, or put them into a prefix list and name it in origo.dev/aws-security-group-prefix-lists"));
        }
    }

    /// The ranges are rules of our own group; where there is none, somebody else decides.
    private void unenforcedRanges() {
        if (spec.sourceRanges().stream().anyMatch(range -> range.prefixBits() > 0)) {
            problems.add(
                    Problem.warning(
                                    Code.SOURCE_RANGES_NOT_ENFORCED,
                                    "the source ranges %s are not enforced: the security groups %s decide"
                                            .formatted(spec.sourceRanges(), users))
                            .withFix(
                                    "write the ranges into those groups, or remove the annotation"));
        }
    }
}
