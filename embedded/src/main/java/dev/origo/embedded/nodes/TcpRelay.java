package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Router.Hop;
import dev.origo.embedded.nodes.Routing.Forward;
import dev.origo.embedded.nodes.Routing.Refuse;
import dev.origo.embedded.nodes.SimulatedCluster.Connection;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.model.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// One TCP connection through a node to a pod, both ways until both sides have ended. Its source is
/// what kube-proxy would make of it.
final class TcpRelay {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Live live;
    private final Socket client;
    private final Socket pod;
    private final CountDownLatch ways = new CountDownLatch(2);
    private final LongAdder moves = new LongAdder();

    private TcpRelay(Live live, Socket client, Socket pod) {
        this.live = live;
        this.client = client;
        this.pod = pod;
    }

    static void relay(Socket client, Live live, Entry via) throws IOException {
        InetSocketAddress peer = (InetSocketAddress) client.getRemoteSocketAddress();
        String name = live.client(peer.getAddress());
        View view = live.view();
        switch (Routing.route(view, via, name)) {
            case Refuse(Outcome outcome) -> {
                Gate.reset(client);
                live.count(via, outcome);
            }
            case Forward forward -> {
                Hop hop = live.router.pick(view, via, name, forward);
                try (Socket pod = new Socket()) {
                    Outcome outcome = connect(live, pod, hop);
                    if (outcome == Outcome.FORWARDED) {
                        Connection connection = live.connected(via, peer, hop);
                        new TcpRelay(live, client, pod).run();
                        live.connections.remove(connection);
                    } else {
                        Gate.reset(client);
                        live.count(via, outcome);
                    }
                }
            }
        }
    }

    private static Outcome connect(Live live, Socket pod, Hop hop) {
        Optional<InetSocketAddress> there = live.whereabouts(Protocol.TCP, hop.endpoint());
        if (there.isEmpty()) {
            return Outcome.POD_UNREACHABLE;
        }
        try {
            Optional<InetAddress> source = live.source(hop.source());
            if (source.isPresent()) {
                pod.bind(new InetSocketAddress(source.get(), 0));
            }
            pod.setTcpNoDelay(true);
            pod.connect(there.get(), (int) CONNECT_MAX.toMillis());
            return Outcome.FORWARDED;
        } catch (BindException _) {
            return Outcome.NO_SOURCE_PORT;
        } catch (IOException _) {
            return Outcome.POD_UNREACHABLE;
        }
    }

    /// Returns when both ways have ended, or nothing moved for the idle time (at most twice that).
    private void run() {
        live.start("to pod", () -> pump(client, pod));
        live.start("to client", () -> pump(pod, client));
        try {
            long before;
            do {
                before = moves.sum();
            } while (!ways.await(live.config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    && moves.sum() != before);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (ways.getCount() > 0) {
            abort();
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count = in.read(buffer);
            while (count >= 0) {
                out.write(buffer, 0, count);
                moves.increment();
                count = in.read(buffer);
            }
            to.shutdownOutput();
        } catch (IOException _) {
            abort();
        } finally {
            ways.countDown();
        }
    }

    private void abort() {
        Gate.reset(client);
        Gate.reset(pod);
    }
}
