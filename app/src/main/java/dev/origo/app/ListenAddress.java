package dev.origo.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Where the process answers `/metrics`, `/livez` and `/readyz`.
///
/// @param port 0 takes a free one
record ListenAddress(InetAddress address, int port) {
    private static final int PORT_MAX = 65_535;

    ListenAddress {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port %d is outside 0..65535".formatted(port));
        }
    }

    /// Reads `ADDRESS:PORT`, `[ADDRESS]:PORT` or `:PORT`; the address is a literal, never looked
    /// up.
    ///
    /// @throws IllegalArgumentException naming the text and what is allowed
    static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "'%s' is not ADDRESS:PORT, as in 0.0.0.0:8080".formatted(text));
        }
        String host = text.substring(0, colon);
        try {
            InetAddress address =
                    InetAddress.ofLiteral(
                            host.isEmpty() ? "0.0.0.0" : host.replaceAll("^\\[(.*)\\]$", "$1"));
            return new ListenAddress(address, Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' is not ADDRESS:PORT with a literal address and a port in 0..65535: %s"
                            .formatted(text, e.getMessage()),
                    e);
        }
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        String host = address.getHostAddress();
        return host.contains(":") ? "[%s]:%d".formatted(host, port) : host + ":" + port;
    }
}
