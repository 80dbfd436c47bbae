package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of a list and the token for the next one, null on the last: as the SDK's builders take
/// it.
record Page<T>(List<T> items, @Nullable String next) {
    private static final String TOKEN = "page-from-";

    /// Source: ELBv2 API reference, PageSize: 1 to 400.
    static <T> Page<T> elb(List<T> all, @Nullable Integer size, @Nullable String marker) {
        int items = size == null ? 400 : size;
        int from = offset(marker);
        invalidIf(
                items < 1 || items > 400 || from < 0, "page size " + size + " or marker " + marker);
        return cut(all, items, from);
    }

    /// Source: EC2 API reference, MaxResults: 5 to 1000. Without it one page holds everything.
    static <T> Page<T> ec2(List<T> all, @Nullable Integer size, @Nullable String token) {
        int from = offset(token);
        boolean wrong = from < 0 || (size != null && (size < 5 || size > 1000));
        ec2If(wrong, "InvalidParameterValue", "MaxResults " + size + " or token " + token);
        return cut(all, size == null ? Integer.MAX_VALUE : size, from);
    }

    private static <T> Page<T> cut(List<T> all, int size, int from) {
        int to = (int) Math.min(all.size(), (long) from + size);
        return new Page<>(
                from < to ? all.subList(from, to) : List.of(), to < all.size() ? TOKEN + to : null);
    }

    /// Negative for a token that isn't ours.
    private static int offset(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return 0;
        }
        return token.matches(TOKEN + "\\d{1,9}")
                ? Integer.parseInt(token.substring(TOKEN.length()))
                : -1;
    }
}
