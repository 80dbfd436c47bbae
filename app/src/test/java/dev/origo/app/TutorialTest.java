package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.origo.app.dev.DevEnvironment;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.loop.VirtualTasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// The tutorials, played as `origo dev` does: the one test of everything together.
final class TutorialTest {
    private static final List<String> ROWS =
            List.of(
                    "K1", "K2", "K3", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "C1", "C2",
                    "C3", "C4", "C5");

    @Test
    void everyRowIsProvenAndNothingIsLeft() throws IOException {
        Logging.configure(LogFormat.TEXT, Level.ERROR);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        Path kubeconfig;
        boolean proven;
        try (VirtualTasks tasks = new VirtualTasks(e -> out.println("BUG " + e));
                DataPlane dataPlane = DataPlane.start(Config.DEFAULT);
                DevEnvironment environment =
                        DevEnvironment.open(DevEnvironment.Where.HERE, tasks, dataPlane, out)) {
            kubeconfig = Path.of(environment.access().kubeconfig());
            StopSignal stop = new StopSignal();
            CompletableFuture<Void> controller =
                    DevCommand.controller(environment, dataPlane, stop);
            proven = environment.play();
            stop.ask();
            controller.join();
        }

        String text = told.toString(StandardCharsets.UTF_8);
        assertThat(proven).as(text).isTrue();
        assertThat(text)
                .contains("%d rows proven, 0 not".formatted(ROWS.size()))
                .doesNotContain("BUG ", "NOT PROVEN");
        assertThat(ROWS).allMatch(row -> text.contains("\n" + row + "  "));
        assertThat(kubeconfig).doesNotExist();
    }
}
