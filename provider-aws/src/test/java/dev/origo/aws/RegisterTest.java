package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.model.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeregisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.InvalidTargetException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RegisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;

/// How targets are told to AWS, and what becomes of those that it refuses.
final class RegisterTest {
    private final Account account = new Account();
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void close() {
        account.close();
    }

    private static List<Backend> nodes(String... addresses) {
        return Stream.of(addresses).map(a -> Specs.node("node-" + a, "", a)).toList();
    }

    private static List<TargetDescription> targets(Call call) {
        return switch (call.request()) {
            case RegisterTargetsRequest r -> r.targets();
            case DeregisterTargetsRequest d -> d.targets();
            default -> List.of();
        };
    }

    private static List<String> registered(AwsObserved observed) {
        return observed.targetGroups().values().iterator().next().targets().stream()
                .map(Seen.Target::id)
                .toList();
    }

    /// Source: ELBv2 API, TargetDescription, AvailabilityZone
    @Test
    void tellsTheZoneOfAnAddressOutsideTheVpcOnly() {
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        targets(call)
                                .forEach(t ->
                                        told.add(
                                                call.action()
                                                        + " "
                                                        + t.id()
                                                        + " "
                                                        + t.availabilityZone()));
                    }
                });
        account.settle(account.spec("ip").nodes(nodes("10.0.1.77", "172.31.0.7")).spec());
        account.restart();
        account.bring(account.spec("ip").nodes(nodes("10.0.2.77")).spec());

        assertThat(told)
                .containsExactly(
                        "RegisterTargets 10.0.1.77 null",
                        "RegisterTargets 172.31.0.7 all",
                        "RegisterTargets 10.0.2.77 null",
                        "DeregisterTargets 10.0.1.77 null",
                        "DeregisterTargets 172.31.0.7 all");
        assertThat(account.waves.getFirst()).contains("look up subnets").doesNotContain("register");
    }

    @Test
    void anAddressThatAwsRefusesDoesNotBlockTheOthers() {
        AwsObserved made =
                account.settle(
                        account.spec("ip")
                                .nodes(nodes("10.0.1.77", "8.8.8.8", "10.0.2.77"))
                                .spec());

        assertThat(registered(made)).containsExactly("10.0.1.77", "10.0.2.77");
        assertThat(account.codes()).contains("NODE_NOT_IN_CLOUD");
    }

    /// @param message what AWS says of a call with bad targets
    /// @param calls in all
    record Row(String name, Set<Integer> bad, String message, int calls) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("named", Set.of(3, 11), "Targets '10.0.1.13', '10.0.1.21' are invalid", 2),
                new Row("one named", Set.of(3, 11), "The target 10.0.1.13 is not valid.", 10),
                new Row("names like a good one's", Set.of(0), "The target 10.0.1.100 is bad", 9),
                new Row("none named", Set.of(3, 11), "One or more targets are not valid", 15),
                new Row(
                        "none named and all bad",
                        Set.copyOf(IntStream.range(0, 16).boxed().toList()),
                        "One or more targets are not valid",
                        31));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void findsTheBadTargets(Row row) {
        List<String> addresses =
                IntStream.range(0, 16).mapToObj(i -> "10.0.1." + (10 + i)).toList();
        List<String> bad = row.bad().stream().map(addresses::get).toList();
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        if (!(call.request() instanceof RegisterTargetsRequest)) {
                            return;
                        }
                        told.add(call.action());
                        if (targets(call).stream().anyMatch(t -> bad.contains(t.id()))) {
                            throw invalid(row.message());
                        }
                    }
                });
        AwsObserved made =
                account.settle(
                        account.spec("ip").nodes(nodes(addresses.toArray(String[]::new))).spec());

        assertThat(registered(made))
                .containsExactlyElementsOf(
                        addresses.stream().filter(a -> !bad.contains(a)).toList());
        assertThat(told).hasSize(row.calls());
    }

    private static RuntimeException invalid(String message) {
        return InvalidTargetException.builder()
                .statusCode(400)
                .awsErrorDetails(
                        AwsErrorDetails.builder()
                                .errorCode("InvalidTarget")
                                .errorMessage(message)
                                .build())
                .build();
    }

    @Test
    void endsTheSearchForBadTargetsAtABound() {
        List<String> addresses =
                IntStream.range(0, 100).mapToObj(i -> "10.0.1." + (10 + i)).toList();
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        if (call.request() instanceof RegisterTargetsRequest) {
                            told.add(call.action());
                            throw invalid("One or more targets are not valid");
                        }
                    }
                });

        account.settle(account.spec("ip").nodes(nodes(addresses.toArray(String[]::new))).spec());

        assertThat(told).hasSize(40);
    }
}
