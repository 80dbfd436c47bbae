package dev.origo.testkit;

/// One call of a simulated process to one of the worlds outside.
///
/// @param number from 0, over all calls of the run that can be disturbed
/// @param api `kubernetes` or the cloud's family
public record Crossing(int number, String process, String api, String action, boolean write) {
    public static final String KUBERNETES = "kubernetes";

    public boolean isCloud() {
        return !api.equals(KUBERNETES);
    }

    @Override
    public String toString() {
        return "#%d %s:%s".formatted(number, api, action);
    }
}
