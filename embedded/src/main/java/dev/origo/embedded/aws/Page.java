package dev.origo.embedded.aws;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// One page of a list and the token for the next one, null on the last: as the SDK's builders take
/// it.
record Page<T>(List<T> items, @Nullable String next) {
    private static final String TOKEN = "page-from-";

    /// Source: ELBv2 API reference, PageSize: 1 to 400.
    static <T> Page<T> elb(List<T> all, @Nullable Integer size, @Nullable String marker) {
        if (size != null && (size < 1 || size > 400)) {
            throw Faults.invalid("page size %d is outside 1..400".formatted(size));
        }
        return cut(all, size == null ? 400 : size, offset(marker, Faults::invalid));
    }

    /// Source: EC2 API reference, MaxResults: 5 to 1000. Without it one page holds everything.
    static <T> Page<T> ec2(List<T> all, @Nullable Integer size, @Nullable String token) {
        if (size != null && (size < 5 || size > 1000)) {
            throw Faults.ec2(
                    "InvalidParameterValue", "MaxResults %d is outside 5..1000".formatted(size));
        }
        int from = offset(token, message -> Faults.ec2("InvalidParameterValue", message));
        return cut(all, size == null ? Integer.MAX_VALUE : size, from);
    }

    private static <T> Page<T> cut(List<T> all, int size, int from) {
        int to = (int) Math.min(all.size(), (long) from + size);
        return new Page<>(
                from < to ? all.subList(from, to) : List.of(), to < all.size() ? TOKEN + to : null);
    }

    private static int offset(
            @Nullable String token, Function<String, AwsServiceException> refusal) {
        if (token == null || token.isEmpty()) {
            return 0;
        }
        if (!token.matches(TOKEN + "\\d{1,9}")) {
            throw refusal.apply("'%s' is not a page token of this list".formatted(token));
        }
        return Integer.parseInt(token.substring(TOKEN.length()));
    }
}
