package dev.origo.files;

import dev.origo.model.Setting;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderFactory;
import dev.origo.spi.ProviderRuntime;
import java.nio.file.Path;
import java.util.List;

/// Makes the provider whose cloud is a directory.
public final class FilesProviderFactory implements ProviderFactory {
    /// Where the files are; made when the first one is written.
    public static final String DIRECTORY = "files-directory";

    /// Free text in the balancer's file.
    public static final Setting<String> NOTE =
            new Setting<>(
                    "files.origo.dev/note",
                    "any text",
                    "none",
                    Setting.Mutability.IN_PLACE,
                    "Written into the balancer's file",
                    text -> text);

    @Override
    public String id() {
        return FilesProvider.ID;
    }

    @Override
    public String defaultClass() {
        return "origo.dev/files";
    }

    @Override
    public Annotations annotations() {
        return new Annotations(List.of(NOTE), List.of(), List.of(), List.of("files.origo.dev/"));
    }

    @Override
    public Provider<?, ?> create(ProviderConfig config, ProviderRuntime runtime) {
        String directory =
                config.option(DIRECTORY)
                        .filter(text -> !text.isBlank())
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "the directory of the balancers is not known: give"
                                                + " --provider-option %s=DIR"
                                                        .formatted(DIRECTORY)));
        return new FilesProvider(
                new FilesCloud(new Directory(Path.of(directory)), config.cluster(), runtime));
    }
}
