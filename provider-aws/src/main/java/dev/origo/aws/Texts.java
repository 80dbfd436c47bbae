package dev.origo.aws;

import dev.origo.model.Scheme;
import java.net.Inet4Address;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads the texts of annotations. Every parser throws IllegalArgumentException that names the text
/// and what is allowed.
final class Texts {
    static final Type<Boolean> BOOL = new Type<>("true|false", Texts::bool);
    static final Type<Boolean> ON_OFF = words("on", "off").map("on"::equals);
    static final Type<String> NLB = new Type<>("nlb|external", Texts::balancerType);
    static final Type<String> ALPN =
            words("None", "HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred");
    static final Type<String> WORD = like("\\S+", "one word");
    static final Type<String> PATH = like("/\\S*", "a path that starts with /");
    static final Type<String> CODES = like("[0-9]{3}([,-][0-9]{3})*", "HTTP codes, as 200-399");
    static final Type<List<String>> NAMES = new Type<>("names, comma-separated", Texts::list);
    static final Type<List<String>> ARNS =
            new Type<>(
                    "ARNs of certificates, comma-separated, the default one first",
                    text -> list(text).stream().map(like("arn:\\S+", "an ARN").parser()).toList());
    static final Type<List<String>> GROUPS = groups();
    static final Type<List<String>> ADDRESSES =
            new Type<>("IPv4 addresses, comma-separated", Texts::addresses);
    static final Type<SortedMap<String, String>> PAIRS =
            new Type<>("KEY=VALUE, comma-separated", text -> pairs(text, list(text)));
    static final Type<SortedMap<String, String>> LABELS =
            new Type<>("KEY=VALUE, comma-separated; KEY alone for any value", Texts::withKeysAlone);
    static final Type<SortedMap<String, String>> ATTRIBUTES =
            PAIRS.map(pairs -> attributes(pairs, Texts::attribute));
    static final Type<SortedMap<String, String>> GROUP_ATTRIBUTES =
            PAIRS.map(pairs -> attributes(pairs, Texts::groupAttribute));
    static final Type<SortedMap<String, String>> TAGS = new Type<>(PAIRS.text(), Texts::tags);
    static final Type<String> CHECK_PROTOCOL = anyCase("tcp", "http", "https");
    static final Type<String> BACKEND_PROTOCOL = anyCase("tcp", "ssl", "http", "https");
    static final Type<String> CHECK_PORT =
            new Type<>("1..65535|traffic-port|name of a port of the Service", Texts::checkPort);

    private Texts() {}

    /// What an annotation may say.
    ///
    /// @param text for people
    record Type<T>(String text, Function<String, T> parser) {
        <U> Type<U> map(Function<T, U> more) {
            return new Type<>(text, parser.andThen(more));
        }
    }

    static Type<String> words(String... allowed) {
        String text = String.join("|", allowed);
        return new Type<>(text, word -> one(word, List.of(allowed).contains(word), text));
    }

    private static Type<String> anyCase(String... allowed) {
        Type<String> words = words(allowed);
        return new Type<>(
                words.text(), text -> words.parser().apply(text.toLowerCase(Locale.ROOT)));
    }

    static Type<Integer> number(int min, int max) {
        String text = "%d..%d".formatted(min, max);
        return new Type<>(text, number -> number(number, min, max));
    }

    private static Type<List<String>> groups() {
        Type<String> group = like("sg-[0-9a-z]+|(?!sg-).*", "an id as sg-0123abcd or a Name tag");
        return new Type<>(
                "ids as sg-0123abcd or Name tags, comma-separated",
                text -> list(text).stream().map(group.parser()).toList());
    }

    static Type<List<String>> ids(String prefix) {
        Type<String> id = like(prefix + "[0-9a-z]+", "an id as " + prefix + "0123abcd");
        return new Type<>(
                "ids as %s0123abcd, comma-separated".formatted(prefix),
                text -> list(text).stream().map(id.parser()).toList());
    }

