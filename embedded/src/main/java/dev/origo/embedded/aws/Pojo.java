package dev.origo.embedded.aws;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/// SDK objects by the names of their members, as in the API reference.
final class Pojo {
    private Pojo() {}

    /// Copies every member that is set onto a builder that has a member of that name.
    static <B extends SdkPojo> B overlay(SdkPojo from, B onto) {
        Map<String, SdkField<?>> known = onto.sdkFieldNameToField();
        for (SdkField<?> field : from.sdkFields()) {
            SdkField<?> target = known.get(field.memberName());
            value(from, field)
                    .ifPresent(value -> {
                        if (target != null) {
                            set(target, onto, value);
                        }
                    });
        }
        return onto;
    }

    @SuppressWarnings("unchecked") // Members of one name have one type in these services.
    static void set(SdkField<?> field, SdkPojo builder, Object value) {
        ((SdkField<Object>) field).set(builder, value);
    }

    /// The named members that are set, as `Port=80 Protocol=TCP`, in the order of the names.
    static String text(SdkPojo thing, String names) {
        return Stream.of(names.split(" "))
                .map(name -> field(thing, name))
                .flatMap(field ->
                        value(thing, field).stream()
                                .map(value -> field.memberName() + "=" + text(value)))
                .collect(Collectors.joining(" "));
    }

    private static SdkField<?> field(SdkPojo thing, String name) {
        return thing.sdkFields().stream()
                .filter(field -> field.memberName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member " + name));
    }

    private static String text(Object value) {
        return switch (value) {
            case SdkPojo pojo ->
                    pojo.sdkFields().stream()
                            .flatMap(field -> value(pojo, field).map(Pojo::text).stream())
                            .collect(Collectors.joining(" "));
            case Collection<?> items -> items.stream().map(Pojo::text).sorted().toList().toString();
            default -> value.toString();
        };
    }

    /// An empty list cannot be told from none on the wire.
    private static Optional<Object> value(SdkPojo thing, SdkField<?> field) {
        return Optional.<Object>ofNullable(field.getValueOrDefault(thing))
                .filter(value -> !(value instanceof Collection<?> items && items.isEmpty()));
    }
}
