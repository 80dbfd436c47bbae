package dev.origo.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The `origo` command.
public final class Main {
    private Main() {}

    /// Runs a verb and ends the process with its exit code.
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        // Exits also when a library left a thread behind that is no daemon.
        System.exit(run(args, System.getenv(), out, err));
    }

    /// Runs a verb.
    ///
    /// @param out data
    /// @param err talk
    /// @return the exit code
    static int run(
            String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err) {
        return Commands.of(new EnvironmentDefaults(environment))
                .setOut(out)
                .setErr(err)
                .execute(args);
    }
}
