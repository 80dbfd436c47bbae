package dev.origo.reconcile;

/// A Kubernetes event about a Service.
///
/// @param reason CamelCase, as `EnsuredLoadBalancer` or a code's reason
/// @param message without ids that differ from try to try, so that repetitions aggregate
/// @param reconcileId goes into an annotation of the event
public record Event(boolean warning, String reason, String message, String reconcileId) {}
