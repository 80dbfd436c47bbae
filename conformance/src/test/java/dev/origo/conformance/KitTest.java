package dev.origo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.conformance.Report.Outcome;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.spi.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KitTest {
    private static final Report REPORT =
            new Report(
                    "toy",
                    List.of(
                            new Report.Test("a: one", Outcome.PASSED, "", Duration.ofMillis(5)),
                            new Report.Test(
                                    "create: CRASH before #3 elb:CreateListener",
                                    Outcome.PASSED,
                                    "",
                                    Duration.ofMillis(5)),
                            new Report.Test("b: two", Outcome.SKIPPED, "no <model>", Duration.ZERO),
                            new Report.Test(
                                    "c: three",
                                    Outcome.FAILED,
                                    "it is \u0001 \"so\" & not\nthus",
                                    Duration.ofSeconds(2))),
                    List.of("calls: 3"));

    @Test
    void theTextHasALineForEachScenarioAndOneForAllSingleCalls() {
        assertThat(REPORT.text().lines())
                .containsExactly(
                        "toy:",
                        "  ok       a: one",
                        "  skipped  b: two: no <model>",
                        "  FAILED   c: three",
                        "    it is \u0001 \"so\" & not",
                        "    thus",
                        "  ok       1 single calls disturbed",
                        "  calls: 3",
                        "toy: 2 passed, 1 failed, 1 skipped");
    }

    @Test
    void theJsonCountsAndGivesReasons() {
        JsonNode item =
                JsonMapper.builder()
                        .build()
                        .readTree(Report.json(List.of(REPORT)))
                        .get("items")
                        .get(0);

        assertThat(item.get("passed").asInt()).isEqualTo(2);
        assertThat(item.get("failed").asInt()).isEqualTo(1);
        assertThat(item.get("tests").get(2).get("reason").asString()).isEqualTo("no <model>");
    }

    @Test
    void theXmlIsWellFormedWhateverTestsSay() throws Exception {
        NodeList cases =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(REPORT.xml())))
                        .getElementsByTagName("testcase");

        assertThat(cases.getLength()).isEqualTo(4);
        assertThat(cases.item(3).getTextContent()).isEqualTo("it is ? \"so\" & not\nthus");
        assertThat(((Element) cases.item(0)).getAttribute("time")).isEqualTo("0.005");
    }

    @Test
    void aProviderWithoutSubjectsIsWrongUsage() {
        StringWriter err = new StringWriter();
        ToolProvider kit = ToolProvider.findFirst(Kit.NAME).orElseThrow();

        int code =
                kit.run(
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err, true),
                        "--provider",
                        "azure");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("'azure'", "aws");
    }
}
