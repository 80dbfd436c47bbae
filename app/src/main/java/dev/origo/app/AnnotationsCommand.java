package dev.origo.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `origo annotations`.
@Command(
        name = "annotations",
        description = "Print every annotation that is understood, as the reference page.")
final class AnnotationsCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().getOut().print(AnnotationsPage.text(Providers.all()));
        spec.commandLine().getOut().flush();
    }
}
