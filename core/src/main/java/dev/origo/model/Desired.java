package dev.origo.model;

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

    /// Nothing that carries the owner's mark.
    record Absent(OwnerId owner) implements Desired {}
}
