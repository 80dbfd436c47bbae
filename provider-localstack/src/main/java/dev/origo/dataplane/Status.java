package dev.origo.dataplane;

import dev.origo.dataplane.Placed.Reachable;
import dev.origo.model.Carrier;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/// A balancer as it stands: health per target, and what went through.
///
/// @param draining whether it is dropped, and only established connections go on
public record Status(String id, InetAddress address, boolean draining, List<OfListener> listeners) {

    /// A listener as it stands.
    ///
    /// @param carrier as wanted; a target's own says what holds for it
    public record OfListener(
            int port,
            Listener.Transport transport,
            Carrier carrier,
            List<Reachable> reachable,
            List<OfTarget> targets,
            Counts counts) {}

    /// A target as it stands.
    ///
    /// @param carrier how the client's address travels to this target: `NONE` where packet delivery
    ///   is wanted and not possible
    public record OfTarget(Target target, Carrier carrier, Health health, Counts counts) {}

    /// What went through since the start.
    ///
    /// @param connections accepted and given to a target; UDP: sessions
    /// @param active of these, still open
    /// @param bytesIn from clients
    /// @param bytesOut to clients
    /// @param ended refused or cut, by reason; reasons that never came are absent
    public record Counts(
            long connections, long active, long bytesIn, long bytesOut, Map<Reason, Long> ended) {}

    /// Why a connection, UDP session or HTTP request was refused or cut.
    public enum Reason {
        /// The client's address is outside the source ranges.
        SOURCE_RANGE,
        /// The balancer has as many connections as it may have.
        LIMIT_OF_BALANCER,
        /// All balancers together have as many connections as they may have.
        LIMIT_OF_ALL,
        /// The process has as many open files as it may have.
        FILE_LIMIT,
        /// No target is registered.
        NO_TARGET,
        /// The target refused the connection, or it can't be reached.
        TARGET_REFUSED,
        /// The target did not accept the connection in time.
        TARGET_TIMEOUT,
        /// Every port of the source address is in use: the client's with packet delivery, else the
        /// balancer's.
        SOURCE_PORTS,
        /// An HTTP message whose meaning is in doubt, or too large.
        BAD_MESSAGE,
        /// Cut: nothing was sent for the idle timeout.
        IDLE,
        /// Cut: the drain time is over.
        DRAINED,
        /// Cut: the target turned unhealthy.
        UNHEALTHY,
        /// One side broke the connection off.
        RESET
    }
}
