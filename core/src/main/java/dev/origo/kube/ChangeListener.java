package dev.origo.kube;

import dev.origo.model.ServiceKey;

/// Is told what changed in the cluster, after the cache shows it. A hint: what is read from the
/// cache counts, and one change may be told twice.
///
/// Thread rule: called on the thread of a watch, under the lock of its cache; must only take note.
public interface ChangeListener {
    /// The Service appeared, changed in what matters to a load balancer, or is gone.
    void serviceChanged(ServiceKey key);

    /// Nodes appeared, went, or changed in what matters to a load balancer.
    void nodesChanged();
}
