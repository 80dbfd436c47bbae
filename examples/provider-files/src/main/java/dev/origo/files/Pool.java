package dev.origo.files;

import dev.origo.model.HealthCheck;
import java.util.SortedSet;
import java.util.TreeSet;

/// The file `pools/NAME.json`: where the connections of one port go.
///
/// @param nodePort of each target
/// @param nodes names of the targets
/// @param check in words, as `HTTP 10256/healthz every 3s`
record Pool(String name, Mark mark, int nodePort, SortedSet<String> nodes, Check check)
        implements Kept {
    static final String FOLDER = "pools";

    /// How targets are checked.
    ///
    /// @param port 0 for the port that the traffic uses
    /// @param path empty for a check that a connection is accepted
    record Check(
            int port,
            String path,
            long intervalSeconds,
            long timeoutSeconds,
            int healthy,
            int unhealthy) {
        static Check of(HealthCheck check) {
            HealthCheck.Timing timing = check.timing();
            boolean http = check.probe() instanceof HealthCheck.Http;
            return new Check(
                    check.probe() instanceof HealthCheck.Http h ? h.port() : 0,
                    check.probe() instanceof HealthCheck.Http h && http ? h.path() : "",
                    timing.interval().toSeconds(),
                    timing.timeout().toSeconds(),
                    timing.healthy(),
                    timing.unhealthy());
        }
    }

    Pool {
        nodes = new TreeSet<>(nodes);
    }

    @Override
    public String folder() {
        return FOLDER;
    }

    Pool withNodes(SortedSet<String> others) {
        return new Pool(name, mark, nodePort, others, check);
    }
}
