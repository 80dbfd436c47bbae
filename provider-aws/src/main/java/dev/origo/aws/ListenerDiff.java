package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.PortPath.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The next steps on the listeners of one balancer. Pure.
///
/// @param unready names of target groups that nothing may be sent to yet
record ListenerDiff(Wanted wanted, AwsObserved observed, Set<String> unready) {

    /// Adds them to `steps`. The answer is whether every listener is as wanted.
    boolean add(Balancer there, List<AwsStep> steps) {
        boolean serving = true;
        SortedSet<String> kept = new TreeSet<>();
        for (Wanted.Listener listener : wanted.listeners()) {
            Optional<Listener> found = onPort(there, listener);
            found.ifPresent(l -> kept.add(l.arn()));
            Optional<TargetGroup> group = observed.targetGroupNamed(listener.group());
            List<AwsStep> certificates =
                    found.map(l -> missingCertificates(there, l, listener)).orElse(List.of());
            steps.addAll(certificates);
            serving &= certificates.isEmpty();
            if (found.isPresent() && isAsWanted(found.get(), listener, group)) {
                if (certificates.isEmpty()) {
                    steps.addAll(otherCertificates(there, found.get(), listener));
                }
                continue;
            }
            serving = false;
            if (certificates.isEmpty()
                    && group.isPresent()
                    && !unready.contains(listener.group())) {
                String target = group.get().arn();
                steps.add(
                        found.<AwsStep>map(l ->
                                        new AwsStep.ModifyListener(
                                                there.arn(), l.arn(), listener, target))
                                .orElseGet(() ->
                                        new AwsStep.CreateListener(
                                                there.arn(),
                                                listener,
                                                target,
                                                wanted.balancer().tags())));
            }
        }
        for (Listener listener : there.listeners().values()) {
            if (!kept.contains(listener.arn())) {
                steps.add(
                        new AwsStep.DeleteListener(
                                there.arn(),
                                listener.arn(),
                                "%s/%d".formatted(listener.protocol(), listener.port())));
            }
        }
        return serving;
    }

    /// They come before anything else, so that a certificate that is no longer the default one is
    /// never without a place.
    private static List<AwsStep> missingCertificates(
            Balancer balancer, Listener there, Wanted.Listener listener) {
        return !there.endsTls()
                ? List.of()
                : Sorted.minus(listener.tls().more(), there.tls().more()).stream()
                        .<AwsStep>map(certificate ->
                                new AwsStep.AddCertificate(
                                        balancer.arn(), there.arn(), listener.label(), certificate))
                        .toList();
    }

    /// Those that are no longer wanted. A default one that is also in the list stays there, because
    /// AWS does not let go of it.
    private static List<AwsStep> otherCertificates(
            Balancer balancer, Listener there, Wanted.Listener listener) {
        return Sorted.minus(there.tls().more(), listener.tls().more()).stream()
                .filter(certificate -> !certificate.equals(listener.tls().certificate()))
                .<AwsStep>map(certificate ->
                        new AwsStep.RemoveCertificate(
                                balancer.arn(), there.arn(), listener.label(), certificate))
                .toList();
    }

    /// The listener to keep on that port: one of the right protocol before any other.
    private static Optional<Listener> onPort(Balancer there, Wanted.Listener listener) {
        return there.listeners().values().stream()
                .filter(l -> l.port() == listener.port())
                .min(
                        Comparator.comparing((Listener l) ->
                                        !l.protocol().equals(listener.kind().name()))
                                .thenComparing(Listener::arn));
    }

    private static boolean isAsWanted(
            Listener there, Wanted.Listener listener, Optional<TargetGroup> group) {
        boolean sameTls =
                listener.kind() != Kind.TLS
                        || there.tls()
                                .withMore(Sorted.none())
                                .equals(listener.tls().withMore(Sorted.none()));
        return there.protocol().equals(listener.kind().name())
                && sameTls
                && group.isPresent()
                && group.get().arn().equals(there.targetGroupArn());
    }
}
