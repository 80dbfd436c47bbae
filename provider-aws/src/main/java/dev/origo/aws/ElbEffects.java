package dev.origo.aws;

import dev.origo.aws.AwsApi.Repeat;
import dev.origo.model.OwnerId;
import dev.origo.model.PortPath.Kind;
import dev.origo.spi.Answer;
import java.util.List;
import java.util.SortedSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AddListenerCertificatesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AddTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Certificate;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyLoadBalancerAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RemoveListenerCertificatesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetIpAddressTypeRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSecurityGroupsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSubnetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SubnetMapping;

/// Steps on load balancers and listeners. An answer folds what was asked for and accepted:
/// endpoints differ in what they repeat.
///
/// Thread rule: any thread.
final class ElbEffects {
    private final AwsApi api;
    private final Inventory inventory;
    private final RuleBook book;

    ElbEffects(AwsApi api, Inventory inventory, RuleBook book) {
        this.api = api;
        this.inventory = inventory;
        this.book = book;
    }

    Answer<AwsObserved> apply(AwsStep.OnElb step) {
        return switch (step) {
            case AwsStep.CreateBalancer s -> create(s);
            case AwsStep.SetGroups s -> setGroups(s);
            case AwsStep.SetPlaces s -> setPlaces(s);
            case AwsStep.SetIpType s -> setIpType(s);
            case AwsStep.SetBalancerAttributes s -> setAttributes(s);
            case AwsStep.Tag s -> tag(s);
            case AwsStep.DeleteBalancer s -> delete(s);
            case AwsStep.CreateListener s -> create(s);
            case AwsStep.ModifyListener s -> modify(s);
            case AwsStep.AddCertificate s -> add(s);
            case AwsStep.RemoveCertificate s -> remove(s);
            case AwsStep.DeleteListener s -> delete(s);
        };
    }

    private Answer<AwsObserved> create(AwsStep.CreateBalancer step) {
        book.use(step.owner(), step.shared());
        Wanted.Balancer wanted = step.balancer();
        CreateLoadBalancerRequest.Builder request =
                CreateLoadBalancerRequest.builder()
                        .name(wanted.name())
                        .type("network")
                        .scheme(wanted.internal() ? "internal" : "internet-facing")
                        .ipAddressType(wanted.ipType())
                        .tags(Rows.elbTags(wanted.tags()));
        if (!step.groups().isEmpty()) {
            request.securityGroups(step.groups());
        }
        if (hasAddresses(wanted.places())) {
            request.subnetMappings(mappings(wanted.places()));
        } else {
            request.subnets(subnets(wanted.places()));
        }
        Seen.Balancer made = Rows.balancer(made(step.owner(), request.build()));
        inventory.named(made.arn(), step.owner());
        Seen.Net net = net(wanted, Sorted.set(step.groups()));
        return o -> o.withBalancer(made.withNet(net).withTags(wanted.tags()));
    }

    private static Seen.Net net(Wanted.Balancer wanted, SortedSet<String> groups) {
        List<Wanted.Place> places = wanted.places();
        return new Seen.Net(
                wanted.ipType(), Sorted.set(subnets(places)), groups, Seen.Addresses.of(places));
    }

    private LoadBalancer made(OwnerId owner, CreateLoadBalancerRequest request) {
        return inventory.named(
                owner,
                request.name(),
                () ->
                        api.elb(
                                        Repeat.NEVER,
                                        request,
                                        ElasticLoadBalancingV2Client::createLoadBalancer)
                                .loadBalancers()
                                .getFirst());
    }

    private static boolean hasAddresses(List<Wanted.Place> places) {
        return places.stream()
                .anyMatch(p -> !p.allocation().isEmpty() || !p.privateAddress().isEmpty());
    }

    private static List<String> subnets(List<Wanted.Place> places) {
        return places.stream().map(Wanted.Place::subnet).toList();
    }

    private static List<SubnetMapping> mappings(List<Wanted.Place> places) {
        return places.stream().map(ElbEffects::mapping).toList();
    }

