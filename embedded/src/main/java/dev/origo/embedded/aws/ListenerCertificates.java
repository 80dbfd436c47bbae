package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// The certificate list of TLS and HTTPS listeners, which the default certificate is not part of.
final class ListenerCertificates {
    private final State state;

    ListenerCertificates(State state) {
        this.state = state;
    }

    /// Source: AddListenerCertificates, "If the certificate in already in the certificate list, the
    /// call is successful but the certificate is not added again".
    AddListenerCertificatesResponse add(AddListenerCertificatesRequest request) {
        Listener listener = secure(request.listenerArn());
        Certificate certificate = only(request.certificates());
        String arn = certificate.certificateArn();
        boolean known = state.certificates.contains(arn);
        elbIf(!known, "CertificateNotFound", "Certificate '" + arn + "' not found");
        of(listener).add(arn);
        return AddListenerCertificatesResponse.builder().certificates(certificate).build();
    }

    /// Source: RemoveListenerCertificates, "You can't remove the default certificate for a
    /// listener"; OperationNotPermitted.
    RemoveListenerCertificatesResponse remove(RemoveListenerCertificatesRequest request) {
        Listener listener = secure(request.listenerArn());
        String arn = only(request.certificates()).certificateArn();
        boolean isDefault = listener.certificates().getFirst().certificateArn().equals(arn);
        elbIf(isDefault, "OperationNotPermitted", "'" + arn + "' is the default certificate");
        of(listener).remove(arn);
        return RemoveListenerCertificatesResponse.builder().build();
    }

    /// Source: DescribeListenerCertificates, "If the default certificate is also in the certificate
    /// list, it appears twice in the results".
    DescribeListenerCertificatesResponse describe(DescribeListenerCertificatesRequest request) {
        Listener listener = secure(request.listenerArn());
        List<Certificate> all = new ArrayList<>();
        listener.certificates().forEach(c -> all.add(c.toBuilder().isDefault(true).build()));
        of(listener)
                .forEach(arn ->
                        all.add(
                                Certificate.builder()
                                        .certificateArn(arn)
                                        .isDefault(false)
                                        .build()));
        Page<Certificate> page = Page.elb(all, request.pageSize(), request.marker());
        return DescribeListenerCertificatesResponse.builder()
                .certificates(page.items())
                .nextMarker(page.next())
                .build();
    }

    private Listener secure(String arn) {
        Listener listener = state.listener(arn);
        invalidIf(listener.certificates().isEmpty(), "Certificates need a TLS or HTTPS listener");
        return listener;
    }

    /// Source: AddListenerCertificates and RemoveListenerCertificates, "You can specify one
    /// certificate per call. ... do not set IsDefault".
    private static Certificate only(List<Certificate> certificates) {
        boolean one = certificates.size() == 1 && certificates.getFirst().isDefault() == null;
        invalidIf(!one, "Specify one certificate, without IsDefault");
        return certificates.getFirst();
    }

    private NavigableSet<String> of(Listener listener) {
        return state.moreCertificates.computeIfAbsent(listener.listenerArn(), _ -> new TreeSet<>());
    }
}
