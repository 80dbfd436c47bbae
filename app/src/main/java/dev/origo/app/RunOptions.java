package dev.origo.app;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `origo run`.
final class RunOptions {
    static final int WORKERS_MAX = 1000;
    static final Duration AUDIT_INTERVAL_MIN = Duration.ofSeconds(1);
    static final Duration AUDIT_INTERVAL_MAX = Duration.ofHours(24);

    /// Source: Kubernetes, "Accessing the API from a Pod"
    private static final Path POD_NAMESPACE =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

    @Mixin private ClusterOptions cluster = new ClusterOptions();
    @Mixin private ProviderOptions provider = new ProviderOptions();
    @Mixin private CallsOptions calls = new CallsOptions();

    @Option(
            names = "--provider",
            paramLabel = "PROVIDER",
            required = true,
            description = "The cloud that makes the load balancers: aws, gcp or localstack")
    private String providerId = "";

    @Option(
            names = "--load-balancer-class",
            paramLabel = "CLASS",
            split = ",",
            description =
                    "A load-balancer class that is ours; may be given several times (default: the provider's, as origo.dev/aws)")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = "--claim-unclassed",
            description = "Serve Services without a class, too (default: false)")
    private boolean claimUnclassed;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            converter = ModeWord.class,
            description =
                    "apply, or plan: log what would change and write nothing (default: apply)")
    private Mode mode = Mode.APPLY;

    @Option(
            names = "--leader-elect",
            paramLabel = "true|false",
            arity = "1",
            description = "Whether replicas elect the one that writes (default: true)")
    private boolean leaderElect = true;

    @Option(
            names = "--lease-namespace",
            paramLabel = "NAMESPACE",
            description = "Where the leader's Lease is (default: the pod's, or origo-system)")
    private String leaseNamespace = "";

    @Option(
            names = "--lease-name",
            paramLabel = "NAME",
            description =
                    "The Lease's name; deployments for different classes need different ones (default: origo-PROVIDER)")
    private String leaseName = "";

    @Option(
            names = "--listen",
            paramLabel = "ADDR:PORT",
            converter = ListenWord.class,
            description = "Where /metrics, /livez and /readyz are answered (default: 0.0.0.0:8080)")
    private ListenAddress listen = ListenAddress.parse("0.0.0.0:8080");

    @Option(
            names = "--audit-interval",
            paramLabel = "DURATION",
            converter = AuditWord.class,
            description =
                    "How often the cloud is read in full to find drift and orphans, 1s to 24h (default: 10m)")
    private Duration auditInterval = Duration.ofMinutes(10);

    @Option(
            names = "--workers",
            paramLabel = "N",
            converter = WorkersWord.class,
            description = "Services in work at the same time, 1 to 1000 (default: 32)")
    private int workers = 32;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            converter = FormatWord.class,
            description = "text or json (default: text)")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            converter = LevelWord.class,
            description = "error, warn, info, debug or trace (default: info)")
    private Level logLevel = Level.INFO;

    /// Whether anything is written.
    enum Mode {
        APPLY,
        PLAN
    }

    ClusterOptions cluster() {
        return cluster;
    }

    ProviderOptions provider() {
        return provider;
    }

    CallsOptions calls() {
        return calls;
    }

    String providerId() {
        return providerId;
    }

    List<String> classes() {
        return List.copyOf(classes);
    }

    boolean claimUnclassed() {
        return claimUnclassed;
    }

    boolean planOnly() {
        return mode == Mode.PLAN;
    }

    boolean leaderElect() {
        return leaderElect && !planOnly();
    }

    String leaseNamespace() {
        return leaseNamespace.isEmpty() ? podNamespace() : leaseNamespace;
    }

    String leaseName() {
        return leaseName.isEmpty() ? "origo-" + providerId : leaseName;
    }

    ListenAddress listen() {
        return listen;
    }

    Duration auditInterval() {
        return auditInterval;
    }

    int workers() {
        return workers;
    }

    LogFormat logFormat() {
        return logFormat;
    }

    Level logLevel() {
        return logLevel;
    }

    private static String podNamespace() {
        try {
            return Files.readString(POD_NAMESPACE).strip();
        } catch (IOException e) {
            // No pod.
            return "origo-system";
        }
    }

    /// Reads `--mode`.
    static final class ModeWord extends Word<Mode> {
        ModeWord() {
            super(text -> oneOf(text, Mode.values()));
        }
    }

    /// Reads `--log-format`.
    static final class FormatWord extends Word<LogFormat> {
        FormatWord() {
            super(text -> oneOf(text, LogFormat.values()));
        }
    }

    /// Reads `--log-level`.
    static final class LevelWord extends Word<Level> {
        private static final List<String> ALLOWED =
                List.of("error", "warn", "info", "debug", "trace");

        LevelWord() {
            super(text -> {
                if (!ALLOWED.contains(text.toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException(
                            "'%s' is none of %s".formatted(text, String.join(", ", ALLOWED)));
                }
                return Level.toLevel(text);
            });
        }
    }

    /// Reads `--listen`.
    static final class ListenWord extends Word<ListenAddress> {
        ListenWord() {
            super(ListenAddress::parse);
        }
    }

    /// Reads `--audit-interval`.
    static final class AuditWord extends Word<Duration> {
        AuditWord() {
            super(text -> {
                Duration interval = Durations.parse(text);
                if (interval.compareTo(AUDIT_INTERVAL_MIN) < 0
                        || interval.compareTo(AUDIT_INTERVAL_MAX) > 0) {
                    throw new IllegalArgumentException("'%s' is outside 1s..24h".formatted(text));
                }
                return interval;
            });
        }
    }

    /// Reads `--workers`.
    static final class WorkersWord extends Word<Integer> {
        WorkersWord() {
            super(text -> count(text, WORKERS_MAX));
        }
    }
}
