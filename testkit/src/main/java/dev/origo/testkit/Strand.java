package dev.origo.testkit;

import java.util.concurrent.Semaphore;

/// One simulated task: a real thread that runs only while it holds the baton.
///
/// Thread rule: [#resume] on the simulation's own thread, [#giveUp] on the strand's. The two
/// semaphores hand the baton over and make everything that one side did visible to the other.
final class Strand {
    final SimulatedTasks owner;
    final String name;
    private final Semaphore mine = new Semaphore(0);
    private final Semaphore driver = new Semaphore(0);
    private final Thread thread;
    private boolean onTheWire;
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
        driver.acquireUninterruptibly();
    }

    /// Hands the baton back and waits for it to return.
    ///
    /// @throws Killed if the process was killed meanwhile
    void giveUp() {
        driver.release();
        mine.acquireUninterruptibly();
        owner.requireAlive();
    }

    /// Whether its call is on the way to the world outside, where the standstill of a process
    /// delays nothing.
    boolean isOnTheWire() {
        return onTheWire;
    }

    void onTheWire(boolean now) {
        onTheWire = now;
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
