package dev.origo.embedded.aws;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.utils.DateUtils;
import software.amazon.awssdk.utils.builder.Buildable;

/// A request of the query protocol as a tree: `Tags.member.1.Key=a` is a text four levels down.
/// Source: "AWS Query protocol" and "EC2 Query protocol" of Smithy; the second writes lists without
/// `member`.
///
/// Thread rule: not shared.
final class Form {
    private static final int PARAMETERS_MAX = 20_000;
    private static final String INDEX = "\\d{1,6}";

    private final Map<String, Form> parts = new TreeMap<>();
    private String text = "";

    /// From `a=1&b.c=2`. Throws IllegalArgumentException when it is malformed or too large.
    static Form parse(String encoded) {
        String[] pairs = encoded.split("&", -1);
        if (pairs.length > PARAMETERS_MAX) {
            throw new IllegalArgumentException(
                    pairs.length + " parameters are more than " + PARAMETERS_MAX);
        }
        Form root = new Form();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            Form leaf = root;
            for (String name :
                    decoded(equals < 0 ? pair : pair.substring(0, equals)).split("\\.", -1)) {
                leaf = leaf.parts.computeIfAbsent(name, _ -> new Form());
            }
            leaf.text = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        }
        return root;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /// The parameter of this name; empty when there is none.
    String get(String name) {
        Form part = parts.get(name);
        return part == null ? "" : part.text;
    }

    /// The names on the top level that no member of the request has.
    List<String> unknown(SdkPojo request, List<String> also) {
        List<String> known =
                Stream.concat(
                                also.stream(),
                                request.sdkFields().stream().map(SdkField::locationName))
                        .toList();
        return parts.keySet().stream()
                .filter(name -> !name.isEmpty() && !known.contains(name))
                .toList();
    }

    /// Sets every member that the form has. Throws IllegalArgumentException for a text that is not
    /// of the member's type.
    <B extends SdkPojo> B fill(B builder) {
        for (SdkField<?> field : builder.sdkFields()) {
            Form part = parts.get(field.locationName());
            if (part != null) {
                Pojo.set(field, builder, part.value(field));
            }
        }
        return builder;
    }

    private Object value(SdkField<?> field) {
        return switch (field.marshallingType().getKnownType()) {
            case LIST -> list(field.getRequiredTrait(ListTrait.class));
            case SDK_POJO -> pojo(field.constructor());
            case STRING -> text;
            case INTEGER -> Integer.valueOf(text);
            case LONG -> Long.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case BOOLEAN -> truth();
            case INSTANT -> DateUtils.parseIso8601Date(text);
            case NULL, FLOAT, BIG_DECIMAL, SDK_BYTES, MAP, SHORT, BYTE, DOCUMENT ->
                    throw new NoSuchElementException(
                            "no call that is modelled has a " + field.marshallingType());
        };
    }

    private boolean truth() {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        }
        return text.equalsIgnoreCase("true");
    }

    private Object pojo(Supplier<SdkPojo> empty) {
        return ((Buildable) fill(empty.get())).build();
    }

    private List<Object> list(ListTrait trait) {
        SdkField<?> member = trait.memberFieldInfo();
        Form items = parts.getOrDefault(member.locationName(), this);
        Map<Integer, Form> inOrder = new TreeMap<>();
        items.parts.forEach((name, item) -> {
            if (!name.matches(INDEX)) {
                throw new IllegalArgumentException("'" + name + "' is no place in a list");
            }
            inOrder.put(Integer.valueOf(name), item);
        });
        return inOrder.values().stream().map(item -> item.value(member)).toList();
    }
}
