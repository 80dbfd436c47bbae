package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Http.Request;
import dev.origo.embedded.nodes.Http.Response;
import dev.origo.embedded.nodes.Purpose.PodApp;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Pods that answer with what they see of a client.
final class Echo {
    private Echo() {}

    static void serve(Socket raw, Live live, PodApp pod) throws IOException {
        raw.setSoTimeout((int) live.config.idleTimeout().toMillis());
        InetSocketAddress peer = (InetSocketAddress) raw.getRemoteSocketAddress();
        List<String> proxy;
        try {
            proxy = pod.app().proxyProtocol() ? ProxyHeader.read(raw.getInputStream()) : List.of();
        } catch (ProtocolException _) {
            // As real servers do: the connection ends without an answer.
            live.count(pod, Outcome.NO_PROXY_HEADER);
            return;
        }
        Function<Request, Response> pages = r -> Response.text(200, page(r, pod, peer, proxy));
        switch (pod.app().speaks()) {
            case HTTP -> Http.serve(raw, live.config, pages);
            case HTTPS -> {
                try (Socket socket = live.tls().getSocketFactory().createSocket(raw, null, true)) {
                    Http.serve(socket, live.config, pages);
                }
            }
            case PEER -> {
                OutputStream out = raw.getOutputStream();
                out.write(bytes(peer(pod, peer) + lines("proxy_", proxy)));
                raw.getInputStream().transferTo(out);
            }
            case UDP -> throw new IllegalStateException("UDP has no connections");
        }
    }

    /// Answers datagrams until the socket is closed.
    static void serve(DatagramSocket socket, PodApp pod) {
        byte[] buffer = new byte[UdpRelay.DATAGRAM_MAX];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                InetSocketAddress peer = (InetSocketAddress) packet.getSocketAddress();
                String got = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
                byte[] answer = bytes("%sreceived=%s\n".formatted(peer(pod, peer), got));
                int size = Math.min(answer.length, UdpRelay.DATAGRAM_MAX);
                socket.send(new DatagramPacket(answer, size, peer));
            } catch (IOException _) {
                // A datagram may be lost; or this is the end.
            }
        }
    }

    /// Source: the answers of registry.k8s.io/echoserver:1.10, plus who answers and the PROXY
    /// header.
    private static String page(
            Request request, PodApp pod, InetSocketAddress peer, List<String> proxy) {
        int mark = request.target().indexOf('?');
        String headers =
                request.headers().stream()
                        .map(h -> h.name().toLowerCase(Locale.ROOT) + "=" + h.value() + "\n")
                        .sorted()
                        .collect(Collectors.joining());
        return """
        CLIENT VALUES:
        client_address=%s
        command=%s
        real path=%s
        query=%s
        request_version=1.%d
        request_uri=%s://%s%s

        SERVER VALUES:
        server_version=origo
        pod=%s
        node=%s
        %s
        HEADERS RECEIVED:
        %sBODY:
        %s\
        """
                .formatted(
                        Addresses.kubernetes(peer.getAddress()),
                        request.method(),
                        mark < 0 ? request.target() : request.target().substring(0, mark),
                        mark < 0 ? "nil" : request.target().substring(mark + 1),
                        request.minor(),
                        pod.app().speaks() == View.Speaks.HTTPS ? "https" : "http",
                        request.header("Host"),
                        request.target(),
                        pod.owner(),
                        pod.node(),
                        proxy.isEmpty() ? "" : "\nPROXY HEADER RECEIVED:\n" + lines("", proxy),
                        headers,
                        request.body().isEmpty() ? "-no body in request-" : request.body());
    }

    private static String peer(PodApp pod, InetSocketAddress peer) {
        return "client_address=%s\nclient_port=%d\npod=%s\nnode=%s\n"
                .formatted(
                        Addresses.kubernetes(peer.getAddress()),
                        peer.getPort(),
                        pod.owner(),
                        pod.node());
    }

    private static String lines(String prefix, List<String> lines) {
        return lines.stream().map(l -> prefix + l + "\n").collect(Collectors.joining());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
