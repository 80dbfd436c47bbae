package dev.origo.app.dev;

/// What people apply.
final class Manifests {
    private Manifests() {}

    /// @param speaks what the pods' ports speak, see [Views#SPEAKS]; empty for HTTP on 8080
    static String deployment(String name, int replicas, String speaks) {
        String annotations =
                speaks.isEmpty() ? "" : "\"%s\":\"%s\"".formatted(Views.SPEAKS, speaks);
        return """
        {"apiVersion":"apps/v1","kind":"Deployment",
         "metadata":{"name":"%1$s","labels":{"app":"%1$s"}},
         "spec":{"replicas":%2$d,"selector":{"matchLabels":{"app":"%1$s"}},
          "template":{"metadata":{"labels":{"app":"%1$s"},"annotations":{%3$s}},
           "spec":{"containers":[{"name":"echoserver","image":"registry.k8s.io/echoserver:1.10",
            "ports":[{"containerPort":8080}]}]}}}}
        """
                .formatted(name, replicas, annotations);
    }

    static String service(String name, String app, String type) {
        return service(name, app, type, "{\"name\":\"http\",\"port\":80,\"targetPort\":8080}");
    }

    /// The Service of "Connecting Applications with Services".
    static String twoPorts(String name, String type) {
        return service(
                name,
                name,
                type,
                "{\"name\":\"http\",\"port\":8080,\"targetPort\":80},"
                        + "{\"name\":\"https\",\"port\":443,\"targetPort\":443}");
    }

    private static String service(String name, String app, String type, String ports) {
        return """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"%s","annotations":{}},
         "spec":{"type":"%s","selector":{"app":"%s"},"ports":[%s]}}
        """
                .formatted(name, type, app, ports);
    }
}
