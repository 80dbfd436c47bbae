package dev.origo.embedded.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TablesTest {
    /// Source: Kubernetes, apimachinery/pkg/util/duration/duration_test.go.
    @ParameterizedTest
    @CsvSource({
        "-1,0s",
        "0,0s",
        "70,70s",
        "119,119s",
        "120,2m",
        "190,3m10s",
        "601,10m",
        "10799,179m",
        "10800,3h",
        "14400,4h",
        "18060,5h1m",
        "28800,8h",
        "30600,8h",
        "172799,47h",
        "172800,2d",
        "176400,2d1h",
        "691200,8d",
        "8640000,100d"
    })
    void agesAreShort(long seconds, String text) {
        assertThat(Tables.human(Duration.ofSeconds(seconds))).isEqualTo(text);
    }
}
