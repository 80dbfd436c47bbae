package dev.origo.kube;

/// How a user says which cluster is meant.
///
/// @param kubeconfig path of the file; empty for the usual places: `$KUBECONFIG`, `~/.kube/config`,
///   then the service account of the pod
/// @param context name in that file; empty for its current context
public record ClusterAccess(String kubeconfig, String context) {
    /// As kubectl would find it.
    public static final ClusterAccess USUAL = new ClusterAccess("", "");
}
