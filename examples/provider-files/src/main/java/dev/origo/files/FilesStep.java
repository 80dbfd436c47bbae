package dev.origo.files;

import dev.origo.model.IpFamily;
import dev.origo.spi.Step;
import java.util.Set;

/// One change of one file.
sealed interface FilesStep extends Step {
    record CreatePool(Pool pool) implements FilesStep {
        @Override
        public String describe() {
            return "create pool %s to %s".formatted(pool.name(), pool.nodes());
        }
    }

    record ChangePool(Pool pool) implements FilesStep {
        @Override
        public String describe() {
            return "change pool %s to %s".formatted(pool.name(), pool.nodes());
        }
    }

    /// A new balancer gets its addresses from the directory.
    ///
    /// @param requestedIp empty for any
    record CreateBalancer(Balancer balancer, Set<IpFamily> families, String requestedIp)
            implements FilesStep {
        @Override
        public String describe() {
            return "create balancer %s with %s"
                    .formatted(balancer.name(), balancer.fronts().keySet());
        }
    }

    /// Families that it has no address of get one.
    record ChangeBalancer(Balancer balancer, Set<IpFamily> families, String requestedIp)
            implements FilesStep {
        @Override
        public String describe() {
            return "change balancer %s with %s"
                    .formatted(balancer.name(), balancer.fronts().keySet());
        }
    }

    record Delete(Kept kept) implements FilesStep {
        @Override
        public String describe() {
            return "delete %s/%s".formatted(kept.folder(), kept.name());
        }
    }
}
