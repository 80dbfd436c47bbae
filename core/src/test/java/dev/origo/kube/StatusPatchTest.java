package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ServicePatch;
import dev.origo.reconcile.ServicePatch.FinalizerChange;
import dev.origo.reconcile.ServicePatch.KeepIngress;
import dev.origo.reconcile.ServicePatch.ReplaceIngress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The bytes here were tried against kube-apiserver 1.36.3; e2e does it again.
class StatusPatchTest {
    private static final ServiceSnapshot SERVICE =
            ServiceMapper.snapshot(
                    Objects.service("\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"u-1\"", ""));

    record Row(String name, ServicePatch patch, String json) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> conditions() {
        return Stream.of(
                new Row(
                        "the claim adds our finalizer and one condition",
                        ServicePatch.claim(condition("origo.dev/Accepted", 0)),
                        """
                        {"metadata":{"uid":"u-1","finalizers":["service.kubernetes.io/load-balancer-cleanup"]},\
                        "status":{"conditions":[{"type":"origo.dev/Accepted","status":"True","reason":"Ok",\
                        "message":"says \\"yes\\"","lastTransitionTime":"2026-01-02T03:04:05Z"}]}}\
                        """),
                new Row(
                        "an observed generation is told",
                        patch(FinalizerChange.KEEP, new KeepIngress(), condition("origo.dev/A", 7)),
                        """
                        {"metadata":{"uid":"u-1"},\
                        "status":{"conditions":[{"type":"origo.dev/A","status":"True","reason":"Ok",\
                        "message":"says \\"yes\\"","lastTransitionTime":"2026-01-02T03:04:05Z",\
                        "observedGeneration":7}]}}\
                        """),
                new Row(
                        "conditions are removed by type, in order",
                        new ServicePatch(
                                FinalizerChange.KEEP,
                                new KeepIngress(),
                                List.of(),
                                Set.of("origo.dev/B", "origo.dev/A")),
                        """
                        {"metadata":{"uid":"u-1"},"status":{"conditions":[\
                        {"$patch":"delete","type":"origo.dev/A"},{"$patch":"delete","type":"origo.dev/B"}]}}\
                        """));
    }

    static Stream<Row> ingressAndFinalizers() {
        return Stream.of(
                new Row(
                        "ingress carries ipMode, ports and errors",
                        patch(
                                FinalizerChange.KEEP,
                                new ReplaceIngress(
                                        List.of(
                                                new Ingress(
                                                        new Ingress.Ip("192.0.2.1", false),
                                                        List.of(
                                                                new Ingress.PortStatus(
                                                                        80, Protocol.TCP, ""),
                                                                new Ingress.PortStatus(
                                                                        53, Protocol.UDP, "Nope"))),
                                                new Ingress(
                                                        new Ingress.Ip("2001:db8::1", true),
                                                        List.of()),
                                                new Ingress(
                                                        new Ingress.Hostname("lb.example"),
                                                        List.of())))),
                        """
                        {"metadata":{"uid":"u-1"},"status":{"loadBalancer":{"ingress":[\
                        {"ip":"192.0.2.1","ipMode":"Proxy","ports":[{"port":80,"protocol":"TCP"},\
                        {"port":53,"protocol":"UDP","error":"Nope"}]},\
                        {"ip":"2001:db8::1","ipMode":"VIP"},{"hostname":"lb.example"}]}}}\
                        """),
                new Row(
                        "an empty list clears the ingress",
                        patch(FinalizerChange.KEEP, new ReplaceIngress(List.of())),
                        """
                        {"metadata":{"uid":"u-1"},"status":{"loadBalancer":{"ingress":[]}}}\
                        """),
                new Row(
                        "only our finalizer is removed",
                        patch(FinalizerChange.REMOVE, new KeepIngress()),
                        """
                        {"metadata":{"uid":"u-1","$deleteFromPrimitiveList/finalizers":\
                        ["service.kubernetes.io/load-balancer-cleanup"]}}\
                        """));
    }

    @ParameterizedTest
    @MethodSource({"conditions", "ingressAndFinalizers"})
    void writes(Row row) {
        assertThat(StatusPatch.json(SERVICE, row.patch())).isEqualTo(row.json());
    }

    private static ServicePatch patch(
            FinalizerChange finalizer,
            ServicePatch.IngressChange ingress,
            Condition... conditions) {
        return new ServicePatch(finalizer, ingress, List.of(conditions), Set.of());
    }

    private static Condition condition(String type, long generation) {
        return new Condition(
                type,
                Condition.Status.TRUE,
                "Ok",
                "says \"yes\"",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                generation);
    }
}
