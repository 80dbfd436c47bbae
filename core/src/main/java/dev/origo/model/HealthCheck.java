package dev.origo.model;

import java.time.Duration;

/// How a load balancer finds out whether a node serves.
///
/// @param timing pace and thresholds
public record HealthCheck(Probe probe, Timing timing) {

    /// The question put to each node.
    public sealed interface Probe {}

    /// `GET http://NODE:port path` answers 200. Source: KEP-3836 (10256), Service
    /// healthCheckNodePort.
    public record Http(int port, String path) implements Probe {}

    /// A TCP connection to the port that the traffic uses is accepted.
    public record TrafficPort() implements Probe {}

    /// How often and how patiently it is asked.
    ///
    /// @param unhealthy consecutive failures until a node leaves
    /// @param healthy consecutive successes until it comes back
    public record Timing(Duration interval, Duration timeout, int healthy, int unhealthy) {
        /// The longest time from a node's first failing answer to its leaving, network time not
        /// counted.
        public Duration outWithin() {
            return interval.multipliedBy(unhealthy).plus(timeout);
        }
    }
}
