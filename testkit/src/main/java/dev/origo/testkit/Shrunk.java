package dev.origo.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Makes a life that breaks a law as short as it can be, so that a person can read it: operations
/// that are not needed go, in halves, quarters and so on down to single ones, then the gaps between
/// them. Source of the order: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
/// Input", ddmin.
record Shrunk(Churn churn, long seed) {
    /// Lives that are tried at most.
    private static final int TRIES_MAX = 200;

    private static final int TOLD_LINES = 60;

    AssertionError of(List<Op> life, AssertionError broken) {
        Search search = new Search(life, broken);
        search.dropOps();
        search.dropGaps();
        String trace = String.valueOf(search.broken.getMessage());
        List<String> lines = trace.lines().toList();
        return new AssertionError(
                "seed %d breaks a law: %s%nIt needs %d of %d operations:%n%s%n%s"
                        .formatted(
                                seed,
                                lines.isEmpty() ? "" : lines.getFirst(),
                                search.life.size(),
                                life.size(),
                                search.life.stream()
                                        .map(op -> "  " + op)
                                        .collect(Collectors.joining("\n")),
                                lines.stream()
                                        .skip(Math.max(1, lines.size() - TOLD_LINES))
                                        .collect(Collectors.joining("\n"))),
                search.broken);
    }

    /// The shortest life so far, and how it ends.
    private final class Search {
        private List<Op> life;
        private AssertionError broken;
        private int tries;

        Search(List<Op> life, AssertionError broken) {
            this.life = List.copyOf(life);
            this.broken = broken;
        }

        void dropOps() {
            for (int size = life.size() / 2; size >= 1; size /= 2) {
                for (int from = 0; from < life.size(); ) {
                    List<Op> shorter = new ArrayList<>(life.subList(0, from));
                    shorter.addAll(life.subList(Math.min(from + size, life.size()), life.size()));
                    if (!stillBreaks(shorter)) {
                        from += size;
                    }
                }
            }
        }

        void dropGaps() {
            for (int i = 0; i < life.size(); i++) {
                Op op = life.get(i);
                List<Op> closer = new ArrayList<>(life);
                closer.set(i, new Op(op.kind(), op.which(), op.how(), Duration.ZERO));
                stillBreaks(closer);
            }
        }

        private boolean stillBreaks(List<Op> shorter) {
            if (++tries > TRIES_MAX) {
                return false;
            }
            try {
                churn.live(seed, shorter);
                return false;
            } catch (AssertionError e) {
                if (!law(e).equals(law(broken))) {
                    return false;
                }
                life = shorter;
                broken = e;
                return true;
            }
        }

        /// What is said, without names and numbers, so that a shorter life breaks the same law.
        private static String law(AssertionError e) {
            String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return said.replaceAll("\\S*[0-9]\\S*", "");
        }
    }
}
