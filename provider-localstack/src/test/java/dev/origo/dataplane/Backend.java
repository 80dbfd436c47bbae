package dev.origo.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A TCP server for tests: notes who connects, and does with each connection what it is told.
final class Backend implements AutoCloseable {
    final Queue<InetSocketAddress> peers = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final ServerSocket server = new ServerSocket();
    private final Service service;

    private Backend(String address, Service service) throws IOException {
        this.service = service;
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0), 1_000);
        Thread.ofVirtual().start(this::accept);
    }

    /// What is done with a connection; it is closed afterwards.
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    static Backend of(String address, Service service) {
        try {
            return new Backend(address, service);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends back what comes, until the end.
    static Backend echo(String address) {
        return of(
                address,
                socket -> {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                    socket.shutdownOutput();
                });
    }

    /// Answers every connection with a text after its request's first bytes, and ends it.
    static Backend answering(String address, String text) {
        return of(
                address,
                socket -> {
                    byte[] request = new byte[4_096];
                    if (socket.getInputStream().read(request) > 0) {
                        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                    }
                });
    }

    Target target(String id) {
        return Target.of(id, server.getInetAddress(), server.getLocalPort());
    }

    Target target(String id, Backend health) {
        return new Target(
                id, server.getInetAddress(), server.getLocalPort(), health.server.getLocalPort());
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() {
        Sockets.close(server);
        open.forEach(Sockets::close);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                peers.add((InetSocketAddress) socket.getRemoteSocketAddress());
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            service.serve(socket);
        } catch (IOException _) {
            // The other side is gone; what tests look at is there.
        }
    }
}
