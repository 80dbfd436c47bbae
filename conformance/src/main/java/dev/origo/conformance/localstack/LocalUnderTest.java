package dev.origo.conformance.localstack;

import dev.origo.aws.AwsProvider;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Target;
import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.localstack.LocalstackProviderFactory;
import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.SimulatedTasks;
import dev.origo.testkit.conformance.Balancer;
import dev.origo.testkit.conformance.Balancer.Front;
import dev.origo.testkit.conformance.CloudUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// An account that has the record, and the data plane of each process that lives. What clients get
/// is what both say: a listener that is on record and not carried serves nobody.
///
/// @param record the account
/// @param planes of processes, the dead ones' empty
record LocalUnderTest(CloudUnderTest record, List<SimulatedPlane> planes)
        implements CloudUnderTest {
    private static final String NODES = "127.0.10.";

    @Override
    public String loadBalancerClass() {
        return new LocalstackProviderFactory().defaultClass();
    }

    @Override
    public Annotations annotations() {
        return new LocalstackProviderFactory().annotations();
    }

    @Override
    public Provider<?, ?> provider(ClusterId cluster, ProviderRuntime runtime) {
        SimulatedPlane plane = new SimulatedPlane();
        planes.add(plane);
        if (runtime.tasks() instanceof SimulatedTasks process) {
            process.whenKilled(plane::end);
        }
        return LocalstackProviderFactory.on(
                (AwsProvider) record.provider(cluster, runtime), plane, runtime);
    }

    /// Instances on this machine, as packets keep the client's address only there.
    @Override
    public NodeSnapshot node(int number) {
        NodeSnapshot node = record.node(number);
        return KubernetesModel.newNode(node.name(), node.providerId(), NODES + number);
    }

    @Override
    public boolean isOnThisMachine() {
        return true;
    }

    @Override
    public List<Balancer> standing() {
        List<Balancer> onRecord = record.standing();
        return Stream.concat(
                        onRecord.stream().map(this::carried),
                        onRecord.stream().flatMap(one -> leftBehind(one, onRecord)))
                .toList();
    }

    /// What is carried for the same owner and is on record no more.
    private Stream<Balancer> leftBehind(Balancer one, List<Balancer> onRecord) {
        return allCarried()
                .map(dev.origo.dataplane.Balancer::id)
                .filter(id -> onRecord.stream().noneMatch(other -> isNamed(other, id + "-")))
                .filter(id -> isNamed(one, id.substring(0, id.lastIndexOf('-') + 1)))
                .map(id ->
                        new Balancer(
                                one.cluster(),
                                one.uid(),
                                Set.of(DataPlane.addressOf(id).getHostAddress()),
                                one.scheme(),
                                new TreeMap<>()));
    }

    private Stream<dev.origo.dataplane.Balancer> allCarried() {
        return planes.stream().flatMap(plane -> plane.balancers().values().stream());
    }

    /// A host name of the account begins with the balancer's name, which begins with its owner's
    /// hash.
    private static boolean isNamed(Balancer recorded, String start) {
        return recorded.addresses().stream().anyMatch(name -> name.startsWith(start));
    }

    private Balancer carried(Balancer recorded) {
        Optional<dev.origo.dataplane.Balancer> carried =
                allCarried().filter(b -> isNamed(recorded, b.id() + "-")).findFirst();
        SortedMap<Front, Balancer.Listener> listeners = new TreeMap<>();
        carried.stream()
                .flatMap(balancer -> balancer.listeners().stream())
                .forEach(listener ->
                        SimulatedPlane.protocols(listener.transport()).stream()
                                .map(protocol -> new Front(protocol, listener.port()))
                                .forEach(front ->
                                        Optional.ofNullable(recorded.listeners().get(front))
                                                .ifPresent(on ->
                                                        listeners.put(front, both(on, listener)))));
        return new Balancer(
                recorded.cluster(),
                recorded.uid(),
                carried.map(b -> Set.of(DataPlane.addressOf(b.id()).getHostAddress()))
                        .orElse(Set.of()),
                recorded.scheme(),
                listeners);
    }

    private static Balancer.Listener both(
            Balancer.Listener recorded, dev.origo.dataplane.Listener carried) {
        Set<String> targets = new TreeSet<>();
        for (Target target : carried.targets()) {
            String number = target.address().getHostAddress().substring(NODES.length());
            targets.add("node-%s:%d".formatted(number, target.port()));
        }
        targets.retainAll(recorded.targets());
        return new Balancer.Listener(
                carried.carrier(),
                new TreeSet<>(targets),
                recorded.check(),
                new TreeSet<>(carried.rules().sourceRanges()),
                carried.rules().sticky());
    }

    @Override
    public SortedMap<String, List<String>> owned(ClusterId cluster) {
        return record.owned(cluster);
    }

    @Override
    public String dump() {
        List<String> lines = new ArrayList<>(List.of(record.dump()));
        for (SimulatedPlane plane : planes) {
            plane.balancers().values().forEach(balancer -> lines.add("carried " + balancer));
        }
        return String.join("\n", lines);
    }

    @Override
    public boolean isShared(String line) {
        return record.isShared(line);
    }

    @Override
    public SortedMap<String, Damage> damages() {
        return record.damages();
    }

    @Override
    public void close() {
        record.close();
    }
}
