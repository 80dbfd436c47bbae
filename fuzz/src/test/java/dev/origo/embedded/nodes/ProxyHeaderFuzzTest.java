package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.fuzz.Inputs;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// PROXY headers as our pods read them, held against Netty's reading.
final class ProxyHeaderFuzzTest {
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    static Stream<byte[]> headers() {
        return Inputs.ofBytes(
                List.of(
                        text("PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\nGET / HTTP/1.1\r\n"),
                        text("PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n"),
                        text("PROXY UNKNOWN\r\n"),
                        text("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"),
                        text("PROXY TCP4 203.0.113.7 192.0.2.1 0 65536\r\n"),
                        hex(V2 + "2111000ccb007107c0000201dc0401bb"),
                        hex(V2 + "20000000"),
                        hex(V2 + "21110013cb007107c0000201dc0401bbea000401020304"),
                        hex(
                                V2
                                        + "2121002420010db800000000000000000000000720010db8000000000000000000000001dc0401bb")));
    }

    @MethodSource("headers")
    @FuzzTest
    void aHeaderThatIsTakenIsOneToNettyToo(byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        List<String> read;
        try {
            read = ProxyHeader.read(in);
        } catch (ProtocolException _) {
            return;
        }
        if (isReadFurtherByNetty(read)) {
            return;
        }
        int length = bytes.length - in.available();
        EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder());
        try {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, length));
            HAProxyMessage message = channel.readInbound();
            assertThat(message).as("Netty waits for more than %s", read).isNotNull();
            if (message.sourceAddress() != null && read.size() > 2) {
                assertThat(read)
                        .contains(
                                "source_port=" + message.sourcePort(),
                                "destination_port=" + message.destinationPort());
            }
            ReferenceCountUtil.release(message);
        } catch (DecoderException refusal) {
            throw new AssertionError(
                    "read as %s, and to Netty it is broken".formatted(read), refusal);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    /// A port 0 is one to the protocol, section 2.1; what TLS tells about a client, section 2.2.6,
    /// is shown here as it came.
    private static boolean isReadFurtherByNetty(List<String> read) {
        return read.stream().anyMatch(line -> line.matches("(\\w+_port=0|tlv 0x20=.*)"));
    }

    private static byte[] text(String header) {
        return header.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
