package dev.origo.testkit.conformance;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Services as users could write them, of what a provider declares.
///
/// @param random decides all
record DraftsBySeed(Random random, String loadBalancerClass, Capabilities declared) {
    private static final List<Integer> PORTS = List.of(53, 80, 443, 8080, 9000);
    private static final List<String> RANGES =
            List.of("10.0.0.0/8", "192.0.2.0/24", "198.51.100.7/32", "203.0.113.0/24");

    ServiceDraft plain() {
        return ServiceDraft.balanced(loadBalancerClass, 80, 443);
    }

    /// Changed in one thing; what the provider does not declare is not asked for.
    ServiceDraft changed(ServiceDraft before) {
        return switch (random.nextInt(7)) {
            case 0 -> before.withPorts(ports());
            case 1 ->
                    before.withPolicy(
                            random.nextBoolean() ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER);
            case 2 ->
                    before.withAnnotation(
                            "origo.dev/scheme",
                            random.nextBoolean() ? "internal" : "internet-facing");
            case 3 ->
                    declared.enforcesSourceRanges()
                            ? before.withSourceRanges(some(RANGES).toArray(String[]::new))
                            : before;
            case 4 ->
                    declared.clientIpAffinity()
                            ? before.withAffinity(
                                    random.nextBoolean() ? Drafts.clientIp() : new Affinity.None())
                            : before;
            case 5 ->
                    declared.families().contains(IpFamily.IPV6)
                            ? before.withIpFamilies(
                                    random.nextBoolean()
                                            ? Drafts.families(IpFamily.IPV4, IpFamily.IPV6)
                                            : Drafts.families(IpFamily.IPV4))
                            : before;
            default -> before.withAnnotation("origo.dev/client-address", carrier().toString());
        };
    }

    private Carrier carrier() {
        Set<Carrier> declaredOnes = declared.carriers().getOrDefault(Protocol.TCP, Set.of());
        List<Carrier> carriers = List.copyOf(new TreeSet<>(declaredOnes));
        return carriers.get(random.nextInt(carriers.size()));
    }

    /// One port number may be served by TCP and UDP, where the provider takes both, on one node
    /// port.
    private List<ServicePort> ports() {
        boolean udp = declared.carriers().containsKey(Protocol.UDP);
        boolean mixed = udp && declared.mixedProtocols();
        boolean onlyUdp = udp && random.nextInt(4) == 0;
        List<ServicePort> ports = new ArrayList<>();
        for (int port : some(PORTS)) {
            boolean byUdp = mixed ? random.nextInt(3) == 0 : onlyUdp;
            int nodePort = 30_000 + port + random.nextInt(2);
            ports.add(byUdp ? Drafts.udp(port, nodePort) : Drafts.tcp(port, nodePort));
        }
        return ports;
    }

    private <T> List<T> some(List<T> of) {
        List<T> some = of.stream().filter(_ -> random.nextInt(3) == 0).toList();
        return some.isEmpty() ? List.of(of.getFirst()) : some;
    }
}
