/// Nodes and pods of a cluster that exists only on loopback, with kube-proxy's behaviour towards
/// real connections: who may answer, and whose address the application sees. Fed with plain records
/// ([View]); knows no API server.
///
/// May depend on: the JDK and `dev.origo.model`. Read first: [SimulatedCluster], then [Routing],
/// which decides.
@NullMarked
package dev.origo.embedded.nodes;

import org.jspecify.annotations.NullMarked;
