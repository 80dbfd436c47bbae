package dev.origo.model;

/// How the user wants the client's address to reach the application.
public enum ClientAddressWish {
    /// Whatever keeps it without changing the bytes that a backend receives or the kind of
    /// balancer.
    AUTO("auto"),
    PACKET("packet"),
    PROXY_PROTOCOL_V1("proxy-protocol-v1"),
    PROXY_PROTOCOL_V2("proxy-protocol-v2"),
    FORWARDED_HEADER("forwarded-header"),
    /// The application does not need it.
    NONE("none");

    private final String word;

    ClientAddressWish(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
