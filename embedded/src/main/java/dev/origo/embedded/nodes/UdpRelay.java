package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Router.Hop;
import dev.origo.embedded.nodes.Routing.Forward;
import dev.origo.embedded.nodes.Routing.Refuse;
import dev.origo.embedded.nodes.SimulatedCluster.Connection;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.model.Protocol;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Datagrams through a node to pods and back. A client's address and port have one flow, as in
/// conntrack, until it is idle or its pod is no longer to be had. What the real kube-proxy drops is
/// dropped here as well.
final class UdpRelay implements Runnable {
    /// Source: the largest payload of UDP over IPv4.
    static final int DATAGRAM_MAX = 65_507;

    private static final int FLOWS_MAX = 512;

    private final DatagramSocket entry;
    private final Live live;
    private final Entry via;
    private final Gate gate;
    private final Map<SocketAddress, Flow> flows = new ConcurrentHashMap<>();

    /// The socket towards the pod, on behalf of one client.
    private record Flow(
            DatagramSocket socket, InetSocketAddress client, Hop hop, Connection shown) {}

    UdpRelay(DatagramSocket entry, Live live, Entry via, Gate gate) {
        this.entry = entry;
        this.live = live;
        this.via = via;
        this.gate = gate;
    }

    @Override
    public void run() {
        byte[] buffer = new byte[DATAGRAM_MAX];
        while (!entry.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                entry.receive(packet);
                pass(packet);
            } catch (IOException _) {
                // A datagram may be lost; or this is the end.
            }
        }
        flows.values().forEach(flow -> flow.socket().close());
    }

    private void pass(DatagramPacket packet) throws IOException {
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        switch (Routing.route(live.view(), via, live.client(client.getAddress()))) {
            case Refuse(Outcome outcome) -> live.count(via, outcome);
            case Forward forward -> {
                Optional<Flow> known =
                        Optional.ofNullable(flows.get(client))
                                .filter(f -> !f.socket().isClosed())
                                .filter(f -> forward.endpoints().contains(f.hop().endpoint()));
                Optional<Flow> flow = known.isPresent() ? known : open(client, forward);
                if (flow.isPresent()) {
                    flow.get()
                            .socket()
                            .send(new DatagramPacket(packet.getData(), packet.getLength()));
                }
            }
        }
    }

    private Optional<Flow> open(InetSocketAddress client, Forward forward) throws IOException {
        Flow old = flows.remove(client);
        if (old != null) {
            old.socket().close();
        }
        Hop hop = live.router.pick(live.view(), via, live.client(client.getAddress()), forward);
        Optional<InetSocketAddress> pod = live.whereabouts(Protocol.UDP, hop.endpoint());
        if (pod.isEmpty()) {
            live.count(via, Outcome.POD_UNREACHABLE);
            return Optional.empty();
        }
        DatagramSocket socket = new DatagramSocket(null);
        if (flows.size() >= FLOWS_MAX || !gate.admit(socket)) {
            socket.close();
            live.count(via, Outcome.LIMIT);
            return Optional.empty();
        }
        try {
            Optional<InetAddress> source = live.source(hop.source());
            socket.bind(source.map(address -> new InetSocketAddress(address, 0)).orElse(null));
            socket.connect(pod.get());
            socket.setSoTimeout((int) live.config.idleTimeout().toMillis());
        } catch (IOException e) {
            gate.release(socket);
            boolean noPort = e instanceof BindException;
            live.count(via, noPort ? Outcome.NO_SOURCE_PORT : Outcome.POD_UNREACHABLE);
            return Optional.empty();
        }
        Flow flow = new Flow(socket, client, hop, live.connected(via, client, hop));
        flows.put(client, flow);
        live.start("replies", () -> replies(flow));
        return Optional.of(flow);
    }

    /// Ends when the pod says nothing for the idle time, so that a next datagram opens a new flow.
    private void replies(Flow flow) {
        byte[] buffer = new byte[DATAGRAM_MAX];
        try {
            while (!entry.isClosed()) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                flow.socket().receive(packet);
                entry.send(new DatagramPacket(buffer, packet.getLength(), flow.client()));
            }
        } catch (IOException _) {
            // Idle, the pod is gone, or this is the end.
        } finally {
            flows.remove(flow.client(), flow);
            live.connections.remove(flow.shown());
            gate.release(flow.socket());
        }
    }
}