    private static SubnetMapping mapping(Wanted.Place place) {
        return SubnetMapping.builder()
                .subnetId(place.subnet())
                .allocationId(orNull(place.allocation()))
                .privateIPv4Address(orNull(place.privateAddress()))
                .build();
    }

    private Answer<AwsObserved> setGroups(AwsStep.SetGroups step) {
        api.elb(
                Repeat.SAFE,
                SetSecurityGroupsRequest.builder()
                        .loadBalancerArn(step.arn())
                        .securityGroups(step.groups())
                        .build(),
                ElasticLoadBalancingV2Client::setSecurityGroups);
        SortedSet<String> groups = Sorted.set(step.groups());
        return changed(step.arn(), net -> net.withGroups(groups));
    }

    private Answer<AwsObserved> setPlaces(AwsStep.SetPlaces step) {
        List<Wanted.Place> places = step.balancer().places();
        String ipType = step.balancer().ipType();
        SetSubnetsRequest.Builder request =
                SetSubnetsRequest.builder().loadBalancerArn(step.arn()).ipAddressType(ipType);
        if (hasAddresses(places)) {
            request.subnetMappings(mappings(places));
        } else {
            request.subnets(subnets(places));
        }
        api.elb(Repeat.SAFE, request.build(), ElasticLoadBalancingV2Client::setSubnets);
        return changed(step.arn(), net -> net(step.balancer(), net.groups()));
    }

    private Answer<AwsObserved> setIpType(AwsStep.SetIpType step) {
        api.elb(
                Repeat.SAFE,
                SetIpAddressTypeRequest.builder()
                        .loadBalancerArn(step.arn())
                        .ipAddressType(step.ipType())
                        .build(),
                ElasticLoadBalancingV2Client::setIpAddressType);
        return changed(step.arn(), net -> net.withIpType(step.ipType()));
    }

    private static Answer<AwsObserved> changed(String arn, UnaryOperator<Seen.Net> change) {
        return o -> o.withBalancer(arn, b -> b.withNet(change.apply(b.net())));
    }

    private Answer<AwsObserved> setAttributes(AwsStep.SetBalancerAttributes step) {
        List<LoadBalancerAttribute> attributes =
                step.attributes().entrySet().stream()
                        .map(a ->
                                LoadBalancerAttribute.builder().key(a.getKey()).value(a.getValue()))
                        .map(LoadBalancerAttribute.Builder::build)
                        .toList();
        api.elb(
                Repeat.SAFE,
                ModifyLoadBalancerAttributesRequest.builder()
                        .loadBalancerArn(step.arn())
                        .attributes(attributes)
                        .build(),
                ElasticLoadBalancingV2Client::modifyLoadBalancerAttributes);
        return o ->
                o.withBalancer(
                        step.arn(),
                        b -> b.withAttributes(Sorted.merged(b.attributes(), step.attributes())));
    }

