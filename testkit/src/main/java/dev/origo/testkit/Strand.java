package dev.origo.testkit;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// One simulated task: a real thread that runs only while it holds the baton.
///
/// Thread rule: [#resume] on the simulation's own thread, [#giveUp] on the strand's. The two
/// semaphores hand the baton over and make everything that one side did visible to the other.
final class Strand {
    /// Real time, far longer than any step of any task takes.
    private static final long STUCK_SECONDS = 60;

    final SimulatedTasks owner;
    final String name;
    private final Semaphore mine = new Semaphore(0);
    private final Semaphore driver = new Semaphore(0);
    private final Thread thread;
    private boolean begun;
    private boolean ended;

    Strand(SimulatedTasks owner, String name, Runnable task) {
        this.owner = owner;
        this.name = name;
        this.thread = Thread.ofVirtual().unstarted(() -> run(task));
    }

    /// Hands the baton to this strand until it gives it up again or ends.
    void resume() {
        if (begun) {
            mine.release();
        } else {
            begun = true;
            thread.start();
        }
        awaitBaton();
    }

    /// A strand that blocks on something else than the simulation would keep the baton for ever.
    private void awaitBaton() {
        try {
            if (!driver.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "%s is stuck outside the simulation at %s"
                                .formatted(this, List.of(thread.getStackTrace())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Hands the baton back and waits for it to return.
    ///
    /// @throws Killed if the process was killed meanwhile
    void giveUp() {
        driver.release();
        mine.acquireUninterruptibly();
        owner.requireAlive();
    }

    boolean hasBegun() {
        return begun;
    }

    boolean hasEnded() {
        return ended;
    }

    @Override
    public String toString() {
        return owner.name() + "/" + name;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Killed _) {
            // That is how a killed strand ends.
        } catch (Throwable bug) {
            owner.bug(name, bug);
        } finally {
            ended = true;
            driver.release();
        }
    }
}
