package dev.origo.app;

import dev.origo.model.ServiceKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Tells a change that somebody else made in the cloud from one that was asked for: drift is what
/// an audit finds to do for a Service that had nothing left to do and has not changed since, nor
/// have the nodes.
///
/// Thread rule: any thread.
final class Drift {
    private final Set<ServiceKey> settled = ConcurrentHashMap.newKeySet();
    private final Set<ServiceKey> audited = ConcurrentHashMap.newKeySet();

    void serviceChanged(ServiceKey key) {
        settled.remove(key);
        audited.remove(key);
    }

    /// Nodes changed, or this process was not the one that writes.
    void allChanged() {
        settled.clear();
        audited.clear();
    }

    void settled(ServiceKey key) {
        settled.add(key);
    }

    /// An audit has read the cloud.
    void auditEnded() {
        audited.clear();
        audited.addAll(settled);
    }

    /// Whether what is planned now for the Service is drift. True once an audit.
    boolean isDrift(ServiceKey key) {
        return audited.remove(key);
    }
}
