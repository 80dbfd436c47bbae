import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.Check;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Listener;
import dev.origo.dataplane.Status;
import dev.origo.dataplane.Target;
import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck.Timing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// Carries a balancer for each argument, `NAME=CARRIER@ADDRESS:PORT`, until it is ended. Prints
/// where each is, `NAME at ADDRESS:PORT`, and in the end what went through.
final class ServeDataPlane {
    private static final int PORT = 8080;
    private static final Timing TIMING = new Timing(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 2);

    public static void main(String[] balancers) throws Exception {
        DataPlane plane = DataPlane.start(Config.DEFAULT);
        for (String balancer : balancers) {
            String[] parts = balancer.split("[=@:]");
            InetAddress address = InetAddress.ofLiteral(parts[2]);
            Listener listener =
                    new Listener(
                            PORT,
                            Listener.Transport.TCP,
                            Carrier.valueOf(parts[1]),
                            new Check(new Check.Tcp(), TIMING, false),
                            Listener.Rules.DEFAULT,
                            List.of(Target.of("backend", address, Integer.parseInt(parts[3]))));
            InetSocketAddress at = plane.carry(new Balancer(parts[0], List.of(listener))).reachable().getFirst().at();
            System.out.printf("%s at %s:%d%n", parts[0], at.getAddress().getHostAddress(), at.getPort());
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    plane.snapshot().forEach(ServeDataPlane::tell);
                                    plane.close();
                                }));
        Thread.currentThread().join();
    }

    private static void tell(Status status) {
        status.listeners().forEach(listener -> System.out.printf("%s %s%n", status.id(), listener.counts()));
    }
}
