package dev.origo.desire;

import static dev.origo.model.IpFamily.IPV4;
import static dev.origo.model.IpFamily.IPV6;
import static dev.origo.testing.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.Protocol;
import dev.origo.spi.Capabilities;
import dev.origo.testing.Samples;
import dev.origo.testing.Samples.Service;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who may connect. Source of the rows: k8s.io/cloud-provider service helpers,
/// GetLoadBalancerSourceRanges.
class DesireRangesTest {
    private static final String UPSTREAM = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final String EVERYONE = "[0.0.0.0/0]";
    private static final Capabilities UNENFORCED =
            Samples.capabilities(Map.of(Protocol.TCP, Set.of(Carrier.NONE)), false);

    record Row(String name, Service service, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("neither: everyone", service(), EVERYONE),
                new Row(
                        "neither, dual stack",
                        service().families(IPV6, IPV4),
                        "[0.0.0.0/0, 0:0:0:0:0:0:0:0/0]"),
                new Row("neither, IPv6 alone", service().families(IPV6), "[0:0:0:0:0:0:0:0/0]"),
                new Row("spec", service().ranges("10.0.0.0/8"), "[10.0.0.0/8]"),
                new Row("annotation", written("10.0.0.0/8"), "[10.0.0.0/8]"),
                new Row("upstream's annotation", upstream("10.0.0.0/8"), "[10.0.0.0/8]"),
                new Row(
                        "spec wins over the annotation",
                        upstream("10.0.0.0/8").ranges("192.168.0.0/16"),
                        "[192.168.0.0/16]"),
                new Row("empty annotation: everyone", upstream(""), EVERYONE),
                new Row("blank annotation: everyone", written("  "), EVERYONE),
                new Row(
                        "empty elements are dropped",
                        written(",10.0.0.0/8, ,9.0.0.0/8,"),
                        "[9.0.0.0/8, 10.0.0.0/8]"),
                new Row("host bits are cleared", service().ranges("10.1.2.3/8"), "[10.0.0.0/8]"),
                new Row(
                        "duplicates collapse",
                        service().ranges("10.0.0.0/8", "10.9.9.9/8"),
                        "[10.0.0.0/8]"),
                new Row(
                        "in order",
                        service().ranges("11.0.0.0/8", "9.0.0.0/8"),
                        "[9.0.0.0/8, 11.0.0.0/8]"),
                new Row(
                        "blanks around elements",
                        upstream(" 9.0.0.0/8 , 10.0.0.0/8 "),
                        "[9.0.0.0/8, 10.0.0.0/8]"),
                new Row("blanks in the spec", service().ranges(" 9.0.0.0/8"), "[9.0.0.0/8]"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsWhoMayConnect(Row row) {
        assertThat(DesireTest.spec(row.service()).sourceRanges()).hasToString(row.expected());
    }

    static List<Row> badRows() {
        return List.of(
                new Row(
                        "one bad element fails all, in the spec",
                        service().ranges("10.0.0.0/8", "10.0.0.0"),
                        "InvalidSourceRange spec.loadBalancerSourceRanges: '10.0.0.0' is not ADDRESS/PREFIX, as in"
                                + " 10.0.0.0/8"),
                new Row(
                        "one bad element fails all, in the annotation",
                        upstream("10.0.0.0/8,x/8"),
                        "InvalidSourceRange annotation "
                                + UPSTREAM
                                + ": '10.0.0.0/8,x/8' is refused: 'x/8' is not a range of addresses: 'x' is no IPv4"
                                + " or IPv6 literal"),
                new Row(
                        "nothing but empty elements, which might mean no one",
                        written(" , "),
                        "InvalidSourceRange annotation origo.dev/source-ranges: ',' is refused: ',' is not"
                                + " ADDRESS/PREFIX, as in 10.0.0.0/8"));
    }

    @ParameterizedTest
    @MethodSource("badRows")
    void refusesWhatIsNoRange(Row row) {
        assertThat(DesireTest.refusals(Samples.everything(), row.service()))
                .containsExactly(row.expected());
    }

    static List<Row> unenforcedRows() {
        return List.of(
                new Row("everyone", service(), "[]"),
                new Row("everyone by name", service().ranges("0.0.0.0/0"), "[]"),
                new Row(
                        "everyone and more",
                        service().ranges("0.0.0.0/0", Cidr.ALL_IPV6.toString()),
                        "[]"),
                new Row(
                        "some",
                        service().ranges("10.0.0.0/8"),
                        "[SourceRangesNotEnforced source ranges [10.0.0.0/8] cannot be enforced here]"));
    }

    @ParameterizedTest
    @MethodSource("unenforcedRows")
    void refusesRangesThatNothingWouldEnforce(Row row) {
        assertThat(DesireTest.refusals(UNENFORCED, row.service())).hasToString(row.expected());
    }

    private static Service written(String ranges) {
        return service().annotated(Map.of("origo.dev/source-ranges", ranges));
    }

    private static Service upstream(String ranges) {
        return service().annotated(Map.of(UPSTREAM, ranges));
    }
}
