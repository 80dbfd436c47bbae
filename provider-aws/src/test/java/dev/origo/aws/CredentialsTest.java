package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.spi.CloudException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/// What is told where there are no credentials.
final class CredentialsTest {
    @Test
    void tellsWhyTheTokenWasRefusedAndNotWhichKeysNobodySet() {
        String unset =
                "(): Unable to load credentials from system settings. Access key must be specified either via environment variable (AWS_ACCESS_KEY_ID) or system property (aws.accessKeyId)., ";
        var chain =
                SdkClientException.create(
                        "Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(), EnvironmentVariableCredentialsProvider()]) : [SystemPropertyCredentialsProvider"
                                + unset
                                + "EnvironmentVariableCredentialsProvider"
                                + unset
                                + "StsWebIdentityTokenFileCredentialsProvider(): Not authorized to perform sts:AssumeRoleWithWebIdentity]");

        CloudException told = AwsErrors.of("ec2", "DescribeSubnets", chain);

        assertThat(told.failure().toString())
                .endsWith(
                        "no credentials found: [StsWebIdentityTokenFileCredentialsProvider(): Not authorized to perform sts:AssumeRoleWithWebIdentity]]");
    }
}
