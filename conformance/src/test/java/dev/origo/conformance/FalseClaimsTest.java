package dev.origo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.conformance.Report.Outcome;
import dev.origo.conformance.aws.AwsSubject;
import dev.origo.model.Carrier;
import dev.origo.model.Protocol;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Cloud;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.Step;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.Subject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A provider that declares what it cannot do does not pass.
class FalseClaimsTest {
    private static final Set<String> FALSE =
            Set.of(
                    "address: the one that the Service asks for",
                    "client address: proxy-protocol-v1",
                    "client address: none to proxy-protocol-v1 and back");

    /// What it says of itself is more than it does.
    private record Boaster<O, S extends Step>(Provider<O, S> honest) implements Provider<O, S> {
        @Override
        public String id() {
            return honest.id();
        }

        @Override
        public Capabilities capabilities() {
            Capabilities c = honest.capabilities();
            Map<Protocol, Set<Carrier>> carriers = new EnumMap<>(c.carriers());
            carriers.put(
                    Protocol.TCP,
                    EnumSet.of(
                            Carrier.PACKET,
                            Carrier.PROXY_PROTOCOL_V1,
                            Carrier.PROXY_PROTOCOL_V2,
                            Carrier.NONE));
            return new Capabilities(
                    carriers,
                    c.families(),
                    c.mixedProtocols(),
                    c.clientIpAffinity(),
                    c.enforcesSourceRanges(),
                    c.checksCarryProxyHeader(),
                    c.publishesHostname(),
                    true,
                    c.defaultScheme(),
                    c.timing(),
                    c.portsMax(),
                    c.nameLengthMax(),
                    c.wavesMax());
        }

        @Override
        public Planner<O, S> planner() {
            return honest.planner();
        }

        @Override
        public Cloud<O, S> cloud() {
            return honest.cloud();
        }
    }

    private record Boasting(Subject subject) implements Subject {
        @Override
        public String name() {
            return "a boaster";
        }

        @Override
        public Budget budget() {
            return subject.budget();
        }

        @Override
        public Set<Fault> faults() {
            return Set.of();
        }

        @Override
        public int lives() {
            return 0;
        }

        @Override
        public CloudUnderTest open(Simulation simulation) {
            return boasting(subject.open(simulation));
        }

        @Override
        public CloudUnderTest openPrompt(Simulation simulation) {
            return boasting(subject.openPrompt(simulation));
        }

        private static CloudUnderTest boasting(CloudUnderTest cloud) {
            return (CloudUnderTest)
                    Proxy.newProxyInstance(
                            CloudUnderTest.class.getClassLoader(),
                            new Class<?>[] {CloudUnderTest.class},
                            (_, method, arguments) -> {
                                try {
                                    Object answer = method.invoke(cloud, arguments);
                                    return answer instanceof Provider<?, ?> provider
                                            ? new Boaster<>(provider)
                                            : answer;
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
        }
    }

    private static final Run.Listener NOBODY =
            new Run.Listener() {
                @Override
                public void ended(int number, Report.Test test) {}

                @Override
                public void done() {}
            };

    @Test
    void eachFalseClaimFailsItsScenarioAndNoOther() {
        Report report = Run.of(new Boasting(new AwsSubject(false)), NOBODY);

        assertThat(report.tests())
                .filteredOn(test -> test.outcome() == Outcome.FAILED)
                .extracting(Report.Test::name)
                .containsExactlyInAnyOrderElementsOf(FALSE);
    }
}
