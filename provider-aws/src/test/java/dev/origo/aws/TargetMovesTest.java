package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.aws.Seen.Target;
import dev.origo.model.Backend;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Scheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The next registrations and deregistrations. Instance `i-a1` is in zone `a`; of those in zone `x`
/// nothing is known.
final class TargetMovesTest {
    /// One step of the wave.
    ///
    /// @param wanted instances that are nodes
    /// @param there per port what is registered, ports parted by `|`
    /// @param attributes of the balancer, or after `group:` of the target groups
    record Row(String name, int max, String wanted, String there, String attributes, String steps) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        String crossZone = "load_balancing.cross_zone.enabled=true";
        String notCrossZone = "load_balancing.cross_zone.enabled=false";
        return Stream.of(
                new Row("there is room", 3, "a2 a3", "a1 a2", "", "0 register a3"),
                new Row(
                        "what came in first leaves then",
                        3,
                        "a2 a3",
                        "a1 a2 a3",
                        "",
                        "0 deregister a1"),
                new Row("the zone is full", 2, "a2 a3", "a1 a2", "", "0 deregister a1"),
                new Row("another zone is full", 2, "a2 a3 b1", "a2 a3 c1", "", "0 register b1"),
                new Row("one of two zones is full", 2, "a2 a3 b1", "a1 a2", "", "0 deregister a1"),
                new Row(
                        "the zone of what leaves is not known",
                        2,
                        "a1 b1 b2",
                        "a1 b1 x1",
                        "",
                        "0 deregister x1"),
                new Row(
                        "of the two ports' targets there are too many",
                        4,
                        "a2 a3",
                        "a1 a2|a1 a2",
                        "",
                        "0 deregister a1, 1 deregister a1"),
                new Row(
                        "the other port has what has to leave",
                        4,
                        "a2 a3",
                        "a2|a1 a2 a3",
                        "",
                        "1 deregister a1"),
                new Row(
                        "the other port has the last that has to leave and there is room",
                        5,
                        "a2 a3",
                        "a2|a1 a2 a3",
                        "",
                        "0 register a3, 1 deregister a1"),
                new Row("all zones count", 3, "a2 b1 b2", "a1 a2 b1", crossZone, "0 deregister a1"),
                new Row(
                        "all zones count by the groups' attribute",
                        3,
                        "a2 b1 b2",
                        "a1 a2 b1",
                        "group:" + crossZone,
                        "0 deregister a1"),
                new Row(
                        "the groups' attribute wins",
                        3,
                        "a2 b1 b2",
                        "a1 a2 b1",
                        crossZone + " group:" + notCrossZone,
                        "0 register b2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void additionsComeFirstWhereTheyFind(Row row) {
        AwsConfig config =
                new AwsConfig(
                        Specs.CLUSTER,
                        "eu-west-1",
                        "vpc-1",
                        "",
                        Scheme.INTERNAL,
                        new AwsConfig.Limits(row.max(), 50));
        AwsObserved nothing =
                AwsObserved.nothing(Specs.owner("web"), AwsObserved.Shared.NONE, facts(row));
        Wanted wanted = AwsDesired.of(spec(row), config, nothing);

        assertThat(steps(wanted, observed(row, wanted, nothing), row.max())).isEqualTo(row.steps());
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', 2",
        "true, '', '', 1",
        "'', true, '', 1",
        "false, true, '', 2",
        "'', '', true, 1",
        "true, '', false, 2"
    })
    void theSubsetOfNodesCountsATargetWhereAwsDoes(
            String crossZone, String ofBalancer, String ofGroups, int targets) {
        String key = "load_balancing.cross_zone.enabled=";
        Specs specs =
                new Specs()
                        .nodes(
                                List.of(
                                        Specs.node("a1", "aws:///a/i-a1"),
                                        Specs.node("b1", "aws:///b/i-b1")));
        if (!crossZone.isEmpty()) {
            specs.with(AwsSettings.CROSS_ZONE, crossZone);
        }
        if (!ofBalancer.isEmpty()) {
            specs.with(AwsSettings.ATTRIBUTES, key + ofBalancer);
        }
        if (!ofGroups.isEmpty()) {
            specs.with(AwsSettings.TARGET_GROUP_ATTRIBUTES, key + ofGroups);
        }

        AwsObserved nothing =
                AwsObserved.nothing(Specs.owner("web"), AwsObserved.Shared.NONE, Facts.NONE);
        assertThat(Targets.of(specs.spec(), nothing, 1).ids()).hasSize(targets);
    }

    private static LoadBalancerSpec spec(Row row) {
        List<Backend> nodes =
                words(row.wanted()).stream()
                        .map(id -> Specs.node(id, "aws:///%s/i-%s".formatted(id.charAt(0), id)))
                        .toList();
        Specs specs = new Specs().nodes(nodes);
        if (row.there().contains("|")) {
            specs.ports(Specs.tcp(80), Specs.tcp(443));
        }
        for (String attribute : words(row.attributes())) {
            boolean ofGroup = attribute.startsWith("group:");
            specs.with(
                    ofGroup ? AwsSettings.TARGET_GROUP_ATTRIBUTES : AwsSettings.ATTRIBUTES,
                    attribute.replace("group:", ""));
        }
        return specs.spec();
    }

    private static Facts facts(Row row) {
        SortedMap<String, Facts.Instance> instances = new TreeMap<>();
        words(row.wanted() + " " + row.there().replace('|', ' ')).stream()
                .filter(id -> !id.startsWith("x"))
                .map(id -> new Facts.Instance("i-" + id, id.substring(0, 1), "", Sorted.none()))
                .forEach(instance -> instances.put(instance.id(), instance));
        return new Facts(
                true,
                List.of(),
                instances,
                Collections.emptySortedMap(),
                Collections.emptySortedMap());
    }

    private static AwsObserved observed(Row row, Wanted wanted, AwsObserved nothing) {
        List<Seen.TargetGroup> groups = new ArrayList<>();
        String[] there = row.there().split("\\|", -1);
        for (int i = 0; i < there.length; i++) {
            Wanted.Group group = wanted.groups().get(i);
            groups.add(
                    new Seen.TargetGroup(
                            "arn-" + i,
                            group.name(),
                            group.protocol(),
                            group.port(),
                            group.targetType(),
                            group.check(),
                            Collections.emptySortedMap(),
                            Collections.emptySortedMap(),
                            Sorted.set(
                                    words(there[i]).stream()
                                            .map(id -> new Target("i-" + id, group.port(), ""))
                                            .toList()),
                            Sorted.none()));
        }
        return nothing.withTargetGroups(groups);
    }

    private static String steps(Wanted wanted, AwsObserved observed, int max) {
        List<String> told = new ArrayList<>();
        for (AwsStep step : new Diff(wanted, observed, max).wave()) {
            String text = step.describe().replaceAll(" (in|from) .*|[\\[\\]]|:[0-9]+|i-", "");
            if (step instanceof AwsStep.Register s) {
                told.add(s.arn().replace("arn-", "") + " " + text);
            }
            if (step instanceof AwsStep.Deregister s) {
                told.add(s.arn().replace("arn-", "") + " " + text);
            }
        }
        return String.join(", ", told);
    }

    private static List<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }
}
