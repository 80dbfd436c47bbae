package dev.origo.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.spi.Tasks.Outcome;
import dev.origo.spi.Tasks.Success;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void sameSeedGivesTheSameTrace() {
        assertThat(chatter(7)).isEqualTo(chatter(7)).isNotEqualTo(chatter(8));
    }

    private static String chatter(long seed) {
        try (Simulation simulation = new Simulation(seed)) {
            SimulatedTasks tasks = simulation.process("p");
            for (String name : List.of("a", "b", "c")) {
                tasks.start(
                        name,
                        () -> {
                            for (int i = 0; i < 5; i++) {
                                tasks.pause(
                                        Duration.ofMillis(
                                                Math.floorMod(tasks.random().getAsLong(), 3)));
                                simulation.tell("step " + i);
                            }
                        });
            }
            simulation.advance(SECOND);
            return simulation.trace();
        }
    }

    @Test
    void timePassesOnlyWhenNobodyIsReady() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks tasks = simulation.process("p");
            List<Long> seen = new ArrayList<>();
            tasks.after(SECOND, "later", () -> seen.add(tasks.nanoTime()));
            tasks.start(
                    "now",
                    () -> {
                        seen.add(tasks.nanoTime());
                        tasks.pause(SECOND.multipliedBy(2));
                        seen.add(tasks.nanoTime());
                    });
            simulation.advance(Duration.ofSeconds(10));
            assertThat(seen).containsExactly(0L, 1_000_000_000L, 2_000_000_000L);
            assertThat(tasks.nanoTime()).isEqualTo(10_000_000_000L);
        }
    }

    @Test
    void withdrawnTimersDoNotRun() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks tasks = simulation.process("p");
            List<String> seen = new ArrayList<>();
            tasks.after(SECOND, "timer", () -> seen.add("ran")).close();
            simulation.advance(SECOND.multipliedBy(2));
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void allAnswersInTheOrderOfTheCalls() {
        try (Simulation simulation = new Simulation(3)) {
            SimulatedTasks tasks = simulation.process("p");
            List<Outcome<Integer>> outcomes = new ArrayList<>();
            tasks.start(
                    "fan",
                    () -> {
                        List<Callable<Integer>> calls = new ArrayList<>();
                        for (int i = 0; i < 3; i++) {
                            int number = i;
                            calls.add(() -> {
                                tasks.pause(SECOND.multipliedBy(3 - number));
                                return number;
                            });
                        }
                        outcomes.addAll(tasks.all(calls));
                    });
            simulation.advance(SECOND.multipliedBy(3));
            assertThat(outcomes)
                    .containsExactly(new Success<>(0), new Success<>(1), new Success<>(2));
        }
    }

    @Test
    void killedTasksStopWhereTheyStand() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks tasks = simulation.process("p");
            List<String> seen = new ArrayList<>();
            CompletableFuture<String> never = new CompletableFuture<>();
            tasks.start("awaits", () -> seen.add(tasks.await(never)));
            tasks.start(
                    "pauses",
                    () -> {
                        try {
                            tasks.pause(SECOND.multipliedBy(5));
                            seen.add("paused");
                        } finally {
                            seen.add("unwound");
                            tasks.after(SECOND, "revenant", () -> seen.add("revenant"));
                        }
                    });
            tasks.after(SECOND.multipliedBy(2), "timer", () -> seen.add("timer"));
            simulation.advance(SECOND);
            tasks.kill();
            never.complete("too late");
            simulation.advance(SECOND.multipliedBy(20));
            assertThat(seen).containsExactly("unwound");
        }
    }

    @Test
    void aSuspendedProcessDoesNothingUntilItWakes() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks tasks = simulation.process("p");
            List<Long> seen = new ArrayList<>();
            for (int second = 1; second <= 5; second++) {
                tasks.after(SECOND.multipliedBy(second), "tick", () -> seen.add(tasks.nanoTime()));
            }
            simulation.advance(SECOND);
            tasks.suspend(SECOND.multipliedBy(3));
            simulation.advance(SECOND.multipliedBy(5));
            assertThat(seen)
                    .containsExactly(
                            1_000_000_000L,
                            4_000_000_000L,
                            4_000_000_000L,
                            4_000_000_000L,
                            5_000_000_000L);
        }
    }

    @Test
    void aSkewedProcessWaitsByItsOwnClock() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks slow = simulation.skewedProcess("slow");
            SimulatedTasks exact = simulation.process("exact");
            List<Long> waited = new ArrayList<>();
            Duration hour = Duration.ofHours(1);
            slow.start(
                    "wait",
                    () -> {
                        long begun = slow.nanoTime();
                        long reallyBegun = exact.nanoTime();
                        slow.pause(hour);
                        waited.add(slow.nanoTime() - begun);
                        waited.add(exact.nanoTime() - reallyBegun);
                    });
            simulation.advance(hour.multipliedBy(2));
            long error = Duration.ofSeconds(1).toNanos();
            assertThat(waited.getFirst()).isBetween(hour.toNanos() - error, hour.toNanos() + error);
            assertThat(waited.getLast()).isNotEqualTo(hour.toNanos());
        }
    }

    @Test
    void bugsFailTheRun() {
        try (Simulation simulation = new Simulation(5)) {
            simulation
                    .process("p")
                    .start(
                            "buggy",
                            () -> {
                                throw new IllegalStateException("a bug");
                            });
            assertThatThrownBy(() -> simulation.advance(SECOND))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("seed 5")
                    .hasMessageContaining("a bug");
        }
    }

    @Test
    void aLoopThatNeverWaitsFailsTheRun() {
        try (Simulation simulation = new Simulation(1)) {
            SimulatedTasks tasks = simulation.process("p");
            tasks.start(
                    "hot",
                    () -> {
                        while (true) {
                            tasks.pause(Duration.ZERO);
                        }
                    });
            assertThatThrownBy(() -> simulation.advance(SECOND))
                    .hasMessageContaining("without time passing");
        }
    }
}
