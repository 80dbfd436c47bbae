package dev.origo.dataplane;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Opens a port as near to what is wanted as the system allows: the same one, one that is 8000
/// higher (80 becomes 8080), or any.
final class Opening {
    private static final int HIGHER = 8_000;
    private static final int PORT_MAX = 65_535;

    private Opening() {}

    /// Opens at an address; 0 is any port.
    interface Opener {
        Front open(InetSocketAddress at) throws IOException;
    }

    /// What came of it.
    ///
    /// @param fronts one, or none
    /// @param problems none where it is as wanted
    record Opened(List<Front> fronts, List<Problem> problems) {}

    static Opened open(InetAddress address, int port, Opener opener) {
        List<String> refused = new ArrayList<>();
        for (int candidate : candidates(port)) {
            try {
                Front front = opener.open(new InetSocketAddress(address, candidate));
                return new Opened(List.of(front), moved(front, port, refused));
            } catch (IOException e) {
                refused.add(
                        "%s:%d: %s".formatted(address.getHostAddress(), candidate, e.getMessage()));
            }
        }
        return new Opened(
                List.of(),
                List.of(
                        Problem.error(
                                Code.LISTENER_NOT_OPEN,
                                "port %d can't be opened on this machine (%s)"
                                        .formatted(port, String.join("; ", refused)))));
    }

    private static List<Integer> candidates(int port) {
        return port + HIGHER > PORT_MAX ? List.of(port, 0) : List.of(port, port + HIGHER, 0);
    }

    private static List<Problem> moved(Front front, int port, List<String> refused) {
        InetSocketAddress at = front.reachable().at();
        if (at.getPort() == port) {
            return List.of();
        }
        return List.of(
                Problem.warning(
                        Code.LISTENER_MOVED,
                        "%s port %d is open at %s:%d instead (%s)"
                                .formatted(
                                        front.reachable().protocol(),
                                        port,
                                        at.getAddress().getHostAddress(),
                                        at.getPort(),
                                        String.join("; ", refused))));
    }
}
