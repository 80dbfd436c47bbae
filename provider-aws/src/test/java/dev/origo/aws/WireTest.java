package dev.origo.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.Scheme;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderRuntime;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// What goes over the wire, and what comes back when the wire or AWS fails.
final class WireTest {
    private final WireMockServer server =
            new WireMockServer(WireMockConfiguration.options().dynamicPort());
    private final VirtualTasks tasks = new VirtualTasks(e -> {});

    @BeforeEach
    void start() {
        server.start();
        server.stubFor(any(anyUrl()).willReturn(xml("<X/>")));
    }

    @AfterEach
    void stop() {
        server.stop();
        tasks.close();
    }

    private AwsCloud cloud() {
        AwsConfig config =
                new AwsConfig(
                        Specs.CLUSTER,
                        "eu-west-1",
                        "vpc-1",
                        "http://localhost:" + server.port(),
                        Scheme.INTERNET_FACING,
                        AwsConfig.Limits.DEFAULT);
        var credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
        return new AwsCloud(
                config,
                AwsClients.of(config, credentials),
                new ProviderRuntime(new Account.Straight(), tasks));
    }

    private static ResponseDefinitionBuilder xml(String body) {
        return aResponse().withHeader("Content-Type", "text/xml").withBody(body);
    }

    private static ResponseDefinitionBuilder refusal(int status, String code, String message) {
        return xml("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>"
                        .formatted(code, message))
                .withStatus(status);
    }

    private void answer(String action, ResponseDefinitionBuilder response) {
        server.stubFor(
                post(anyUrl())
                        .withRequestBody(containing("Action=" + action + "&"))
                        .willReturn(response));
    }

    private int requests(String action) {
        return server.countRequestsMatching(
                        postRequestedFor(anyUrl())
                                .withRequestBody(containing("Action=" + action + "&"))
                                .build())
                .getCount();
    }

    private static AwsStep create() {
        Wanted wanted = AwsDesired.of(new Specs().spec(), config(), observed());
        return new AwsStep.CreateTargetGroup(
                Specs.owner("web"), wanted.groups().getFirst(), wanted.balancer().tags());
    }

    private static AwsConfig config() {
        return new AwsConfig(
                Specs.CLUSTER,
                "eu-west-1",
                "vpc-1",
                "",
                Scheme.INTERNET_FACING,
                AwsConfig.Limits.DEFAULT);
    }

    private static AwsObserved observed() {
        return AwsObserved.nothing(Specs.owner("web"), AwsObserved.Shared.NONE, Facts.NONE);
    }

