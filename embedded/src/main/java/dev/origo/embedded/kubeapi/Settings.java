package dev.origo.embedded.kubeapi;

import dev.origo.spi.Tasks;
import java.time.Duration;

/// How a [KubernetesApi] is to be.
///
/// @param tasks time and threads of the controllers, watches and ages
/// @param port on 127.0.0.1; 0 for any that is free
/// @param podStart how long a pod takes from its node to ready
/// @param podStop how long a pod that is deleted still runs, whatever grace it asks for
public record Settings(Tasks tasks, int port, Duration podStart, Duration podStop) {
    /// Any free port, and pods that take a moment.
    public static Settings usual(Tasks tasks) {
        return new Settings(tasks, 0, Duration.ofMillis(300), Duration.ofSeconds(1));
    }
}
