/// Load balancers that carry traffic on this machine: TCP, UDP and HTTP from a loopback address per
/// balancer to targets, with health checks, draining and the client's address on the way.
///
/// May depend on: the JDK, the words of `dev.origo.model`, and Netty's HTTP codec (ADR 0011). Knows
/// no cloud and no cluster. Read first: [DataPlane], then [Listener].
@NullMarked
package dev.origo.dataplane;

import org.jspecify.annotations.NullMarked;
