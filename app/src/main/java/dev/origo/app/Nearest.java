package dev.origo.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// What somebody may have meant. Pure.
final class Nearest {
    private Nearest() {}

    /// The candidate that takes the fewest single-character edits, if that is at most half of its
    /// letters.
    static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(nearest -> distance(word, nearest) <= nearest.length() / 2);
    }

    /// Optimal string alignment: single-character edits, and swaps of neighbours.
    private static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced =
                        edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int moved = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
                boolean swapped =
                        i > 1
                                && j > 1
                                && from.charAt(i - 1) == to.charAt(j - 2)
                                && from.charAt(i - 2) == to.charAt(j - 1);
                int swap = swapped ? edits[i - 2][j - 2] + 1 : Integer.MAX_VALUE;
                edits[i][j] = Math.min(swap, Math.min(replaced, moved));
            }
        }
        return edits[from.length()][to.length()];
    }
}
