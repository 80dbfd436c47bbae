package dev.origo.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.origo.conformance.Report.Outcome;
import dev.origo.conformance.Report.Test;
import dev.origo.testkit.conformance.ProviderContract;
import dev.origo.testkit.conformance.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// One subject held against the contract by JUnit, on the calling thread.
final class Run implements TestExecutionListener {
    private static final ScopedValue<Subject> SUBJECT = ScopedValue.newInstance();

    private final Listener listener;
    private final Map<String, Long> begun = new HashMap<>();
    private final List<Test> tests = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Run(Listener listener) {
        this.listener = listener;
    }

    /// Who is told how it goes.
    interface Listener {
        /// A test has ended.
        ///
        /// @param number from 1
        void ended(int number, Test test);

        void done();
    }

    /// The contract of the subject that runs now.
    static final class Contract extends ProviderContract {
        @Override
        protected Subject subject() {
            return SUBJECT.get();
        }
    }

    static Report of(Subject subject, Listener listener) {
        Run run = new Run(listener);
        Launcher launcher = LauncherFactory.create();
        var request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(Contract.class))
                        .build();
        ScopedValue.where(SUBJECT, subject).run(() -> launcher.execute(request, run));
        listener.done();
        return new Report(subject.name(), run.tests, run.notes);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        entry.getKeyValuePairs().forEach((key, value) -> notes.add(key + ": " + value));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean whole = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (test.isContainer() && whole) {
            return;
        }
        Outcome outcome =
                switch (result.getStatus()) {
                    case SUCCESSFUL -> Outcome.PASSED;
                    case ABORTED -> Outcome.SKIPPED;
                    case FAILED -> Outcome.FAILED;
                };
        String reason = result.getThrowable().map(t -> String.valueOf(t.getMessage())).orElse("");
        long took = System.nanoTime() - begun.getOrDefault(test.getUniqueId(), System.nanoTime());
        tests.add(new Test(test.getDisplayName(), outcome, reason, Duration.ofNanos(took)));
        listener.ended(tests.size(), tests.getLast());
    }
}
