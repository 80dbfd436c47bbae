package dev.origo.embedded.aws;

/// Ids that look like AWS's and are the same in every run with the same seed. Guarded by the
/// account's lock.
final class Ids {
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private long state;

    Ids(long seed) {
        state = seed;
    }

    /// Sixteen hexadecimal digits, never twice the same within 2^64 calls (a bijection of a
    /// counter: SplitMix64).
    String hex() {
        state += STEP;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return "%016x".formatted(mixed ^ (mixed >>> 31));
    }

    /// An EC2 id: `sg` gives `sg-0` and sixteen digits.
    String ec2(String kind) {
        return kind + "-0" + hex();
    }
}
