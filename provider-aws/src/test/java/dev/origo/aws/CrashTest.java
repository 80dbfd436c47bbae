package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The process dies before or after any single call; the next one ends where an undisturbed one
/// does.
final class CrashTest {
    private static final int CALLS_MAX = 80;

    /// What a dying process runs into.
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /// One way through a Service's life.
    private interface Life {
        void live(Account account);
    }

    private static LoadBalancerSpec local(Account account) {
        return account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).spec();
    }

    private static LoadBalancerSpec cluster(Account account) {
        return account.spec("web").ports(Specs.tcp(80), Specs.tcp(8443)).cluster().spec();
    }

    private static LoadBalancerSpec internal(Account account) {
        return account.spec("web").ports(Specs.tcp(80)).internal().spec();
    }

    @TestFactory
    Stream<DynamicTest> createSurvives() {
        return deaths(
                "create",
                account -> {},
                account -> account.settle(local(account)),
                CrashTest::local);
    }

    @TestFactory
    Stream<DynamicTest> updateSurvives() {
        return deaths(
                "update",
                account -> account.settle(local(account)),
                account -> account.settle(cluster(account)),
                CrashTest::cluster);
    }

    @TestFactory
    Stream<DynamicTest> replacementSurvives() {
        return deaths(
                "replace",
                account -> account.settle(local(account)),
                account -> account.settle(internal(account)),
                CrashTest::internal);
    }

    private static LoadBalancerSpec tls(Account account, int from, int to) {
        return account.spec("web")
                .ports(Specs.tcp(443), Specs.tcp(8443))
                .with(
                        AwsSettings.CERTIFICATES,
                        String.join(",", account.certificates.subList(from, to)))
                .spec();
    }

    @TestFactory
    Stream<DynamicTest> changeOfCertificatesSurvives() {
        return deaths(
                "certificates",
                account -> account.settle(tls(account, 0, 2)),
                account -> account.settle(tls(account, 2, 4)),
                account -> tls(account, 2, 4));
    }

    @TestFactory
    Stream<DynamicTest> deleteSurvives() {
        return counted()
                .mapToObj(death ->
                        DynamicTest.dynamicTest(
                                "delete, death %d".formatted(death),
                                () -> {
                                    try (Account account = new Account()) {
                                        String before = account.dump();
                                        account.settle(local(account));
                                        die(account, death, a -> a.remove(Specs.owner("web")));
                                        clean(account);
                                        assertThat(account.dump()).isEqualTo(before);
                                    }
                                }));
    }

    private interface Wish {
        LoadBalancerSpec of(Account account);
    }

    private static Stream<DynamicTest> deaths(String name, Life before, Life life, Wish wish) {
        return counted()
                .mapToObj(death ->
                        DynamicTest.dynamicTest(
                                "%s, death %d".formatted(name, death),
                                () -> survives(death, before, life, wish)));
    }

    private static void survives(int death, Life before, Life life, Wish wish) {
        String undisturbed;
        String empty;
        try (Account account = new Account()) {
            empty = account.dump();
            account.settle(wish.of(account));
            undisturbed = account.dump();
        }
        try (Account account = new Account()) {
            before.live(account);
            die(account, death, life);
            account.restart();
            Map<OwnerId, AwsObserved> all = account.provider.cloud().observeAll();
            LoadBalancerSpec spec = wish.of(account);
            AwsObserved start =
                    all.containsKey(spec.owner())
                            ? all.get(spec.owner())
                            : account.provider.cloud().observe(spec.owner());
            account.settle(spec, start);
            removeShared(account);
            assertThat(account.dump()).isEqualTo(undisturbed);

            account.remove(spec.owner());
            clean(account);
            assertThat(account.dump()).isEqualTo(empty);
        }
    }

    /// Lives until the process dies before (even) or after (odd) a call.
    private static void die(Account account, int death, Life life) {
        AtomicInteger calls = new AtomicInteger();
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        if (calls.getAndIncrement() >= (death + 1) / 2) {
                            throw new Death();
                        }
                    }

                    @Override
                    public void after(Call call) {
                        if (death % 2 == 1 && calls.get() > death / 2) {
                            throw new Death();
                        }
                    }
                });
        try {
            life.live(account);
        } catch (Death expected) {
            assertThat(expected).isNotNull();
        } finally {
            account.aws.hook(CallHook.NONE);
        }
    }

    /// What a restart does with what no Service wants.
    private static void clean(Account account) {
        account.restart();
        for (AwsObserved left : account.provider.cloud().observeAll().values()) {
            account.bring(new Desired.Absent(left.owner()), left);
        }
        removeShared(account);
    }

    private static void removeShared(Account account) {
        account.restart();
        OwnerId shared = AwsNames.shared(Specs.CLUSTER);
        Map<OwnerId, AwsObserved> all = account.provider.cloud().observeAll();
        if (all.containsKey(shared)) {
            account.bring(new Desired.Absent(shared), all.get(shared));
        }
    }

    private static IntStream counted() {
        return IntStream.range(0, CALLS_MAX);
    }
}
