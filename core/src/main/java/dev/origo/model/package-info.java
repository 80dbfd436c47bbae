/// The words of the house: Services, nodes, load balancers and client-address verdicts as plain,
/// immutable records.
///
/// Depends on the JDK only and does no I/O. Read [dev.origo.model.LoadBalancerSpec] first: it is
/// what a provider is asked for; then [dev.origo.model.ClientAddress]: it is what a user is told.
@NullMarked
package dev.origo.model;

import org.jspecify.annotations.NullMarked;
