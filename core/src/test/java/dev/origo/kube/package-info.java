/// Tests of the door to the API server: tables for what is pure, [dev.origo.kube.FakeApiServer] on
/// the wire for the rest.
@NullMarked
package dev.origo.kube;

import org.jspecify.annotations.NullMarked;
