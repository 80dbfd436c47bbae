/// A provider whose cloud is a directory: each balancer, and each pool of targets, is a file that a
/// person can read. An example for authors of providers, and the proof that the contract is enough.
/// Read in this order: [dev.origo.files.Pool], [dev.origo.files.Balancer],
/// [dev.origo.files.FilesPlanner], [dev.origo.files.FilesCloud].
@NullMarked
package dev.origo.files;

import org.jspecify.annotations.NullMarked;
