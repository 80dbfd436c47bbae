package dev.origo.dataplane;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.LongConsumer;

/// HTTP/1.1 messages of one direction of a connection, parsed by Netty and in doubt refused: both
/// lengths, several lengths, folded lines, bare line feeds, bad chunk sizes. Head and chunk lines
/// are fed one by one, so that Netty never sees more than what has been judged. Source: RFC 9112,
/// sections 2.2, 5.2, 6.3, 7.1, 11.2.
final class HttpInput {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int LINE_BYTES_MAX = 8 * 1024;
    private static final long CHUNK_BYTES_MAX = Integer.MAX_VALUE;

    /// Of a head, all lines together.
    private static final int HEAD_BYTES_MAX = 32 * 1024;

    private final SocketChannel channel;
    private final EmbeddedChannel decoder;
    private final LongConsumer count;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private Part part = Part.FIRST_LINE;
    private boolean atLineStart = true;
    private long bodyLeft;
    private long chunkSize;
    private boolean inChunkSize = true;
    private boolean ended;

    private HttpInput(SocketChannel channel, HttpObjectDecoder decoder, LongConsumer count) {
        this.channel = channel;
        this.decoder = new EmbeddedChannel(decoder);
        this.count = count;
    }

    /// What of a message comes next.
    private enum Part {
        FIRST_LINE,
        HEADERS,
        COUNTED_BODY,
        CHUNK_LINE,
        CHUNK_DATA,
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

    static HttpInput requests(SocketChannel channel, LongConsumer count) {
        return new HttpInput(channel, new StrictRequests(), count);
    }

    /// @param bodiless whether the request was HEAD
    static HttpInput response(SocketChannel channel, boolean bodiless, LongConsumer count) {
        return new HttpInput(channel, new StrictResponses(bodiless), count);
    }

    /// The next head or piece of a body; empty at the end of the connection.
    Optional<HttpObject> next() throws IOException, BadMessage {
        while (true) {
            Optional<HttpObject> parsed = Optional.ofNullable(decoder.readInbound());
            if (parsed.isPresent()) {
                follow(parsed.orElseThrow());
                return parsed;
            }
            if (ended) {
                return Optional.empty();
            }
            if (buffer.hasRemaining() || read()) {
                decoder.writeInbound(Unpooled.wrappedBuffer(piece()));
            }
        }
    }

    private boolean read() throws IOException {
        int read = channel.read(buffer.clear());
        buffer.flip();
        if (read < 0) {
            ended = true;
            decoder.finish();
            return false;
        }
        count.accept(read);
        return true;
    }

    /// So many bytes as belong together: a line, or what is left of a body.
    private byte[] piece() throws BadMessage {
        int length = buffer.remaining();
        switch (part) {
            case FIRST_LINE, HEADERS, TRAILERS -> {
                judgeLineStart(buffer.get(buffer.position()));
                length = line();
            }
            case CHUNK_LINE -> length = line();
            case COUNTED_BODY, CHUNK_DATA -> {
                length = Math.toIntExact(Math.min(length, bodyLeft));
                bodyLeft -= length;
            }
            case REST -> {}
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        boolean lineEnds = bytes[length - 1] == '\n';
        atLineStart = lineEnds;
        switch (part) {
            case FIRST_LINE -> part = lineEnds && length > 2 ? Part.HEADERS : part;
            case CHUNK_LINE -> followChunkLine(bytes, lineEnds);
            case CHUNK_DATA -> part = bodyLeft == 0 ? Part.CHUNK_LINE : part;
            case HEADERS, COUNTED_BODY, TRAILERS, REST -> {}
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
            bodyLeft = chunkSize + 2;
            chunkSize = 0;
            inChunkSize = true;
        }
    }

    private void judgeLineStart(byte first) throws BadMessage {
        if (!atLineStart) {
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
        if (object instanceof HttpMessage message) {
            bodyLeft = HttpUtil.getContentLength(message, -1L);
            part = HttpUtil.isTransferEncodingChunked(message) ? Part.CHUNK_LINE : unchunked();
        }
        if (object instanceof LastHttpContent) {
            part = Part.FIRST_LINE;
            atLineStart = true;
        }
    }

    private Part unchunked() {
        return bodyLeft < 0 ? Part.REST : Part.COUNTED_BODY;
    }

    private static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxHeaderSize(HEAD_BYTES_MAX)
                .setMaxChunkSize(BUFFER_BYTES)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true);
    }

    private static final class StrictRequests extends HttpRequestDecoder {
        StrictRequests() {
            super(config());
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
    }

    private static final class StrictResponses extends HttpResponseDecoder {
        private final boolean bodiless;

        StrictResponses(boolean bodiless) {
            super(config());
            this.bodiless = bodiless;
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
