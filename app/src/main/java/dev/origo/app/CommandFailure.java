package dev.origo.app;

import dev.origo.model.Code;

/// Ends a command with a message for people and an exit code.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    private CommandFailure(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// An option, or a variable that stands for one, is missing or wrong.
    static CommandFailure badOption(String message, Throwable cause) {
        return new CommandFailure(Code.BAD_OPTION, message, cause);
    }

    static CommandFailure clusterUnreachable(String message, Throwable cause) {
        return new CommandFailure(Code.CLUSTER_UNREACHABLE, message, cause);
    }

    ExitCode exitCode() {
        return code == Code.CLUSTER_UNREACHABLE ? ExitCode.UNREACHABLE : ExitCode.USAGE;
    }

    /// `ORIGO-5001: message; fix`.
    String text() {
        return text(code, String.valueOf(getMessage()));
    }

    static String text(Code code, String message) {
        return "origo: %s: %s; %s".formatted(code.id(), message, code.fix());
    }
}
