package dev.origo.testkit.conformance;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.TrafficPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;

/// What users write into a Service.
final class Drafts {
    private Drafts() {}

    static ServiceDraft plain(ServiceDraft draft) {
        return draft;
    }

    static ServiceDraft local(ServiceDraft draft) {
        return draft.withPolicy(TrafficPolicy.LOCAL);
    }

    static ServiceDraft cluster(ServiceDraft draft) {
        return draft.withPolicy(TrafficPolicy.CLUSTER);
    }

    static UnaryOperator<ServiceDraft> annotated(String key, String value) {
        return draft -> draft.withAnnotation(key, value);
    }

    static UnaryOperator<ServiceDraft> scheme(String scheme) {
        return annotated("origo.dev/scheme", scheme);
    }

    static UnaryOperator<ServiceDraft> clientAddress(Carrier carrier) {
        return annotated("origo.dev/client-address", carrier.toString());
    }

    static ServicePort tcp(int port, int nodePort) {
        return new ServicePort("t" + port, Protocol.TCP, port, nodePort);
    }

    static ServicePort udp(int port, int nodePort) {
        return new ServicePort("u" + port, Protocol.UDP, port, nodePort);
    }

    static Affinity clientIp() {
        return new Affinity.ClientIp(Affinity.ClientIp.TIMEOUT_DEFAULT);
    }

    static SequencedSet<IpFamily> families(IpFamily... families) {
        return new LinkedHashSet<>(List.of(families));
    }
}
