package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What an owner has closed, and what its target groups tell of another process's work.
final class ClaimsTest {
    private static final SortedSet<NodeRule> RULES = new TreeSet<>(List.of(NodeRule.tcp(30000)));

    private final Claims claims = new Claims();

    @Test
    void anOwnerClosesOnceWhatItsTargetGroupsGoOnTelling() {
        claims.opened("web", "sg-node", RULES);
        claims.closed("web", "sg-node", RULES);
        assertThat(claims.in("sg-node")).isEmpty();

        claims.told("web", "sg-node", RULES);

        assertThat(claims.open("web", "sg-node", RULES)).isEmpty();
    }

    /// Another process may have led meanwhile and opened it anew.
    @Test
    void nobodyElseTakesWhatAnOwnerTellsOfForUnneeded() {
        claims.opened("web", "sg-node", RULES);
        claims.closed("web", "sg-node", RULES);

        claims.told("web", "sg-node", RULES);

        assertThat(claims.in("sg-node")).isEqualTo(RULES);
        assertThat(claims.hasAny("web")).isTrue();
    }

    @Test
    void whatIsOpenedAnewIsOpen() {
        claims.closed("web", "sg-node", RULES);

        claims.opened("web", "sg-node", RULES);

        assertThat(claims.open("web", "sg-node", RULES)).isEqualTo(RULES);
    }
}
