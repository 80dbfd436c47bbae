package dev.origo.desire;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.model.Setting;
import dev.origo.model.Settings;
import dev.origo.spi.Annotations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Every annotation that is understood, core's and one provider's: the single source of parser,
/// warnings and the reference page.
public final class AnnotationRegistry {
    /// The prefix that is ours alone; whatever is unknown under it is a mistake.
    static final String PREFIX = "origo.dev/";

    /// Keys under our prefix that people and tools may write without meaning a setting.
    private static final String INTERNAL_MARK = "origo.dev/reconcile-id";

    private final List<Setting<?>> settings;
    private final List<Setting.Alias<?>> aliases;
    private final Map<String, Setting.Ignored> ignored = new TreeMap<>();
    private final List<String> prefixes;
    private final SortedSet<String> known = new TreeSet<>();

    public AnnotationRegistry(Annotations provider) {
        settings = Stream.concat(CoreSettings.ALL.stream(), provider.settings().stream()).toList();
        aliases =
                Stream.concat(
                                Stream.of(CoreSettings.UPSTREAM_SOURCE_RANGES),
                                provider.aliases().stream())
                        .toList();
        prefixes = Stream.concat(Stream.of(PREFIX), provider.prefixes().stream()).toList();
        provider.ignored().forEach(key -> ignored.put(key.name(), key));
        Stream.of(
                        settings.stream().map(Setting::name),
                        aliases.stream().map(Setting.Alias::name),
                        provider.ignored().stream().map(Setting.Ignored::name))
                .flatMap(names -> names)
                .forEach(this::learn);
        aliases.forEach(this::checkTarget);
    }

    public List<Setting<?>> settings() {
        return settings;
    }

    public List<Setting.Alias<?>> aliases() {
        return aliases;
    }

    public List<Setting.Ignored> ignored() {
        return List.copyOf(ignored.values());
    }

    /// Reads a Service's annotations. Keys of others are passed over in silence.
    public Parsed parse(Map<String, String> annotations) {
        List<Problem> problems = new ArrayList<>();
        Settings values = Settings.NONE;
        for (Setting<?> setting : settings) {
            values = withSetting(values, setting, annotations, problems);
        }
        for (String key : new TreeSet<>(annotations.keySet())) {
            warning(key).ifPresent(problems::add);
        }
        return new Parsed(values, problems);
    }

    private <T> Settings withSetting(
            Settings values,
            Setting<T> setting,
            Map<String, String> annotations,
            List<Problem> problems) {
        List<Spelling<T>> present =
                spellings(setting).filter(s -> annotations.containsKey(s.key())).toList();
        if (present.isEmpty()) {
            return values;
        }
        Settings result = values;
        Optional<T> winner = Optional.empty();
        for (Spelling<T> spelling : present) {
            String text = annotations.getOrDefault(spelling.key(), "").strip();
            try {
                T value = spelling.parser().apply(text);
                if (winner.isEmpty()) {
                    winner = Optional.of(value);
                    result = result.with(setting, value);
                } else if (!winner.get().equals(value)) {
                    problems.add(
                            Problem.warning(
                                    Code.CONFLICTING_ANNOTATIONS,
                                    "%s and %s differ; the first one holds"
                                            .formatted(present.getFirst().key(), spelling.key())));
                }
            } catch (IllegalArgumentException e) {
                problems.add(invalid(setting, spelling.key(), text, e));
                result = result.withUnreadable(setting);
            }
        }
        return result;
    }

    private static Problem invalid(
            Setting<?> setting, String key, String text, IllegalArgumentException why) {
        Code code =
                setting.name().equals(CoreSettings.SOURCE_RANGES.name())
                        ? Code.INVALID_SOURCE_RANGE
                        : Code.INVALID_ANNOTATION_VALUE;
        return Problem.error(
                        code,
                        "annotation %s: '%s' is refused: %s".formatted(key, text, why.getMessage()))
                .withFix("allowed: " + setting.type());
    }

    /// The setting's own key, then its aliases in order. An alias names its target by identity of
    /// the key.
    private <T> Stream<Spelling<T>> spellings(Setting<T> setting) {
        Stream<Spelling<T>> others =
                aliases.stream()
                        .filter(alias -> alias.target().name().equals(setting.name()))
                        .map(AnnotationRegistry::<T>spelling);
        return Stream.concat(Stream.of(new Spelling<>(setting.name(), setting.parser())), others);
    }

    @SuppressWarnings("unchecked") // only aliases whose target is the Setting<T> come here
    private static <T> Spelling<T> spelling(Setting.Alias<?> alias) {
        return new Spelling<>(alias.name(), ((Setting.Alias<T>) alias).parser());
    }

    private Optional<Problem> warning(String key) {
        Setting.Ignored known = ignored.get(key);
        if (known != null) {
            return Optional.of(
                    Problem.warning(
                            Code.ANNOTATION_IGNORED,
                            "annotation %s has no effect: %s".formatted(key, known.why())));
        }
        if (this.known.contains(key)
                || key.equals(INTERNAL_MARK)
                || prefixes.stream().noneMatch(key::startsWith)) {
            return Optional.empty();
        }
        String nearest =
                this.known.stream()
                        .min(Comparator.comparingInt(name -> distance(key, name)))
                        .orElse(PREFIX);
        return Optional.of(
                Problem.warning(
                        Code.UNKNOWN_ANNOTATION,
                        "annotation %s is not known; did you mean %s?".formatted(key, nearest)));
    }

    private void learn(String key) {
        if (!known.add(key)) {
            throw new IllegalArgumentException("annotation %s is registered twice".formatted(key));
        }
    }

    /// An alias of a setting that is not registered would be known, and without effect.
    private void checkTarget(Setting.Alias<?> alias) {
        String target = alias.target().name();
        if (settings.stream().noneMatch(setting -> setting.name().equals(target))) {
            throw new IllegalArgumentException(
                    "annotation %s stands for %s, which is not registered"
                            .formatted(alias.name(), target));
        }
    }

    /// Levenshtein distance: single-character edits from one text to the other.
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    private record Spelling<T>(String key, Function<String, T> parser) {}

    /// What annotations say.
    public record Parsed(Settings settings, List<Problem> problems) {
        public Parsed {
            problems = List.copyOf(problems);
        }
    }
}
