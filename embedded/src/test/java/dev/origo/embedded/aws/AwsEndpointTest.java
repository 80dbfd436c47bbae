package dev.origo.embedded.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.aws.AwsSettings.Bucket;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Rate;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;

/// The account over HTTP, byte by byte. That the SDK's clients understand it is shown where a
/// provider lives its life on it (provider-aws), that boto3 does by the probe (e2e).
class AwsEndpointTest {
    private static final String SIGNED =
            "AWS4-HMAC-SHA256 Credential=anyone/20260101/eu-west-1/ec2/aws4_request, Signature=0";
    private static final String ELB = "Version=2015-12-01&Action=";
    private static final String EC2 = "Version=2016-11-15&Action=";

    private final World world = new World();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AwsEndpoint endpoint = start(world.aws, 0);

    private static AwsEndpoint start(EmbeddedAws aws, int port) {
        try {
            return AwsEndpoint.start(aws, port);
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
    }

    @AfterEach
    void close() {
        endpoint.close();
        http.close();
    }

    private HttpResponse<String> post(String form, String authorization) throws Exception {
        return http.send(
                HttpRequest.newBuilder(endpoint.uri())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Authorization", authorization)
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    private String xml(String form) throws Exception {
        return post(form, SIGNED)
                .body()
                .replaceAll("(?i)(<requestid>)[-0-9a-f]{36}<", "$1ID<")
                .replaceAll("><", ">\n<");
    }

    @Test
    void writesAnAnswerOfElb() throws Exception {
        String arn = world.group("web");
        assertThat(
                        xml(
                                ELB
                                        + "AddTags&ResourceArns.member.1="
                                        + arn
                                        + "&Tags.member.1.Key=a&Tags.member.1.Value="
                                        + URLEncoder.encode("x+y/@ z", StandardCharsets.UTF_8)))
                .isEqualTo(
                        """
                        <AddTagsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
                        <AddTagsResult>
                        </AddTagsResult>
                        <ResponseMetadata>
                        <RequestId>ID</RequestId>
                        </ResponseMetadata>
                        </AddTagsResponse>\
                        """);
        assertThat(xml(ELB + "DescribeTags&ResourceArns.member.1=" + arn))
                .contains(
                        """
                        <TagDescriptions>
                        <member>
                        <ResourceArn>%s</ResourceArn>
                        <Tags>
                        <member>
                        <Key>a</Key>
                        <Value>x+y/@ z</Value>
                        </member>
                        </Tags>
                        </member>
                        </TagDescriptions>\
                        """
                                .formatted(arn));
    }

    @Test
    void writesAnAnswerOfEc2() throws Exception {
        assertThat(xml(EC2 + "CreateTags&ResourceId.1=" + world.vpc + "&Tag.1.Key=a&Tag.1.Value=b"))
                .isEqualTo(
                        """
                        <CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                        <requestId>ID</requestId>
                        <return>true</return>
                        </CreateTagsResponse>\
                        """);
        assertThat(xml(EC2 + "DescribeVpcs&Filter.1.Name=tag:a&Filter.1.Value.1=b"))
                .contains(
                        """
                        <vpcSet>
                        <item>\
                        """)
                .contains("<vpcId>" + world.vpc + "</vpcId>")
                .contains(
                        """
                        <tagSet>
                        <item>
                        <key>a</key>
                        <value>b</value>
                        </item>
                        </tagSet>\
                        """);
    }

    @Test
    void readsAListInTheOrderOfItsNumbers() throws Exception {
        List<String> arns =
                IntStream.rangeClosed(1, 11).mapToObj(n -> world.group("web-" + n)).toList();
        StringBuilder form = new StringBuilder(ELB + "DescribeTags");
        for (int n : List.of(10, 3, 1, 11, 2, 9, 4, 8, 5, 7, 6)) {
            form.append("&ResourceArns.member.%d=%s".formatted(n, arns.get(n - 1)));
        }
        assertThat(
                        xml(form.toString())
                                .lines()
                                .filter(line -> line.startsWith("<ResourceArn>"))
                                .map(line -> line.replaceAll("<[^>]*>", "")))
                .containsExactlyElementsOf(arns);
    }

    @Test
    void writesListsThatAreEmptyAtTheTop() throws Exception {
        assertThat(xml(ELB + "DescribeLoadBalancers"))
                .contains("<LoadBalancers>\n</LoadBalancers>")
                .doesNotContain("NextMarker");
        assertThat(xml(EC2 + "DescribeAddresses")).contains("<addressesSet>\n</addressesSet>");
    }

    record Refusal(String name, String form, String authorization, int status, String code) {
        static Refusal of(String name, String form, String code) {
            return new Refusal(name, form, SIGNED, 400, code);
        }

        @Override
        public String toString() {
            return name;
        }

        boolean ofEc2() {
            return form.startsWith(EC2);
        }
    }

    static List<Refusal> refusals() {
        String vpcs = EC2 + "DescribeVpcs";
        String balancers = ELB + "DescribeLoadBalancers";
        String nobody = "AWS4-HMAC-SHA256 Credential=/20260101/a/ec2/aws4_request";
        return List.of(
                Refusal.of("unknown action", ELB + "Fly", "InvalidAction"),
                Refusal.of("unknown action", EC2 + "Fly", "InvalidAction"),
                Refusal.of("the other service's action", EC2 + "AddTags", "InvalidAction"),
                Refusal.of("another API", "Version=1&Action=AddTags", "InvalidAction"),
                Refusal.of("no action", ELB, "MissingAction"),
                Refusal.of("nothing at all", "", "MissingAction"),
                Refusal.of("bad escape", ELB + "%zz", "MalformedQueryString"),
                Refusal.of("no number", balancers + "&PageSize=many", "ValidationError"),
                Refusal.of("no truth", vpcs + "&DryRun=maybe", "InvalidParameterValue"),
                Refusal.of("unknown parameter", vpcs + "&Colour=red", "UnknownParameter"),
                Refusal.of(
                        "no place in a list", balancers + "&Names.member.x=1", "ValidationError"),
                Refusal.of(
                        "the account's own",
                        balancers + "&Names.member.1=%3C%26no%00",
                        "LoadBalancerNotFound"),
                new Refusal("no credentials", balancers, "", 403, "MissingAuthenticationToken"),
                new Refusal("no credentials", vpcs, "", 403, "MissingAuthenticationToken"),
                new Refusal("empty access key", vpcs, nobody, 400, "IncompleteSignature"),
                new Refusal("dry run", vpcs + "&DryRun=true", SIGNED, 412, "DryRunOperation"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesInTheServicesWords(Refusal row) throws Exception {
        HttpResponse<String> answer = post(row.form(), row.authorization());
        assertThat(answer.statusCode()).isEqualTo(row.status());
        assertThat(answer.headers().firstValue("x-amzn-RequestId")).isPresent();
        assertThat(answer.headers().firstValue("Server")).hasValue(AwsEndpoint.SERVER);
        assertThat(answer.body())
                .startsWith(row.ofEc2() ? "<Response><Errors><Error>" : "<ErrorResponse><Error>")
                .contains("<Code>" + row.code() + "</Code>")
                .doesNotContain("&no")
                .doesNotContain("\0");
    }

    @Test
    void throttlesWithEachServicesStatus() throws Exception {
        world.aws.settings(
                AwsSettings.defaults()
                        .with(Bucket.ELB_READS, new Rate(1, 1))
                        .with(Bucket.EC2_READS, new Rate(1, 1)));
        post(ELB + "DescribeLoadBalancers", SIGNED);
        post(EC2 + "DescribeVpcs", SIGNED);
        HttpResponse<String> elb = post(ELB + "DescribeLoadBalancers", SIGNED);
        HttpResponse<String> ec2 = post(EC2 + "DescribeVpcs", SIGNED);
        assertThat(elb.statusCode()).isEqualTo(400);
        assertThat(elb.body()).contains("<Code>Throttling</Code><Message>Rate exceeded<");
        assertThat(ec2.statusCode()).isEqualTo(503);
        assertThat(ec2.body()).contains("<Code>RequestLimitExceeded</Code>");
    }

    @Test
    void showsWhatIsNewToReadersLater() throws Exception {
        world.aws.settings(AwsSettings.defaults().with(Delay.LIST_LAG, Duration.ofSeconds(2)));
        world.group("web");
        String ask = ELB + "DescribeTargetGroups";
        assertThat(xml(ask)).doesNotContain("<TargetGroupName>web<");
        world.pass(Duration.ofSeconds(2));
        assertThat(xml(ask)).contains("<TargetGroupName>web<");
    }

    @Test
    void takesItsTimeWhenToldTo() throws Exception {
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        world.aws.hook(
                CallHook.latency(call -> Duration.ofMillis(call.write() ? 150 : 50), pauses::add));
        post(ELB + "DescribeLoadBalancers", SIGNED);
        post(EC2 + "CreateTags", SIGNED);
        assertThat(pauses).containsExactly(Duration.ofMillis(50), Duration.ofMillis(150));
    }

    @Test
    void losesAnAnswerThatAHookTakes() {
        world.aws.hook(
                new CallHook() {
                    @Override
                    public void after(Call call) {
                        throw SdkClientException.create("connection reset");
                    }
                });
        assertThatThrownBy(() -> post(ELB + "DescribeLoadBalancers", SIGNED))
                .isInstanceOf(IOException.class);
    }

    @Test
    void tellsOfItsOwnMistakes() throws Exception {
        world.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        throw new IllegalStateException("a bug");
                    }
                });
        HttpResponse<String> elb = post(ELB + "DescribeLoadBalancers", SIGNED);
        assertThat(elb.statusCode()).isEqualTo(500);
        assertThat(elb.body()).contains("<Code>InternalFailure</Code>").contains("a bug");
        HttpResponse<String> ec2 = post(EC2 + "DescribeVpcs", SIGNED);
        assertThat(ec2.statusCode()).isEqualTo(500);
        assertThat(ec2.body()).contains("<Code>InternalError</Code>");
    }

    @Test
    void answersNoMoreThanItCanBear() throws Exception {
        String question = ELB + "DescribeLoadBalancers";
        CountDownLatch inside = new CountDownLatch(AwsEndpoint.IN_FLIGHT_MAX);
        CountDownLatch open = new CountDownLatch(1);
        world.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        inside.countDown();
                        try {
                            open.await();
                        } catch (InterruptedException end) {
                            Thread.currentThread().interrupt();
                        }
                    }
                });
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> waiting =
                    Stream.generate(() -> callers.submit(() -> post(question, SIGNED)))
                            .limit(AwsEndpoint.IN_FLIGHT_MAX)
                            .toList();
            inside.await();
            HttpResponse<String> answer = post(question, SIGNED);
            open.countDown();
            for (Future<HttpResponse<String>> served : waiting) {
                assertThat(served.get().statusCode()).isEqualTo(200);
            }
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("<Code>ServiceUnavailable</Code>");
        }
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        assertThat(post("a=" + "x".repeat(5 << 20), SIGNED).statusCode()).isEqualTo(413);
    }

    @Test
    void answersGetAsItAnswersPost() throws Exception {
        URI question = URI.create(endpoint.uri() + "/?" + EC2 + "DescribeVpcs");
        HttpRequest get = HttpRequest.newBuilder(question).header("Authorization", SIGNED).build();
        assertThat(http.send(get, BodyHandlers.ofString()).body()).contains(world.vpc);
    }

    @Test
    void vanishesAndComesBackEmptyOnTheSamePort() throws Exception {
        LoadBalancer balancer = world.balancer("web");
        int port = endpoint.port();
        endpoint.close();
        assertThatThrownBy(() -> post(ELB + "DescribeLoadBalancers", SIGNED))
                .isInstanceOf(IOException.class);
        try (AwsEndpoint again = start(new World().aws, port)) {
            assertThat(again.port()).isEqualTo(port);
            assertThat(xml(ELB + "DescribeLoadBalancers"))
                    .contains("<LoadBalancers>")
                    .doesNotContain(balancer.loadBalancerArn());
        }
    }

    @Test
    void refusesAPortThatIsTaken() {
        assertThatThrownBy(() -> AwsEndpoint.start(world.aws, endpoint.port()))
                .isInstanceOf(IOException.class);
    }

    /// Everything that the Java face can do, the wire can.
    @Test
    void servesEveryCallOfTheJavaFace() {
        Operations operations = new Operations(world.elb, world.ec2);
        assertThat(actions(ElbFace.class))
                .hasSizeGreaterThan(25)
                .allMatch(action -> operations.find(Call.Family.ELB, action).isPresent());
        assertThat(actions(Ec2Face.class))
                .hasSizeGreaterThan(14)
                .allMatch(action -> operations.find(Call.Family.EC2, action).isPresent());
    }

    private static List<String> actions(Class<?> face) {
        return Stream.of(face.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(method -> method.getReturnType().getSimpleName())
                .filter(answer -> answer.endsWith("Response"))
                .map(answer -> answer.replaceFirst("Response$", ""))
                .toList();
    }
}
