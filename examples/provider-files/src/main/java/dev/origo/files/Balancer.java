package dev.origo.files;

import dev.origo.model.Carrier;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The file `balancers/NAME.json`.
///
/// @param label what the user wants it called; may be empty
/// @param addresses by IP family; given by the directory
/// @param fronts by `PROTOCOL-PORT`
record Balancer(
        String name,
        Mark mark,
        String label,
        String note,
        Scheme scheme,
        SortedMap<IpFamily, String> addresses,
        SortedMap<String, Front> fronts)
        implements Kept {
    static final String FOLDER = "balancers";

    /// What is listened on, and the pool behind it.
    ///
    /// @param sourceRanges who may connect
    /// @param keepsClientsSeconds how long a client stays with its node; 0 for any node each time
    record Front(
            Protocol protocol,
            int port,
            Carrier carrier,
            List<String> sourceRanges,
            long keepsClientsSeconds,
            String pool) {
        Front {
            sourceRanges = List.copyOf(sourceRanges);
        }
    }

    Balancer {
        addresses = new TreeMap<>(addresses);
        fronts = new TreeMap<>(fronts);
    }

    @Override
    public String folder() {
        return FOLDER;
    }

    Balancer withAddresses(SortedMap<IpFamily, String> given) {
        return new Balancer(name, mark, label, note, scheme, given, fronts);
    }

    boolean uses(String pool) {
        return fronts.values().stream().anyMatch(front -> front.pool().equals(pool));
    }
}
