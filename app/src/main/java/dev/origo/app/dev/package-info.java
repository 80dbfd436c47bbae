/// `origo dev`: a cluster, a cloud and a network in this process, and the tutorial played on them.
///
/// Read [dev.origo.app.dev.DevWorld] first (what there is), then [dev.origo.app.dev.Tutorial] (what
/// happens).
@NullMarked
package dev.origo.app.dev;

import org.jspecify.annotations.NullMarked;
