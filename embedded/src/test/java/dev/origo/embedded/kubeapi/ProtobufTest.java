package dev.origo.embedded.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ProtobufTest {
    private static final String ENVELOPE = "6b387300";
    private static final Protobuf PROTOBUF = new Protobuf(new Schema());

    /// @param message protobuf in hexadecimal digits
    record Row(String name, String kind, String message, String json) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> reads() {
        return Stream.of(
                new Row(
                        "texts and a map",
                        "ConfigMap",
                        part(1, part(1, text("c")))
                                + part(2, part(1, text("a")) + part(2, text("b"))),
                        "{\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"b\"}}"),
                new Row(
                        "bytes",
                        "Secret",
                        part(2, part(1, text("a")) + part(2, "00ff")),
                        "{\"data\":{\"a\":\"AP8=\"}}"),
                new Row(
                        "numbers, truths, lists and a name or number",
                        "Service",
                        part(
                                2,
                                part(1, "1850" + part(4, "08001090" + "3f"))
                                        + part(1, part(4, "0801" + part(3, text("http"))))
                                        + "a00100"),
                        "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080},{\"targetPort\":\"http\"}],\"allocateLoadBalancerNodePorts\":false}}"),
                new Row(
                        "times, set and not",
                        "Event",
                        part(6, "0801") + part(7, ""),
                        "{\"firstTimestamp\":\"1970-01-01T00:00:01Z\",\"lastTimestamp\":null}"),
                new Row(
                        "a message that JSON has not, and a quantity",
                        "Pod",
                        part(
                                2,
                                part(
                                        1,
                                        part(1, text("v"))
                                                + part(2, part(2, part(2, part(1, text("1Gi"))))))),
                        "{\"spec\":{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{\"sizeLimit\":\"1Gi\"}}]}}"),
                new Row(
                        "unknown fields are skipped",
                        "ConfigMap",
                        "f80701" + "f907" + "00".repeat(8) + "fd07" + "00".repeat(4) + "fa070141",
                        "{}"));
    }

    @ParameterizedTest
    @MethodSource
    void reads(Row row) {
        var expected = Json.object("kind", row.kind(), "apiVersion", "v1");
        expected.setAll(Cluster.parsed(row.json()));
        assertThat(Json.string(PROTOBUF.object(body(row))))
                .isEqualTo(
                        Json.string(expected)
                                .replace(
                                        "\"kind\":\"" + row.kind() + "\",\"apiVersion\":\"v1\"",
                                        "\"apiVersion\":\"v1\",\"kind\":\"" + row.kind() + "\""));
    }

    static Stream<String> malformed() {
        return Stream.of(
                "",
                "6b3873",
                "00000000",
                ENVELOPE + "0a",
                ENVELOPE + "0aff01",
                ENVELOPE + "0b",
                ENVELOPE + "ff".repeat(11));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String hex) {
        assertThatThrownBy(() -> PROTOBUF.object(HexFormat.of().parseHex(hex)))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("the protobuf body cannot be read");
    }

    @Test
    void noBytesDoMoreThanBeRefused() {
        Random random = new Random(20_261);
        byte[] good = body(reads().toList().get(4));
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            bad[4 + random.nextInt(bad.length - 4)] = (byte) random.nextInt();
            bad[4 + random.nextInt(bad.length - 4)] = (byte) random.nextInt();
            try {
                assertThat(PROTOBUF.object(bad)).isNotNull();
            } catch (Refusal refusal) {
                assertThat(refusal.code()).isEqualTo(400);
            }
        }
    }

    private static byte[] body(Row row) {
        String type = part(1, text("v1")) + part(2, text(row.kind()));
        return HexFormat.of().parseHex(ENVELOPE + part(1, type) + part(2, row.message()));
    }

    private static String part(int number, String hex) {
        return "%02x%02x%s".formatted(number << 3 | 2, hex.length() / 2, hex);
    }

    private static String text(String ascii) {
        StringBuilder hex = new StringBuilder();
        ascii.chars().forEach(c -> hex.append("%02x".formatted(c)));
        return hex.toString();
    }
}
