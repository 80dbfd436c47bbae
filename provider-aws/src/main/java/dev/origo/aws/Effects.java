package dev.origo.aws;

import dev.origo.spi.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Several calls at once.
final class Effects {
    private Effects() {}

    /// What all calls answered, in order.
    ///
    /// @throws RuntimeException the first failure, after every call has ended
    static <T> List<T> all(Tasks tasks, List<Callable<T>> calls) {
        List<T> values = new ArrayList<>();
        for (Tasks.Outcome<T> outcome : tasks.all(calls)) {
            switch (outcome) {
                case Tasks.Success<T>(T value) -> values.add(value);
                case Tasks.Failure<T>(RuntimeException cause) -> throw cause;
            }
        }
        return values;
    }
}
