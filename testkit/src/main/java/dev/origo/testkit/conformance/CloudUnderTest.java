package dev.origo.testkit.conformance;

import dev.origo.desire.NodeEligibility;
import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.spi.Annotations;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Fault;
import dev.origo.testkit.SimulatedCloud;
import dev.origo.testkit.Traffic;
import dev.origo.testkit.conformance.Balancer.Front;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// One cloud under test, and a provider's processes on it. Faults strike between the provider and
/// its [dev.origo.spi.Calls], so that the cloud itself needs no hooks.
///
/// Thread rule: as [dev.origo.testkit.Simulation]; nothing here goes through the provider.
public interface CloudUnderTest extends SimulatedCloud, AutoCloseable {
    /// The class that Services name.
    String loadBalancerClass();

    Annotations annotations();

    /// Makes the provider, as its factory would, on this cloud.
    Provider<?, ?> provider(ClusterId cluster, ProviderRuntime runtime);

    /// The node on the machine of this number, 1 to 5.
    NodeSnapshot node(int number);

    /// Whether addresses are this machine's own, which kube-proxy must not take over: their ipMode
    /// is Proxy, however the client's address travels.
    default boolean isOnThisMachine() {
        return false;
    }

    /// All balancers of the cloud, anyone's.
    List<Balancer> standing();

    /// What someone with access to the cloud's console can do to a Service's balancer, in words,
    /// and the doing of it. Audits put it right.
    SortedMap<String, Damage> damages();

    /// Does something by hand to the balancer of the Service with this UID.
    @FunctionalInterface
    interface Damage {
        void to(ClusterId cluster, String uid);
    }

    @Override
    default void connect(Traffic traffic) {
        // The kit strikes in front of the provider.
    }

    @Override
    default int balancers(ClusterId cluster, String uid) {
        return (int) standing().stream().filter(b -> b.isOf(cluster, uid)).count();
    }

    @Override
    default Optional<String> behind(String address) {
        return standing().stream()
                .filter(balancer -> balancer.addresses().contains(address))
                .map(Balancer::uid)
                .findFirst();
    }

    @Override
    default Set<String> wanted(ServiceSnapshot service, List<NodeSnapshot> nodes) {
        Set<String> wanted = new TreeSet<>();
        for (ServicePort port : service.ports()) {
            Front front = new Front(port.protocol(), port.port());
            NodeEligibility.backends(nodes)
                    .forEach(node ->
                            wanted.add(
                                    "%s to %s:%d".formatted(front, node.node(), port.nodePort())));
        }
        return wanted;
    }

    @Override
    default Set<String> served(String address) {
        Set<String> served = new TreeSet<>();
        standing().stream()
                .filter(balancer -> balancer.addresses().contains(address))
                .forEach(balancer ->
                        balancer.listeners()
                                .forEach((front, listener) ->
                                        listener.targets()
                                                .forEach(target ->
                                                        served.add(front + " to " + target))));
        return served;
    }

    @Override
    default RuntimeException failure(Fault fault, Crossing crossing) {
        String action = crossing.api() + ":" + crossing.action();
        CloudFailure failure =
                switch (fault) {
                    case THROTTLED -> new CloudFailure.Throttled(Duration.ofSeconds(1));
                    case SERVER_ERROR -> new CloudFailure.Unknown("simulated failure");
                    case ANSWER_LOST -> new CloudFailure.Unreachable("connection reset", true);
                    case LATE -> new CloudFailure.Unreachable(DisturbedCalls.LATE, true);
                    case IN_USE -> new CloudFailure.Conflict("in use");
                    case DENIED -> new CloudFailure.Denied(action);
                    case CRASH -> throw new NoSuchElementException("a crash has no answer");
                };
        return new CloudException(action, failure);
    }

    @Override
    default void close() {}
}
