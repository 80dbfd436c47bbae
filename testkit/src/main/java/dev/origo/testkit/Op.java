package dev.origo.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One thing that happens in a random life, as data: a list of them can be made shorter and lived
/// again.
///
/// @param which Service or node it is about, if any
/// @param how a number that decides the rest
/// @param then how long nothing else happens after it
record Op(Kind kind, int which, int how, Duration then) {
    private static final int NUMBERS = 60;
    private static final int GAP_MILLIS_MAX = 8_000;

    /// One gap in so many is long enough for audits.
    private static final int LONG_ONE_IN = 25;

    private static final int LONG_MILLIS_MAX = 1_800_000;

    /// What happens, and how often beside the others.
    enum Kind {
        CREATE_OR_DELETE(3),
        CHANGE(3),
        NODE(2),
        KILL(1),
        SUSPEND(1),
        FAULTS(1),
        STRIKE(1),
        API_AWAY(1),
        RELIST(1),
        WEATHER(1);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static Kind drawn(SplittableRandom random) {
            int sum = 0;
            for (Kind kind : values()) {
                sum += kind.weight;
            }
            int left = random.nextInt(sum);
            for (Kind kind : values()) {
                left -= kind.weight;
                if (left < 0) {
                    return kind;
                }
            }
            throw new IllegalStateException("nothing was drawn");
        }
    }

    /// The life of a seed.
    static List<Op> drawn(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean isLong = random.nextInt(LONG_ONE_IN) == 0;
            ops.add(
                    new Op(
                            Kind.drawn(random),
                            random.nextInt(NUMBERS),
                            random.nextInt(NUMBERS),
                            Duration.ofMillis(
                                    random.nextInt(isLong ? LONG_MILLIS_MAX : GAP_MILLIS_MAX))));
        }
        return ops;
    }

    @Override
    public String toString() {
        return "%s %d/%d, then %s".formatted(kind, which, how, then);
    }
}