    record Row(String name, ResponseDefinitionBuilder response, CloudFailure failure) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> failures() {
        return Stream.of(
                new Row(
                        "throttling",
                        refusal(400, "Throttling", "Rate exceeded"),
                        new CloudFailure.Throttled(Duration.ofSeconds(1))),
                new Row(
                        "a missing permission",
                        refusal(403, "AccessDenied", "no"),
                        new CloudFailure.Denied("elasticloadbalancing:CreateTargetGroup")),
                new Row(
                        "another missing permission",
                        refusal(
                                403,
                                "AccessDenied",
                                "User: x is not authorized to perform: elasticloadbalancing:AddTags on resource: y"),
                        new CloudFailure.Denied("elasticloadbalancing:AddTags")),
                new Row(
                        "expired credentials",
                        refusal(
                                403,
                                "ExpiredToken",
                                "The security token included in the request is expired"),
                        new CloudFailure.Unauthenticated(
                                "ExpiredToken: The security token included in the request is expired")),
                new Row(
                        "a used-up quota",
                        refusal(400, "TooManyTargetGroups", "no more"),
                        new CloudFailure.QuotaExceeded("TooManyTargetGroups: no more")),
                new Row(
                        "a server's error",
                        refusal(500, "InternalFailure", "oops"),
                        new CloudFailure.Unknown("InternalFailure: oops")),
                new Row(
                        "something in use",
                        refusal(400, "ResourceInUse", "busy"),
                        new CloudFailure.Conflict("ResourceInUse: busy")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void tellsWhyAWriteFailedAndSendsItOnce(Row row) {
        answer("CreateTargetGroup", row.response());

        CloudException e =
                catchThrowableOfType(CloudException.class, () -> cloud().apply(create()));

        assertThat(e.failure()).isEqualTo(row.failure());
        assertThat(e.action()).isEqualTo("elbv2:CreateTargetGroup");
        assertThat(requests("CreateTargetGroup")).isEqualTo(1);
    }

    @Test
    void doesNotRepeatARequestThatWasTakenBeforeTheConnectionBroke() {
        answer("CreateTargetGroup", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        AwsCloud cloud = cloud();
        cloud.observe(Specs.owner("web")); // the connection is warm now

        CloudException e = catchThrowableOfType(CloudException.class, () -> cloud.apply(create()));

        assertThat(e.failure())
                .isInstanceOfSatisfying(
                        CloudFailure.Unreachable.class, u -> assertThat(u.sent()).isTrue());
        assertThat(requests("CreateTargetGroup")).isEqualTo(1);
    }

    @Test
    void knowsThatNothingWasSentWhereNobodyListens() {
        AwsCloud cloud = cloud();
        server.stop();

        CloudException e = catchThrowableOfType(CloudException.class, () -> cloud.apply(create()));

        assertThat(e.failure())
                .isInstanceOfSatisfying(
                        CloudFailure.Unreachable.class, u -> assertThat(u.sent()).isFalse());
    }

    @Test
    void endsAPaginationWhoseMarkerComesBack() {
        answer(
                "DescribeLoadBalancers",
                xml(
                        "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers/><NextMarker>again</NextMarker></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>"));

        AwsObserved seen = cloud().observe(Specs.owner("web"));

        assertThat(seen.balancers()).isEmpty();
        assertThat(requests("DescribeLoadBalancers")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'',false []",
        "<LoadBalancerAddresses/>,true []",
        "<LoadBalancerAddresses><member><AllocationId>eipalloc-1</AllocationId></member></LoadBalancerAddresses>,true [eipalloc-1]"
    })
    void tellsApartNoAddressesAndAddressesThatAreNotTold(String addresses, String seen) {
        String name = AwsDesired.balancerName(new Specs().spec());
        answer(
                "DescribeLoadBalancers",
                xml(
                        "<X><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>arn:b</LoadBalancerArn><LoadBalancerName>%s</LoadBalancerName><Type>network</Type><VpcId>vpc-1</VpcId><AvailabilityZones><member><SubnetId>s</SubnetId>%s</member></AvailabilityZones></member></LoadBalancers></DescribeLoadBalancersResult></X>"
                                .formatted(name, addresses)));
        String tags =
                AwsNames.marks(Specs.owner("web")).entrySet().stream()
                        .map(t ->
                                "<member><Key>%s</Key><Value>%s</Value></member>"
                                        .formatted(t.getKey(), t.getValue()))
                        .collect(Collectors.joining());
        answer(
                "DescribeTags",
                xml(
                        "<X><DescribeTagsResult><TagDescriptions><member><ResourceArn>arn:b</ResourceArn><Tags>%s</Tags></member></TagDescriptions></DescribeTagsResult></X>"
                                .formatted(tags)));

        Seen.Addresses told =
                cloud().observe(Specs.owner("web"))
                        .balancersNamed(name)
                        .getFirst()
                        .net()
                        .addresses();

        assertThat(told.told() + " " + told.allocations()).isEqualTo(seen);
    }

    @Test
    void saysEverythingInTheCallThatCreatesATargetGroup() {
        answer(
                "CreateTargetGroup",
                xml(
                        "<CreateTargetGroupResponse><CreateTargetGroupResult><TargetGroups><member><TargetGroupArn>arn:t</TargetGroupArn><TargetGroupName>n</TargetGroupName></member></TargetGroups></CreateTargetGroupResult></CreateTargetGroupResponse>"));

        cloud().apply(create());

        LoggedRequest request =
                server.findAll(
                                postRequestedFor(anyUrl())
                                        .withRequestBody(containing("Action=CreateTargetGroup&")))
                        .getFirst();
        assertThat(fields(request))
                .containsExactly(
                        "Action=CreateTargetGroup",
                        "HealthCheckEnabled=true",
                        "HealthCheckIntervalSeconds=5",
                        "HealthCheckPath=/healthz",
                        "HealthCheckPort=32000",
                        "HealthCheckProtocol=HTTP",
                        "HealthCheckTimeoutSeconds=2",
                        "HealthyThresholdCount=2",
                        "Matcher.HttpCode=200",
                        "Name=origo-nmua78c3pfc7-1btgn4gf",
                        "Port=30080",
                        "Protocol=TCP",
                        "Tags.member.1.Key=origo.dev/cluster",
                        "Tags.member.1.Value=test/11111111-1111-4111-8111-111111111111",
                        "Tags.member.2.Key=origo.dev/owner",
                        "Tags.member.2.Value=uid-web",
                        "Tags.member.3.Key=origo.dev/service",
                        "Tags.member.3.Value=default/web",
                        "TargetType=instance",
                        "UnhealthyThresholdCount=2",
                        "Version=2015-12-01",
                        "VpcId=vpc-1");
    }

    @Test
    void sendsACertificateWithoutSayingThatItIsTheDefault() {
        cloud().apply(new AwsStep.AddCertificate("arn:b", "arn:l", "TLS/443", "arn:c"));

        LoggedRequest request =
                server.findAll(
                                postRequestedFor(anyUrl())
                                        .withRequestBody(
                                                containing("Action=AddListenerCertificates&")))
                        .getFirst();
        assertThat(fields(request))
                .containsExactly(
                        "Action=AddListenerCertificates",
                        "Certificates.member.1.CertificateArn=arn:c",
                        "ListenerArn=arn:l",
                        "Version=2015-12-01");
    }

    private static List<String> fields(LoggedRequest request) {
        return Arrays.stream(request.getBodyAsString().split("&", -1))
                .map(field -> URLDecoder.decode(field, StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    @Test
    void givesUpOnAnAnswerThatDoesNotCome() {
        answer("CreateTargetGroup", xml("<X/>").withFixedDelay(5_000));
        AwsConfig config =
                new AwsConfig(
                        Specs.CLUSTER,
                        "eu-west-1",
                        "vpc-1",
                        "http://localhost:" + server.port(),
                        Scheme.INTERNAL,
                        AwsConfig.Limits.DEFAULT);
        var credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
        var clients = AwsClients.of(config, credentials, Duration.ofMillis(300));
        AwsCloud cloud =
                new AwsCloud(config, clients, new ProviderRuntime(new Account.Straight(), tasks));

        CloudException e = catchThrowableOfType(CloudException.class, () -> cloud.apply(create()));

        assertThat(e.failure())
                .isInstanceOfSatisfying(
                        CloudFailure.Unreachable.class, u -> assertThat(u.sent()).isTrue());
    }

    @Test
    void namesTheOptionThatIsMissingOrWrong() {
        var factory = new AwsProviderFactory(_ -> null);
        for (var row :
                Map.of(
                                Map.<String, String>of(), "--aws-region",
                                Map.of("aws-region", "eu-west-1"), "--aws-vpc-id",
                                Map.of("aws-region", "Europe", "aws-vpc-id", "vpc-1"),
                                        "--aws-region is 'Europe'",
                                Map.of("aws-region", "eu-west-1", "aws-vpc-id", "x"),
                                        "--aws-vpc-id is 'x'",
                                Map.of(
                                                "aws-region",
                                                "eu-west-1",
                                                "aws-vpc-id",
                                                "vpc-1",
                                                "aws-endpoint-url",
                                                "nope"),
                                        "--aws-endpoint-url",
                                Map.of(
                                                "aws-region",
                                                "eu-west-1",
                                                "aws-vpc-id",
                                                "vpc-1",
                                                "aws-default-scheme",
                                                "public"),
                                        "--aws-default-scheme")
                        .entrySet()) {
            var config = new ProviderConfig(Specs.CLUSTER, row.getKey());
            assertThat(
                            catchThrowableOfType(
                                    IllegalArgumentException.class, () -> factory.checked(config)))
                    .hasMessageContaining(row.getValue());
        }
    }
}
