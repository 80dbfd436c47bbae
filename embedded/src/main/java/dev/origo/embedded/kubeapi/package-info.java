/// A Kubernetes API server in this process that kubectl works against: objects as JSON trees, with
/// the rules of the real server, over HTTP on loopback.
///
/// May depend on: the JDK (with `jdk.httpserver`), Jackson, and core's `model` and `spi`. Read
/// first: [dev.origo.embedded.kubeapi.KubernetesApi], then [dev.origo.embedded.kubeapi.Rest] and
/// [dev.origo.embedded.kubeapi.Registry].
@NullMarked
package dev.origo.embedded.kubeapi;

import org.jspecify.annotations.NullMarked;
