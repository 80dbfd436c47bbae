package dev.origo.spi;

import dev.origo.model.Ingress;
import java.util.List;

/// How far a balancer is.
public sealed interface Provisioning {
    /// There is none.
    record Absent() implements Provisioning {}

    /// It is being made; look again, see [Cloud#poll].
    record Pending(String state) implements Provisioning {}

    /// It has addresses to publish.
    record Ready(List<Ingress> ingress) implements Provisioning {
        public Ready {
            ingress = List.copyOf(ingress);
        }
    }

    /// The cloud gave up on it.
    record Failed(String message) implements Provisioning {}
}
