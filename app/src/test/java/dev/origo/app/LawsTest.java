package dev.origo.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.origo.loop.VirtualTasks;
import dev.origo.loop.WorkQueue;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The laws of the house. They see every room's classes, tests aside.
final class LawsTest {
    private static final JavaClasses HOUSE = house();

    private static final String ROOT = "dev.origo.";

    /// What a room of core, and nothing else of ours, may know.
    private static final Map<String, List<String>> LAYERS =
            Map.of(
                    "model", List.of(),
                    "spi", List.of("model"),
                    "desire", List.of("model", "spi"),
                    "guard", List.of("model", "spi"),
                    "reconcile", List.of("model", "spi", "desire"),
                    "loop", List.of("model", "spi", "desire", "guard", "reconcile"),
                    "kube", List.of("model", "spi", "reconcile", "loop"));

    /// Classes of the rooms aws and localstack that talk to AWS; all others decide, or are data.
    private static final String AWS_EFFECTS =
            "dev\\.origo\\.aws\\.(Aws(Api|Clients|Cloud|Errors|Provider|ProviderFactory)|[A-Za-z0-9]*Effects|Rows|Inventory"
                    + "|SharedFacts)(\\$.*)?"
                    + "|dev\\.origo\\.localstack\\.Bootstrap(\\$.*)?";

    /// Classes outside core's pure rooms that decide.
    private static final String DECISIONS =
            "dev\\.origo\\..*Planner(\\$.*)?"
                    + "|dev\\.origo\\.aws\\.(AwsDesired|AwsNames|AwsObserved|Attributes|Diff|Ports|Recorded|Subnets|Targets|Wanted)"
                    + "(\\$.*)?"
                    + "|dev\\.origo\\.localstack\\.(Alive|LocalObserved|LocalStep)(\\$.*)?"
                    + "|dev\\.origo\\.app\\.dev\\.Views(\\$.*)?";

