package dev.origo.model;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Stable short hashes for derived names.
public final class Hashes {
    private static final int RADIX = 32;
    private static final int DIGEST_DIGITS = 52;

    private Hashes() {}

    /// The last `length` digits (1..52, base 32: `0-9a-v`) of SHA-256 over the parts. Parts are
    /// separated, so that `("a", "bc")` and `("ab", "c")` differ.
    public static String base32(int length, String... parts) {
        if (length < 1 || length > DIGEST_DIGITS) {
            throw new IllegalArgumentException(
                    "length %d is outside 1..%d".formatted(length, DIGEST_DIGITS));
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            String digits = new BigInteger(1, digest.digest()).toString(RADIX);
            return "0"
                    .repeat(DIGEST_DIGITS - digits.length())
                    .concat(digits)
                    .substring(DIGEST_DIGITS - length);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
