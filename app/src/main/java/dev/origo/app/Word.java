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
