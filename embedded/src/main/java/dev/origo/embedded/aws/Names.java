package dev.origo.embedded.aws;

import org.jspecify.annotations.Nullable;

/// The rules for names of load balancers and target groups. Source: CreateLoadBalancer and
/// CreateTargetGroup, Name: at most 32 characters, alphanumeric or hyphen, no hyphen first or last;
/// a load balancer's not `internal-...`.
final class Names {
    private static final int LENGTH_MAX = 32;

    private Names() {}

    static void requireLoadBalancer(@Nullable String name) {
        require("Load balancer", name);
        if (name != null && name.startsWith("internal-")) {
            throw Faults.invalid(
                    "The load balancer name '%s' cannot begin with 'internal-'".formatted(name));
        }
    }

    static void requireTargetGroup(@Nullable String name) {
        require("Target group", name);
    }

    private static void require(String kind, @Nullable String name) {
        if (name == null || name.isEmpty() || name.length() > LENGTH_MAX) {
            throw Faults.invalid("%s name '%s' must have 1 to 32 characters".formatted(kind, name));
        }
        if (!name.matches("[a-zA-Z0-9-]+")) {
            throw Faults.invalid(
                    "%s name '%s' can only contain alphanumeric characters and hyphens"
                            .formatted(kind, name));
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            throw Faults.invalid(
                    "%s name '%s' cannot begin or end with a hyphen".formatted(kind, name));
        }
    }
}
