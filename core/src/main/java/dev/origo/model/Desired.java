package dev.origo.model;

import java.util.List;

/// What should be in the cloud for one owner.
public sealed interface Desired {
    OwnerId owner();

    /// A load balancer as specified.
    record Present(LoadBalancerSpec spec) implements Desired {
        @Override
        public OwnerId owner() {
            return spec.owner();
        }
    }

    /// Whatever stands, as it stands, with its targets following the nodes: the Service is refused
    /// as it is written now.
    ///
    /// @param backends eligible nodes, ordered by name
    /// @param settings the provider's own annotations, as far as they can be read
    record Kept(OwnerId owner, List<Backend> backends, Settings settings) implements Desired {
        public Kept {
            backends = List.copyOf(backends);
        }
    }

    /// Nothing that carries the owner's mark.
    record Absent(OwnerId owner) implements Desired {}
}
