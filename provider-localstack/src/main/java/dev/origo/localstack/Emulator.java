package dev.origo.localstack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What answers at an AWS-compatible endpoint, and what it is known to get wrong.
///
/// Source of the quirks: measured with a probe of about 100 calls (e2e, "probe").
enum Emulator {
    ORIGO("Origo's own stand-in", "/"),
    MINISTACK("MiniStack", "/_ministack/health"),
    LOCALSTACK("LocalStack", "/_localstack/health"),
    MOTO("moto", "/moto-api/"),
    UNKNOWN("an endpoint that does not say what it is", "");

    static final Duration ANSWER_MAX = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final int ANSWER_MAX_BYTES = 64 << 10;

    private final String title;
    private final String path;

    Emulator(String title, String path) {
        this.title = title;
        this.path = path;
    }

    /// What an emulator gets wrong, and where Origo copes with it.
    enum Quirk {
        /// `dev.origo.dataplane`
        NO_TRAFFIC("carries no traffic: Origo's data plane does"),
        /// [LocalPlanner#health]
        STATIC_HEALTH("calls every target healthy: the data plane's own checks are told instead"),
        /// `dev.origo.aws.Inventory`: found by name and mark before each creation; twins go
        TWO_OF_ONE_NAME("makes a second balancer of one name: names are looked up first"),
        /// `dev.origo.aws.AwsApi#pages`
        MARKER_REPEATS("repeats the marker of a page for ever: a repeated marker ends the list"),
        /// `dev.origo.aws.Inventory#named`
        DUPLICATE_REFUSED("refuses a creation that is repeated: what stands is looked up"),
        /// `dev.origo.aws.Inventory`: nothing is concluded from the kind of answer
        EMPTY_FOR_ABSENT("answers an empty list for what is not there: taken as absent"),
        /// `dev.origo.aws.RuleBook`: the book keeps what was opened in this process
        GROUP_RULES_LOST("forgets rules between security groups: they are written again");

        private final String text;

        Quirk(String text) {
            this.text = text;
        }
    }

    /// Asks the endpoint what it is. Who does not answer in time is unknown.
    ///
    /// @param answerMax for each of a few questions
    static Emulator ask(URI endpoint, Duration answerMax) {
        for (Emulator emulator : values()) {
            if (!emulator.path.isEmpty() && emulator.answers(endpoint, answerMax)) {
                return emulator;
            }
        }
        return UNKNOWN;
    }

    /// For the log at the start.
    String report() {
        String wrong =
                quirks().stream().map(quirk -> quirk.text).collect(Collectors.joining(", it "));
        return "%s; it %s".formatted(title, wrong);
    }

    List<Quirk> quirks() {
        return switch (this) {
            case MINISTACK ->
                    List.of(
                            Quirk.NO_TRAFFIC,
                            Quirk.STATIC_HEALTH,
                            Quirk.EMPTY_FOR_ABSENT,
                            Quirk.DUPLICATE_REFUSED,
                            Quirk.GROUP_RULES_LOST);
            case MOTO ->
                    List.of(
                            Quirk.NO_TRAFFIC,
                            Quirk.STATIC_HEALTH,
                            Quirk.TWO_OF_ONE_NAME,
                            Quirk.MARKER_REPEATS,
                            Quirk.DUPLICATE_REFUSED);
            case ORIGO, LOCALSTACK, UNKNOWN -> List.of(Quirk.NO_TRAFFIC);
        };
    }

    /// MiniStack answers LocalStack's path, too, so that each is asked for by its own name.
    private boolean answers(URI endpoint, Duration answerMax) {
        int millis = Math.toIntExact(answerMax.toMillis());
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) endpoint.resolve(path).toURL().openConnection();
            connection.setConnectTimeout(millis);
            connection.setReadTimeout(millis);
            connection.setInstanceFollowRedirects(false);
            int status = connection.getResponseCode();
            if (this == ORIGO) {
                return String.valueOf(connection.getHeaderField("Server")).startsWith("origo");
            }
            if (status != OK) {
                return false;
            }
            try (var body = connection.getInputStream()) {
                String text =
                        new String(body.readNBytes(ANSWER_MAX_BYTES), StandardCharsets.UTF_8)
                                .toLowerCase(Locale.ROOT);
                return this != MOTO || text.contains("moto");
            }
        } catch (IOException e) {
            return false;
        }
    }
}
