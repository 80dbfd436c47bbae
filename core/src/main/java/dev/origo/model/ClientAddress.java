package dev.origo.model;

import java.util.List;

/// What an application sees of its client, and why: one answer for one port or, merged, for a
/// Service.
///
/// @param sees the peer address of the application's socket
/// @param code the reason of the verdict
/// @param hops client to pod, in order
/// @param findings warnings and refusals beside the verdict
public record ClientAddress(
        Delivery delivery,
        Carrier carrier,
        Verdict verdict,
        Sees sees,
        Code code,
        List<Hop> hops,
        List<Problem> findings) {
    public ClientAddress {
        hops = List.copyOf(hops);
        findings = List.copyOf(findings);
    }

    /// Whose address the application's socket has as its peer.
    public enum Sees {
        CLIENT("client"),
        NODE("node"),
        BALANCER("balancer"),
        GATEWAY("gateway"),
        UNKNOWN("unknown");

        private final String word;

        Sees(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /// One station on the way.
    ///
    /// @param hop `client`, `balancer`, `node`, `pod`
    /// @param effect what happens to the source address there, for people
    public record Hop(String hop, String effect, Code code) {}
}
