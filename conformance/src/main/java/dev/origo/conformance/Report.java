package dev.origo.conformance;

import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a subject did.
///
/// @param notes what tests told beside their outcome, as the calls of each event
record Report(String subject, List<Test> tests, List<String> notes) {
    Report {
        tests = List.copyOf(tests);
        notes = List.copyOf(notes);
    }

    /// One test.
    ///
    /// @param reason why it was skipped or failed
    record Test(String name, Outcome outcome, String reason, Duration took) {}

    enum Outcome {
        PASSED(".", "ok"),
        SKIPPED("s", "skipped"),
        FAILED("F", "FAILED");

        private final String mark;
        private final String word;

        Outcome(String mark, String word) {
            this.mark = mark;
            this.word = word;
        }

        String mark() {
            return mark;
        }
    }

    long count(Outcome outcome) {
        return tests.stream().filter(test -> test.outcome() == outcome).count();
    }

    /// For people: a line for each test that is not one of hundreds alike, and what went wrong in
    /// full.
    String text() {
        StringBuilder text = new StringBuilder(subject).append(":\n");
        for (Test test : tests) {
            if (test.outcome() != Outcome.PASSED || !isDisturbance(test)) {
                text.append(
                        "  %-8s %s%s%n".formatted(test.outcome().word, test.name(), tail(test)));
            }
        }
        text.append(
                "  %-8s %d single calls disturbed%n"
                        .formatted(
                                "ok",
                                tests.stream()
                                        .filter(Report::isDisturbance)
                                        .filter(test -> test.outcome() == Outcome.PASSED)
                                        .count()));
        notes.forEach(note -> text.append("  %s%n".formatted(note)));
        text.append(
                "%s: %d passed, %d failed, %d skipped%n"
                        .formatted(
                                subject,
                                count(Outcome.PASSED),
                                count(Outcome.FAILED),
                                count(Outcome.SKIPPED)));
        return text.toString();
    }

    private static boolean isDisturbance(Test test) {
        return test.name().matches(".*: [A-Z_]+ (before|after) #.*");
    }

    private static String tail(Test test) {
        return switch (test.outcome()) {
            case PASSED -> "";
            case SKIPPED -> ": " + test.reason();
            case FAILED -> "\n" + test.reason().indent(4).stripTrailing();
        };
    }

    /// For programs.
    static String json(List<Report> reports) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode list = mapper.createObjectNode();
        list.put("apiVersion", "origo.dev/v1").put("kind", "ConformanceList");
        ArrayNode items = list.putArray("items");
        for (Report report : reports) {
            ObjectNode item = items.addObject().put("subject", report.subject());
            for (Outcome outcome : Outcome.values()) {
                item.put(outcome.name().toLowerCase(Locale.ROOT), report.count(outcome));
            }
            ArrayNode tests = item.putArray("tests");
            for (Test test : report.tests()) {
                tests.addObject()
                        .put("name", test.name())
                        .put("outcome", test.outcome().name().toLowerCase(Locale.ROOT))
                        .put("reason", test.reason())
                        .put("milliseconds", test.took().toMillis());
            }
            ArrayNode notes = item.putArray("notes");
            report.notes().forEach(notes::add);
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(list);
    }

    /// For continuous integration: JUnit's form.
    String xml() {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument();
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "conformance of " + subject);
            xml.writeAttribute("tests", Integer.toString(tests.size()));
            xml.writeAttribute("failures", Long.toString(count(Outcome.FAILED)));
            xml.writeAttribute("errors", "0");
            xml.writeAttribute("skipped", Long.toString(count(Outcome.SKIPPED)));
            for (Test test : tests) {
                write(xml, test);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    private void write(XMLStreamWriter xml, Test test) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", subject);
        xml.writeAttribute("name", test.name());
        xml.writeAttribute("time", "%.3f".formatted(test.took().toMillis() / 1_000.0));
        if (test.outcome() != Outcome.PASSED) {
            boolean failed = test.outcome() == Outcome.FAILED;
            xml.writeStartElement(failed ? "failure" : "skipped");
            xml.writeAttribute("message", printable(test.reason().lines().findFirst().orElse("")));
            if (failed) {
                xml.writeCharacters(printable(test.reason()));
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /// XML 1.0 knows no other control characters. Source: XML 1.0, section 2.2
    private static String printable(String text) {
        return text.replaceAll("[^\\x09\\x0A\\x0D\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
    }
}
