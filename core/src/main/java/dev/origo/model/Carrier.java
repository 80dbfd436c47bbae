package dev.origo.model;

/// What carries the client's address from the balancer to the application.
public enum Carrier {
    PACKET("packet"),
    PROXY_PROTOCOL_V1("proxy-protocol-v1"),
    PROXY_PROTOCOL_V2("proxy-protocol-v2"),
    FORWARDED_HEADER("forwarded-header"),
    NONE("none");

    private final String word;

    Carrier(String word) {
        this.word = word;
    }

    /// Whether a PROXY header precedes the client's bytes.
    public boolean isProxyProtocol() {
        return this == PROXY_PROTOCOL_V1 || this == PROXY_PROTOCOL_V2;
    }

    @Override
    public String toString() {
        return word;
    }
}
