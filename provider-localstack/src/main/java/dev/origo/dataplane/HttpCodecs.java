package dev.origo.dataplane;

import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestEncoder;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/// Netty's decoders and encoders, kept for the next message. To make one costs more than to parse a
/// small message: each virtual thread looks up by reflection what the handlers do.
///
/// Thread rule: any thread; what is borrowed is for one at a time.
final class HttpCodecs {
    final Kept<HttpInput.Requests> requests = new Kept<>(HttpInput.Requests::new);
    final Kept<HttpInput.Responses> responses = new Kept<>(HttpInput.Responses::new);
    final Kept<HttpRequestEncoder> requestEncoders = new Kept<>(HttpRequestEncoder::new);
    final Kept<HttpRelay.ResponseEncoder> responseEncoders =
            new Kept<>(HttpRelay.ResponseEncoder::new);

    /// Those of one kind.
    static final class Kept<H extends ChannelHandler> {
        private static final int KEPT_MAX = 64;

        private final BlockingQueue<Codec<H>> free = new LinkedBlockingQueue<>(KEPT_MAX);
        private final Supplier<H> make;

        private Kept(Supplier<H> make) {
            this.make = make;
        }

        Codec<H> borrow() {
            return Optional.ofNullable(free.poll()).orElseGet(() -> new Codec<>(make.get(), this));
        }
    }

    /// A handler, and the channel that feeds it.
    static final class Codec<H extends ChannelHandler> {
        final H handler;
        final EmbeddedChannel channel;
        private final Kept<H> home;

        private Codec(H handler, Kept<H> home) {
            this.handler = handler;
            this.channel = new EmbeddedChannel(handler);
            this.home = home;
        }

        /// Keeps it, after the end of a message and nothing behind it. Any other is left to the
        /// collector.
        void giveBack() {
            if (channel.isOpen()) {
                var _ = home.free.offer(this);
            }
        }
    }
}
