package dev.origo.dataplane;

import dev.origo.dataplane.HttpCodecs.Codec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// HTTP/1.1 messages of one direction of a connection, parsed by Netty and in doubt refused: both
/// lengths, several lengths, folded lines, bare line feeds, bad chunk sizes. Head and chunk lines
/// are fed one by one, so that Netty never sees more than what has been judged. Source: RFC 9112,
/// sections 2.2, 5.2, 6.3, 7.1, 11.2.
final class HttpInput {
    private static final int CONTENT_BYTES_MAX = 256 * 1024;
    private static final int LINE_BYTES_MAX = 8 * 1024;
    private static final long CHUNK_BYTES_MAX = Integer.MAX_VALUE;

    /// Of a head, all lines together.
    private static final int HEAD_BYTES_MAX = 32 * 1024;

    private final SocketChannel channel;
    private final Supplier<Codec<? extends HttpObjectDecoder>> codecs;
    private final Buffers buffers;
    private final LongConsumer count;
    private final ByteBuffer small;
    private ByteBuffer buffer;
    private int lastRead;

    /// Borrowed for as long as a message.
    private Optional<Codec<? extends HttpObjectDecoder>> decoder = Optional.empty();

    private Part part = Part.FIRST_LINE;

    /// Of the line that is under way.
    private int lineBytes;

    private long bodyLeft;
    private long chunkSize;
    private boolean inChunkSize = true;
    private boolean ended;

    private HttpInput(
            SocketChannel channel,
            Engine engine,
            Supplier<Codec<? extends HttpObjectDecoder>> codecs,
            LongConsumer count) {
        this.channel = channel;
        this.codecs = codecs;
        this.buffers = engine.buffers;
        this.count = count;
        this.small = buffers.small().limit(0);
        this.buffer = small;
    }

    /// What of a message comes next.
    private enum Part {
        FIRST_LINE,
        HEADERS,
        COUNTED_BODY,
        CHUNK_LINE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        REST
    }

    /// A message whose meaning is in doubt, or that is too large.
    static final class BadMessage extends Exception {
        private static final long serialVersionUID = 1;

        BadMessage(String message) {
            super(message);
        }
    }

    static HttpInput requests(SocketChannel channel, Engine engine, LongConsumer count) {
        return new HttpInput(channel, engine, engine.http.requests::borrow, count);
    }

    /// @param bodiless whether the request was HEAD
    static HttpInput response(
            SocketChannel channel, Engine engine, boolean bodiless, LongConsumer count) {
        return new HttpInput(
                channel,
                engine,
                () -> {
                    Codec<Responses> codec = engine.http.responses.borrow();
                    codec.handler.bodiless = bodiless;
                    return codec;
                },
                count);
    }

    /// The next head or piece of a body; empty at the end of the connection. A piece is good until
    /// the next call: it lies where that reads to.
    Optional<HttpObject> next() throws IOException, BadMessage {
        try {
            while (true) {
                Optional<HttpObject> parsed =
                        decoder.flatMap(codec -> Optional.ofNullable(codec.channel.readInbound()));
                if (parsed.isPresent()) {
                    follow(parsed.orElseThrow());
                    return parsed;
                }
                if (ended) {
                    release();
                    return Optional.empty();
                }
                if (buffer.hasRemaining() || read()) {
                    feed();
                }
            }
        } catch (IOException | BadMessage e) {
            release();
            throw e;
        }
    }

    /// Gives a large buffer back, with what is left in it, when no piece of it is used any more.
    void release() {
        buffers.giveBack(buffer);
        buffer = small.clear().limit(0);
    }

    private boolean read() throws IOException {
        if (decoder.isEmpty()) {
            release(); // clients may think for long between requests
        } else {
            buffer = buffers.fitting(buffer, small, lastRead);
        }
        lastRead = channel.read(buffer.clear());
        buffer.flip();
        if (lastRead < 0) {
            ended = true;
            buffer.limit(0);
            decoder.ifPresent(codec -> codec.channel.finish());
            return false;
        }
        count.accept(lastRead);
        return true;
    }

    private void feed() throws BadMessage {
        ByteBuf piece = piece();
        if (decoder.isEmpty()) {
            decoder = Optional.of(codecs.get());
        }
        decoder.orElseThrow().channel.writeInbound(piece);
    }

