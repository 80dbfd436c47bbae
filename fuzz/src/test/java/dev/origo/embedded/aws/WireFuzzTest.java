package dev.origo.embedded.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.fuzz.Inputs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Calls to the embedded account as they come over the wire.
final class WireFuzzTest {
    private static final String AUTHORIZATION =
            "AWS4-HMAC-SHA256 Credential=k/20260101/r/s/aws4_request";
    private static final String ELB = "Version=2015-12-01&Action=";
    private static final String EC2 = "Version=2016-11-15&Action=";

    static Stream<byte[]> forms() {
        return Inputs.of(
                List.of(
                        ELB + "CreateLoadBalancer&Name=a&Type=network&Subnets.member.1=subnet-1",
                        ELB
                                + "CreateTargetGroup&Name=a&Protocol=TCP&Port=80&VpcId=vpc-1"
                                + "&HealthCheckPort=traffic-port&Tags.member.1.Key=a",
                        ELB + "DescribeLoadBalancers&PageSize=1&Marker=x",
                        ELB + "DescribeTags&ResourceArns.member.1=arn:aws:x",
                        ELB
                                + "RegisterTargets&TargetGroupArn=a&Targets.member.1.Id=i-1&Targets.member.1.Port=80",
                        ELB
                                + "ModifyTargetGroupAttributes&TargetGroupArn=a&Attributes.member.1.Key=k",
                        EC2 + "DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=*",
                        EC2 + "CreateSecurityGroup&GroupName=a&GroupDescription=b&VpcId=vpc-1",
                        EC2
                                + "AuthorizeSecurityGroupIngress&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp"
                                + "&IpPermissions.1.FromPort=1&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8",
                        EC2 + "DescribeInstances&MaxResults=5&NextToken=%00"));
    }

    /// A client's mistake is told as one, never as a failure of the account; but for a member that
    /// the API requires and no SDK leaves out.
    @MethodSource("forms")
    @FuzzTest
    void aFormIsAnsweredOrRefused(byte[] bytes) {
        EmbeddedAws aws = new EmbeddedAws("eu-central-1", () -> Instant.EPOCH, 7);
        Wire wire = new Wire(aws);
        Wire.Answer answer = wire.answer(new String(bytes, StandardCharsets.UTF_8), AUTHORIZATION);
        if (!answer.body().contains("NullPointerException")) {
            assertThat(answer.status()).as(answer.body()).isBetween(200, 499);
        }
        assertThat(wire.answer(ELB + "DescribeLoadBalancers", AUTHORIZATION).status())
                .isEqualTo(200);
    }
}
