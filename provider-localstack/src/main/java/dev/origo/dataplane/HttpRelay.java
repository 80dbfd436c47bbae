package dev.origo.dataplane;

import dev.origo.dataplane.HttpCodecs.Codec;
import dev.origo.dataplane.HttpInput.BadMessage;
import dev.origo.dataplane.Sockets.NoConnection;
import dev.origo.dataplane.Status.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client's connection to an HTTP/1.1 reverse proxy: each request goes to a target of its own, on
/// a connection of its own, with the client in `X-Forwarded-For` and `Forwarded`. Messages are
/// written anew from what was parsed; upgrades are not offered. Counts requests as connections.
final class HttpRelay implements Live {
    private static final Duration UPLOAD_REST_MAX = Duration.ofSeconds(1);

    private final SocketChannel client;
    private final InetAddress from;
    private final Port port;
    private final HttpInput requests;
    private final AtomicBoolean cut = new AtomicBoolean();
    private volatile long lastNanos = System.nanoTime();
    private volatile Doing doing = new Waiting();

    HttpRelay(SocketChannel client, Port port) throws IOException {
        this.client = client;
        this.port = port;
        this.from = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
        this.requests = HttpInput.requests(client, port.engine, _ -> touch());
    }

    private sealed interface Doing {}

    /// For the next request.
    private record Waiting() implements Doing {}

    private record Exchange(Member member, SocketChannel upstream) implements Doing {}

    @Override
    public void run() throws InterruptedException {
        try {
            boolean more = true;
            while (more) {
                more = exchange();
            }
        } catch (BadMessage _) {
            refuse(Reason.BAD_MESSAGE, "400 Bad Request");
        } catch (IOException _) {
            cut(Reason.RESET);
        }
    }

    @Override
    public void sweep(long nowNanos) {
        Duration idle = port.pool.listener().rules().idleTimeout();
        switch (doing) {
            case Exchange exchange ->
                    exchange.member().over(nowNanos, lastNanos, idle).ifPresent(this::cut);
            case Waiting _ -> {
                if (nowNanos - lastNanos > idle.toNanos()) {
                    cut(Reason.IDLE);
                }
            }
        }
    }

    @Override
    public void cut(Reason reason) {
        if (!cut.compareAndSet(false, true)) {
            return;
        }
        switch (doing) {
            case Exchange(Member member, SocketChannel upstream) -> {
                member.counters.ended(reason);
                Sockets.reset(upstream);
            }
            case Waiting _ -> port.counters.ended(reason);
        }
        Sockets.reset(client);
    }

    /// Serves one request; tells whether another may follow.
    private boolean exchange() throws IOException, BadMessage, InterruptedException {
        Optional<HttpObject> head = requests.next();
        if (head.isEmpty()) {
            return false;
        }
        if (!(head.orElseThrow() instanceof HttpRequest request)) {
            throw new BadMessage("a body without a head");
        }
        InetSocketAddress at = (InetSocketAddress) client.getLocalAddress();
        int listener = port.pool.listener().port();
        HttpRequest forwarded = HttpHeads.forwarded(request, new HttpHeads.Hop(from, at, listener));
        Optional<Member> member = port.pool.choose(from);
        if (member.isEmpty()) {
            return refuse(Reason.NO_TARGET, "503 Service Unavailable");
        }
        return exchange(request, forwarded, member.orElseThrow());
    }

    private boolean exchange(HttpRequest request, HttpRequest forwarded, Member member)
            throws IOException, BadMessage, InterruptedException {
        Target target = member.target();
        try (SocketChannel upstream =
                Sockets.connect(
                        port.source(from, target),
                        new InetSocketAddress(target.address(), target.port()),
                        port.engine.config.connectTimeout())) {
            doing = new Exchange(member, upstream);
            member.counters.opened();
            Upload upload = new Upload(forwarded, member, upstream);
            Thread uploading = Thread.ofVirtual().start(upload);
            boolean more = answer(request, upstream, member, upload);
            uploading.join(UPLOAD_REST_MAX);
            if (more && upload.complete) {
                return true;
            }
            if (!uploading.isAlive()) { // else it reads still, and releases by itself
                requests.release();
            }
            return false;
        } catch (NoConnection e) {
            member.counters.ended(e.reason());
            boolean late = e.reason() == Reason.TARGET_TIMEOUT;
            return refuse(e.reason(), late ? "504 Gateway Timeout" : "502 Bad Gateway");
        } finally {
            if (doing instanceof Exchange) {
                doing = new Waiting();
                member.counters.closed();
            }
        }
    }

