package dev.origo.localstack;

import dev.origo.aws.AwsConfig;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The endpoint, looked at when it is first needed.
final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    private final AwsConfig config;
    private final String vpc;
    private final Bootstrap bootstrap;

    /// @param vpc its id; empty to find it
    Endpoint(AwsConfig config, String vpc, Bootstrap bootstrap) {
        this.config = config;
        this.vpc = vpc;
        this.bootstrap = bootstrap;
    }

    /// The configuration with the VPC that is there. Says what the endpoint is.
    ///
    /// @throws dev.origo.spi.CloudException where there is no VPC, and none may be made
    AwsConfig found() {
        LOG.info(
                "{} is {}",
                config.endpoint(),
                Emulator.ask(URI.create(config.endpoint()), Emulator.ANSWER_MAX).report());
        return config.withVpc(bootstrap.vpc(vpc));
    }

    /// Whether the VPC that was found is still there.
    boolean stands(AwsConfig found) {
        return bootstrap.has(found.vpcId());
    }
}
