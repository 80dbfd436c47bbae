package dev.origo.aws;

import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/// The only way to AWS: every call passes the gate and answers with a failure that core
/// understands.
final class AwsApi {
    /// At 400 rows a page, more than any account has.
    private static final int PAGES_MAX = 500;

    private final AwsClients clients;
    private final Calls calls;

    AwsApi(AwsClients clients, Calls calls) {
        this.clients = clients;
        this.calls = calls;
    }

    /// Whether a write may be sent again after a doubtful failure.
    enum Repeat {
        /// Sending it twice comes to the same as sending it once.
        SAFE,
        NEVER
    }

    /// Reads from ELBv2.
    <Q extends AwsRequest, R> R elb(
            Q request, BiFunction<ElasticLoadBalancingV2Client, Q, R> call) {
        return calls.read("elbv2", action(request), elbCall(request, call));
    }

    /// Changes something in ELBv2.
    <Q extends AwsRequest, R> R elb(
            Repeat repeat, Q request, BiFunction<ElasticLoadBalancingV2Client, Q, R> call) {
        return calls.write("elbv2", action(request), repeat == Repeat.SAFE, elbCall(request, call));
    }

    /// Reads from EC2.
    <Q extends AwsRequest, R> R ec2(Q request, BiFunction<Ec2Client, Q, R> call) {
        return calls.read("ec2", action(request), ec2Call(request, call));
    }

    /// Changes something in EC2.
    <Q extends AwsRequest, R> R ec2(Repeat repeat, Q request, BiFunction<Ec2Client, Q, R> call) {
        return calls.write("ec2", action(request), repeat == Repeat.SAFE, ec2Call(request, call));
    }

    /// The SDK names each request after its action.
    private static String action(AwsRequest request) {
        return request.getClass().getSimpleName().replaceFirst("Request$", "");
    }

    private <Q extends AwsRequest, R> Supplier<R> elbCall(
            Q request, BiFunction<ElasticLoadBalancingV2Client, Q, R> call) {
        return () ->
                translated(
                        "elasticloadbalancing",
                        action(request),
                        () -> call.apply(clients.elb().get(), request));
    }

    private <Q extends AwsRequest, R> Supplier<R> ec2Call(
            Q request, BiFunction<Ec2Client, Q, R> call) {
        return () ->
                translated("ec2", action(request), () -> call.apply(clients.ec2().get(), request));
    }

    private static <T> T translated(String service, String action, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw AwsErrors.of(service, action, e);
        }
    }

    /// One page and where the next one begins; null or empty where there is none.
    record Page<T>(List<T> rows, @Nullable String next) {}

    /// All pages. An endpoint whose marker comes back would keep a reader for ever.
    ///
    /// @param page reads the page at a marker; null for the first
    static <T> List<T> pages(Function<@Nullable String, Page<T>> page) {
        List<T> rows = new ArrayList<>();
        Set<String> markers = new HashSet<>();
        String marker = null;
        for (int i = 0; i < PAGES_MAX; i++) {
            Page<T> read = page.apply(marker);
            rows.addAll(read.rows());
            marker = read.next();
            if (marker == null || marker.isEmpty() || !markers.add(marker)) {
                return rows;
            }
        }
        return rows;
    }

    /// The answer, or empty where what is asked for is not there.
    static <T> Optional<T> unlessAbsent(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (CloudException e) {
            if (e.failure() instanceof CloudFailure.NotFound) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
