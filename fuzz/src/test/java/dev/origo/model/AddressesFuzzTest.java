package dev.origo.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.fuzz.Inputs;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Addresses and ranges, held against Netty's reading of them.
final class AddressesFuzzTest {
    static Stream<byte[]> texts() {
        return Inputs.of(
                List.of(
                        "10.0.0.0/8",
                        "203.0.113.7/32",
                        "0.0.0.0/0",
                        "255.255.255.255/32",
                        "2001:db8::/32",
                        "::/0",
                        "fe80::1",
                        "::ffff:10.0.0.1",
                        "1:2:3:4:5:6:7:8/128",
                        "10.0.0.1/8/8",
                        "010.1.1.1/8",
                        "0x0a.1.1.1",
                        "256.1.1.1",
                        "fe80::1%eth0"));
    }

    /// What is taken reads the same again; what is refused names the text.
    @MethodSource("texts")
    @FuzzTest
    void aRangeIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Cidr range;
        try {
            range = Cidr.parse(text);
        } catch (IllegalArgumentException refusal) {
            assertThat(refusal).hasMessageContaining(text);
            return;
        }
        assertThat(Cidr.parse(range.toString())).isEqualTo(range);
        int slash = text.lastIndexOf('/');
        requireAddress(text.substring(0, slash));
        int bits = Integer.parseInt(text.substring(slash + 1));
        assertThat(bits).isEqualTo(range.prefixBits()).isBetween(0, bitsOf(range));
    }

    @MethodSource("texts")
    @FuzzTest
    void anAddressIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        InetAddress address;
        try {
            address = Cidr.literal(text);
        } catch (IllegalArgumentException refusal) {
            assertThat(refusal).hasMessageContaining(text);
            return;
        }
        requireAddress(text);
        assertThat(Cidr.literal(address.getHostAddress())).isEqualTo(address);
    }

    private static int bitsOf(Cidr range) {
        return range.network().getAddress().length * Byte.SIZE;
    }

    private static void requireAddress(String text) {
        if (text.contains(":") && text.contains(".")) {
            return; // ::f:10.0.0.1 is one, RFC 4291 section 2.2, and none to Netty
        }
        assertThat(NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text))
                .as("'%s' is no address to Netty", text)
                .isTrue();
    }
}
