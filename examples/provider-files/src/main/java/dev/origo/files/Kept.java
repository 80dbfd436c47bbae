package dev.origo.files;

/// A thing that is one file.
sealed interface Kept permits Pool, Balancer {
    String folder();

    String name();

    Mark mark();
}
