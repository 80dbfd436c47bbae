package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.loop.VirtualTasks;
import dev.origo.spi.Tasks;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Something that is made when it is first needed.
final class OnceTest {
    private final VirtualTasks tasks =
            new VirtualTasks(e -> {
                throw new AssertionError(e);
            });
    private final AtomicInteger made = new AtomicInteger();

    @AfterEach
    void close() {
        tasks.close();
    }

    @Test
    void isMadeOnceForAllWhoAsk() {
        CountDownLatch asked = new CountDownLatch(7);
        Once<Integer> once =
                new Once<>(
                        tasks,
                        () -> {
                            awaitQuietly(asked);
                            return made.incrementAndGet();
                        });
        Callable<Integer> ask =
                () -> {
                    asked.countDown();
                    return once.get();
                };

        assertThat(tasks.all(Collections.nCopies(7, ask)))
                .isEqualTo(Collections.nCopies(7, new Tasks.Success<>(1)));
    }

    @Test
    void afterAFailureTheNextTriesAgain() {
        Once<Integer> once =
                new Once<>(
                        tasks,
                        () -> {
                            if (made.incrementAndGet() == 1) {
                                throw new IllegalArgumentException("not yet");
                            }
                            return made.get();
                        });

        assertThatThrownBy(once::get).isInstanceOf(IllegalArgumentException.class);
        assertThat(List.of(once.get(), once.get())).containsExactly(2, 2);
    }

    @Test
    void isMadeAnewWhenForgotten() {
        Once<Integer> once = new Once<>(tasks, made::incrementAndGet);
        Integer first = once.get();

        once.forget(first);

        assertThat(once.get()).isEqualTo(2);
    }

    @Test
    void whoForgetsLateForgetsNothingNew() {
        Once<Integer> once = new Once<>(tasks, made::incrementAndGet);
        Integer first = once.get();
        once.forget(first);
        assertThat(once.get()).isEqualTo(2);

        once.forget(first);

        assertThat(once.get()).isEqualTo(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