    private static Stream<String> rooms() {
        return LAYERS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomOfCoreKnowsOnlyWhatLiesBelow(String room) {
        String[] allowed =
                Stream.concat(Stream.of(room), LAYERS.getOrDefault(room, List.of()).stream())
                        .map(name -> ROOT + name + "..")
                        .toArray(String[]::new);
        holds(
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + room + "..")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("dev.origo..")
                                        .and(not(resideInAnyPackage(allowed)))));
    }

    @Test
    void decisionsArePure() {
        DescribedPredicate<JavaClass> outside =
                resideInAnyPackage(
                                "java.io..",
                                "java.nio..",
                                "java.net..",
                                "java.util.concurrent..",
                                "java.time.temporal..",
                                "javax..",
                                "org.slf4j..",
                                "software..",
                                "io..")
                        .and(
                                not(
                                        belongToAnyOf(
                                                java.net.InetAddress.class,
                                                java.net.Inet4Address.class,
                                                java.net.Inet6Address.class,
                                                java.net.UnknownHostException.class,
                                                java.nio.charset.Charset.class,
                                                java.nio.charset.StandardCharsets.class)))
                        .or(
                                belongToAnyOf(
                                        Thread.class,
                                        Runtime.class,
                                        java.time.Clock.class,
                                        java.util.Random.class,
                                        java.util.Timer.class));
        holds(
                noClasses()
                        .that()
                        .resideInAnyPackage(ROOT + "model..", ROOT + "desire..")
                        .or()
                        .haveNameMatching(DECISIONS)
                        .should()
                        .dependOnClassesThat(outside));
    }

    @Test
    void theClusterIsSpokenToInOneRoom() {
        onlyIn("io.fabric8..", resideInAPackage("..kube.."));
    }

    @Test
    void retriesAndLimitsHaveOnePlaceEach() {
        onlyIn(
                "io.github.resilience4j..",
                resideInAPackage(ROOT + "guard..").or(belongToAnyOf(WorkQueue.class)));
    }

    @Test
    void eachCloudsSdkStaysWithItsEffects() {
        onlyIn(
                "software.amazon..",
                DescribedPredicate.describe(
                        "talk to AWS, or stand in for it",
                        type ->
                                type.getName().matches(AWS_EFFECTS)
                                        || type.getPackageName()
                                                .startsWith("dev.origo.embedded.aws")));
    }

    /// The one for emulators is AWS's with another world behind it: it sees AWS's, never the
    /// reverse.
    @Test
    void providersNeverSeeEachOther() {
        holds(
                slices().matching("dev.origo.(aws|gcp|localstack)..")
                        .should()
                        .notDependOnEachOther()
                        .ignoreDependency(
                                resideInAPackage(ROOT + "localstack.."),
                                resideInAPackage(ROOT + "aws.."))
                        .allowEmptyShould(true));
    }

    @Test
    void nobodyButTheAppKnowsAProvider() {
        onlyIn(ROOT + "aws..", resideInAnyPackage(ours("aws", "localstack", "app")));
        onlyIn(ROOT + "gcp..", resideInAnyPackage(ours("gcp", "app")));
        onlyIn(ROOT + "localstack..", resideInAnyPackage(ours("localstack", "app")));
    }

    @Test
    void theDataPlaneCarriesWhatItIsToldAndKnowsNobodyElse() {
        holds(
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "dataplane..")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("dev.origo..")
                                        .and(not(resideInAnyPackage(ours("dataplane", "model"))))));
        onlyIn(ROOT + "dataplane..", resideInAnyPackage(ours("dataplane", "localstack", "app")));
    }

    @Test
    void whatStandsInForTheWorldIsKnownToTestsAndTheDevEnvironmentAlone() {
        onlyIn(ROOT + "embedded..", resideInAnyPackage(ours("embedded", "testkit", "app.dev")));
    }

    @Test
    void roomsHaveNoCycles() {
        holds(slices().matching("dev.origo.(**)").should().beFreeOfCycles());
    }

    @Test
    void timeIsPassedIn() {
        holds(
                noClasses()
                        .that(not(belongToAnyOf(VirtualTasks.class)))
                        .should()
                        .dependOnClassesThat(belongToAnyOf(java.time.Clock.class))
                        .orShould()
                        .callMethod(java.time.Instant.class, "now")
                        .orShould()
                        .callMethod(java.time.InstantSource.class, "system")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis")
                        .orShould()
                        .callMethod(Thread.class, "sleep", long.class)
                        .orShould()
                        .callMethod(Thread.class, "sleep", java.time.Duration.class));
    }

    /// The data plane's connections are real ones, and age by the real clock.
    @Test
    void onlyRealConnectionsAgeByThemselves() {
        holds(
                noClasses()
                        .that(
                                not(
                                        belongToAnyOf(VirtualTasks.class)
                                                .or(resideInAPackage(ROOT + "dataplane.."))))
                        .should()
                        .callMethod(System.class, "nanoTime"));
    }

    @Test
    void nothingStaticChanges() {
        holds(
                fields().that()
                        .areStatic()
                        .and()
                        .areDeclaredInClassesThat()
                        .resideInAPackage("dev.origo..")
                        .should()
                        .beFinal());
    }

    @Test
    void nobodyGeneratesCodeBehindOurBack() {
        holds(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("lombok..", "org.mockito..", "org.springframework.."));
    }

    @Test
    void theLawsSeeEveryRoom() {
        for (String room :
                List.of(
                        "model",
                        "spi",
                        "desire",
                        "guard",
                        "reconcile",
                        "loop",
                        "kube",
                        "aws",
                        "dataplane",
                        "localstack",
                        "embedded.aws",
                        "embedded.kubeapi",
                        "embedded.nodes",
                        "app",
                        "app.dev")) {
            holds(
                    classes()
                            .that()
                            .resideInAPackage(ROOT + room)
                            .should()
                            .bePublic()
                            .orShould()
                            .notBePublic());
        }
    }

    /// Libraries are known by name alone; reading them takes half a minute.
    private static JavaClasses house() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.origo");
    }

    private static String[] ours(String... rooms) {
        return Stream.of(rooms).map(room -> ROOT + room + "..").toArray(String[]::new);
    }

    private static void onlyIn(String library, DescribedPredicate<JavaClass> place) {
        holds(
                noClasses()
                        .that(not(place))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(library));
    }

    private static void holds(ArchRule rule) {
        rule.check(HOUSE);
    }
}
