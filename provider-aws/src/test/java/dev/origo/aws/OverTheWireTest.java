package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Scheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// The account's two faces are one: a Service's whole life through the SDK's own clients over HTTP
/// takes the same calls to the same states as through the Java objects.
final class OverTheWireTest {

    @Test
    void livesTheSameLifeAsOnTheJavaFace() throws Exception {
        List<String> direct;
        try (Account account = new Account()) {
            direct = life(account);
        }
        try (Wired wired = new Wired();
                Account account = new Account(wired::clients)) {
            assertThat(life(account)).isEqualTo(direct);
        }
        assertThat(direct).hasSize(8).doesNotHaveDuplicates();
    }

    /// What was called and what stood after each change of a Service's life.
    private static List<String> life(Account account) {
        List<String> story = new ArrayList<>();
        String before = account.dump();
        AwsObserved made = account.settle(spec(account, "web").local(32_000).spec());
        story.add(chapter(account));
        AwsObserved flipped = account.bring(spec(account, "web").cluster().spec(), made);
        story.add(chapter(account));
        account.node("n3", account.subnetA);
        LoadBalancerSpec wanted = spec(account, "web").cluster().spec();
        AwsObserved grown = account.bring(wanted, flipped);
        story.add(chapter(account));
        account.nodes.removeFirst();
        account.bring(spec(account, "web").cluster().spec(), grown);
        story.add(chapter(account));
        account.bring(account.spec("udp").ports(Specs.udp(53, 30_053)).local(32_053).spec());
        story.add(chapter(account));
        account.restart();
        story.add(account.provider.cloud().observeAll().keySet() + chapter(account));
        account.remove(Specs.owner("web"));
        story.add(chapter(account));
        account.remove(Specs.owner("udp"));
        story.add(chapter(account));
        assertThat(account.dump()).isEqualTo(before);
        return story;
    }

    private static Specs spec(Account account, String service) {
        return account.spec(service).ports(Specs.tcp(80), Specs.tcp(443));
    }

    private static String chapter(Account account) {
        List<String> calls = account.calls.stream().sorted().toList();
        account.calls.clear();
        return account.problems + "\n" + calls + "\n" + account.dump();
    }

    /// An endpoint in front of an account, and clients as the product makes them.
    private static final class Wired implements AutoCloseable {
        private final List<AwsEndpoint> endpoints = new ArrayList<>();

        AwsClients clients(EmbeddedAws aws) {
            AwsConfig config =
                    new AwsConfig(
                            Specs.CLUSTER,
                            "eu-west-1",
                            "",
                            start(aws).uri().toString(),
                            Scheme.INTERNET_FACING,
                            AwsConfig.Limits.DEFAULT);
            return AwsClients.of(
                    config,
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")));
        }

        private AwsEndpoint start(EmbeddedAws aws) {
            try {
                AwsEndpoint endpoint = AwsEndpoint.start(aws, 0);
                endpoints.add(endpoint);
                return endpoint;
            } catch (IOException refused) {
                throw new IllegalStateException(refused);
            }
        }

        @Override
        public void close() {
            endpoints.forEach(AwsEndpoint::close);
        }
    }
}
