/// The smallest cloud and provider that have all that core can meet: two kinds of objects, waves,
/// something that takes its time, a replacement. Read first: [dev.origo.testkit.toy.ToyPlanner].
@NullMarked
package dev.origo.testkit.toy;

import org.jspecify.annotations.NullMarked;
