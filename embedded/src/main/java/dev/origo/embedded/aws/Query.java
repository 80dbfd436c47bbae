package dev.origo.embedded.aws;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Filter;

/// How one kind of EC2 thing is looked up: by ids, and by filters. Things keep the table's order.
///
/// @param missingCode what EC2 says when an id doesn't exist
/// @param id a thing's id
/// @param filters what each filter name looks at; `tag:KEY` and `tag-key` work for every kind. Any
///   other name is refused: real EC2 knows more of them, but silence would hide a filter that does
///   nothing here.
record Query<T>(
        String missingCode,
        Function<T, String> id,
        Map<String, Function<T, Collection<String>>> filters) {

    List<T> select(State state, Table<T> table, List<String> ids, List<Filter> wanted) {
        List<T> all = table.visible();
        Map<String, T> byId = all.stream().collect(Collectors.toMap(id, thing -> thing));
        for (String asked : ids) {
            if (!byId.containsKey(asked)) {
                throw Faults.ec2(missingCode, "The ID '%s' does not exist".formatted(asked));
            }
        }
        wanted.forEach(this::requireKnown);
        return all.stream()
                .filter(thing -> ids.isEmpty() || ids.contains(id.apply(thing)))
                .filter(thing -> wanted.stream().allMatch(filter -> matches(filter, thing, state)))
                .toList();
    }

    private void requireKnown(Filter filter) {
        String name = String.valueOf(filter.name());
        if (!name.startsWith("tag:") && !name.equals("tag-key") && !filters.containsKey(name)) {
            throw Faults.ec2("InvalidParameterValue", "The filter '%s' is invalid".formatted(name));
        }
        if (filter.values().isEmpty()) {
            throw Faults.ec2(
                    "InvalidParameterValue", "The filter '%s' has no values".formatted(name));
        }
    }

    /// Source: EC2 guide, "Filtering resources": values are alternatives, filters are all required,
    /// `*` and `?` match.
    private boolean matches(Filter filter, T thing, State state) {
        List<Pattern> patterns = filter.values().stream().map(Query::glob).toList();
        return values(filter.name(), thing, state)
                .anyMatch(value ->
                        patterns.stream().anyMatch(pattern -> pattern.matcher(value).matches()));
    }

    private Stream<String> values(String name, T thing, State state) {
        Map<String, String> tags = state.tagsOf(id.apply(thing));
        if (name.equals("tag-key")) {
            return tags.keySet().stream();
        }
        if (name.startsWith("tag:")) {
            return Optional.ofNullable(tags.get(name.substring("tag:".length()))).stream();
        }
        Function<T, Collection<String>> looked = filters.get(name);
        return looked == null ? Stream.empty() : looked.apply(thing).stream();
    }

    private static Pattern glob(String value) {
        return Pattern.compile(
                value.chars()
                        .mapToObj(c ->
                                c == '*'
                                        ? ".*"
                                        : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                        .collect(Collectors.joining()));
    }
}
