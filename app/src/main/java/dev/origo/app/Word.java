package dev.origo.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads an option's value; what is refused names the value and what is allowed.
abstract class Word<T> implements ITypeConverter<T> {
    private final Function<String, T> parser;

    Word(Function<String, T> parser) {
        this.parser = parser;
    }

    @Override
    public T convert(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /// A whole number from 1.
    static int count(String text, int max) {
        int count = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (count < 1 || count > max) {
            throw new IllegalArgumentException(
                    "'%s' is not a number in 1..%d".formatted(text, max));
        }
        return count;
    }

    /// The constant whose name in small letters is the text.
    static <E extends Enum<E>> E oneOf(String text, E[] values) {
        return Arrays.stream(values)
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "'%s' is none of %s"
                                        .formatted(
                                                text,
                                                Arrays.stream(values)
                                                        .map(v -> v.name().toLowerCase(Locale.ROOT))
                                                        .collect(Collectors.joining(", ")))));
    }
}