    /// Sends a request on, beside the answer that may come before its end.
    private final class Upload implements Runnable {
        private final HttpRequest head;
        private final Member member;
        private final SocketChannel upstream;
        private volatile boolean complete;
        private volatile boolean bad;

        Upload(HttpRequest head, Member member, SocketChannel upstream) {
            this.head = head;
            this.member = member;
            this.upstream = upstream;
        }

        @Override
        public void run() {
            Codec<HttpRequestEncoder> codec = port.engine.http.requestEncoders.borrow();
            EmbeddedChannel encoder = codec.channel;
            try {
                member.counters.in(write(encoder, head, upstream));
                boolean last = false;
                while (!last) {
                    Optional<HttpObject> next = requests.next();
                    if (next.isEmpty()) {
                        // The request is cut short: its target must not take it for whole.
                        Sockets.reset(upstream);
                        return;
                    }
                    member.counters.in(write(encoder, next.orElseThrow(), upstream));
                    last = next.orElseThrow() instanceof LastHttpContent;
                }
                codec.giveBack();
                complete = true;
            } catch (BadMessage _) {
                bad = true;
                Sockets.reset(upstream);
            } catch (IOException _) {
                // The target does not want the rest; its answer tells the client.
            }
        }
    }

    private boolean answer(
            HttpRequest request, SocketChannel upstream, Member member, Upload upload)
            throws IOException, BadMessage {
        boolean bodiless = request.method().equals(HttpMethod.HEAD);
        HttpInput responses = HttpInput.response(upstream, port.engine, bodiless, _ -> touch());
        try {
            return answer(request, responses, member, upload);
        } finally {
            responses.release();
        }
    }

    private boolean answer(HttpRequest request, HttpInput responses, Member member, Upload upload)
            throws IOException, BadMessage {
        boolean bodiless = request.method().equals(HttpMethod.HEAD);
        Codec<ResponseEncoder> codec = port.engine.http.responseEncoders.borrow();
        codec.handler.bodiless = bodiless;
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        boolean keep = HttpUtil.isKeepAlive(request) && !http10;
        boolean begun = false;
        boolean interim = false;
        while (true) {
            Optional<HttpObject> next = nextOf(responses);
            if (next.isEmpty() && upload.bad && !begun) {
                throw new BadMessage("a bad body");
            }
            if (next.isEmpty()) {
                return begun ? broken() : refuse(Reason.RESET, "502 Bad Gateway");
            }
            HttpObject object = next.orElseThrow();
            if (object instanceof HttpResponse response) {
                interim = response.status().code() < 200;
                begun = begun || !interim;
                HttpResponse returned = HttpHeads.returned(response, http10, bodiless);
                if (!interim && !keep) {
                    returned.headers().set("Connection", "close");
                }
                object = returned;
            }
            if (!(interim && http10)) {
                member.counters.out(write(codec.channel, object, client));
            }
            if (object instanceof LastHttpContent && !interim) {
                codec.giveBack();
                return keep;
            }
        }
    }

    /// What the target says; empty where it breaks off or makes no sense.
    private static Optional<HttpObject> nextOf(HttpInput responses) {
        try {
            return responses.next();
        } catch (IOException | BadMessage _) {
            return Optional.empty();
        }
    }

    /// The client must not take a part for the whole.
    private boolean broken() {
        cut(Reason.RESET);
        return false;
    }

    private boolean refuse(Reason reason, String status) {
        if (!cut.compareAndSet(false, true)) {
            return false;
        }
        port.counters.ended(reason);
        String answer =
                "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".formatted(status);
        try {
            write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)), client);
            client.shutdownOutput();
        } catch (IOException _) {
            // Nobody is there to be told.
        }
        return false;
    }

    private void touch() {
        lastNanos = System.nanoTime();
    }

    private static long write(EmbeddedChannel encoder, HttpObject object, SocketChannel to)
            throws IOException {
        encoder.writeOutbound(object);
        long written = 0;
        for (var bytes = encoded(encoder); bytes.isPresent(); bytes = encoded(encoder)) {
            ByteBuf buf = bytes.orElseThrow();
            written += buf.readableBytes();
            try {
                write(buf.nioBuffer(), to);
            } finally {
                buf.release();
            }
        }
        return written;
    }

    private static Optional<ByteBuf> encoded(EmbeddedChannel encoder) {
        return Optional.ofNullable(encoder.readOutbound());
    }

    private static void write(ByteBuffer bytes, SocketChannel to) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /// To a client.
    static final class ResponseEncoder extends HttpResponseEncoder {
        /// Whether the request was HEAD; set by who borrows this.
        private boolean bodiless;

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return bodiless || super.isContentAlwaysEmpty(response);
        }
    }
}
