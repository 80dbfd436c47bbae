package dev.origo.app;

import dev.origo.guard.RateLimits;
import picocli.CommandLine.Option;

/// How fast the cloud is called.
final class CallsOptions {
    static final int CALLS_MAX = 10_000;

    @Option(
            names = "--calls-burst",
            paramLabel = "N",
            converter = CallsWord.class,
            description =
                    "Calls to each API family of the cloud that may start at once after a rest, reads and writes apart, 1 to 10000 (default: 40)")
    private int burst = RateLimits.DEFAULT.burst();

    /// 0: not given.
    @Option(
            names = "--calls-start",
            paramLabel = "N",
            converter = CallsWord.class,
            description =
                    "Calls per second to each API family at the start; throttling halves them, 1 to 10000 (default: 100, or --calls-max if that is lower)")
    private int start;

    /// 0: not given.
    @Option(
            names = "--calls-max",
            paramLabel = "N",
            converter = CallsWord.class,
            description =
                    "Calls per second to each API family at most, while nothing throttles, 1 to 10000 (default: 200, or --calls-start if that is higher)")
    private int max;

    /// What is not given adapts to what is.
    ///
    /// @throws CommandFailure if it starts faster than it may be
    RateLimits limits() {
        RateLimits standard = RateLimits.DEFAULT;
        double ceiling = max > 0 ? max : Math.max(standard.ceilingPerSecond(), start);
        double first = start > 0 ? start : Math.min(standard.startPerSecond(), ceiling);
        try {
            return new RateLimits(
                    burst, first, ceiling, standard.floorPerSecond(), standard.waitMax());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badOption(
                    "--calls-start %d is outside 1..%d, which --calls-max %d leaves: lower the first or raise the second"
                            .formatted(start, max, max),
                    e);
        }
    }

    /// Reads the numbers.
    static final class CallsWord extends Word<Integer> {
        CallsWord() {
            super(text -> count(text, CALLS_MAX));
        }
    }
}
