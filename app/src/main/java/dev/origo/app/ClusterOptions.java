package dev.origo.app;

import dev.origo.kube.ClusterAccess;
import picocli.CommandLine.Option;

/// Which cluster is meant.
final class ClusterOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "The kubeconfig (default: $KUBECONFIG, ~/.kube/config, or the pod's service account)")
    private String kubeconfig = "";

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The context in the kubeconfig (default: its current one)")
    private String context = "";

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            description = "The cluster's name in marks and tags in the cloud (default: kubernetes)")
    private String clusterName = "kubernetes";

    ClusterAccess access() {
        return new ClusterAccess(kubeconfig, context);
    }

    String clusterName() {
        return clusterName;
    }
}
