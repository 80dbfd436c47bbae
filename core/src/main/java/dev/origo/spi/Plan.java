package dev.origo.spi;

import dev.origo.model.Problem;
import java.util.List;

/// The next wave of steps, and what the planner has to say to the user. A blocking problem comes
/// with an empty wave: what stands is left as it is.
public record Plan<S extends Step>(List<S> wave, List<Problem> problems) {
    public Plan {
        wave = List.copyOf(wave);
        problems = List.copyOf(problems);
        if (Problem.anyBlocks(problems) && !wave.isEmpty()) {
            throw new IllegalArgumentException(
                    "a plan with a blocking problem has steps: %s".formatted(wave));
        }
    }

    public static <S extends Step> Plan<S> of(List<S> wave) {
        return new Plan<>(wave, List.of());
    }

    public static <S extends Step> Plan<S> refused(List<Problem> problems) {
        return new Plan<>(List.of(), problems);
    }
}