    /// As cloud-provider-aws reads it: whatever is there, but for `false`, means internal.
    static Scheme internal(String text) {
        one(text, !text.isEmpty(), "true or false");
        return text.equals("false") ? Scheme.INTERNET_FACING : Scheme.INTERNAL;
    }

    private static Type<String> like(String regex, String allowed) {
        Pattern pattern = Pattern.compile(regex);
        return new Type<>(allowed, text -> one(text, pattern.matcher(text).matches(), allowed));
    }

    private static String one(String text, boolean good, String allowed) {
        if (!good) {
            throw new IllegalArgumentException("'%s' is not %s".formatted(text, allowed));
        }
        return text;
    }

    /// Source: Go's strconv.ParseBool, by which other controllers read these annotations.
    private static boolean bool(String text) {
        boolean yes = List.of("1", "t", "T", "true", "TRUE", "True").contains(text);
        boolean no = List.of("0", "f", "F", "false", "FALSE", "False").contains(text);
        one(text, yes || no, "true or false");
        return yes;
    }

    private static String balancerType(String text) {
        one(text, !text.equals("nlb-ip"), "supported: pods as targets are not");
        one(text, List.of("nlb", "external").contains(text), "nlb or external");
        return "nlb";
    }

    private static int number(String text, int min, int max) {
        int number = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
        one(text, number >= min && number <= max, "a number in %d..%d".formatted(min, max));
        return number;
    }

    /// `traffic-port` reads as a port's name does. Source: Service API, ports.name is a DNS label
    private static String checkPort(String text) {
        boolean name = text.matches("(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
        return name ? text : String.valueOf(number(text, 1, 65535));
    }

    /// Source: aws-load-balancer-controller, splitCommaSeparatedString: empty entries are dropped.
    private static List<String> list(String text) {
        List<String> items =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList();
        one(text, !items.isEmpty(), "a list with an entry");
        one(text, items.size() == items.stream().distinct().count(), "a list without doubles");
        return items;
    }

    private static List<String> addresses(String text) {
        List<String> items = list(text);
        items.forEach(Inet4Address::ofLiteral);
        return items;
    }

    /// @param read reads a value, by its key
    private static SortedMap<String, String> attributes(
            SortedMap<String, String> pairs, BinaryOperator<String> read) {
        SortedMap<String, String> attributes = new TreeMap<>(pairs);
        attributes.replaceAll(read);
        return Sorted.map(attributes);
    }

    private static String attribute(String key, String value) {
        return key.endsWith(".enabled") ? String.valueOf(bool(value)) : value;
    }

    private static String groupAttribute(String key, String value) {
        boolean asBalancer =
                key.equals(Attributes.CROSS_ZONE) && value.equals(Attributes.AS_BALANCER);
        return asBalancer ? value : attribute(key, value);
    }

    private static SortedMap<String, String> pairs(String text, List<String> items) {
        SortedMap<String, String> pairs = new TreeMap<>();
        for (String item : items) {
            int equals = item.indexOf('=');
            one(item, equals > 0, "KEY=VALUE");
            String key = item.substring(0, equals).strip();
            one(text, !pairs.containsKey(key), "a list that sets %s once".formatted(key));
            pairs.put(key, item.substring(equals + 1).strip());
        }
        return Sorted.map(pairs);
    }

    /// As cloud-provider-aws reads it: a key alone has no value.
    private static SortedMap<String, String> withKeysAlone(String text) {
        List<String> items =
                list(text).stream().map(item -> item.contains("=") ? item : item + "=").toList();
        return pairs(text, items);
    }

    private static SortedMap<String, String> tags(String text) {
        SortedMap<String, String> tags = withKeysAlone(text);
        for (String key : tags.keySet()) {
            boolean free = !key.startsWith("origo.dev/") && !key.startsWith("aws:");
            one(key, free, "a tag of the user's: origo.dev/ and aws: are reserved");
        }
        return tags;
    }
}
