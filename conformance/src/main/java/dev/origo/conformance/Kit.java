package dev.origo.conformance;

import dev.origo.conformance.Report.Outcome;
import dev.origo.testkit.conformance.Subject;
import dev.origo.testkit.conformance.Subjects;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/// The conformance kit as a tool of this Java, called by `origo conformance`. Arguments are options
/// with their values: `--provider ID`, `--report DIRECTORY`, `-o text|json`, and whatever the
/// provider's [Subjects] take.
public final class Kit implements ToolProvider {
    /// How the tool is found.
    public static final String NAME = "origo-conformance";

    private static final int FINDINGS = 1;
    private static final int USAGE = 2;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i].replaceFirst("^-+", ""), arguments[i + 1]);
        }
        try {
            int code = run(out, err, options);
            out.flush();
            return code;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return USAGE;
        } catch (IOException e) {
            err.println("the report cannot be written: " + e);
            return USAGE;
        }
    }

    private static int run(PrintWriter out, PrintWriter err, Map<String, String> options)
            throws IOException {
        boolean json = options.getOrDefault("o", "text").equals("json");
        Optional<Path> directory = Optional.ofNullable(options.get("report")).map(Path::of);
        if (directory.isPresent()) {
            Files.createDirectories(directory.get());
        }
        List<Report> reports = new ArrayList<>();
        for (Subject subject : subjects(options)) {
            err.printf("%s:%n", subject.name());
            Report report = Run.of(subject, new Progress(err));
            reports.add(report);
            if (!json) {
                out.print(report.text());
            }
        }
        if (json) {
            out.println(Report.json(reports));
        }
        if (directory.isPresent()) {
            write(directory.get(), reports);
        }
        return reports.stream().allMatch(r -> r.count(Outcome.FAILED) == 0) ? 0 : FINDINGS;
    }

    private static void write(Path directory, List<Report> reports) throws IOException {
        Files.writeString(
                directory.resolve("conformance.txt"),
                reports.stream().map(Report::text).collect(Collectors.joining()));
        Files.writeString(directory.resolve("conformance.json"), Report.json(reports));
        for (Report report : reports) {
            String name = report.subject().replaceAll("[^A-Za-z0-9]+", "-");
            Files.writeString(directory.resolve("TEST-" + name + ".xml"), report.xml());
        }
    }

    private static List<Subject> subjects(Map<String, String> options) {
        String provider = options.getOrDefault("provider", "");
        Map<String, Subjects> known = new TreeMap<>();
        ServiceLoader.load(Subjects.class).forEach(subjects -> known.put(subjects.id(), subjects));
        Subjects subjects = known.get(provider);
        if (subjects == null) {
            throw new IllegalArgumentException(
                    "--provider '%s' has no conformance subjects here; there are those of %s"
                            .formatted(provider, String.join(", ", known.keySet())));
        }
        return subjects.with(options);
    }

    /// A dot for each test, so that nobody wonders.
    private record Progress(PrintWriter err) implements Run.Listener {
        private static final int DOTS = 100;

        @Override
        public void ended(int number, Report.Test test) {
            err.print(test.outcome().mark());
            if (number % DOTS == 0) {
                err.println(" " + number);
            }
            err.flush();
        }

        @Override
        public void done() {
            err.println();
        }
    }
}
