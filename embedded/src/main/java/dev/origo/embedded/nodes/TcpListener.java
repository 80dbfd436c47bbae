package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Accepts connections and hands each to a thread of its own, as long as the owner has room.
record TcpListener(ServerSocket server, Live live, Purpose purpose, Gate gate) implements Runnable {
    /// After a failed accept: the process is out of file descriptors, and some must be closed
    /// first.
    private static final Duration PAUSE = Duration.ofMillis(20);

    /// Serves one connection to its end.
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    @Override
    public void run() {
        Service service =
                switch (purpose) {
                    case Purpose.Entry via -> socket -> TcpRelay.relay(socket, live, via);
                    case Purpose.Page page ->
                            socket ->
                                    Http.serve(
                                            socket,
                                            live.config,
                                            request -> HealthPages.answer(live, page, request));
                    case Purpose.PodApp pod -> socket -> Echo.serve(socket, live, pod);
                };
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                if (gate.admit(socket)) {
                    live.start(purpose.subject(), () -> handle(socket, service));
                } else {
                    Gate.reset(socket);
                    live.count(purpose, Outcome.LIMIT);
                }
            } catch (IOException _) {
                if (!server.isClosed()) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    private void handle(Socket socket, Service service) {
        try {
            socket.setTcpNoDelay(true);
            service.serve(socket);
        } catch (IOException _) {
            // The peer went away, or said nothing for too long.
            Gate.reset(socket);
        } finally {
            gate.release(socket);
        }
    }
}
