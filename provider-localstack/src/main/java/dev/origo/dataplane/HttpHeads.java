package dev.origo.dataplane;

import dev.origo.dataplane.HttpInput.BadMessage;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/// Heads of HTTP messages on their way through: what is refused, what belongs to one hop, and where
/// the client is told. Source: RFC 9110 section 7.6.1, RFC 9112 sections 3.2 and 6.1, RFC 7239.
final class HttpHeads {
    private static final List<String> OF_ONE_HOP =
            List.of("connection", "keep-alive", "proxy-connection", "te", "upgrade");
    private static final List<String> NEVER_OF_ONE_HOP =
            List.of("host", "content-length", "transfer-encoding");

    private HttpHeads() {}

    /// Who speaks to whom.
    ///
    /// @param port the listener's
    record Hop(InetAddress client, InetSocketAddress at, int port) {}

    /// The request as the target gets it: for one exchange, with the client appended.
    ///
    /// @throws BadMessage where servers could read it in different ways
    static HttpRequest forwarded(HttpRequest request, Hop hop) throws BadMessage {
        refuseDoubt(request);
        HttpHeaders headers = request.headers().copy();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        stripHop(headers);
        append(headers, "X-Forwarded-For", ProxyHeader.literal(hop.client()));
        headers.set("X-Forwarded-Proto", "http");
        headers.set("X-Forwarded-Port", String.valueOf(hop.port()));
        append(headers, "Forwarded", element(hop, hosts.isEmpty() ? "" : hosts.getFirst()));
        headers.set(HttpHeaderNames.CONNECTION, "close");
        return new DefaultHttpRequest(
                HttpVersion.HTTP_1_1, request.method(), request.uri(), headers);
    }

    /// The response as the client gets it.
    ///
    /// @param http10 whether the client knows no chunks
    /// @param bodiless whether the request was HEAD
    static HttpResponse returned(HttpResponse response, boolean http10, boolean bodiless) {
        HttpHeaders headers = response.headers().copy();
        stripHop(headers);
        HttpResponse returned =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), headers);
        if (http10) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        } else if (!bodiless && hasBody(response) && !HttpUtil.isContentLengthSet(returned)) {
            HttpUtil.setTransferEncodingChunked(returned, true);
        }
        return returned;
    }

    private static boolean hasBody(HttpResponse response) {
        int code = response.status().code();
        return code >= 200 && code != 204 && code != 304;
    }

    private static void refuseDoubt(HttpRequest request) throws BadMessage {
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!http11 && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            throw new BadMessage("version " + request.protocolVersion());
        }
        boolean star = request.method().equals(HttpMethod.OPTIONS) && request.uri().equals("*");
        if (!request.uri().startsWith("/") && !star) {
            throw new BadMessage("a target that is no path");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (http11 && hosts.isEmpty())) {
            throw new BadMessage(hosts.size() + " Host headers");
        }
        List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean chunked =
                http11 && encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
        if (!encodings.isEmpty() && !chunked) {
            throw new BadMessage("Transfer-Encoding " + encodings);
        }
    }

    private static void stripHop(HttpHeaders headers) {
        headers.getAllAsString(HttpHeaderNames.CONNECTION).stream()
                .flatMap(value -> List.of(value.split(",", -1)).stream())
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty() && !NEVER_OF_ONE_HOP.contains(name))
                .forEach(headers::remove);
        OF_ONE_HOP.forEach(headers::remove);
    }

    private static void append(HttpHeaders headers, String name, String value) {
        String before = String.join(", ", headers.getAll(name));
        headers.set(name, before.isBlank() ? value : before + ", " + value);
    }

    private static String element(Hop hop, String host) {
        String escaped = host.replace("\\", "\\\\").replace("\"", "\\\"");
        return "for=%s;by=%s;host=\"%s\";proto=http"
                .formatted(node(hop.client()), node(hop.at().getAddress()), escaped);
    }

    private static String node(InetAddress address) {
        return address instanceof Inet4Address
                ? ProxyHeader.literal(address)
                : "\"[" + ProxyHeader.literal(address) + "]\"";
    }
}
