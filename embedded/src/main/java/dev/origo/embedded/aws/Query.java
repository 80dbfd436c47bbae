package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.List;
import java.util.Map;
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
        Map<String, Function<T, Stream<String>>> filters) {

    List<T> select(State state, Table<T> table, List<String> ids, List<Filter> wanted) {
        for (Filter filter : wanted) {
            String name = String.valueOf(filter.name());
            boolean known =
                    name.startsWith("tag:") || name.equals("tag-key") || filters.containsKey(name);
            boolean wrong = !known || filter.values().isEmpty();
            ec2If(wrong, "InvalidParameterValue", "The filter '" + name + "' is invalid");
        }
        List<T> named =
                table.pick(
                        ids,
                        id,
                        asked -> Faults.ec2(missingCode, "The ID '" + asked + "' does not exist"));
        return named.stream()
                .filter(thing -> wanted.stream().allMatch(filter -> matches(filter, thing, state)))
                .toList();
    }

    /// Source: EC2 guide, "Filtering resources": values are alternatives, filters are all required,
    /// `*` and `?` match.
    private boolean matches(Filter filter, T thing, State state) {
        List<String> globs = filter.values().stream().map(Query::regex).toList();
        return values(filter.name(), thing, state)
                .anyMatch(value -> globs.stream().anyMatch(value::matches));
    }

    private Stream<String> values(String name, T thing, State state) {
        Map<String, String> tags = state.tagsOf(id.apply(thing));
        if (name.equals("tag-key")) {
            return tags.keySet().stream();
        }
        return name.startsWith("tag:")
                ? Stream.ofNullable(tags.get(name.substring("tag:".length())))
                : filters.getOrDefault(name, _ -> Stream.of()).apply(thing);
    }

    private static String regex(String glob) {
        return glob.chars()
                .mapToObj(c ->
                        c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
    }
}
