package dev.origo.spi;

/// What the cloud answered, as a change of what was observed. Pure.
@FunctionalInterface
public interface Answer<O> {
    O foldInto(O observed);
}
