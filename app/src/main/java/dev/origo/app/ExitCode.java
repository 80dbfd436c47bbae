package dev.origo.app;

/// How a command ended, for scripts: a contract.
enum ExitCode {
    OK(0),
    /// Something was found, or Origo itself failed.
    FINDINGS(1),
    USAGE(2),
    /// The cluster or the cloud gives no answer.
    UNREACHABLE(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
