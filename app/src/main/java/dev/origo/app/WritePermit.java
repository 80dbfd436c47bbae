package dev.origo.app;

import java.util.function.BooleanSupplier;

/// Whether this process may write to the cloud: nobody before [#grant] or after [#revoke].
///
/// Thread rule: any thread.
final class WritePermit implements BooleanSupplier {
    private volatile BooleanSupplier source = () -> false;

    /// From now on `decision` decides, at each write.
    void grant(BooleanSupplier decision) {
        source = decision;
    }

    void revoke() {
        source = () -> false;
    }

    @Override
    public boolean getAsBoolean() {
        return source.getAsBoolean();
    }
}
