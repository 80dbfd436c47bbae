package dev.origo.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What an event may cost: calls to the cloud until its last write, of a Service with two TCP ports
/// and policy Local beside another one, so that shared look-ups are warm. Polls after the last
/// write are not counted.
///
/// @param create of it, calls in all
/// @param flip policy to Cluster or back
/// @param node added or removed, for both Services
/// @param delete of it
public record Budget(Cost create, Cost flip, Cost node, Cost delete) {
    /// Calls in all, and how many of them may write.
    public record Cost(int calls, int writes) {
        /// Of these calls.
        public static Cost of(List<Crossing> calls) {
            return new Cost(calls.size(), (int) calls.stream().filter(Crossing::write).count());
        }

        public boolean allows(Cost found) {
            return found.calls <= calls && found.writes <= writes;
        }

        @Override
        public String toString() {
            return "%d (%d)".formatted(calls, writes);
        }
    }

    static final Cost NOTHING = new Cost(0, 0);

    /// By the event's name, in the order of a Service's life.
    public SequencedMap<String, Cost> byEvent() {
        SequencedMap<String, Cost> events = new LinkedHashMap<>();
        events.put("create", create);
        events.put("nothing changes", NOTHING);
        events.put("flip to Cluster", flip);
        events.put("flip to Local", flip);
        events.put("node added", node);
        events.put("node removed", node);
        events.put("delete", delete);
        return events;
    }
}
