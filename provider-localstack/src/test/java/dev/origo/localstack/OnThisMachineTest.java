package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.model.Carrier;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.spi.Provisioning;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The whole provider with real connections.
final class OnThisMachineTest {
    private final Laptop laptop = laptop();

    private static Laptop laptop() {
        try {
            return new Laptop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        laptop.close();
    }

    @Test
    void aServiceIsServedChangedAndRemovedWithoutATrace() {
        String before = laptop.aws.dump();
        LoadBalancerSpec packets = laptop.specs().spec();
        String address = laptop.address(packets, laptop.bring(packets));
        assertThat(Laptop.ask(address)).isEqualTo("peer 127.0.0.77, header none");

        LoadBalancerSpec header = laptop.specs().carrier(Carrier.FORWARDED_HEADER).spec(address);
        assertThat(laptop.address(header, laptop.bring(header))).isEqualTo(address);
        assertThat(Laptop.ask(address)).isEqualTo("peer %s, header 127.0.0.77".formatted(address));

        LoadBalancerSpec nothing = laptop.specs().carrier(Carrier.NONE).spec(address);
        laptop.bring(nothing);
        assertThat(Laptop.ask(address)).isEqualTo("peer %s, header none".formatted(address));

        LocalObserved gone = laptop.bring(new Desired.Absent(Specs.OWNER));
        assertThat(laptop.provider.planner().isAbsent(gone)).isTrue();
        assertThat(laptop.aws.dump()).isEqualTo(before);
        assertThat(laptop.observe().carried()).isEmpty();
        assertThatThrownBy(() -> Laptop.ask(address)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void anEmulatorThatComesBackEmptyIsFilledAgainAndTheAddressStays() throws IOException {
        LoadBalancerSpec spec = laptop.specs().spec();
        String address = laptop.address(spec, laptop.bring(spec));

        laptop.emulatorComesBackEmpty();

        assertThat(laptop.aws.counts()).doesNotContainKey("load-balancer");
        assertThat(Laptop.ask(address)).isEqualTo("peer 127.0.0.77, header none");
        assertThat(laptop.provider.cloud().observeAll()).containsOnlyKeys(Specs.OWNER);
        LoadBalancerSpec again = laptop.specs().spec(address);
        assertThat(laptop.address(again, laptop.bring(again))).isEqualTo(address);
        assertThat(laptop.aws.counts()).containsEntry("load-balancer", 1).containsKey("target");
        assertThat(Laptop.ask(address)).isEqualTo("peer 127.0.0.77, header none");
    }

    @Test
    void whatIsForgottenByTheEmulatorGoesWithItsService() throws IOException {
        LoadBalancerSpec spec = laptop.specs().spec();
        String address = laptop.address(spec, laptop.bring(spec));

        laptop.emulatorComesBackEmpty();
        LocalObserved gone = laptop.bring(new Desired.Absent(Specs.OWNER));

        assertThat(laptop.provider.planner().isAbsent(gone)).isTrue();
        assertThatThrownBy(() -> Laptop.ask(address)).isInstanceOf(UncheckedIOException.class);
        assertThat(laptop.provider.cloud().observeAll()).isEmpty();
    }

    @Test
    void aNewProcessCarriesWhatIsOnRecordAtTheSameAddress() {
        LoadBalancerSpec spec = laptop.specs().spec();
        String address = laptop.address(spec, laptop.bring(spec));
        String record = laptop.aws.dump();

        laptop.restart();

        LoadBalancerSpec published = laptop.specs().spec(address);
        assertThat(laptop.provider.planner().provisioning(published, laptop.observe()))
                .isEqualTo(new Provisioning.Pending("waiting for the data plane"));
        assertThat(laptop.address(published, laptop.bring(published))).isEqualTo(address);
        assertThat(Laptop.ask(address)).isEqualTo("peer 127.0.0.77, header none");
        assertThat(laptop.aws.dump()).isEqualTo(record);
    }

    @Test
    void theHealthIsAskedOnThisMachine() {
        LocalObserved made = laptop.bring(laptop.specs().spec());

        laptop.await(made, "1 of 1 healthy {}");

        laptop.application.stop(0);
        laptop.await(
                made,
                "0 of 1 healthy {%s=Target.FailedHealthChecks}"
                        .formatted(
                                laptop.node.providerId().substring("aws:///us-east-1a/".length())));
    }
}