    /// So many bytes as belong together: a line, or what is left of a body. A line is copied, since
    /// Netty keeps an unfinished one, and the next read overwrites it here; a body stays where it
    /// is.
    private ByteBuf piece() throws BadMessage {
        int start = buffer.position();
        return switch (part) {
            case FIRST_LINE, HEADERS, CHUNK_LINE, CHUNK_END, TRAILERS ->
                    Unpooled.wrappedBuffer(linePiece());
            case COUNTED_BODY, CHUNK_DATA -> {
                int length = Math.toIntExact(Math.min(buffer.remaining(), bodyLeft));
                bodyLeft -= length;
                if (part == Part.CHUNK_DATA && bodyLeft == 0) {
                    part = Part.CHUNK_END;
                }
                yield body(start, length);
            }
            case REST -> body(start, buffer.remaining());
        };
    }

    private ByteBuf body(int start, int length) {
        buffer.position(start + length);
        return Unpooled.wrappedBuffer(buffer.slice(start, length));
    }

    private byte[] linePiece() throws BadMessage {
        if (part != Part.CHUNK_LINE) {
            judgeLineStart(buffer.get(buffer.position()));
        }
        byte[] bytes = new byte[line()];
        buffer.get(bytes);
        boolean lineEnds = bytes[bytes.length - 1] == '\n';
        lineBytes += bytes.length;
        boolean empty = lineBytes <= 2;
        lineBytes = lineEnds ? 0 : lineBytes;
        if (part == Part.FIRST_LINE && lineEnds && !empty) {
            part = Part.HEADERS;
        } else if (part == Part.CHUNK_LINE) {
            followChunkLine(bytes, lineEnds);
        } else if (part == Part.CHUNK_END && lineEnds) {
            part = Part.CHUNK_LINE;
        }
        return bytes;
    }

    /// Reads along how long the chunk is, only to know how much may be fed at once; Netty judges.
    private void followChunkLine(byte[] bytes, boolean lineEnds) {
        for (byte b : bytes) {
            int digit = Character.digit(b, 16);
            inChunkSize = inChunkSize && digit >= 0 && chunkSize < CHUNK_BYTES_MAX;
            chunkSize = inChunkSize ? chunkSize * 16 + digit : chunkSize;
        }
        if (lineEnds) {
            part = chunkSize == 0 ? Part.TRAILERS : Part.CHUNK_DATA;
            bodyLeft = chunkSize;
            chunkSize = 0;
            inChunkSize = true;
        }
    }

    private void judgeLineStart(byte first) throws BadMessage {
        if (lineBytes > 0) {
            return;
        }
        boolean field = part == Part.HEADERS || part == Part.TRAILERS;
        if (field && (first == ' ' || first == '\t')) {
            throw new BadMessage("a folded header");
        }
        if (part == Part.FIRST_LINE && first <= ' ' && first != '\r') {
            throw new BadMessage("a start that is no token");
        }
    }

    private int line() {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            if (buffer.get(i) == '\n') {
                return i + 1 - buffer.position();
            }
        }
        return buffer.remaining();
    }

    private void follow(HttpObject object) throws BadMessage {
        if (object.decoderResult().isFailure()) {
            throw new BadMessage(String.valueOf(object.decoderResult().cause().getMessage()));
        }
        if (object instanceof HttpResponse response
                && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            // Upgrades are never passed on, and from here on Netty would pass everything on unread.
            throw new BadMessage("an upgrade that nobody asked for");
        }
        if (object instanceof HttpMessage message) {
            bodyLeft = HttpUtil.getContentLength(message, -1L);
            part = HttpUtil.isTransferEncodingChunked(message) ? Part.CHUNK_LINE : unchunked();
        }
        if (object instanceof LastHttpContent) {
            part = Part.FIRST_LINE;
            lineBytes = 0;
            decoder.ifPresent(Codec::giveBack);
            decoder = Optional.empty();
        }
    }

    private Part unchunked() {
        return bodyLeft < 0 ? Part.REST : Part.COUNTED_BODY;
    }

    private static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxHeaderSize(HEAD_BYTES_MAX)
                .setMaxChunkSize(CONTENT_BYTES_MAX)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true);
    }

    /// Of a client.
    static final class Requests extends HttpRequestDecoder {
        Requests() {
            super(config());
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
    }

    /// Of a target.
    static final class Responses extends HttpResponseDecoder {
        /// Whether the request was HEAD; set by who borrows this.
        private boolean bodiless;

        Responses() {
            super(config());
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return bodiless || super.isContentAlwaysEmpty(message);
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
    }
}
