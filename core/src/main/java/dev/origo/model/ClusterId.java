package dev.origo.model;

/// Which cluster owns a cloud object: a name for people and the UID of the kube-system namespace,
/// which keeps two clusters of one name apart.
public record ClusterId(String name, String uid) {
    public ClusterId {
        if (name.isBlank() || uid.isBlank()) {
            throw new IllegalArgumentException(
                    "cluster name '%s' and uid '%s' must not be blank".formatted(name, uid));
        }
    }

    /// The value of the ownership mark: `name/uid`.
    public String mark() {
        return name + "/" + uid;
    }
}
