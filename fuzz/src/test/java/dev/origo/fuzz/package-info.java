/// Whatever reads text that others wrote, fed with damaged and hostile text: annotations,
/// addresses, manifests, nodes, PROXY and HTTP headers, the embedded endpoints' wire, options.
///
/// Each target lies in the package of what it tests. `mvn verify` runs it on [Inputs], and
/// `fuzz/run` lets a fuzzer that watches the code's branches look for more.
@NullMarked
package dev.origo.fuzz;

import org.jspecify.annotations.NullMarked;
