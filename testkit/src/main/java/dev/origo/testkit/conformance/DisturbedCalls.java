package dev.origo.testkit.conformance;

import dev.origo.spi.Calls;
import dev.origo.testkit.Traffic;
import java.util.function.Supplier;

/// Has every call pass the traffic on its way to the cloud and back: it takes its time, is counted,
/// and may be disturbed.
record DisturbedCalls(Calls calls, Traffic traffic) implements Calls {
    @Override
    public <T> T read(String family, String action, Supplier<T> call) {
        return calls.read(family, action, () -> passing(family, action, false, call));
    }

    @Override
    public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
        return calls.write(family, action, repeatable, () -> passing(family, action, true, call));
    }

    private <T> T passing(String family, String action, boolean write, Supplier<T> call) {
        traffic.before(family, action, write);
        try {
            return call.get();
        } finally {
            traffic.after();
        }
    }
}