    private Answer<AwsObserved> tag(AwsStep.Tag step) {
        api.elb(
                Repeat.SAFE,
                AddTagsRequest.builder()
                        .resourceArns(step.arn())
                        .tags(Rows.elbTags(step.tags()))
                        .build(),
                ElasticLoadBalancingV2Client::addTags);
        return o ->
                o.withBalancer(step.arn(), b -> b.withTags(Sorted.merged(b.tags(), step.tags())))
                        .withTargetGroup(
                                step.arn(), g -> g.withTags(Sorted.merged(g.tags(), step.tags())));
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteBalancer step) {
        var request = DeleteLoadBalancerRequest.builder().loadBalancerArn(step.arn()).build();
        AwsApi.unlessAbsent(() ->
                api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::deleteLoadBalancer));
        return o -> o.withoutBalancer(step.arn());
    }

    private Answer<AwsObserved> create(AwsStep.CreateListener step) {
        Wanted.Listener wanted = step.listener();
        CreateListenerRequest request =
                CreateListenerRequest.builder()
                        .loadBalancerArn(step.balancerArn())
                        .port(wanted.port())
                        .protocol(wanted.kind().name())
                        .certificates(certificates(wanted))
                        .sslPolicy(orNull(wanted.tls().policy()))
                        .alpnPolicy(alpn(wanted, null))
                        .defaultActions(forward(step.targetGroupArn()))
                        .tags(Rows.elbTags(step.tags()))
                        .build();
        String arn =
                api.elb(Repeat.NEVER, request, ElasticLoadBalancingV2Client::createListener)
                        .listeners()
                        .getFirst()
                        .listenerArn();
        return o ->
                o.withListener(
                        step.balancerArn(),
                        listener(arn, wanted, step.targetGroupArn())
                                .withMoreCertificates(Sorted.none()));
    }

    private Answer<AwsObserved> modify(AwsStep.ModifyListener step) {
        Wanted.Listener wanted = step.listener();
        ModifyListenerRequest request =
                ModifyListenerRequest.builder()
                        .listenerArn(step.arn())
                        .port(wanted.port())
                        .protocol(wanted.kind().name())
                        .certificates(certificates(wanted))
                        .sslPolicy(orNull(wanted.tls().policy()))
                        .alpnPolicy(alpn(wanted, List.of("None")))
                        .defaultActions(forward(step.targetGroupArn()))
                        .build();
        api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::modifyListener);
        Seen.Listener modified = listener(step.arn(), wanted, step.targetGroupArn());
        return o ->
                o.withListener(
                        step.balancerArn(),
                        step.arn(),
                        was ->
                                modified.withMoreCertificates(
                                        modified.endsTls() ? was.tls().more() : Sorted.none()));
    }

    private static Seen.Listener listener(
            String arn, Wanted.Listener wanted, String targetGroupArn) {
        return new Seen.Listener(
                arn, wanted.port(), wanted.kind().name(), targetGroupArn, wanted.tls());
    }

    private static Action forward(String targetGroupArn) {
        return Action.builder().type("forward").targetGroupArn(targetGroupArn).build();
    }

    private static @Nullable List<Certificate> certificates(Wanted.Listener wanted) {
        String arn = wanted.tls().certificate();
        return arn.isEmpty() ? null : List.of(certificate(arn));
    }

    private static Certificate certificate(String arn) {
        return Certificate.builder().certificateArn(arn).build();
    }

    private Answer<AwsObserved> add(AwsStep.AddCertificate step) {
        api.elb(
                Repeat.SAFE,
                AddListenerCertificatesRequest.builder()
                        .listenerArn(step.arn())
                        .certificates(certificate(step.certificate()))
                        .build(),
                ElasticLoadBalancingV2Client::addListenerCertificates);
        return certificates(
                step.balancerArn(),
                step.arn(),
                more -> Sorted.union(more, List.of(step.certificate())));
    }

    private Answer<AwsObserved> remove(AwsStep.RemoveCertificate step) {
        api.elb(
                Repeat.SAFE,
                RemoveListenerCertificatesRequest.builder()
                        .listenerArn(step.arn())
                        .certificates(certificate(step.certificate()))
                        .build(),
                ElasticLoadBalancingV2Client::removeListenerCertificates);
        return certificates(
                step.balancerArn(),
                step.arn(),
                more -> Sorted.minus(more, List.of(step.certificate())));
    }

    private static Answer<AwsObserved> certificates(
            String balancerArn, String arn, UnaryOperator<SortedSet<String>> change) {
        return o ->
                o.withListener(
                        balancerArn,
                        arn,
                        l -> l.withMoreCertificates(change.apply(l.tls().more())));
    }

    /// @param none what says that there is no policy. Source: ELBv2 API, ModifyListener: "Any
    ///   properties that you do not specify remain unchanged", and `None` is a policy
    private static @Nullable List<String> alpn(
            Wanted.Listener wanted, @Nullable List<String> none) {
        if (wanted.kind() != Kind.TLS) {
            return null;
        }
        return wanted.tls().alpn().isEmpty() ? none : List.of(wanted.tls().alpn());
    }

    private Answer<AwsObserved> delete(AwsStep.DeleteListener step) {
        var request = DeleteListenerRequest.builder().listenerArn(step.arn()).build();
        AwsApi.unlessAbsent(
                () -> api.elb(Repeat.SAFE, request, ElasticLoadBalancingV2Client::deleteListener));
        return o -> o.withoutListener(step.balancerArn(), step.arn());
    }

    static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
