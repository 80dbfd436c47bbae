package dev.origo.embedded.kubeapi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Label and field selectors as predicates. Source: Kubernetes, apimachinery/pkg/labels.
final class Selector {
    private static final Pattern SET =
            Pattern.compile(
                    "\\s*(!?)([^\\s!=,()]+)\\s*(?:(in|notin)\\s*\\(([^)]*)\\)|(==|!=|=)\\s*([^,]*))?\\s*(?:,|$)");

    private Selector() {}

    /// As the query parameter `labelSelector` has it; empty selects everything.
    ///
    /// @throws Refusal 400 if it cannot be read
    static Predicate<ObjectNode> labels(String text) {
        Predicate<ObjectNode> all = _ -> true;
        Matcher matcher = SET.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw Refusal.badRequest("unable to parse requirement: " + text.substring(end));
            }
            end = matcher.end();
            all = all.and(requirement(matcher));
        }
        return all;
    }

    private static Predicate<ObjectNode> requirement(Matcher matcher) {
        String key = matcher.group(2);
        if (matcher.group(3) != null) {
            List<String> values =
                    Arrays.stream(matcher.group(4).split(",", -1)).map(String::strip).toList();
            boolean in = matcher.group(3).equals("in");
            return object -> in == (has(object, key) && values.contains(label(object, key)));
        }
        if (matcher.group(5) != null) {
            String value = matcher.group(6).strip();
            boolean equal = !matcher.group(5).equals("!=");
            return object -> equal == (has(object, key) && label(object, key).equals(value));
        }
        boolean wanted = matcher.group(1).isEmpty();
        return object -> wanted == has(object, key);
    }

    /// As the query parameter `fieldSelector` has it: paths and texts.
    static Predicate<ObjectNode> fields(String text) {
        Predicate<ObjectNode> all = _ -> true;
        for (String term : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] words = term.split("!=|==|=", 2);
            if (words.length != 2) {
                throw Refusal.badRequest(
                        "invalid selector: '%s'; can't understand '%s'".formatted(text, term));
            }
            boolean equal = !term.contains("!=");
            all = all.and(object -> equal == Json.text(object, words[0]).equals(words[1]));
        }
        return all;
    }

    /// Whether the labels have each key of a map with its value.
    static boolean matches(JsonNode wanted, JsonNode labels) {
        List<Boolean> each = new ArrayList<>();
        wanted.properties().forEach(e -> each.add(labels.path(e.getKey()).equals(e.getValue())));
        return !each.isEmpty() && !each.contains(false);
    }

    private static boolean has(ObjectNode object, String key) {
        return object.path("metadata").path("labels").has(key);
    }

    private static String label(ObjectNode object, String key) {
        return object.path("metadata").path("labels").path(key).asString();
    }
}
